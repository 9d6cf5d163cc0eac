"""On the GPU a model computes nearly what it does on the CPU, and where there is no GPU one sentence says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import numpy as np
import pytest
from models import (
    build_abpn,
    build_chain,
    build_conv_net,
    build_dynamic_shape,
    build_int16x8,
    build_odd_names,
    build_sparse,
    build_strings,
    build_while,
)
from runtime_models import build_many

from maistudio.errors import ModelRunError, RuntimeMissingError
from maistudio.runtime.latency import Batch, WarmedUp, measure_steps
from maistudio.runtime.session import Session
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration, Engine

ON_GPU = Configuration(Engine.GPU)


@pytest.fixture(scope="module", autouse=True)
def gpu() -> None:
    """Skips without a GPU that LiteRT can use."""
    with suppress(RuntimeMissingError):
        Session.open(build_chain(1), ON_GPU).close()
        return
    pytest.skip("LiteRT finds no GPU on this machine")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session.open(build_abpn(6, 10), ON_GPU) as opened:
        yield opened


def image(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).random(shape, np.float32)


def on_cpu(content: bytes, arrays: list[np.ndarray], configuration: Configuration) -> dict[str, np.ndarray]:
    with Session.open(content, Configuration(shapes=configuration.shapes, signature=configuration.signature)) as opened:
        return opened.run(arrays)


def test_a_picture_is_nearly_the_same(session: Session) -> None:
    picture = image(1, 6, 10, 3)
    (found,) = session.run([picture]).values()
    (wanted,) = on_cpu(build_abpn(6, 10), [picture], ON_GPU).values()
    assert np.abs(found - wanted).max() < 1e-4 * np.abs(wanted).max()


def test_a_second_picture_is_not_the_first_one_again(session: Session) -> None:
    first, second = (next(iter(session.run([image(1, 6, 10, 3) * factor]).values())) for factor in (1, 0))
    assert np.abs(first - second).max() > 0.01


def test_arrays_that_do_not_fit_are_refused_and_the_session_lives_on(session: Session) -> None:
    with pytest.raises(ModelRunError, match="takes float32 of 1×6×10×3, and was given float32 of 1×6×10×2"):
        session.run([image(1, 6, 10, 2)])
    assert len(session.run([image(1, 6, 10, 3)])) == 1


def test_it_is_timed_to_its_end(session: Session) -> None:
    steps = []
    timing = measure_steps(session, Limits(5, 0, 30, warmup_seconds=0))
    for step in timing:
        steps += [] if step is None else [step]
    assert isinstance(steps[0], WarmedUp)
    assert sum(len(step.wall_us) for step in steps[1:] if isinstance(step, Batch)) == 5


CASES: dict[str, tuple[bytes, Configuration, list[tuple[int, ...]]]] = {
    "a signature": (build_conv_net(), Configuration(Engine.GPU, signature="serving_default"), [(1, 8, 8, 3)]),
    "other shapes": (build_dynamic_shape(), Configuration(Engine.GPU, shapes={"image": (1, 5, 7, 3)}), [(1, 5, 7, 3)]),
    "many of the same name": (build_many(("a", "b", "a"), echo=False), ON_GPU, [(1, 1), (1, 2), (1, 3)]),
    "names that are no UTF-8": (build_odd_names(), ON_GPU, [(1, 4)]),
}


@pytest.mark.parametrize("case", CASES)
def test_it_runs_as_on_the_cpu(case: str) -> None:
    content, configuration, shapes = CASES[case]
    arrays = [image(*shape) for shape in shapes]
    with Session.open(content, configuration) as opened:
        found = opened.run(arrays)
    wanted = on_cpu(content, arrays, configuration)
    assert list(found) == list(wanted)
    for name, array in wanted.items():
        assert found[name].shape == array.shape
        assert np.abs(found[name] - array).max() < 1e-4


def test_a_resize_compiles_it_anew() -> None:
    with Session.open(build_dynamic_shape(), Configuration(Engine.GPU, shapes={"image": (1, 5, 7, 3)})) as opened:
        opened.resize({"image": (1, 4, 4, 3)})
        assert next(iter(opened.run([image(1, 4, 4, 3)]).values())).shape == (1, 4, 4, 4)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (build_while, r"none of its ops runs on the GPU \(WHILE: Operation is not supported\): choose another engine"),
        (build_int16x8, r"none of its ops runs on the GPU \(FULLY_CONNECTED: Tensor type"),
        (build_many, "an input of it is an output too, which LiteRT's GPU loses: choose another engine"),
        (build_strings, "the GPU takes only fixed sizes, and it leaves some open: choose another engine"),
    ],
)
def test_a_model_that_cannot_run_there_is_refused(build: Callable[[], bytes], words: str) -> None:
    with pytest.raises(ModelRunError, match=words):
        Session.open(build(), ON_GPU)


def test_what_the_cpu_takes_over_is_noted() -> None:
    with Session.open(build_sparse(), ON_GPU) as opened:
        (note,) = opened.notes
    assert note == "1 of its 2 ops run on the GPU, the rest on the CPU: DENSIFY: Operation is not supported"


def test_an_unknown_signature_is_refused() -> None:
    with pytest.raises(ModelRunError, match="it has no signature 'x': its signatures are"):
        Session.open(build_conv_net(), Configuration(Engine.GPU, signature="x"))


def test_what_native_code_printed_is_in_the_log(session: Session) -> None:
    assert "GPU" in session.log


def test_the_stage_that_may_take_long_is_told() -> None:
    steps = Session.open_steps(build_chain(1), ON_GPU)
    stages = []
    try:
        while True:
            stages.append(next(steps))
    except StopIteration as stop:
        stop.value.close()
    assert "compiling it for the GPU" in stages
