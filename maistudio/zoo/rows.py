"""A row of the zoo: a network of a result table, where what is known of it comes from, and what was reported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from maistudio.challenges.challenge import Entry
from maistudio.zoo.forms import Form

KIB = 1024


class Status(StrEnum):
    """What the zoo has of a row."""

    BUILT = "built"
    NOT_DESCRIBED = "not_described"
    """The report says too little to build it."""
    CLASSICAL = "classical"
    """A method without a network."""


class Basis(StrEnum):
    """What a builder rests on, the weakest part of it that the weights depend on."""

    FACT = "F"
    """Read in public code or in the team's own model file."""
    TEXT = "T"
    """Stated in the report."""
    INFERENCE = "I"
    """A reconstruction: what the report leaves open was chosen, mostly so that the file's size fits."""


BASIS_TEXT = {
    Basis.FACT: "fact, read in the code or the model",
    Basis.TEXT: "from the report's text",
    Basis.INFERENCE: "reconstruction",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a published table, or a network that a report's text alone describes (``entry`` is None, then).

    ``place`` counts from 1 among the ranked rows, None outside the ranking. ``name`` is the builder's, empty where
    there is none. ``source`` says where ``basis`` comes from, ``architecture`` what the network is. ``multiple``: the
    input's height and width must be multiples of it, and no smaller than ``least``. ``white`` is the largest value in
    the input. ``misses`` says why the built file's size is not the reported one.
    """

    challenge: str
    team: str
    place: int | None
    entry: Entry | None
    status: Status
    name: str = ""
    basis: Basis | None = None
    source: str = ""
    architecture: str = ""
    form: Form = Form.FP32
    multiple: int = 1
    least: int = 1
    white: float = 255.0
    misses: str = ""

    def fitting(self, side: int) -> int:
        """The smallest height or width, from this one on, that the network takes."""
        return -(-max(side, self.least) // self.multiple) * self.multiple

    @property
    def reported_kib(self) -> float | None:
        """The reported size in KiB: what the reports call KB and MB are KiB and MiB."""
        if self.entry is None:
            return None
        in_mib = self.entry.value("size_mb")
        return self.entry.value("size_kb") if in_mib is None else in_mib * KIB
