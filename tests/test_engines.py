"""Which engines can run here."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest

from maistudio.jobs.engines import probe_engines
from maistudio.jobs.progress import finish
from maistudio.runtime.children import Children
from maistudio.timing.values import Engine


@pytest.fixture
def children() -> Iterator[Children]:
    with Children() as made:
        yield made


def test_the_cpus_engines_come_with_litert(children: Children) -> None:
    found = finish(probe_engines(children))
    assert [found[engine] for engine in (Engine.XNNPACK, Engine.BUILTIN, Engine.REFERENCE)] == ["", "", ""]


def test_a_gpu_runs_or_says_in_a_sentence_why_not(children: Children) -> None:
    reason = finish(probe_engines(children))[Engine.GPU]
    assert not reason or (reason.endswith(("engine", "GPU")) and "\n" not in reason)


def test_looking_leaves_no_process_behind(children: Children) -> None:
    finish(probe_engines(children))
    assert not [child for child in psutil.Process().children() if "_worker" in child.cmdline()]


def test_giving_up_leaves_no_process_behind(children: Children) -> None:
    job = probe_engines(children)
    next(job)
    next(job)
    job.close()
    assert not [child for child in psutil.Process().children() if "_worker" in child.cmdline()]
