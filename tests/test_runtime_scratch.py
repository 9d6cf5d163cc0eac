"""A compile's folder is gone after it; what a killed program left is cleared away, what is in use never."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maistudio.runtime.scratch import YOUNG_SECONDS, scratch_folder

HOLDING = """
import sys, time
from maistudio.runtime.scratch import scratch_folder
with scratch_folder("test") as folder:
    (folder / "made").write_text("x")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made, in this process and those it starts."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@contextmanager
def another_program() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A program at work in such a folder, and the folder."""
    with subprocess.Popen([sys.executable, "-c", HOLDING], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def aged(path: Path) -> Path:
    """The same, as if nothing had happened to it for a while."""
    then = time.time() - YOUNG_SECONDS - 1
    os.utime(path, (then, then), follow_symlinks=False)
    return path


def test_the_folder_is_there_and_gone_after_it(temporary: Path) -> None:
    with scratch_folder("test") as folder:
        assert folder.parent == temporary
        assert folder.name.startswith("maistudio-test-")
        (folder / "made").write_text("x")
    assert not list(temporary.iterdir())


def test_what_a_killed_program_left_is_cleared_by_the_next() -> None:
    with another_program() as (process, left):
        process.kill()
        process.wait()
        assert (aged(left) / "made").is_file()
        with scratch_folder("test"):
            assert not left.exists()


def test_what_another_program_works_in_stays() -> None:
    with another_program() as (_, in_use):
        aged(in_use)
        with scratch_folder("test"):
            assert (in_use / "made").is_file()


def test_what_this_program_works_in_stays() -> None:
    with scratch_folder("test") as outer, scratch_folder("test") as first:
        aged(outer)
        aged(first)
        with scratch_folder("test"):
            assert outer.is_dir()
            assert first.is_dir()


def test_a_new_folder_stays(temporary: Path) -> None:
    new = temporary / "maistudio-test-new"
    new.mkdir()
    with scratch_folder("test"):
        assert new.is_dir()


def test_nothing_else_is_touched(temporary: Path) -> None:
    other, file, link = (temporary / name for name in ("maistudio-other-1", "maistudio-test-1", "maistudio-test-2"))
    other.mkdir()
    file.write_text("x")
    link.symlink_to(other)
    for each in (other, file, link):
        aged(each)
    with scratch_folder("test"):
        pass
    assert other.is_dir()
    assert file.is_file()
    assert link.is_symlink()


def test_a_folder_that_cannot_be_locked_is_used_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(descriptor: int, operation: int) -> None:
        raise OSError("no locks here")

    monkeypatch.setattr("fcntl.flock", refused)
    with scratch_folder("test") as folder:
        assert folder.is_dir()
