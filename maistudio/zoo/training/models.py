"""The files that a training ends with: the model at its size, and its twins of open size, the second of floats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from maistudio.save import replace_content
from maistudio.tflite.read import read_model
from maistudio.zoo.convert import convert
from maistudio.zoo.forms import Form
from maistudio.zoo.training.course import Learned
from maistudio.zoo.training.lesson import Lesson

Floats = NDArray[np.float32]
Size = tuple[int | None, int | None]

MODEL, TWIN, FLOAT_TWIN = "model.tflite", "model_none.tflite", "model_none_float.tflite"
OPEN: Size = (None, None)
LEARNED, CALIBRATED = "learned", "calibrated"
CALIBRATION_BATCHES = 4
FLOATS = frozenset({"FLOAT32", "FLOAT16"})


def write_models(folder: Path, lesson: Lesson, learned: Learned) -> str | None:
    """Write the three files. Returns where int8's ranges are from, ``LEARNED`` or ``CALIBRATED``, None for floats.

    They are calibrated, by what was learned from, where TensorFlow Lite can't keep the learned ones in all of the
    network: some layers hold several ops, with ranges between them that nobody learns.
    """
    size = lesson.height, lesson.width
    ranges = None
    if lesson.form is Form.INT8:
        ranges = LEARNED
        replace_content(folder / MODEL, _with_learned_ranges(learned, size))
        if not is_full_int8(folder / MODEL):
            ranges = CALIBRATED
    if ranges is LEARNED:
        replace_content(folder / TWIN, _with_learned_ranges(learned, OPEN))
    else:
        replace_content(folder / MODEL, _converted(lesson, learned, size))
        replace_content(folder / TWIN, _converted(lesson, learned, OPEN))
    replace_content(folder / FLOAT_TWIN, _converted(replace(lesson, form=Form.FP32), learned, OPEN))
    return ranges


def is_full_int8(path: Path) -> bool:
    """Whether no tensor of a model holds floats."""
    return not any(tensor.type in FLOATS for graph in read_model(path).subgraphs for tensor in graph.tensors)


def _with_learned_ranges(learned: Learned, size: Size) -> bytes:
    """Full int8 from the model that has the ranges in it: TensorFlow Lite asks for no pictures, then."""
    return convert(learned.stage.pupil.model, *size, Form.INT8, lambda: iter(()))


def _converted(lesson: Lesson, learned: Learned, size: Size) -> bytes:
    def pictures() -> Iterator[Floats]:
        for place in range(CALIBRATION_BATCHES):
            for given in learned.batches.at(place)[0]:
                yield given[np.newaxis] if size == OPEN else repeated(given, lesson.height, lesson.width)[np.newaxis]

    return convert(learned.stage.submitted, *size, lesson.form, pictures)


def repeated(patch: Floats, height: int, width: int) -> Floats:
    """H×W×C of a patch mirrored at its borders as often as needed: no edges come in that it doesn't have."""
    down, across = max(0, height - patch.shape[0]), max(0, width - patch.shape[1])
    return np.pad(patch, ((0, down), (0, across), (0, 0)), mode="symmetric")[:height, :width]
