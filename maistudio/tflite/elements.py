"""Stored elements of a constant as numpy arrays: packed nibbles, small floats and TFLite's string buffers."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from maistudio.errors import WeightError
from maistudio.tflite.model import BITS_PER_ELEMENT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NUMPY_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "FLOAT64": "<f8", "FLOAT32": "<f4", "FLOAT16": "<f2", "INT64": "<i8", "UINT64": "<u8",
        "INT32": "<i4", "UINT32": "<u4", "INT16": "<i2", "UINT16": "<u2", "INT8": "i1", "UINT8": "u1",
        "COMPLEX64": "<c8", "COMPLEX128": "<c16",
    }
)  # fmt: skip


def stored_size(element_type: str, count: int) -> int | None:
    """Bytes that ``count`` elements take, packed types rounded up; None for types without a fixed size."""
    bits = BITS_PER_ELEMENT.get(element_type)
    return None if bits is None else (count * bits + 7) // 8


def decode_elements(data: bytes, element_type: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """The stored values of ``data`` in ``shape``.

    Integers and floats keep their type; INT4, UINT4 and INT2 become int8 or uint8, BFLOAT16 and FLOAT8
    become float32, BOOL becomes bool, STRING an object array of bytes.
    Raises WeightError where the size of ``data`` is not what the shape asks for.
    """
    if any(size < 0 for size in shape):
        raise WeightError(f"the shape {list(shape)} has a negative dimension, so its values can't be shown")
    if len(shape) > 64:
        raise WeightError(f"{len(shape)} dimensions are more than the 64 that can be shown")
    count = prod(shape)
    if element_type == "STRING":
        return _strings(data, shape)
    size = stored_size(element_type, count)
    if size is None:
        raise WeightError(f"values of type {element_type} have no storage that can be shown")
    if size != len(data):
        raise WeightError(
            f"{list(shape)} of {element_type} takes {size:,} bytes but the file holds {len(data):,}; "
            "export the model again"
        )
    return _numbers(data, element_type, count).reshape(shape)


def _numbers(data: bytes, element_type: str, count: int) -> NDArray[Any]:
    import numpy as np

    if element_type in _NUMPY_TYPES:
        return np.frombuffer(data, dtype=_NUMPY_TYPES[element_type])
    raw: NDArray[np.uint8] = np.frombuffer(data, dtype=np.uint8)
    if element_type == "BOOL":
        return raw.astype(np.bool_)
    if element_type == "BFLOAT16":
        return (np.frombuffer(data, dtype="<u2").astype(np.uint32) << 16).view(np.float32)
    if element_type == "FLOAT8_E4M3FN":
        return _float8_values(exponent_bits=4, infinities=False)[raw]
    if element_type == "FLOAT8_E5M2":
        return _float8_values(exponent_bits=5, infinities=True)[raw]
    return _unpacked(raw, BITS_PER_ELEMENT[element_type], signed=element_type.startswith("INT"))[:count]


def _unpacked(raw: NDArray[np.uint8], bits: int, signed: bool) -> NDArray[Any]:
    """Fields of ``bits`` bits out of each byte, the lowest first (TFLite packs INT4 and INT2 so)."""
    import numpy as np

    per_byte = 8 // bits
    fields = np.empty((raw.size, per_byte), dtype=np.uint8)
    for place in range(per_byte):
        np.left_shift(raw, 8 - bits * (place + 1), out=fields[:, place])
    flat = fields.reshape(-1)
    if signed:
        return flat.view(np.int8) >> (8 - bits)
    return flat >> (8 - bits)


def _float8_values(exponent_bits: int, infinities: bool) -> NDArray[np.float32]:
    """The value of each of the 256 codes of an 8-bit float.

    Formats: Micikevicius et al., "FP8 Formats for Deep Learning" (2022). E5M2 follows IEEE 754;
    E4M3FN has no infinities and one NaN per sign, the all-ones code.
    """
    import numpy as np

    mantissa_bits = 7 - exponent_bits
    bias = 2 ** (exponent_bits - 1) - 1
    top = 2**exponent_bits - 1
    values = np.empty(256, dtype=np.float32)
    for code in range(256):
        exponent = (code >> mantissa_bits) & top
        mantissa = code & (2**mantissa_bits - 1)
        if exponent == 0:
            magnitude = mantissa * 2.0 ** (1 - bias - mantissa_bits)
        elif infinities and exponent == top:
            magnitude = np.inf if mantissa == 0 else np.nan
        elif not infinities and code & 0x7F == 0x7F:
            magnitude = np.nan
        else:
            magnitude = (1 + mantissa / 2**mantissa_bits) * 2.0 ** (exponent - bias)
        values[code] = -magnitude if code & 0x80 else magnitude
    return values


def _strings(data: bytes, shape: tuple[int, ...]) -> NDArray[Any]:
    """TFLite's string buffer: int32 count, count + 1 int32 offsets from its start, then the bytes."""
    import numpy as np

    count = int.from_bytes(data[:4], "little", signed=True)
    if count < 0 or 4 + 4 * (count + 1) > len(data):
        raise WeightError(f"a string buffer of {len(data):,} bytes can't hold the {count:,} strings it names")
    if count != prod(shape):
        raise WeightError(f"the file holds {count:,} strings where the shape {list(shape)} asks for {prod(shape):,}")
    offsets = np.frombuffer(data, dtype="<i4", count=count + 1, offset=4)
    if offsets[0] < 4 + 4 * (count + 1) or offsets[-1] > len(data) or (np.diff(offsets.astype(np.int64)) < 0).any():
        raise WeightError("the offsets of a string buffer point outside it; export the model again")
    strings = np.empty(count, dtype=object)
    for place in range(count):
        strings[place] = data[offsets[place] : offsets[place + 1]]
    return strings.reshape(shape)
