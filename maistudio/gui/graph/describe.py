"""What a box says of its op: a readable title, the options that matter, its weights and small constants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Literal

from maistudio.tflite.model import Op, Tensor
from maistudio.tflite.options import int_option, word_option
from maistudio.tflite.roles import input_role
from maistudio.tflite.text import clean, elide_middle, number_text, shape_text, type_text

Values = Sequence[float]
ConstantValues = Callable[[Tensor], Values | None]
"""The elements of a small constant, None where they can't be told."""

MOST_LINES = 5
LONGEST = 44
"""Longer texts are cut in the middle."""
FEW_VALUES = 8

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "RELU": "ReLU", "RELU6": "ReLU6", "PRELU": "PReLU", "ELU": "ELU", "GELU": "GELU", "LSTM": "LSTM",
        "RNN": "RNN", "SVDF": "SVDF", "MATMUL": "MatMul", "TOPK": "TopK", "RFFT2D": "RFFT2D", "STABLEHLO": "StableHLO",
        "IF": "If", "L2": "L2", "ND": "ND", "V2": "V2", "LOGSOFTMAX": "LogSoftmax", "PADV2": "PadV2", "TANH": "Tanh",
    }
)  # fmt: skip

_INFIX: Mapping[str, str] = MappingProxyType(
    {
        "ADD": "+", "SUB": "−", "MUL": "×", "DIV": "÷", "POW": "^", "FLOOR_DIV": "//", "FLOOR_MOD": "mod",
        "LESS": "<", "LESS_EQUAL": "≤", "GREATER": ">", "GREATER_EQUAL": "≥", "EQUAL": "=", "NOT_EQUAL": "≠",
    }
)  # fmt: skip
_PREFIX: Mapping[str, str] = MappingProxyType(
    {"MAXIMUM": "max", "MINIMUM": "min", "SQUARED_DIFFERENCE": "difference²", "ATAN2": "atan2"}
)
_WEIGHTS = frozenset({"weights", "bias", "slope"})
_SAID_ELSEWHERE = frozenset({("RESHAPE", "shape"), ("RESIZE_BILINEAR", "size"), ("RESIZE_NEAREST_NEIGHBOR", "size"),
                             ("BROADCAST_TO", "shape"), ("TRANSPOSE_CONV", "output shape")})  # fmt: skip
"""Constants that only repeat the shape on the wire below."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a box under its title."""

    text: str
    kind: Literal["option", "weight", "value", "call"]


def op_title(op_type: str, custom: bool = False) -> str:
    """An op type as a title: "Conv2D", "DepthToSpace", "LeakyReLU". Custom codes stay as they are."""
    if custom:
        return elide_middle(clean(op_type), LONGEST)
    return "".join(_WORDS.get(word) or word[:1] + word[1:].lower() if not word[:1].isdigit() else word
                   for word in clean(op_type).split("_"))  # fmt: skip


def fused_activation(op: Op) -> str:
    """The activation computed with the op: "ReLU", empty for none. Recurrent cells always have one, and say so."""
    word = word_option(op, "fused_activation_function", "NONE")
    return "" if word == "NONE" else op_title(word)


def tensor_text(shape: Sequence[int] | None, tensor_type: str = "") -> str:
    """A shape, with its type where given: "1×360×640×3 int8"."""
    text = shape_text(shape)
    if len(text) > LONGEST:
        text = elide_middle(text, LONGEST)
    return f"{text} {type_text(tensor_type)}" if tensor_type else text


def op_lines(op: Op, inputs: Sequence[Tensor | None], shapes: Sequence[Sequence[int] | None], values: ConstantValues,
             unpacked: Mapping[int, Tensor]) -> tuple[Line, ...]:  # fmt: skip
    """The lines of an op's box.

    ``inputs`` and ``shapes`` are its input tensors, None where omitted or unknown. ``unpacked`` gives, by input
    position, the stored constant behind an input that a DEQUANTIZE or DENSIFY drawn with this op makes of it.
    """
    options = [*_geometry(op, shapes), *_named(op), *_repeated(op)]
    lines = [Line(" · ".join(options), "option")] if options else []
    formula = _formula(op, inputs, shapes, values)
    if formula:
        lines.append(Line(formula, "value"))
    else:
        lines += _constants(op, inputs, shapes, values, unpacked)
    if len(lines) > MOST_LINES:
        lines[MOST_LINES - 1 :] = [Line(f"+ {len(lines) - MOST_LINES + 1} more", lines[-1].kind)]
    return tuple(Line(elide_middle(line.text, LONGEST), line.kind) for line in lines)


