"""Timing a model on this machine: what is measured, stored and told, and how it ends."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from timed_models import add_net, custom_net, endless_net, request, small_net, written

from maistudio.errors import LibraryError, MaiStudioError, ModelRunError, StaleFileError, UsageError
from maistudio.jobs.open import open_model
from maistudio.jobs.plan import configurations, run_plan
from maistudio.jobs.profile import Live, ops_limits, profile, warning_of
from maistudio.jobs.progress import finish
from maistudio.library.library import Library, open_library
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.children import Children
from maistudio.timing.presets import PRESETS, Limits
from maistudio.timing.values import Configuration, Engine, Status

UNENDING = Limits(runs=10_000_000, seconds=600, cap_seconds=1200, warmup_seconds=0)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def children() -> Iterator[Children]:
    with Children() as made:
        yield made


def test_a_run_holds_every_number_of_its_timing(tmp_path: Path, library: Library, children: Children) -> None:
    run = finish(profile(request(small_net(tmp_path)), library, children))
    assert run.status is Status.DONE
    assert len(run.samples.wall_us) == len(run.samples.cpu_us) == 5
    assert all(sample > 0 for sample in run.samples.wall_us)
    assert run.warmup_runs == 1
    assert run.first_us is not None
    assert run.first_us > 0
    assert run.init_us is not None
    assert run.init_us > 0
    assert run.peak_rss_bytes is not None
    assert 20e6 < run.peak_rss_bytes < 1e9
    assert run.runtime_version is not None
    assert run.runtime_version.startswith("LiteRT 2.")
    assert run.machine.cores >= 1
    assert len(run.states) >= 1


def test_what_is_returned_is_what_is_stored(tmp_path: Path, library: Library, children: Children) -> None:
    run = finish(profile(request(small_net(tmp_path)), library, children))
    assert library.run(run.id) == run


def test_samples_are_stored_before_they_are_told(tmp_path: Path, library: Library, children: Children) -> None:
    job = profile(request(small_net(tmp_path), limits=UNENDING), library, children)
    with closing(job):
        for progress in job:
            if isinstance(progress, Live) and progress.wall_us:
                told = list(progress.wall_us)
                stored = library.run(progress.run.id).samples.wall_us
                assert list(stored[: len(told)]) == told
                break


def test_a_run_that_is_given_up_keeps_its_samples(tmp_path: Path, library: Library, children: Children) -> None:
    job = profile(request(small_net(tmp_path), limits=UNENDING), library, children)
    live = next(step for step in job if isinstance(step, Live) and len(step.wall_us) > 3)
    job.close()
    stored = library.run(live.run.id)
    assert stored.status is Status.CANCELLED
    assert len(stored.samples.wall_us) > 3


def test_an_interrupt_of_the_keyboard_gives_a_run_up(tmp_path: Path, library: Library, children: Children) -> None:
    job = profile(request(small_net(tmp_path), limits=UNENDING), library, children)
    live = next(step for step in job if isinstance(step, Live) and step.wall_us)
    with pytest.raises(KeyboardInterrupt):
        job.throw(KeyboardInterrupt())
    assert library.run(live.run.id).status is Status.CANCELLED


def test_what_native_code_printed_is_kept_of_a_model_that_did_not_load(
    tmp_path: Path, library: Library, children: Children, real_file: Callable[[str], Path]
) -> None:
    with pytest.raises(ModelRunError):
        finish(profile(request(real_file("hard/LiteRT__blockwise_quantized.tflite")), library, children))
    (stored,) = library.history()
    assert "Created TensorFlow Lite XNNPACK delegate" in library.run(stored.id).log


def test_a_file_that_is_replaced_meanwhile_is_timed_as_it_was(
    tmp_path: Path, library: Library, children: Children
) -> None:
    model = small_net(tmp_path)
    before = model.read_bytes()
    job = profile(request(model, with_ops=True), library, children)
    next(job)
    next(step for step in job if isinstance(step, Live))
    written(tmp_path, add_net(), "other.tflite").replace(model)
    run = finish(job)
    assert run.model.sha256 == hashlib.sha256(before).hexdigest()
    assert run.ops is not None
    assert {op.type for op in run.ops.ops} >= {"CONV_2D", "SOFTMAX"}


def test_a_large_file_that_is_replaced_before_it_is_loaded_is_refused(
    tmp_path: Path, library: Library, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maistudio.tflite.read.HELD_IN_MEMORY", 16)
    model = small_net(tmp_path)
    job = profile(request(model), library, children)
    next(step for step in job if isinstance(step, Live))
    written(tmp_path, add_net(), "other.tflite").replace(model)
    with pytest.raises(StaleFileError, match="the file changed while it was being run"):
        finish(job)


def test_a_mended_copy_is_told_of(
    tmp_path: Path, library: Library, children: Children, real_file: Callable[[str], Path]
) -> None:
    run = finish(profile(request(real_file("hard/LiteRT__lstm_quantized2.tflite")), library, children))
    assert any("a copy that states 1 instead runs" in note for note in run.notes)


def test_giving_up_a_run_ends_its_child(tmp_path: Path, library: Library, children: Children) -> None:
    job = profile(request(small_net(tmp_path), limits=UNENDING), library, children)
    next(step for step in job if isinstance(step, Live) and step.wall_us)
    workers = [child for child in psutil.Process().children() if "_worker" in child.cmdline()]
    assert workers
    job.close()
    assert not any(worker.is_running() for worker in workers)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (custom_net("MyOp"), "its op MyOp is custom"),
        (custom_net("FlexErf"), "its op Erf is TensorFlow's own"),
        (add_net((1, 1, 1, 3), (1, -1, -1, 3)), "give them, such as --shape x=1x64x64x3"),
        (b"no model at all, but long enough", "model.tflite: "),
    ],
    ids=["custom", "Flex", "open sizes", "no model"],
)
def test_a_model_that_cannot_run_is_refused_in_a_sentence(
    tmp_path: Path, library: Library, children: Children, data: bytes, words: str
) -> None:
    with pytest.raises(MaiStudioError) as refused:
        finish(profile(request(written(tmp_path, data)), library, children))
    assert words in str(refused.value)
    assert str(tmp_path / "model.tflite") in str(refused.value)


def test_an_open_batch_is_one(tmp_path: Path, library: Library, children: Children) -> None:
    model = written(tmp_path, add_net((1, 4, 4, 3), (-1, 4, 4, 3)))
    assert finish(profile(request(model), library, children)).status is Status.DONE


def test_open_sizes_that_are_given_are_timed(tmp_path: Path, library: Library, children: Children) -> None:
    model = written(tmp_path, add_net((1, 1, 1, 3), (1, -1, -1, 3)))
    shapes = Configuration(shapes={"x": (1, 256, 256, 3)})
    run = finish(profile(request(model, shapes), library, children))
    tiny = finish(profile(request(model, Configuration(shapes={"x": (1, 1, 1, 3)})), library, children))
    assert min(run.samples.wall_us) > 3 * min(tiny.samples.wall_us)


def test_a_shape_the_model_has_no_input_for_is_refused(tmp_path: Path, library: Library, children: Children) -> None:
    with pytest.raises(UsageError, match="'z'"):
        finish(profile(request(small_net(tmp_path), Configuration(shapes={"z": (1, 2)})), library, children))


def test_a_model_that_never_ends_is_stopped(tmp_path: Path, library: Library, children: Children) -> None:
    endless = request(written(tmp_path, endless_net()), bounds=Bounds(wall_seconds=1.0))
    with pytest.raises(ModelRunError, match="it passed the 1 s it may take while warming up"):
        finish(profile(endless, library, children))


def test_a_run_that_fails_is_stored_with_its_reason(tmp_path: Path, library: Library, children: Children) -> None:
    with pytest.raises(ModelRunError) as refused:
        finish(profile(request(written(tmp_path, custom_net("MyOp"))), library, children))
    (stored,) = library.history()
    assert stored.status is Status.FAILED
    assert stored.error == str(refused.value)


def test_a_model_too_large_for_its_memory_is_stopped(tmp_path: Path, library: Library, children: Children) -> None:
    model = written(tmp_path, add_net((1, 1, 1, 3), (1, -1, -1, 3)))
    shapes = Configuration(shapes={"x": (1, 8000, 8000, 3)})
    with pytest.raises(ModelRunError, match="memory"):
        finish(profile(request(model, shapes, bounds=Bounds(memory_bytes=500_000_000)), library, children))


def test_a_model_too_large_for_its_memory_is_warned_of(tmp_path: Path) -> None:
    opened = finish(open_model(written(tmp_path, add_net((1, 8000, 8000, 3)))))
    wanted = request(Path(opened.model.path), bounds=Bounds(memory_bytes=500_000_000))
    assert "more than the 0.5 GB it may take" in warning_of(opened, wanted)


def test_a_small_model_starts_without_a_warning(tmp_path: Path) -> None:
    opened = finish(open_model(small_net(tmp_path)))
    assert warning_of(opened, request(Path(opened.model.path))) == ""


@pytest.mark.parametrize("preset", PRESETS)
def test_ops_are_timed_for_a_quarter_of_the_limits(preset: str) -> None:
    limits = PRESETS[preset]
    for_ops = ops_limits(limits)
    assert (for_ops.runs, for_ops.seconds, for_ops.cap_seconds) == (
        limits.runs // 4,
        limits.seconds / 4,
        limits.cap_seconds / 4,
    )


def test_a_plan_goes_on_after_a_model_that_cannot_run(tmp_path: Path, library: Library, children: Children) -> None:
    broken = request(written(tmp_path, custom_net("MyOp"), "broken.tflite"))
    first, second = finish(run_plan([broken, request(small_net(tmp_path))], library, children))
    assert first.run is None
    assert first.refusal is not None
    assert first.refusal.startswith("its op MyOp is custom")
    assert second.run is not None
    assert second.refusal is None


def test_a_plan_tells_where_it_stands(tmp_path: Path, library: Library, children: Children) -> None:
    model = small_net(tmp_path)
    told = list(run_plan([request(model), request(model)], library, children))
    assert [step.place for step in told] == sorted(step.place for step in told)
    assert {step.of for step in told} == {2}
    assert {len(step.outcomes) for step in told if step.place == 2} == {1}
    fractions = [step.fraction or 0.0 for step in told]
    assert fractions == sorted(fractions)


def test_a_plan_stops_where_nothing_can_be_stored(tmp_path: Path, children: Children) -> None:
    library = open_library(tmp_path / "library")
    library.close()
    with pytest.raises(LibraryError):
        finish(run_plan([request(small_net(tmp_path))], library, children))


def test_every_engine_goes_with_every_number_of_threads() -> None:
    ways = configurations([Engine.XNNPACK, Engine.BUILTIN], [1, 2])
    assert [(way.engine, way.threads) for way in ways] == [
        (Engine.XNNPACK, 1),
        (Engine.XNNPACK, 2),
        (Engine.BUILTIN, 1),
        (Engine.BUILTIN, 2),
    ]


def test_the_gpu_is_planned_once_whatever_the_threads() -> None:
    assert [way.threads for way in configurations([Engine.GPU], [2, 4])] == [2]


KILLED = """
import sys
from maistudio.__main__ import main
main(["profile", sys.argv[1], "--runs", "10000000", "--seconds", "600", "--cap", "1200"])
"""


def test_killing_the_program_loses_nothing_and_leaves_no_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "library"
    monkeypatch.setenv("MAISTUDIO_LIBRARY", str(folder))
    program = subprocess.Popen([sys.executable, "-c", KILLED, str(small_net(tmp_path))])
    with open_library(folder) as library:
        measured = _until(lambda: [run for run in library.history() if library.run(run.id).samples.wall_us])
        before = library.run(measured[0].id).samples.wall_us
        workers = psutil.Process(program.pid).children()
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
        assert library.mark_interrupted() == (measured[0].id,)
        after = library.run(measured[0].id)
    assert after.status is Status.INTERRUPTED
    assert after.samples.wall_us[: len(before)] == before
    assert workers
    _until(lambda: not any(_lives(worker) for worker in workers))


def test_killing_the_child_loses_nothing(tmp_path: Path, library: Library, children: Children) -> None:
    job = profile(request(small_net(tmp_path), limits=UNENDING), library, children)
    live = next(step for step in job if isinstance(step, Live) and step.wall_us)
    before = list(live.wall_us)
    for worker in psutil.Process().children():
        worker.kill()
    with pytest.raises(ModelRunError, match="the system killed its process while measuring"):
        finish(job)
    stored = library.run(live.run.id)
    assert stored.status is Status.FAILED
    assert list(stored.samples.wall_us[: len(before)]) == before


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _until(found, seconds: float = 30.0):
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return value
