"""Models of one op that differ from a sound one in one place: a type, a shape, scales, values, an option."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod

from target_models import NONE, Case, Slot

from maistudio.tflite.draft import per_channel, per_tensor

TYPES = ("FLOAT32", "FLOAT16", "INT8", "UINT8", "INT16", "INT32", "INT64", "BOOL")
QUANTIZED = ("INT8", "UINT8", "INT16")
BIASED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
ACTIVATIONS = ("RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT")


def in_type(case: Case, element_type: str) -> Case:
    """The op on tensors of another type than float32, 8-bit layers with an int32 bias."""

    def turned(slot: Slot, bias: bool) -> Slot:
        if slot is NONE or slot.type != "FLOAT32":
            return slot
        if bias and element_type in QUANTIZED:
            return Slot("INT32", slot.shape, [1] * prod(slot.shape), {"quantization": per_tensor(0.25)})
        return _retyped(slot, element_type)

    return replace(
        case,
        inputs=tuple(turned(slot, case.type in BIASED and place == 2) for place, slot in enumerate(case.inputs)),
        outputs=tuple(turned(slot, bias=False) for slot in case.outputs),
    )


def one_changes(case: Case) -> Iterator[tuple[str, Case]]:
    """Each with a few words on what is changed."""
    for place, slot in enumerate(case.inputs):
        rest = case.inputs[:place], case.inputs[place + 1 :]
        for words, other in [*_slots(slot), *_contents(slot), ("left out", NONE)]:
            yield f"input {place} {words}", replace(case, inputs=(*rest[0], other, *rest[1]))
    for place, slot in enumerate(case.outputs):
        rest = case.outputs[:place], case.outputs[place + 1 :]
        for words, other in _slots(slot):
            yield f"output {place} {words}", replace(case, outputs=(*rest[0], other, *rest[1]))
    yield "an input less", replace(case, inputs=case.inputs[:-1])
    yield "an input more", replace(case, inputs=(*case.inputs, case.inputs[-1]))
    yield "no options", replace(case, options=None)
    for name, options in _options(case):
        yield name, replace(case, options=options)


def _options(case: Case) -> Iterator[tuple[str, dict[str, object]]]:
    given = dict(case.options or {})
    if case.options is not None and case.type not in WITHOUT_ACTIVATION:
        for activation in ACTIVATIONS:
            yield activation, given | {"fused_activation_function": activation}
    for name, value in given.items():
        if isinstance(value, bool):
            yield f"{name} {not value}", given | {name: not value}
        elif isinstance(value, int):
            for step in (-1, 1, 2):
                yield f"{name} {value + step}", given | {name: value + step}


def _retyped(slot: Slot, element_type: str) -> Slot:
    fields = {name: value for name, value in slot.fields.items() if name != "quantization"}
    if element_type in QUANTIZED:
        fields["quantization"] = per_tensor(0.5)
    values = slot.values
    if values is not None:
        is_float = element_type.startswith("FLOAT")
        values = [float(value) for value in values] if is_float else [int(abs(value)) % 3 for value in values]
    return Slot(element_type, slot.shape, values, fields)


def _slots(slot: Slot) -> Iterator[tuple[str, Slot]]:
    for element_type in TYPES:
        if element_type != slot.type:
            yield element_type, _retyped(slot, element_type)
    if slot.type in ("INT8", "UINT8", "INT32"):
        yield from _scaled(slot)
    shape, count = slot.shape, prod(slot.shape)
    for rank in range(max(5, len(shape) + 1), 8):
        yield f"rank {rank}", replace(slot, shape=(1,) * (rank - len(shape)) + shape)
    for kept in range(min(3, len(shape) - 1)):
        last = shape[len(shape) - kept :]
        yield f"rank {kept + 1}", replace(slot, shape=(count // prod(last), *last))
    if slot.values is None:
        yield "empty", replace(slot, shape=(0, *shape[1:]))


def _scaled(slot: Slot) -> Iterator[tuple[str, Slot]]:
    bare = {name: value for name, value in slot.fields.items() if name != "quantization"}
    scales = {
        "another axis": per_tensor(0.5) | {"quantized_dimension": max(0, len(slot.shape) - 1)},
        **{f"zero point {zero}": per_tensor(0.5, zero) for zero in (3, 200, -5)},
        **{f"scale {scale}": per_tensor(scale) for scale in (0.25, 1e-6, 300.0, 1e-42)},
    }
    for axis, size in enumerate(slot.shape):
        if size > 1:
            scales[f"scales of axis {axis}"] = per_channel([0.5] * size, axis)
            scales[f"zero points of axis {axis}"] = per_channel([0.5] * size, axis, [3] * size)
    yield "without scales", replace(slot, fields=bare)
    for words, quantization in scales.items():
        yield words, replace(slot, fields=bare | {"quantization": quantization})


def _contents(slot: Slot) -> Iterator[tuple[str, Slot]]:
    if slot.values is None:
        yield "constant", replace(slot, values=[1] * prod(slot.shape))
        return
    yield "computed", replace(slot, values=None)
    if slot.type == "INT32":
        values = [int(value) for value in slot.values]
        others = [[values[0] - 1, *values[1:]], [values[0] + 1, *values[1:]], [*values[:-1], values[-1] - 1]]
        for other in (*others, [-1] * len(values), [0] * len(values)):
            yield f"values {other}", replace(slot, values=other)


WITHOUT_ACTIVATION = (
    "DEPTH_TO_SPACE", "SPACE_TO_DEPTH", "RESIZE_BILINEAR", "SOFTMAX", "BATCH_MATMUL", "RESHAPE", "SPLIT", "MEAN", "SUM",
    "REDUCE_MAX", "REDUCE_MIN", "STRIDED_SLICE", "LEAKY_RELU",
)  # fmt: skip
"""Types whose options have no fused activation."""
