"""Files that change under the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QFileSystemWatcher, QTimer

from maistudio.gui.watch import FileWatch
from maistudio.tflite.source import Identity

pytest_plugins = ["window_fixtures"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.tflite"
    path.write_bytes(b"first")
    return path


@pytest.fixture
def watch(qapp, model: Path):
    made = FileWatch()
    made.watch(str(model), Identity.of(model.stat()))
    yield made
    made.deleteLater()


class Clock:
    """A clock that the test moves on, by ``now`` in seconds; once ``step`` is set, also with every look at it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.step = 0.0

    def monotonic(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The clock of every watch."""
    made = Clock()
    monkeypatch.setattr("maistudio.gui.watch.time", made)
    return made


def look(watch: FileWatch, qtbot) -> None:
    """Wait until the watch has looked once more."""
    with qtbot.waitSignal(watch.findChild(QTimer).timeout):
        pass


def test_a_file_written_in_place_is_told(watch, model, qtbot) -> None:
    with qtbot.waitSignal(watch.changed) as got:
        model.write_bytes(b"second state")
    assert got.args == [str(model)]


def test_a_file_replaced_by_renaming_is_told(watch, model, qtbot) -> None:
    fresh = model.with_suffix(".new")
    fresh.write_bytes(b"second state")
    with qtbot.waitSignal(watch.changed):
        fresh.replace(model)


def test_a_file_is_followed_after_it_was_replaced(watch, model, qtbot) -> None:
    fresh = model.with_suffix(".new")
    fresh.write_bytes(b"second state")
    with qtbot.waitSignal(watch.changed):
        fresh.replace(model)
    with qtbot.waitSignal(watch.changed):
        model.write_bytes(b"third state of it")


def test_a_file_still_being_written_is_told_once_it_stands_still(clock, watch, model, qtbot) -> None:
    sizes: list[int] = []
    watch.changed.connect(lambda path: sizes.append(Path(path).stat().st_size))
    with model.open("wb", buffering=0) as file:
        for _ in range(6):
            file.write(b"x" * 1000)
            clock.now += 0.2
            look(watch, qtbot)
    clock.step = 0.1
    qtbot.waitUntil(lambda: bool(sizes))
    assert sizes == [6000]


def test_a_file_that_stood_still_for_less_than_300_ms_is_not_told(clock, watch, model, qtbot) -> None:
    told: list[str] = []
    watch.changed.connect(told.append)
    model.write_bytes(b"second state")
    look(watch, qtbot)
    clock.now += 0.25
    look(watch, qtbot)
    assert told == []


def test_a_deleted_file_is_told_as_gone(watch, model, qtbot) -> None:
    with qtbot.waitSignal(watch.gone) as got:
        model.unlink()
    assert got.args == [str(model)]


def test_a_file_that_is_away_for_a_moment_only_is_not_gone(clock, watch, model, qtbot) -> None:
    gone: list[str] = []
    watch.gone.connect(gone.append)
    model.unlink()
    look(watch, qtbot)
    clock.now += 0.9
    look(watch, qtbot)
    with qtbot.waitSignal(watch.changed):
        model.write_bytes(b"second state")
        clock.step = 0.1
    assert gone == []


def test_a_file_that_comes_back_is_told_as_changed(watch, model, qtbot) -> None:
    with qtbot.waitSignal(watch.gone):
        model.unlink()
    with qtbot.waitSignal(watch.changed):
        model.write_bytes(b"back again")


def test_a_change_between_reading_and_watching_is_told(qapp, model, qtbot) -> None:
    read = Identity.of(model.stat())
    model.write_bytes(b"second state")
    watch = FileWatch()
    with qtbot.waitSignal(watch.changed):
        watch.watch(str(model), read)


def test_other_files_of_the_folder_are_passed_over(watch, model, qtbot) -> None:
    told: list[str] = []
    watch.changed.connect(told.append)
    (model.parent / "other.tflite").write_bytes(b"other")
    model.write_bytes(b"second state")
    qtbot.waitUntil(lambda: bool(told))
    assert told == [str(model)]


def test_a_forgotten_file_is_told_no_more(watch, model, qtbot) -> None:
    kept = model.with_name("kept.tflite")
    watch.watch(str(kept), None)
    watch.forget(str(model))
    told: list[str] = []
    watch.changed.connect(told.append)
    model.write_bytes(b"second state")
    kept.write_bytes(b"first state")
    qtbot.waitUntil(lambda: bool(told))
    assert told == [str(kept)]


def test_nothing_is_left_to_follow_when_every_file_was_forgotten(watch, model) -> None:
    watch.forget(str(model))
    system = watch.findChild(QFileSystemWatcher)
    assert system.files() + system.directories() == []


def test_a_check_finds_what_the_file_system_does_not_report(unreported_changes, watch, model, qtbot) -> None:
    model.write_bytes(b"second state")
    with qtbot.waitSignal(watch.changed) as got:
        watch.check()
    assert got.args == [str(model)]


def test_a_check_finds_a_file_gone_that_the_file_system_does_not_report(
    unreported_changes, watch, model, qtbot
) -> None:
    model.unlink()
    with qtbot.waitSignal(watch.gone) as got:
        watch.check()
    assert got.args == [str(model)]


def test_a_check_leaves_nothing_to_look_for_when_nothing_happened(watch) -> None:
    watch.check()
    assert not watch.findChild(QTimer).isActive()