def _geometry(op: Op, shapes: Sequence[Sequence[int] | None]) -> list[str]:
    """Kernel, stride, dilation and padding of a convolution or pooling."""
    options: list[str] = []
    if "filter_height" in op.options:
        options.append(f"{int_option(op, 'filter_height', 1)}×{int_option(op, 'filter_width', 1)}")
    elif op.type in {"CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV"} and len(shapes) > 1:
        weights = shapes[1]
        if weights is not None and len(weights) == 4:
            options.append(f"{weights[1]}×{weights[2]}")
    elif op.type.startswith("CONV_3D") and len(shapes) > 1:
        weights = shapes[1]
        if weights is not None and len(weights) == 5:
            options.append("×".join(map(str, weights[:3])))
    for word, names in (("stride", ("stride_d", "stride_h", "stride_w")),
                        ("dilation", ("dilation_d_factor", "dilation_h_factor", "dilation_w_factor"))):  # fmt: skip
        sizes = [int_option(op, name, 1) for name in names if name in op.options]
        if any(size != 1 for size in sizes):
            options.append(f"{word} {sizes[0] if len(set(sizes)) == 1 else '×'.join(map(str, sizes))}")
    if int_option(op, "depth_multiplier", 1) > 1:
        options.append(f"{int_option(op, 'depth_multiplier', 1)} per channel")
    padding = op.options.get("padding")
    if isinstance(padding, str):
        options.append(padding.lower())
    return options


def _named(op: Op) -> list[str]:
    """Other options worth a word."""
    options: list[str] = []
    if "block_size" in op.options:
        options.append(f"block {int_option(op, 'block_size', 1)}")
    if "axis" in op.options:
        options.append(f"axis {int_option(op, 'axis', 0)}".replace("-", "−"))
    for name, words in (("align_corners", "align corners"), ("half_pixel_centers", "half-pixel centers"),
                        ("keep_dims", "keep dims"), ("adj_x", "adjoint x"), ("adj_y", "adjoint y"),
                        ("exclusive", "exclusive"), ("reverse", "reverse")):  # fmt: skip
        if op.options.get(name) is True:
            options.append(words)
    for name, words in (("num_splits", "{} parts"), ("num", "{} parts")):
        if name in op.options and op.type in {"SPLIT", "SPLIT_V", "UNPACK"}:
            options.append(words.format(int_option(op, name, 0)))
    alpha, beta = op.options.get("alpha"), op.options.get("beta")
    if isinstance(alpha, float):
        options.append(f"alpha {number_text(alpha, 3)}")
    if isinstance(beta, float) and beta != 1:
        options.append(f"beta {number_text(beta, 3)}")
    for name in ("mode", "shared_name"):
        word = word_option(op, name, "")
        if word:
            options.append(clean(word).lower() if name == "mode" else elide_middle(clean(word), LONGEST))
    return options


def _repeated(op: Op) -> list[str]:
    """That the op takes one tensor several times over, which a single wire does not show."""
    return [f"one input ×{count}" for tensor, count in Counter(op.inputs).items() if count > 1 and tensor >= 0]


def _formula(op: Op, inputs: Sequence[Tensor | None], shapes: Sequence[Sequence[int] | None],
             values: ConstantValues) -> str:  # fmt: skip
    """ "x + 0.5", "1 − x", "max(x, 0)": an elementwise op of one variable and one constant; "" for any other."""
    if len(inputs) != 2 or (op.type not in _INFIX and op.type not in _PREFIX):
        return ""
    constant = [tensor is not None and tensor.constant for tensor in inputs]
    if constant[0] == constant[1]:
        return ""
    terms = ["x", "x"]
    for place in (0, 1):
        tensor = inputs[place]
        if tensor is not None and tensor.constant:
            terms[place] = _number(tensor, shapes[place], values) or _unread(shapes[place])
    if op.type in _INFIX:
        return f"{terms[0]} {_INFIX[op.type]} {terms[1]}"
    return f"{_PREFIX[op.type]}({terms[0]}, {terms[1]})"


