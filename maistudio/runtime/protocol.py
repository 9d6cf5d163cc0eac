"""What the window and a child say to each other: JSON objects, each behind its length in four bytes.

The window asks one thing at a time: ``{"id": N, "do": D, …}``, D of ``load resize run measure profile prove``. The
child answers with any number of messages of that id: ``{"id": N, "stage": …}`` before it does what may kill it,
``{"id": N, "samples": …}`` while it measures, and last either ``{"id": N, "result": …}`` or ``{"id": N, "error": …}``,
an error with ``"missing": true`` where this machine lacks what was asked for, whatever the model. It speaks first, of
id 0: a stage, and ``{"id": 0, "result": {"protocol": VERSION, …}}``. Arrays travel beside, in arenas (``arena.py``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, cast

VERSION = 1
LARGEST_MESSAGE = 16 << 20
"""In bytes: a message carries names, numbers and where arrays lie, never an array."""
STRING = "string"
"""The data type of tensors that hold texts, which numpy has none for."""
LARGEST_RANK = 64
"""As numpy has it."""

Message = Mapping[str, Any]


class ProtocolError(Exception):
    """What came is no message of this protocol: the other side is broken, or no child of this program."""


class BrokenOffError(ProtocolError):
    """The stream ended within a message: the other side died over it."""


@dataclass(frozen=True, slots=True)
class ArrayRef:
    """Where an array lies in an arena: ``dtype`` is numpy's name, or ``string``; ``offset`` and ``size`` in bytes."""

    dtype: str
    shape: tuple[int, ...]
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """An input or output of a loaded model. ``shape`` is the present one, ``open_shape`` has -1 where it may change.

    ``real = (stored − zero_point) × scale`` for a tensor quantized as a whole; ``scale`` is 0 for others.
    """

    name: str
    shape: tuple[int, ...]
    open_shape: tuple[int, ...]
    dtype: str
    scale: float
    zero_point: int


def send(stream: BinaryIO, message: Message) -> None:
    """Write one message. Raises OSError where nobody reads, ProtocolError for one that is too large."""
    body = json.dumps(message, allow_nan=False).encode()
    if len(body) > LARGEST_MESSAGE:
        raise ProtocolError(f"a message of {len(body):,} bytes")
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


def receive(stream: BinaryIO) -> Message | None:
    """Read one message; None at the end of the stream. Raises ProtocolError for anything else, OSError."""
    head = _exactly(stream, 4)
    if head is None:
        return None
    size = int.from_bytes(head, "big")
    if size > LARGEST_MESSAGE:
        raise ProtocolError(f"a message of {size:,} bytes")
    body = _exactly(stream, size)
    if body is None:
        raise BrokenOffError("a message without its body")
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise ProtocolError("a message that isn't JSON") from None
    if not isinstance(message, dict) or type(message.get("id")) is not int:
        raise ProtocolError("a message without an id")
    return cast("Message", message)


def _exactly(stream: BinaryIO, size: int) -> bytes | None:
    """``size`` bytes; None where the stream has ended before the first."""
    data = bytearray()
    while len(data) < size:
        more = stream.read(size - len(data))
        if not more:
            if data:
                raise BrokenOffError("a message that breaks off")
            return None
        data += more
    return bytes(data)


def refs_json(refs: Mapping[str, ArrayRef]) -> list[Any]:
    """The refs as a message has them: pairs, since names may be equal to none of JSON's keys."""
    return [[name, asdict(ref)] for name, ref in refs.items()]


def refs_from(value: object) -> dict[str, ArrayRef]:
    """The refs of a message. Raises ProtocolError where they are none."""
    return {_text(pair[0]): _ref(pair[1]) for pair in _pairs(value)}


def specs_json(specs: tuple[TensorSpec, ...]) -> list[Any]:
    return [asdict(spec) for spec in specs]


def specs_from(value: object) -> tuple[TensorSpec, ...]:
    """The specs of a message. Raises ProtocolError where they are none."""
    if not isinstance(value, list):
        raise ProtocolError("no list of tensors")
    return tuple(_spec(each) for each in value)


def number_from(message: Mapping[str, Any], key: str) -> float:
    """A finite number of a message that is not negative. Raises ProtocolError where it is none."""
    value = message.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e18:
        raise ProtocolError(f"no number {key}")
    return float(value)


def numbers_from(message: Mapping[str, Any], key: str) -> tuple[float, ...]:
    """A list of such numbers. Raises ProtocolError where it is none."""
    values = message.get(key)
    if not isinstance(values, list):
        raise ProtocolError(f"no list {key}")
    return tuple(number_from({key: value}, key) for value in values)


def mapping_from(message: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object of a message. Raises ProtocolError where it is none."""
    value = message.get(key)
    if not isinstance(value, dict):
        raise ProtocolError(f"no object {key}")
    return value


def text_from(message: Mapping[str, Any], key: str) -> str:
    """A text of a message. Raises ProtocolError where it is none."""
    return _text(message.get(key))


def _pairs(value: object) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise ProtocolError("no list of pairs")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ProtocolError("no text")
    return value


def _whole(value: object, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 1 << 62:
        raise ProtocolError("no whole number")
    return value


def _shape(value: object, least: int = 0) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > LARGEST_RANK:
        raise ProtocolError("no shape")
    return tuple(_whole(size, least) for size in value)


def _ref(value: object) -> ArrayRef:
    if not isinstance(value, dict):
        raise ProtocolError("no array")
    return ArrayRef(
        _text(value.get("dtype")),
        _shape(value.get("shape")),
        _whole(value.get("offset")),
        _whole(value.get("size")),
    )


def _spec(value: object) -> TensorSpec:
    if not isinstance(value, dict):
        raise ProtocolError("no tensor")
    return TensorSpec(
        _text(value.get("name")),
        _shape(value.get("shape")),
        _shape(value.get("open_shape"), least=-1),
        _text(value.get("dtype")),
        number_from(value, "scale"),
        _whole(value.get("zero_point"), least=-(1 << 62)),
    )
