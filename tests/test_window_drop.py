"""Files dragged over the window and dropped on it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

pytest_plugins = ["window_fixtures"]


HERE = QPointF(9, 9)
WITH = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)


def dragged(*urls: str | QUrl) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def drag(window, data: QMimeData) -> bool:
    """Drag over the window; whether it takes what is dragged."""
    event = QDragEnterEvent(HERE.toPoint(), Qt.DropAction.CopyAction, data, *WITH)
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def drop(window, data: QMimeData) -> bool:
    """Drop on the window what was dragged over it; whether it takes it."""
    event = QDropEvent(HERE, Qt.DropAction.CopyAction, data, *WITH)
    QApplication.sendEvent(window, event)
    return event.isAccepted()


@pytest.mark.parametrize(
    ("urls", "sentence"),
    [(["file:///a.tflite"], "Drop to open"), (["file:///a.tflite", "file:///b.tflite"], "Drop to open 2 files")],
)
def test_files_dragged_over_the_window_may_be_dropped(window, urls: list[str], sentence: str) -> None:
    drag(window, dragged(*urls))
    assert window.drop_hint.isVisible()
    assert window.drop_hint.text() == sentence


def test_the_window_takes_files_that_are_dragged_over_it(window) -> None:
    assert drag(window, dragged("file:///a.tflite"))


@pytest.mark.parametrize("urls", [["https://example.org/a.tflite"], []])
def test_what_is_no_file_is_not_taken(window, urls: list[str]) -> None:
    assert not drag(window, dragged(*urls))
    assert not window.drop_hint.isVisible()


def test_the_offer_goes_when_the_files_are_dragged_away(window) -> None:
    drag(window, dragged("file:///a.tflite"))
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.drop_hint.isVisible()


def test_the_offer_goes_when_the_files_are_dropped(window, write_model) -> None:
    data = dragged(QUrl.fromLocalFile(str(write_model())))
    drag(window, data)
    drop(window, data)
    assert not window.drop_hint.isVisible()


def test_dropped_files_are_taken_and_open_in_tabs(window, write_model) -> None:
    files = [QUrl.fromLocalFile(str(write_model(name))) for name in ("one.tflite", "two.tflite")]
    data = dragged(*files, "https://example.org/x.tflite")
    drag(window, data)
    assert drop(window, data)
    assert [tab.name for tab in window.tabs.all()] == ["one.tflite", "two.tflite"]


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 exist on Linux only")
def test_a_dropped_file_whose_name_is_not_utf_8_is_asked_for_by_its_own_name(
    window, tmp_path: Path, monkeypatch
) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xff.tflite")
    data = dragged(QUrl.fromEncoded(b"file://" + os.fsencode(tmp_path) + b"/caf%E9%20%FF.tflite"))
    asked: list[str] = []
    monkeypatch.setattr(window, "open_files", asked.extend)
    drag(window, data)
    drop(window, data)
    assert asked == [path]
