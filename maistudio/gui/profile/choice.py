"""What is to be run, as chosen on the page: every model by every engine with every number of threads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maistudio.errors import UsageError
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.plan import configurations
from maistudio.jobs.profile import ProfileRequest
from maistudio.tflite.model import Model, Tensor
from maistudio.tflite.shapes import Shape
from maistudio.tflite.text import clean, elide_middle, shape_text
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration, Engine

DIGITS = 9
"""Of a size that is typed; more make no tensor."""
SHOWN = 40
"""Characters of what was typed that a sentence repeats."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that can be chosen: ``sha256`` is "" while it is not known."""

    name: str
    opened: OpenedModel
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything the page asks for. ``shapes`` are those of the first of ``subjects``; others keep their own."""

    subjects: tuple[Subject, ...]
    engines: tuple[Engine, ...]
    threads: tuple[int, ...]
    limits: Limits
    with_ops: bool
    shapes: Mapping[str, Shape]


def requests_of(choice: Choice) -> tuple[ProfileRequest, ...]:
    """One request for each run: models outermost, threads innermost."""
    made = []
    for subject in choice.subjects:
        opened = subject.opened
        shapes = choice.shapes if subject is choice.subjects[0] else opened.given
        made += [
            ProfileRequest(
                model=Path(opened.model.path),
                configuration=configuration,
                limits=choice.limits,
                with_ops=choice.with_ops,
                opened=opened if dict(shapes) == dict(opened.given) else None,  # its costs hold at its own shapes
                sha256=subject.sha256,
            )
            for configuration in configurations(choice.engines, choice.threads, Configuration(shapes=shapes))
        ]
    return tuple(made)


def threads_of(text: str, cores: int) -> tuple[int, ...]:
    """Numbers of threads as typed: "1", "1, 2, 4" or "1-4", each once, as they stand.

    Raises UsageError for anything else, and for numbers outside 1 to ``cores``.
    """
    found: dict[int, None] = {}
    for part in filter(None, re.split(r"[\s,;]+", text.strip())):
        span = re.fullmatch(r"([0-9]{1,4})(?:[-–]([0-9]{1,4}))?", part)
        first, last = (int(span[1]), int(span[2] or span[1])) if span else (0, 0)
        if not 1 <= first <= last <= cores:
            most = f"1 to {cores}" if cores > 1 else "1"
            raise UsageError(f"“{clean(elide_middle(part, SHOWN))}” is no number of threads here: use {most}")
        found.update(dict.fromkeys(range(first, last + 1)))
    if not found:
        raise UsageError("Give at least one number of threads")
    return tuple(found)


def main_inputs(model: Model) -> tuple[Tensor, ...]:
    """The inputs of the main subgraph."""
    graph = model.main
    if graph is None:
        return ()
    return tuple(graph.tensors[index] for index in graph.inputs if 0 <= index < len(graph.tensors))


def shape_at_first(opened: OpenedModel, tensor: Tensor) -> Shape:
    """The shape an input has unless another is typed: the one asked for elsewhere, else the file's, of a batch of 1.

    -1 stands for a size that the file leaves open.
    """
    given = opened.given.get(tensor.label)
    if given is not None:
        return given
    shape = tensor.open_shape
    return (1, *shape[1:]) if len(shape) > 1 and shape[0] == -1 else shape


def shape_of(text: str, tensor: Tensor) -> Shape:
    """An input's shape as typed: "1×256×256×3", or with x, commas or blanks between the sizes.

    Raises UsageError for a "?", for what is no size, and for another number of sizes than the input has.
    """
    wanted = tensor.open_shape
    words = re.split(r"\s*[x×*,]\s*|\s+", text.strip().strip("[]()"), flags=re.IGNORECASE) if text.strip() else []
    name = clean(elide_middle(tensor.label, SHOWN))
    if any(word in ("?", "-1", "") for word in words) or (wanted and not words):
        raise UsageError(f"Give {name} a size for each “?”: the file says {shape_text(wanted)}")
    if len(words) != len(wanted):
        raise UsageError(f"{name} has {len(wanted)} sizes, as in {shape_text(wanted)}")
    sizes = [int(word) if re.fullmatch(rf"[0-9]{{1,{DIGITS}}}", word) else 0 for word in words]
    if 0 in sizes:
        raise UsageError(f"“{clean(elide_middle(words[sizes.index(0)], SHOWN))}” is no size: use whole numbers")
    return tuple(sizes)
