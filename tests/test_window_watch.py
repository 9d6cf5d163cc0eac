"""Files that change under the window."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from maistudio.gui.watch import FileWatch
from maistudio.tflite.source import Identity


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


def test_a_file_still_being_written_is_told_once_it_stands_still(watch, model, qtbot) -> None:
    sizes = []
    watch.changed.connect(lambda path: sizes.append(Path(path).stat().st_size))
    with model.open("wb", buffering=0) as file:
        for _ in range(6):
            file.write(b"x" * 1000)
            qtbot.wait(100)
    qtbot.waitUntil(lambda: bool(sizes))
    assert sizes == [6000]


def test_a_deleted_file_is_told_as_gone(watch, model, qtbot) -> None:
    with qtbot.waitSignal(watch.gone) as got:
        model.unlink()
    assert got.args == [str(model)]


def test_a_file_that_is_away_for_a_moment_only_is_not_gone(watch, model, qtbot) -> None:
    gone: list[str] = []
    watch.gone.connect(gone.append)
    with qtbot.waitSignal(watch.changed):
        model.unlink()
        qtbot.wait(200)
        model.write_bytes(b"second state")
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
    with qtbot.assertNotEmitted(watch.changed, wait=600):
        (model.parent / "other.tflite").write_bytes(b"other")


def test_a_forgotten_file_is_told_no_more(watch, model, qtbot) -> None:
    watch.forget(str(model))
    with qtbot.assertNotEmitted(watch.changed, wait=600):
        model.write_bytes(b"second state")


def test_looking_at_a_file_costs_no_time_when_nothing_happens(watch, model, qtbot) -> None:
    begun = time.perf_counter()
    watch.check()
    assert time.perf_counter() - begun < 0.01
