"""No child outlives the program that started it, whatever either is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from runtime_models import build_endless
from stand_ins import gone, wait_until

SPINNING = """
import itertools, os, sys
from maistudio.runtime import lifeline
{setting}
lifeline.{tie}(int(sys.argv[1]))
os.write(1, b"!")
min(itertools.repeat(0))  # one call into C that holds Python's lock and never returns
"""
WAITING = SPINNING.replace("min(itertools.repeat(0))", "import time; time.sleep(60)")
ELSEWHERE = "sys.platform = 'elsewhere'"

PROGRAM = """
import os, signal, sys
import numpy
from maistudio.runtime.children import Children
from maistudio.runtime.session import Session
children = Children(keep_warm=True)
children.warm_up()
session = Session.open(sys.argv[1])
print(session.pid, children._spare.pid, flush=True)
steps = session.run_steps([numpy.zeros(1, numpy.int32)])
while next(steps) != "running it":
    pass
{ending}
"""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the signal")


@contextmanager
def tied(script: str, setting: str = "", tie: str = "die_with") -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process tied to a lifeline, at work; and the end of the lifeline that holds it."""
    alive, held = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", script.format(setting=setting, tie=tie), str(alive)],
        pass_fds=[alive],
        stdout=subprocess.PIPE,
    )
    os.close(alive)
    with process:
        try:
            assert process.stdout.read(1) == b"!"
            time.sleep(0.05)
            yield process, held
        finally:
            process.kill()


@on_linux
@pytest.mark.parametrize("tie", ["die_with", "die_by_signal"])
def test_it_dies_by_a_signal_while_native_code_holds_pythons_lock(tie: str) -> None:
    with tied(SPINNING, tie=tie) as (process, held):
        os.close(held)
        assert process.wait(5) == -signal.SIGIO


def test_a_thread_alone_does_not_see_it_then() -> None:
    with tied(SPINNING, ELSEWHERE) as (process, held):
        os.close(held)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)


def test_a_thread_sees_it_where_there_is_no_signal() -> None:
    with tied(WAITING, ELSEWHERE) as (process, held):
        os.close(held)
        assert process.wait(5) == 0


@on_linux
def test_a_signal_that_was_ignored_and_blocked_ends_it_all_the_same() -> None:
    setting = "import signal; signal.signal(29, signal.SIG_IGN); signal.pthread_sigmask(signal.SIG_BLOCK, [29])"
    with tied(SPINNING, setting, "die_by_signal") as (process, held):
        os.close(held)
        assert process.wait(5) == -signal.SIGIO


def test_it_lives_as_long_as_the_lifeline() -> None:
    with tied(WAITING) as (process, held):
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        os.close(held)


@pytest.mark.parametrize("ending", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(0)"])
def test_no_child_is_left_when_the_program_ends_in_mid_run(ending: str, tmp_path: Path) -> None:
    model = tmp_path / "endless.tflite"
    model.write_bytes(build_endless())
    command = [sys.executable, "-c", PROGRAM.format(ending=ending), str(model)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
    busy, spare = map(int, printed.split())
    wait_until(lambda: gone(busy) and gone(spare))
