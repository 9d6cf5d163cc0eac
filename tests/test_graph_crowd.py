"""Tensors with thousands of ends: what is left out of a frame, and that nothing else is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator

import pytest
from graph_models import Net, scene_of
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from maistudio.gui.graph.crowd import CROWD, thinned
from maistudio.gui.graph.highlight import highlight_box, highlight_wire
from maistudio.gui.graph.ink import ink_of
from maistudio.gui.graph.paint import ScenePainter
from maistudio.gui.graph.scene import Scene
from maistudio.gui.graph.wires import WireSet
from maistudio.gui.theme import LIGHT

pytestmark = pytest.mark.usefixtures("qapp")

VIEW = QRectF(0, 0, 1600, 1000)
FRAME_SECONDS = 0.25
"""CPU seconds of a frame; five times what it should take on a quiet machine."""


def fan_out(count: int) -> Net:
    net = Net()
    tensor = net.input()
    net.output(*[net.op("ABS", [tensor]) for _ in range(count)])
    return net


def fan_in(count: int) -> Net:
    net = Net()
    net.output(net.op("ADD_N", [net.input() for _ in range(count)]))
    return net


def fan_both(count: int) -> Net:
    net = Net()
    tensor = net.input()
    net.output(net.op("ADD_N", [net.op("ABS", [tensor]) for _ in range(count)]))
    return net


def frame(painter: ScenePainter, scene: Scene, middle: QPointF, scale: float, highlight=None) -> QImage:
    """What a view of 1600×1000 shows around a point."""
    size = QPointF(1600 / scale, 1000 / scale)
    corner = middle - size / 2
    image = QImage(1600, 1000, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0xFFFFFFFF)
    on = QPainter(image)
    painter.paint(on, scene, corner, scale, QRectF(corner, corner + size), highlight)
    on.end()
    return image


def test_few_wires_are_all_drawn() -> None:
    ends = [(800.0, 0.0, 800.0, 500.0)] * CROWD
    assert thinned(ends, VIEW, 1.0) == list(range(CROWD))


def test_of_wires_that_cover_each_other_some_are_drawn() -> None:
    kept = thinned([(800.0, 0.0, 1e6, 500.0)] * 5000, VIEW, 1.0)
    assert 100 < len(kept) < 300


def test_wires_with_an_end_of_their_own_in_sight_are_all_drawn() -> None:
    apart = [(800.0, 0.0, 20.0 * n, 500.0) for n in range(80)]
    crowd = [(800.0, 0.0, 1e6 + n, 500.0) for n in range(5000)]
    kept = thinned(crowd + apart, VIEW, 1.0)
    assert set(range(5000, 5080)) <= set(kept)


def test_heads_on_the_same_pixel_are_drawn_once() -> None:
    ways = [[(float(n), 0.0), (50.0, 90.0)] for n in range(1000)]
    (heads,) = WireSet([(ways, ways)], flat=False).heads
    assert heads.path.elementCount() < 10


def test_an_ordinary_graph_is_drawn_the_same_with_and_without_thinning() -> None:
    scene = scene_of(fan_both(40))
    thin, every = ScenePainter(ink_of(LIGHT), thin=True), ScenePainter(ink_of(LIGHT))
    middle = scene.bounds.center()
    assert frame(thin, scene, middle, 0.5) == frame(every, scene, middle, 0.5)


@pytest.fixture
def no_collection() -> Iterator[None]:
    """As in the running window, which collects garbage between its turns, never within a frame."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.slow
@pytest.mark.usefixtures("no_collection")
@pytest.mark.parametrize(("build", "count"), [(fan_out, 5000), (fan_in, 5000), (fan_both, 3000)])
def test_no_frame_takes_long_in_a_crowd(build: Callable[[int], Net], count: int) -> None:
    scene = scene_of(build(count))
    painter = ScenePainter(ink_of(LIGHT), thin=True)
    slowest = 0.0
    for highlight in (None, highlight_box(scene, 0), highlight_wire(scene, 0)):
        for scale in (0.01, 0.1, 0.3, 0.5, 1.0, 2.0):
            for middle in (scene.bounds.center(), scene.bounds.topLeft()):
                start = time.thread_time()
                frame(painter, scene, middle, scale, highlight)
                slowest = max(slowest, time.thread_time() - start)
    assert slowest < FRAME_SECONDS


@pytest.mark.slow
def test_an_op_of_five_thousand_inputs_takes_less_than_3_s_of_cpu_to_lay_out() -> None:
    start = time.thread_time()
    scene_of(fan_in(5000))
    assert time.thread_time() - start < 3
