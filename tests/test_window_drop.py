"""Files dragged over the window and dropped on it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent

pytest_plugins = ["window_fixtures"]


def dragged(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def drag(window, data: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dragEnterEvent(event)
    return event


@pytest.mark.parametrize(
    ("urls", "sentence"),
    [(["file:///a.tflite"], "Drop to open"), (["file:///a.tflite", "file:///b.tflite"], "Drop to open 2 files")],
)
def test_files_dragged_over_the_window_may_be_dropped(window, urls: list[str], sentence: str) -> None:
    drag(window, dragged(*urls))
    assert window.drop_hint.isVisible()
    assert window.drop_hint.text() == sentence


def test_what_is_no_file_is_not_offered(window) -> None:
    drag(window, dragged("https://example.org/a.tflite"))
    assert not window.drop_hint.isVisible()


def test_the_offer_goes_when_the_files_are_dragged_away(window) -> None:
    drag(window, dragged("file:///a.tflite"))
    window.dragLeaveEvent(QDragLeaveEvent())
    assert not window.drop_hint.isVisible()


def test_the_offer_goes_when_the_files_are_dropped(window, write_model) -> None:
    data = dragged(QUrl.fromLocalFile(str(write_model())).toString())
    drag(window, data)
    window.dropEvent(
        QDropEvent(
            QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    assert not window.drop_hint.isVisible()


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 exist on Linux only")
def test_a_dropped_file_whose_name_is_not_utf_8_is_asked_for_by_its_own_name(
    window, tmp_path: Path, monkeypatch
) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xff.tflite")
    url = QUrl.fromEncoded(b"file://" + os.fsencode(tmp_path) + b"/caf%E9%20%FF.tflite")
    data = QMimeData()
    data.setUrls([url])
    asked: list[str] = []
    monkeypatch.setattr(window, "open_files", asked.extend)
    window.dropEvent(
        QDropEvent(
            QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    assert asked == [path]
