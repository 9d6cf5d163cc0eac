"""What was measured of each network: ``resources/zoo/built.json``, made by packaging/measure_zoo.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from maistudio.errors import FactsFileError
from maistudio.zoo.drawing import Bar
from maistudio.zoo.forms import Form
from maistudio.zoo.shipped import shipped

FILE = "zoo/built.json"


@dataclass(frozen=True, slots=True)
class Built:
    """A network in the form its team submitted, at the challenge's input size.

    ``parameters`` are the trained ones, ``macs`` those of one run, ``drawing`` what a picture of it shows.
    """

    form: Form
    size_bytes: int
    parameters: int
    macs: int | None
    ops: int
    drawing: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """All networks by name, and the TensorFlow that built them."""

    tensorflow: str
    networks: Mapping[str, Built]


def read_built() -> Measured:
    """What is shipped with the program. Raises FactsFileError where that is damaged."""
    file = shipped(FILE)
    try:
        return built_from(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FactsFileError(file, 1, "the installation is damaged there: install MAI Studio again") from None


def built_from(values: Mapping[str, Any]) -> Measured:
    """The same from what ``as_json`` wrote, parsed."""
    return Measured(values["tensorflow"], {name: _built(each) for name, each in values["networks"].items()})


def as_json(measured: Measured) -> str:
    """A line for each network, so that a change of one shows as one."""
    rows = (f"  {json.dumps(name)}: {json.dumps(_plain(each))}" for name, each in sorted(measured.networks.items()))
    listed = ",\n".join(rows)
    return f'{{\n "tensorflow": {json.dumps(measured.tensorflow)},\n "networks": {{\n{listed}\n }}\n}}\n'


def _plain(built: Built) -> dict[str, Any]:
    drawing = [[bar.kind, bar.column, bar.lane, bar.octaves, bar.channels, list(bar.after)] for bar in built.drawing]
    return {**asdict(built), "drawing": drawing}


def _built(values: dict[str, Any]) -> Built:
    drawing = tuple(_bar(*bar) for bar in values["drawing"])
    return Built(**{**values, "form": Form(values["form"]), "drawing": drawing})


def _bar(kind: str, column: int, lane: int, octaves: float, channels: int, after: list[int]) -> Bar:
    return Bar(kind, column, lane, octaves, channels, tuple(after))
