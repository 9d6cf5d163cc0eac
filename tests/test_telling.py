"""What a job is doing, told on a terminal."""

from __future__ import annotations

import io
from collections.abc import Generator

import pytest

from maistudio.cli.telling import CLEAR, finish_told, line_of
from maistudio.errors import UsageError
from maistudio.jobs.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def job(fails: bool = False) -> Generator[Progress, None, str]:
    yield Progress("running a.png", 0.5)
    if fails:
        raise UsageError("no")
    return "done"


def test_a_terminal_shows_a_line_and_is_left_empty() -> None:
    terminal = Terminal()
    assert finish_told(job(), terminal) == "done"
    assert terminal.getvalue() == f"{CLEAR}running a.png  50%{CLEAR}"


def test_the_line_is_cleared_before_an_error() -> None:
    terminal = Terminal()
    with pytest.raises(UsageError):
        finish_told(job(fails=True), terminal)
    assert terminal.getvalue().endswith(CLEAR)


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_nothing_is_told_where_there_is_no_terminal(stream: io.StringIO | None) -> None:
    assert finish_told(job(), stream) == "done"
    assert stream is None or not stream.getvalue()


def test_a_job_that_tells_nothing_leaves_the_terminal_alone() -> None:
    def silent() -> Generator[Progress, None, None]:
        yield from ()

    terminal = Terminal()
    finish_told(silent(), terminal)
    assert terminal.getvalue() == ""


def test_a_fast_job_is_not_told_at_every_step() -> None:
    terminal = Terminal()

    def many() -> Generator[Progress, None, None]:
        for place in range(1000):
            yield Progress(f"step {place}")

    finish_told(many(), terminal)
    assert terminal.getvalue().count("step") < 10


def test_a_line_fits_a_terminal_and_cannot_steer_it() -> None:
    line = line_of(Progress("running \x1b[31m" + "x" * 200, 0.25))
    assert len(line) <= 78
    assert line.endswith("  25%")
    assert line.isprintable()
