"""Two fingers on a touchpad, and wheels."""

from __future__ import annotations

import pytest
from graph_models import block_net
from graph_views import Show
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice, QPointingDeviceUniqueId, QWheelEvent
from PySide6.QtWidgets import QApplication

from maistudio.gui.graph.gestures import STEP
from maistudio.gui.graph.view import GraphView

pytest_plugins = ["graph_view_fixtures"]

WHERE = QPointF(600, 200)


def device(kind: QInputDevice.DeviceType) -> QPointingDevice:
    finger, scrolls = QPointingDevice.PointerType.Finger, QInputDevice.Capability.PixelScroll
    return QPointingDevice("device", 1, kind, finger, scrolls, 2, 3, "", QPointingDeviceUniqueId())


@pytest.fixture
def touchpad(qapp) -> QPointingDevice:
    return device(QInputDevice.DeviceType.TouchPad)


@pytest.fixture
def mouse(qapp) -> QPointingDevice:
    return device(QInputDevice.DeviceType.Mouse)


@pytest.fixture
def view(show: Show) -> GraphView:
    made, _ = show(block_net(10))
    return made


def turn(
    view: GraphView,
    by: QPointingDevice,
    pixels: QPoint,
    angle: QPoint,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Scroll over WHERE: ``pixels`` as a smooth device tells them, ``angle`` in eighths of a degree."""
    event = QWheelEvent(
        WHERE,
        QPointF(view.mapToGlobal(WHERE)),
        pixels,
        angle,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.ScrollUpdate,
        False,
        Qt.MouseEventSource.MouseEventNotSynthesized,
        by,
    )
    QApplication.sendEvent(view, event)


def pinch(view: GraphView, by: QPointingDevice, kind: Qt.NativeGestureType, value: float) -> None:
    everywhere = QPointF(view.mapToGlobal(WHERE))
    QApplication.sendEvent(view, QNativeGestureEvent(kind, by, 2, WHERE, WHERE, everywhere, value, QPointF()))


def test_two_fingers_push_the_graph(view: GraphView, touchpad: QPointingDevice) -> None:
    before = view.camera
    turn(view, touchpad, QPoint(30, -50), QPoint(60, -100))
    assert view.camera == before.moved(30, -50)


def test_two_fingers_zoom_with_ctrl(view: GraphView, touchpad: QPointingDevice) -> None:
    before = view.camera
    turn(view, touchpad, QPoint(0, 50), QPoint(0, 120), Qt.KeyboardModifier.ControlModifier)
    assert view.camera == before.zoomed(STEP, WHERE)


def test_a_wheel_that_tells_pixels_zooms_all_the_same(view: GraphView, mouse: QPointingDevice) -> None:
    before = view.camera
    turn(view, mouse, QPoint(0, 50), QPoint(0, 120))
    assert view.camera == before.zoomed(STEP, WHERE)


def test_a_pinch_zooms_at_the_fingers(view: GraphView, touchpad: QPointingDevice) -> None:
    before = view.camera
    pinch(view, touchpad, Qt.NativeGestureType.ZoomNativeGesture, 0.25)
    assert view.camera == before.zoomed(1.25, WHERE)


def test_turning_two_fingers_does_nothing(view: GraphView, touchpad: QPointingDevice) -> None:
    before = view.camera
    pinch(view, touchpad, Qt.NativeGestureType.RotateNativeGesture, 30.0)
    assert view.camera == before
