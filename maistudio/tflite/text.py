"""Numbers, shapes and names as people read them, the same in the window and on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from maistudio.errors import clean as clean
from maistudio.tflite.model import Quantization, QuantizationKind

UNKNOWN = "unknown"
_BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_COUNT_UNITS = ("", "k", "M", "G", "T", "P", "E")
_MOST = 10**24
"""Numbers beyond this come from corrupt dimensions and are not spelled out."""


def shape_text(shape: Sequence[int] | None) -> str:
    """A shape as "1×360×640×3", "?" for an unknown dimension, "scalar" without dimensions, "unknown" for None."""
    if shape is None:
        return UNKNOWN
    if not shape:
        return "scalar"
    return "×".join("?" if size == -1 else str(size) for size in shape)


def count_text(count: int | None) -> str:
    """A whole number with thousands separated: "42,539"."""
    if count is None:
        return UNKNOWN
    return f"{count:,}" if abs(count) <= _MOST else "over 10²⁴"


def bytes_text(size: int | None) -> str:
    """A size in binary units with one decimal: "53.7 KiB", exact below 1,024 bytes."""
    if size is None:
        return UNKNOWN
    return _scaled(size, 1024, _BYTE_UNITS)


def gigabytes_text(size: float) -> str:
    """Memory in 10⁹ bytes with one decimal, two below 0.1: "4.0 GB", "0.05 GB"."""
    return f"{size / 1e9:.{1 if size >= 1e8 else 2}f} GB"


def amount_text(count: int | None) -> str:
    """A large count in decimal units, such as MACs: "15.2 G", "9.76 G", exact below 1,000."""
    if count is None:
        return UNKNOWN
    return _scaled(count, 1000, _COUNT_UNITS, fine=True)


def _scaled(number: int, base: int, units: Sequence[str], fine: bool = False) -> str:
    """``number`` over the largest unit that leaves it at least 1, as it reads after rounding to one decimal.

    ``fine`` gives two decimals below 10.
    """
    if abs(number) > _MOST:
        return f"over {_MOST // base ** (len(units) - 1):,} {units[-1]}"
    power = 0
    while power < len(units) - 1 and round(abs(number) / base**power, 1) >= base:
        power += 1
    if power == 0:
        return f"{number:,} {units[0]}".strip()
    scaled = number / base**power
    decimals = 2 if fine and abs(scaled) < 9.995 else 1
    return f"{scaled:,.{decimals}f} {units[power]}"


def percent_text(part: float | None, whole: float | None) -> str:
    """The share of ``part`` in ``whole`` with one decimal; "<0.1%" for a small part; empty where there is none."""
    if part is None or not whole:
        return ""
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "<0.1%"
    return "100%" if share == 100 else f"{share:.1f}%"


def number_text(value: float, digits: int = 6) -> str:
    """A real number with at most ``digits`` significant digits and a proper minus sign."""
    return f"{value:.{digits}g}".replace("-", "−")


def type_text(tensor_type: str) -> str:
    """A tensor type as people write it: "int8", "float32"."""
    return clean(tensor_type).lower()


def elide_middle(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` (≥ 1) characters, its middle left out."""
    if len(text) <= limit:
        return text
    head = limit // 2
    tail = limit - head - 1
    return f"{text[:head]}…{text[len(text) - tail :]}"


def option_text(value: object) -> str:
    """The value of an op's option: words as they are, lists by comma, yes and no for booleans."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value):,} bytes"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{clean(str(key))}: {option_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(option_text(item) for item in value) + "]"
    return clean(str(value))


def options_text(options: Mapping[str, object]) -> str:
    """All options of an op on one line: "padding=SAME, stride_h=2"."""
    return ", ".join([f"{name}={option_text(value)}" for name, value in options.items()])


def quantization_text(quantization: Quantization | None) -> str:
    """A tensor's quantization in a few words; empty for a tensor that is not quantized."""
    if quantization is None:
        return ""
    if quantization.kind is QuantizationKind.BLOCKWISE:
        return f"blockwise, blocks of {quantization.block_size:,}"
    if quantization.kind is QuantizationKind.CUSTOM:
        return "custom"
    if quantization.kind is QuantizationKind.PER_CHANNEL:
        return f"per channel, axis {quantization.axis}, {len(quantization.scales):,} scales"
    if not quantization.scales:
        return _range_text(quantization)
    zero_point = quantization.zero_points[0] if quantization.zero_points else 0
    return f"scale {number_text(quantization.scales[0])}, zero point {zero_point_text(zero_point)}"


def _range_text(quantization: Quantization) -> str:
    """Files that were trained with fake quantization keep a range, and no scale, on float tensors."""
    if len(quantization.minimum) == len(quantization.maximum) == 1:
        return f"range {number_text(quantization.minimum[0])} to {number_text(quantization.maximum[0])}"
    return "range only"


def zero_point_text(zero_point: int) -> str:
    """A zero point with a proper minus sign."""
    return str(zero_point).replace("-", "−")


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 op", "12 ops"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def lines_of(text: str, width: int, most: int) -> tuple[str, ...]:
    """``text`` cut into at most ``most`` lines of ``width`` characters, the last one saying how many are left out."""
    lines = [text[start : start + width] for start in range(0, min(len(text), width * most), width)]
    left_out = len(text) - width * most
    if left_out > 0:
        lines.append(f"… {plural(left_out, 'more character')}")
    return tuple(lines)


def list_text(items: Iterable[str], most: int = 3) -> str:
    """Items by comma, at most ``most`` of them with the number left out."""
    listed = list(items)
    shown = ", ".join(listed[:most])
    return shown if len(listed) <= most else f"{shown} and {len(listed) - most:,} more"