def _unread(shape: Sequence[int] | None) -> str:
    return f"[{shape_text(shape)}]" if shape else "constant"


def _number(tensor: Tensor, shape: Sequence[int] | None, values: ConstantValues) -> str:
    if shape is None or prod(shape) != 1:
        return ""
    known = values(tensor)
    return number_text(float(known[0]), 5) if known is not None and len(known) == 1 else ""


def _constants(op: Op, inputs: Sequence[Tensor | None], shapes: Sequence[Sequence[int] | None],
               values: ConstantValues, unpacked: Mapping[int, Tensor]) -> list[Line]:  # fmt: skip
    """A line for each constant: weights by shape, small settings by value."""
    cut = _cut(op, inputs, shapes, values)
    if cut:
        return [Line(cut, "value")]
    data = next((tensor.type for tensor in inputs if tensor is not None and not tensor.constant), "")
    lines: list[Line] = []
    for place, tensor in enumerate(inputs):
        stored = unpacked.get(place, tensor)
        if tensor is None or stored is None or not (stored.constant or stored.variable):
            continue
        role = input_role(op.type, place, len(inputs))
        if (op.type, role) in _SAID_ELSEWHERE:
            continue
        known = None if place in unpacked or "weights" in role or role in _WEIGHTS else values(stored)
        if known is not None and 0 < len(known) <= FEW_VALUES:
            lines.append(Line(f"{role}{' =' if role.startswith('input') else ''} {_listed(role, known)}", "value"))
            continue
        kind: Literal["weight", "value"] = "value" if stored.variable else "weight"
        text = tensor_text(shapes[place], "" if role == "bias" or stored.type == data else stored.type)
        if place in unpacked:
            text = f"{tensor_text(shapes[place], stored.type)} → {type_text(tensor.type)}"
        lines.append(Line(f"{role} {text}", kind))
    return lines


def _listed(role: str, values: Values) -> str:
    words = [number_text(float(value), 4) for value in values]
    if role == "paddings" and len(words) % 2 == 0:
        return ", ".join(f"{before}+{after}" for before, after in zip(words[::2], words[1::2], strict=True))
    return ", ".join(words)


def _cut(op: Op, inputs: Sequence[Tensor | None], shapes: Sequence[Sequence[int] | None],
         values: ConstantValues) -> str:  # fmt: skip
    """What a slice takes, in Python's way: "[:, :, :, 0:8]"; "" where it is not a slice by constants."""
    settings = [values(t) if t is not None and t.constant else None for t in inputs[1:]]
    known = [setting for setting in settings if setting is not None]
    if len(known) != len(settings) or len({len(setting) for setting in known}) != 1:
        return ""
    if op.type == "SLICE" and len(known) == 2:
        begins, sizes = known
        whole = shapes[0] if shapes[0] is not None and len(shapes[0]) == len(begins) else [-1] * len(begins)
        return _brackets(_part(*axis) for axis in zip(begins, sizes, whole, strict=True))
    if op.type != "STRIDED_SLICE" or len(known) != 3 or int_option(op, "ellipsis_mask", 0):
        return ""
    begins, ends, steps = known
    pieces: list[str] = []
    for axis, (begin, end, step) in enumerate(zip(begins, ends, steps, strict=True)):
        bit = 1 << axis
        if int_option(op, "new_axis_mask", 0) & bit:
            pieces.append("new")
        elif int_option(op, "shrink_axis_mask", 0) & bit:
            pieces.append(f"{begin:.0f}")
        else:
            first = "" if int_option(op, "begin_mask", 0) & bit else f"{begin:.0f}"
            last = "" if int_option(op, "end_mask", 0) & bit else f"{end:.0f}"
            pieces.append(f"{first}:{last}" + (f":{step:.0f}" if step != 1 else ""))
    return _brackets(pieces)


def _part(begin: float, size: float, whole: float) -> str:
    """The piece of one dimension that SLICE takes; size -1 is all the rest."""
    if not begin and size in (-1, whole):
        return ":"
    return f"{begin:.0f}:" if size == -1 else f"{begin:.0f}:{begin + size:.0f}"


def _brackets(pieces: Iterable[str]) -> str:
    return f"[{', '.join(pieces)}]"
