"""Conditions of XNNPACK's rules on variables, attention and MediaPipe's custom ops."""

from __future__ import annotations

from collections.abc import Sequence
from struct import unpack

from maistudio.errors import StaleFileError
from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.arguments import Arguments
from maistudio.targets.predicates.types import EIGHT_BITS, has_one_scale
from maistudio.tflite.model import Op, Tensor


def variable_is_known(op: OpFacts, _: Arguments) -> str:
    """Whether XNNPACK can tell which variable it is: VAR_HANDLE stands before, and all agree in type and shape."""
    resource = op.input(0)
    maker = None if resource is None else op.producer(resource)
    if resource is None or maker is None or maker.type != "VAR_HANDLE" or maker.index > op.op.index:
        return "its variable comes from outside of this subgraph: one that VAR_HANDLE makes here is taken"
    value = _variable_value(op, op.op)
    first = next((found for user in op.users(resource) if (found := _variable_value(op, user)) is not None), None)
    if value is None or first is None or (value.type, value.shape) == (first.type, first.shape):
        return ""
    return "its value differs in type or shape from that of another op on the same variable"


def variable_is_used(op: OpFacts, _: Arguments) -> str:
    """Whether some op that XNNPACK takes reads or writes the variable of a VAR_HANDLE."""
    resource = op.output(0)
    users = () if resource is None else op.users(resource)
    if any(_variable_value(op, user) is not None for user in users if user.index > op.op.index):
        return ""
    return "no op that is taken reads or writes its variable"


def _variable_value(op: OpFacts, user: Op) -> Tensor | None:
    """The value an op reads from or writes to a variable; None where XNNPACK doesn't take the op for its value."""
    place = user.outputs[:1] if user.type == "READ_VARIABLE" else user.inputs[1:2]
    if user.type not in ("READ_VARIABLE", "ASSIGN_VARIABLE") or not place:
        return None
    value = op.around.tensor(place[0])
    if value is None or value.type not in ("FLOAT32", "FLOAT16", *EIGHT_BITS):
        return None
    if value.type in EIGHT_BITS and not has_one_scale(value):
        return None
    return None if user.type == "READ_VARIABLE" and not value.shape else value


def attention_fits(op: OpFacts, _: Arguments) -> str:
    """Whether query, key and value have heads of one size, and the mask is as long as the keys."""
    query, key, value, mask = (op.input(place) for place in range(4))
    if query is None or key is None or value is None or not (query.shape and key.shape and value.shape):
        return "query, key and value must be there"
    if not query.shape[-1] == key.shape[-1] == value.shape[-1]:
        return "query, key and value differ in the size of a head"
    lengths = {each.shape[1] for each in (key, value) if len(each.shape) > 1}
    if mask is not None and mask.shape and lengths != {mask.shape[-1]}:
        return "its mask is not as long as its keys and values"
    return ""


def mediapipe_pool(op: OpFacts, arguments: Arguments) -> str:
    """Whether MediaPipe's pooling has a window as large as its stride, and no activation but a ReLU.

    ``padding`` are the numbers of the paddings taken: 1 for SAME, 2 for VALID.
    """
    padding, stride_w, stride_h, filter_w, filter_h, activation = _raw_options(op, 6)
    taken = arguments.get("padding")
    if not isinstance(taken, Sequence) or padding not in taken:
        return "its padding is not VALID" if padding == 1 else "its padding is unknown"
    if min(stride_w, stride_h, filter_w, filter_h) <= 0 or (stride_w, stride_h) != (filter_w, filter_h):
        return f"its window is {filter_h}×{filter_w} and its stride {stride_h}×{stride_w}: equal ones are taken"
    return "" if activation in range(4) else "it has a fused activation that is no ReLU"


def mediapipe_strides(op: OpFacts, _: Arguments) -> str:
    """Whether MediaPipe's transposed convolution has a padding and strides above 0."""
    padding, stride_w, stride_h = _raw_options(op, 3)
    if padding not in (1, 2):
        return "its padding is neither SAME nor VALID"
    return "" if min(stride_w, stride_h) > 0 else "its stride is 0"


def _raw_options(op: OpFacts, count: int) -> tuple[int, ...]:
    """The first 32-bit integers of a custom op's options, 0 where there are fewer."""
    offset, size = op.op.custom_options or (0, 0)
    try:
        data = op.model.source.read(offset, min(size, 4 * count)) if size else b""
    except StaleFileError:
        data = b""
    return unpack(f"<{count}i", data.ljust(4 * count, b"\0"))
