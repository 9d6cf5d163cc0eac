"""What a network is to learn, from which pictures and how: written once, read by every start of the training."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

from maistudio.errors import UsageError
from maistudio.zoo.forms import Form

FILE = "lesson.json"


class Task(StrEnum):
    """What goes in and what is to come out."""

    SR = "sr"
    """A picture, to be enlarged."""
    VIDEO = "video"
    """Frames in the channels, each to be enlarged."""
    DENOISE = "denoise"
    """A noisy picture, to be cleaned."""
    ISP = "isp"
    """Raw counts, packed to half size, to be developed."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One training. ``scale`` and ``frames`` are 1 where there is nothing to enlarge and no clip.

    ``white`` is the largest value in the input. ``images`` and ``validation`` are paths. ``patch`` is the side of a
    patch in the network's input pixels; the learning rate halves when each share of ``halvings`` of the ``steps`` is
    behind. ``quantized_steps`` follow with quantization in the loop, 0 for floats. ``height`` and ``width`` are the
    input's in the file that is written, in the ``form`` named.
    """

    name: str
    task: Task
    scale: int
    frames: int
    white: float
    images: tuple[str, ...]
    validation: tuple[str, ...]
    patch: int
    batch: int
    steps: int
    learning_rate: float
    halvings: tuple[float, ...]
    quantized_steps: int
    form: Form
    height: int
    width: int
    seed: int

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Lesson:
        """Raises UsageError for a text that is no lesson."""
        try:
            values = json.loads(text)
            taken = {field.name: values[field.name] for field in fields(cls)}
            taken |= {name: tuple(taken[name]) for name in ("images", "validation", "halvings")}
            return cls(**{**taken, "task": Task(taken["task"]), "form": Form(taken["form"])})
        except (ValueError, KeyError, TypeError):
            raise UsageError("this is no lesson of a training: start the training anew") from None

    @property
    def all_steps(self) -> int:
        return self.steps + self.quantized_steps
