"""Arrays between the window and a child: memory both hold open, without a name that could be left behind."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maistudio.runtime.protocol import STRING, ArrayRef, ProtocolError

Array = NDArray[Any]

ALIGNMENT = 64
LARGEST_TRANSFER = 1 << 30
"""Bytes a system call moves at once; Linux moves no more than 2 GiB."""
PLAIN_KINDS = "biufc"
PLAIN: Mapping[str, np.dtype[Any]] = {
    np.dtype(code).name: np.dtype(code) for code in ("?", *np.typecodes["AllInteger"], "e", "f", "d", "F", "D")
}
"""The data types of numbers that LiteRT knows, by numpy's names."""


def new_arena() -> int:
    """The descriptor of an empty arena, which vanishes with the last process that holds it. Raises OSError."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("maistudio-arrays")
    with tempfile.TemporaryFile() as file:  # has no name any more where this runs
        return os.dup(file.fileno())


def put(arena: int, arrays: Mapping[str, Array]) -> dict[str, ArrayRef]:
    """Lay arrays into an arena over what was there, and say where each lies. Raises OSError when memory is short."""
    refs: dict[str, ArrayRef] = {}
    end = 0
    for name, array in arrays.items():
        texts = array.dtype.kind not in PLAIN_KINDS
        data = _texts_to_bytes(array) if texts else _as_bytes(_native(array))
        _write(arena, data, end)
        refs[name] = ArrayRef(STRING if texts else array.dtype.name, array.shape, end, len(data))
        end += -(-len(data) // ALIGNMENT) * ALIGNMENT
    os.ftruncate(arena, end)
    return refs


def take(arena: int, ref: ArrayRef) -> Array:
    """An array of an arena, copied; texts as bytes. Raises ProtocolError where the arena holds no such array."""
    if ref.dtype == STRING:
        return _texts(arena, ref)
    _check(arena, ref)
    try:
        array = np.empty(ref.shape, plain_dtype(ref.dtype))
    except ValueError:  # sizes beyond numpy's, of an array of no elements
        raise ProtocolError("an array of no possible shape") from None
    take_into(arena, ref, array)
    return array


def take_into(arena: int, ref: ArrayRef, target: Array) -> None:
    """Copy an array of an arena into one that has its type and size. Raises ProtocolError where that doesn't fit."""
    _check(arena, ref)
    if target.nbytes != ref.size or target.dtype != plain_dtype(ref.dtype) or not target.flags.c_contiguous:
        raise ProtocolError(f"an array of {ref.size:,} bytes for a place of {target.nbytes:,}")
    _read(arena, _as_bytes(target), ref.offset)


def plain_dtype(name: str) -> np.dtype[Any]:
    """The type of that name. Raises ProtocolError for one that isn't numbers."""
    dtype = PLAIN.get(name)
    if dtype is None:
        raise ProtocolError(f"the data type {name!r}")
    return dtype


def _native(array: Array) -> Array:
    """The array in one piece and in this machine's byte order, which the name of its type doesn't tell."""
    return np.ascontiguousarray(array, array.dtype.newbyteorder("="))


def _as_bytes(array: Array) -> memoryview:
    return memoryview(array.reshape(-1).view(np.uint8).data)


def _check(arena: int, ref: ArrayRef) -> None:
    if ref.offset + ref.size > os.fstat(arena).st_size:
        raise ProtocolError("an array beyond the arena")
    if ref.dtype != STRING and prod(ref.shape) * plain_dtype(ref.dtype).itemsize != ref.size:
        raise ProtocolError("an array whose size isn't its shape's")


def _texts_to_bytes(array: Array) -> memoryview:
    texts = (
        text if isinstance(text, bytes) else str(text).encode(errors="surrogatepass")
        for text in array.reshape(-1).tolist()
    )
    return memoryview(json.dumps([base64.b64encode(text).decode() for text in texts]).encode())


def _texts(arena: int, ref: ArrayRef) -> Array:
    _check(arena, ref)
    data = bytearray(ref.size)
    _read(arena, memoryview(data), ref.offset)
    try:
        texts = [base64.b64decode(text, validate=True) for text in json.loads(data)]
        return np.array(texts, dtype=object).reshape(ref.shape)
    except (ValueError, TypeError, RecursionError):
        raise ProtocolError("texts that can't be read") from None


def _write(arena: int, data: memoryview, offset: int) -> None:
    done = 0
    while done < len(data):
        done += os.pwrite(arena, data[done : done + LARGEST_TRANSFER], offset + done)


def _read(arena: int, target: memoryview, offset: int) -> None:
    done = 0
    while done < len(target):
        got = os.preadv(arena, [target[done : done + LARGEST_TRANSFER]], offset + done)
        if not got:
            raise ProtocolError("an array that breaks off")
        done += got
