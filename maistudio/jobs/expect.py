"""What to expect of a model before it has run: how long an inference takes, and how much memory."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from maistudio.jobs.open import OpenedModel
from maistudio.jobs.run_memory import memory_to_run
from maistudio.resources import resource_path
from maistudio.tflite.text import gigabytes_text
from maistudio.timing.presets import NEVER_UNDER
from maistudio.timing.values import Configuration, Engine

INTEGER_SCHEMES = ("full int", "full uint", "int")

LONG_SECONDS = 1.0
MUCH_MEMORY = 1 << 30
"""An inference that is expected to take longer, or more bytes, is worth a word before it starts."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """Seconds an inference may take, within a factor of two or so, and bytes of memory; None where nothing is known."""

    seconds: float | None
    memory_bytes: int | None

    @property
    def heavy(self) -> bool:
        return (self.seconds or 0) > LONG_SECONDS or (self.memory_bytes or 0) > MUCH_MEMORY

    @property
    def sentence(self) -> str:
        """What to say before it starts; empty where nothing is known."""
        parts = []
        if self.seconds is not None:
            parts.append(f"about {_duration(self.seconds)} an inference")
        if self.memory_bytes is not None:
            parts.append(f"about {gigabytes_text(self.memory_bytes)} of memory")
        if not parts:
            return ""
        least = (
            "" if self.seconds is None else f"; {NEVER_UNDER} runs take {_duration(NEVER_UNDER * self.seconds)} or more"
        )
        return f"By its costs it takes {' and '.join(parts)}{least if self.heavy else ''}."


def expectation(opened: OpenedModel, configuration: Configuration) -> Expectation:
    """What a model's costs let expect of it, at the shapes it was opened at."""
    engine = configuration.engine
    if opened.model.main is None or engine is Engine.GPU:  # a GPU's speed and memory aren't known here
        return Expectation(None, None)
    memory = memory_to_run(opened.model, opened.shapes, opened.costs.weight_bytes, engine=engine)
    return Expectation(_seconds(opened, configuration), memory)


def _seconds(opened: OpenedModel, configuration: Configuration) -> float | None:
    """None where a shape is unknown."""
    if opened.costs.macs is None:
        return None
    rows = tomllib.loads(resource_path("timing/expectations.toml").read_text("utf-8"))["engine"]
    speed = next(row for row in rows if row["id"] == configuration.engine)
    activations = [cost.activation_bytes for cost in opened.costs.ops[0]]
    if None in activations:
        return None
    integer = opened.scheme.kind.startswith(INTEGER_SCHEMES)
    gmacs = opened.costs.macs / 1e9
    macs_ms = gmacs * speed["integer_ms_per_gmac" if integer else "float_ms_per_gmac"] / configuration.threads
    bytes_ms = sum(size or 0 for size in activations) / 1e9 * speed["ms_per_gb"]
    return float(macs_ms + bytes_ms) / 1e3


def _duration(seconds: float) -> str:
    if seconds >= 120:
        return f"{seconds / 60:.0f} min"
    if seconds >= 10:
        return f"{seconds:.0f} s"
    if seconds >= 1:
        return f"{seconds:.1f} s"
    ms = max(seconds * 1e3, 0.1)
    return f"{ms:.0f} ms" if ms >= 10 else f"{ms:.1f} ms"
