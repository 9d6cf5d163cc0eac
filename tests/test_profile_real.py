"""Every real model is timed with at least five runs, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from litert import Refusal, litert_answers
from timed_models import request

from maistudio.errors import MaiStudioError, ModelFileError
from maistudio.jobs.open import open_model
from maistudio.jobs.profile import profile
from maistudio.jobs.progress import finish
from maistudio.library.library import Library, open_library
from maistudio.runtime.children import Children
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration

pytestmark = pytest.mark.slow

MICRO_ISP = "aiff22__MicroISP__tflite_model__MicroISP.tflite"
MICRO_ISP_BYTES = 13_000_000_000
SIDE = 32
"""What is given for sizes left open."""
FIVE_RUNS = Limits(runs=5, seconds=0, cap_seconds=600, warmup_seconds=0)

LITERT_LOADS = """
def answer(path):
    interpreter = Interpreter(path)
    interpreter.allocate_tensors()
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def children() -> Iterator[Children]:
    with Children() as made:
        yield made


def with_sizes(path: Path) -> Configuration:
    """The sizes a file leaves open, given; nothing for a file that can't be read."""
    try:
        model = finish(open_model(path)).model
    except ModelFileError:
        return Configuration()
    if model.main is None:
        return Configuration()
    inputs = [model.main.tensors[index] for index in model.main.inputs]
    opened = [tensor for tensor in inputs if -1 in (tensor.open_shape[1:] or tensor.open_shape)]
    return Configuration(
        shapes={
            tensor.name: tuple(
                size if size >= 0 else 1 if place == 0 and len(tensor.open_shape) > 1 else SIDE
                for place, size in enumerate(tensor.open_shape)
            )
            for tensor in opened
        }
    )


@pytest.mark.parametrize("folder", ["challenge", "delegate-cases", "hard", "large"])
def test_what_litert_loads_is_timed_and_the_rest_refused_in_a_sentence(
    models_folder: Path, library: Library, children: Children, folder: str
) -> None:
    paths = [path for path in sorted((models_folder / folder).glob("*.tflite")) if path.name != MICRO_ISP]
    assert paths
    loads = [not isinstance(answer, Refusal) for path in paths for answer in litert_answers(LITERT_LOADS, [str(path)])]
    timed, sentences = [], []
    for path in paths:
        try:
            run = finish(profile(request(path, with_sizes(path), FIVE_RUNS, with_ops=True), library, children))
            said = any(note.startswith("its ops were not timed: ") for note in run.notes)
            timed.append(len(run.samples.wall_us) >= 5 and (run.ops is None) == said)
        except MaiStudioError as error:
            timed.append(False)
            sentences.append(str(error))
    if folder == "hard":  # LiteRT refuses it as it is; a copy with its open sizes closed is timed, which is said
        loads[[path.name for path in paths].index("LiteRT__lstm_quantized2.tflite")] = True
    wrong = [path.name for path, litert, ours in zip(paths, loads, timed, strict=True) if litert != ours]
    assert wrong == []
    assert all("\n" not in sentence and str(models_folder) in sentence for sentence in sentences)


def test_micro_isp_is_timed_after_a_word_of_warning(
    library: Library, children: Children, real_file: Callable[[str], Path]
) -> None:
    model = real_file(f"challenge/{MICRO_ISP}")
    if psutil.virtual_memory().available < MICRO_ISP_BYTES:
        pytest.skip(f"MicroISP takes more memory than is free: {MICRO_ISP_BYTES / 1e9:.0f} GB")
    job = profile(request(model, limits=FIVE_RUNS), library, children)
    warnings = set()
    while True:
        try:
            warnings.add(getattr(next(job), "warning", ""))
        except StopIteration as stop:
            run = stop.value
            break
    assert len(run.samples.wall_us) == 5
    assert any("GB of memory" in warning for warning in warnings)
