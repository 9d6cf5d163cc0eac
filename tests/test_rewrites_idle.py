"""Ops that change nothing, and ops that nothing reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from models import build_if, build_variable, build_while
from rewrite_models import QUANTIZED, float_conv, largest_differences, number, rewrite, start, step, types

from maistudio.tflite.draft import GraphDraft, ModelDraft, per_tensor

IDLE, UNREAD = "remove-idle", "remove-unread"
SHAPE = (1, 3, 4, 2)

Draw = Callable[[GraphDraft, int], int]
"""What draws an op onto a tensor and returns its output."""


def ints(graph: GraphDraft, values: Sequence[int], shape: Sequence[int] | None = None) -> int:
    return graph.constant(f"i{len(graph.values['tensors'])}", "INT32", shape or (len(values),), values)


def reshape(graph: GraphDraft, source: int) -> int:
    return step(graph, "RESHAPE", [source, ints(graph, SHAPE)], SHAPE, {"new_shape": SHAPE})


def transpose(graph: GraphDraft, source: int) -> int:
    return step(graph, "TRANSPOSE", [source, ints(graph, range(4))], SHAPE, {})


def pad(graph: GraphDraft, source: int) -> int:
    return step(graph, "PAD", [source, ints(graph, [0] * 8, (4, 2))], SHAPE, {})


def mirror_pad(graph: GraphDraft, source: int) -> int:
    return step(graph, "MIRROR_PAD", [source, ints(graph, [0] * 8, (4, 2))], SHAPE, {"mode": "REFLECT"})


def take_all(graph: GraphDraft, source: int) -> int:
    return step(graph, "SLICE", [source, ints(graph, [0] * 4), ints(graph, (1, -1, 4, 2))], SHAPE, {})


def stride_all(graph: GraphDraft, source: int) -> int:
    bounds = [ints(graph, values) for values in ([0, 2, 0, 0], [1, 1, 4, 9], [1] * 4)]
    return step(graph, "STRIDED_SLICE", [source, *bounds], SHAPE, {"begin_mask": 2, "end_mask": 2})


def split_once(graph: GraphDraft, source: int) -> int:
    return step(graph, "SPLIT", [ints(graph, [3], ()), source], SHAPE, {"num_splits": 1})


def tile(graph: GraphDraft, source: int) -> int:
    return step(graph, "TILE", [source, ints(graph, [1] * 4)], SHAPE)


def concatenate(graph: GraphDraft, source: int) -> int:
    return step(graph, "CONCATENATION", [source], SHAPE, {"axis": 3})


def cast(graph: GraphDraft, source: int) -> int:
    return step(graph, "CAST", [source], SHAPE, {"in_data_type": "FLOAT32", "out_data_type": "FLOAT32"})


def add_zero(graph: GraphDraft, source: int) -> int:
    return step(graph, "ADD", [source, number(graph, "FLOAT32", 0)], SHAPE, {})


def add_zeros_first(graph: GraphDraft, source: int) -> int:
    zeros = graph.constant("zeros", "FLOAT32", (2,), [0, 0])
    return step(graph, "ADD", [zeros, source], SHAPE, {})


def subtract_zero(graph: GraphDraft, source: int) -> int:
    return step(graph, "SUB", [source, number(graph, "FLOAT32", 0)], SHAPE, {})


def multiply_by_one(graph: GraphDraft, source: int) -> int:
    return step(graph, "MUL", [source, number(graph, "FLOAT32", 1)], SHAPE, {})


def divide_by_one(graph: GraphDraft, source: int) -> int:
    return step(graph, "DIV", [source, number(graph, "FLOAT32", 1)], SHAPE, {})


def relu_again(graph: GraphDraft, source: int) -> int:
    first = step(graph, "RELU6", [source], SHAPE)
    return step(graph, "RELU", [first], SHAPE)


def relu_of_activation(graph: GraphDraft, source: int) -> int:
    first = step(graph, "MUL", [source, source], SHAPE, {"fused_activation_function": "RELU6"})
    return step(graph, "MINIMUM", [first, number(graph, "FLOAT32", 7)], SHAPE, {})


FLOATS: Sequence[Draw] = (
    reshape, transpose, pad, mirror_pad, take_all, stride_all, split_once, tile, concatenate, cast, add_zero,
    add_zeros_first, subtract_zero, multiply_by_one, divide_by_one, relu_again, relu_of_activation,
)  # fmt: skip


def between(draw: Draw, kind: str = "FLOAT32") -> bytes:
    """An op between two that do something."""
    model, graph, source = start(kind, SHAPE)
    first = step(graph, "ABS", [source], SHAPE, {}) if kind == "FLOAT32" else source
    graph.output(step(graph, "NEG", [draw(graph, first)], SHAPE, {}) if kind == "FLOAT32" else draw(graph, first))
    return model.to_bytes()


@pytest.mark.parametrize("draw", FLOATS)
def test_an_idle_op_is_taken_out(draw: Draw) -> None:
    data = between(draw)
    count, _, model = rewrite(data, IDLE)

    assert (count, len(types(model))) == (1, len(types(rewrite(data, UNREAD)[2])) - 1)


def test_what_is_left_gives_the_same() -> None:
    pairs = [(data, rewrite(data, IDLE)[1]) for data in map(between, FLOATS)]

    assert set(largest_differences(pairs)) == {0.0}


def test_a_squeeze_is_idle_where_no_dimension_is_of_size_one() -> None:
    counts = []
    for shape in ((2, 3), (1, 3)):
        model, graph, source = start("FLOAT32", shape)
        middle = step(graph, "ABS", [source], shape, {})
        graph.output(step(graph, "SQUEEZE", [middle], shape, {"squeeze_dims": []}))
        counts.append(rewrite(model.to_bytes(), IDLE)[0])

    assert counts == [1, 0]


def reshape_otherwise(graph: GraphDraft, source: int) -> int:
    """States another shape than it makes."""
    return step(graph, "RESHAPE", [source, ints(graph, (1, 4, 3, 2))], SHAPE, {})


def reshape_flat(graph: GraphDraft, source: int) -> int:
    return step(graph, "RESHAPE", [source, ints(graph, (1, 24))], (1, 24), {"new_shape": (1, 24)})


def transpose_back(graph: GraphDraft, source: int) -> int:
    return step(graph, "TRANSPOSE", [source, ints(graph, (0, 2, 1, 3))], (1, 4, 3, 2), {})


def pad_one(graph: GraphDraft, source: int) -> int:
    return step(graph, "PAD", [source, ints(graph, [0, 0, 1, 0, 0, 0, 0, 0], (4, 2))], (1, 4, 4, 2), {})


def take_some(graph: GraphDraft, source: int) -> int:
    return step(graph, "SLICE", [source, ints(graph, [0] * 4), ints(graph, (1, 2, 4, 2))], (1, 2, 4, 2), {})


def stride_two(graph: GraphDraft, source: int) -> int:
    bounds = [ints(graph, values) for values in ([0] * 4, SHAPE, [1, 2, 1, 1])]
    return step(graph, "STRIDED_SLICE", [source, *bounds], (1, 2, 4, 2), {})


def shrink(graph: GraphDraft, source: int) -> int:
    bounds = [ints(graph, values) for values in ([0] * 4, SHAPE, [1] * 4)]
    return step(graph, "STRIDED_SLICE", [source, *bounds], SHAPE[1:], {"shrink_axis_mask": 1})


def stretch(graph: GraphDraft, source: int) -> int:
    zeros = graph.constant("zeros", "FLOAT32", (2, 1, 1, 1), [0, 0])
    return step(graph, "ADD", [source, zeros], (2, 3, 4, 2), {})


def add_and_clip(graph: GraphDraft, source: int) -> int:
    return step(graph, "ADD", [source, number(graph, "FLOAT32", 0)], SHAPE, {"fused_activation_function": "RELU6"})


def reverse_subtract(graph: GraphDraft, source: int) -> int:
    return step(graph, "SUB", [number(graph, "FLOAT32", 0), source], SHAPE, {})


def lower(graph: GraphDraft, source: int) -> int:
    first = step(graph, "RELU6", [source], SHAPE)
    return step(graph, "MINIMUM", [first, number(graph, "FLOAT32", 5)], SHAPE, {})


def repeat(graph: GraphDraft, source: int) -> int:
    return step(graph, "TILE", [source, ints(graph, (1, 2, 1, 1))], (1, 6, 4, 2))


def round_trip(graph: GraphDraft, source: int) -> int:
    """Rounds to whole numbers on the way."""
    stored = step(graph, "QUANTIZE", [source], SHAPE, {}, type="INT8", quantization=per_tensor(1.0, 0))
    return step(graph, "DEQUANTIZE", [stored], SHAPE, {}, type="FLOAT32", version=2, quantization=None)


@pytest.mark.parametrize(
    "draw",
    [
        reshape_flat, reshape_otherwise, transpose_back, pad_one, take_some, stride_two, shrink, stretch, add_and_clip,
        reverse_subtract, lower, repeat, round_trip,
    ],
)  # fmt: skip
def test_an_op_that_does_something_stays(draw: Draw) -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    first = step(graph, "ABS", [source], SHAPE, {})
    graph.output(draw(graph, first))

    assert rewrite(model.to_bytes(), IDLE)[0] == 0


# Between stored numbers


def there_and_back(
    first: str, second: str, last: dict[str, Any] | None = None, shift: int = 128, stretch: float = 1
) -> bytes:
    """Numbers of type ``first`` made those of ``second`` and made the first again."""
    model, graph, source = start(first, SHAPE)
    scale, zero = QUANTIZED[first]["scale"][0], QUANTIZED[first]["zero_point"][0]
    if second == "FLOAT32":
        middle = step(graph, "DEQUANTIZE", [source], SHAPE, {}, type="FLOAT32", version=2, quantization=None)
    else:
        shifted = per_tensor(scale * stretch, zero + (shift if second == "UINT8" else -shift))
        middle = step(graph, "QUANTIZE", [source], SHAPE, {}, type=second, quantization=shifted)
    back = step(graph, "QUANTIZE", [middle], SHAPE, {}, type=first, quantization=last or QUANTIZED[first])
    graph.output(step(graph, "RELU", [back], SHAPE, version=2))
    return model.to_bytes()


PAIRS = [("INT8", "FLOAT32"), ("UINT8", "FLOAT32"), ("INT8", "UINT8"), ("UINT8", "INT8")]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_pair_that_undoes_itself_is_taken_out(first: str, second: str) -> None:
    _, _, model = rewrite(there_and_back(first, second), IDLE)

    assert types(model) == ["RELU"]


def test_numbers_are_the_same_without_the_pairs() -> None:
    found = [(data, rewrite(data, IDLE)[1]) for data in (there_and_back(*pair) for pair in PAIRS)]

    assert set(largest_differences(found)) == {0.0}


@pytest.mark.parametrize(
    "data",
    [
        there_and_back("INT8", "FLOAT32", per_tensor(0.1, -3)),
        there_and_back("INT8", "UINT8", shift=100),
        there_and_back("INT8", "UINT8", stretch=2),
    ],
    ids=["other scale", "cut on the way", "rounded on the way"],
)
def test_a_pair_that_loses_something_stays(data: bytes) -> None:
    assert rewrite(data, IDLE)[0] == 0


def test_a_variable_is_not_read_in_place_of_its_numbers_made_again() -> None:
    model, graph, source = start("INT8", SHAPE)
    state = graph.tensor("state", "INT8", SHAPE, is_variable=True, quantization=QUANTIZED["INT8"])
    real = step(graph, "DEQUANTIZE", [state], SHAPE, {}, type="FLOAT32", version=2, quantization=None)
    again = step(graph, "QUANTIZE", [real], SHAPE, {}, type="INT8", quantization=QUANTIZED["INT8"])
    graph.output(step(graph, "ADD", [source, again], SHAPE, {}, version=2))

    assert rewrite(model.to_bytes(), IDLE)[0] == 0


def stored_clip(kind: str, op_type: str, bound: int) -> bytes:
    model, graph, source = start(kind, SHAPE)
    clipped = step(graph, op_type, [source, number(graph, kind, bound)], SHAPE, {}, version=2 if kind == "INT8" else 1)
    graph.output(step(graph, "RELU", [clipped], SHAPE, version=2))
    return model.to_bytes()


@pytest.mark.parametrize(
    ("kind", "op_type", "bound", "idle"),
    [
        ("INT8", "MINIMUM", 127, True),
        ("INT8", "MINIMUM", 126, False),
        ("INT8", "MAXIMUM", -128, True),
        ("UINT8", "MAXIMUM", 0, True),
        ("UINT8", "MAXIMUM", 1, False),
    ],
)
def test_a_clip_of_stored_numbers_is_idle_where_none_lie_outside(
    kind: str, op_type: str, bound: int, idle: bool
) -> None:
    assert rewrite(stored_clip(kind, op_type, bound), IDLE)[0] == idle


# What is seen from outside


def test_an_idle_op_at_the_end_leaves_the_output_its_name() -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    middle = step(graph, "ABS", [source], SHAPE, {}, "middle")
    graph.output(step(graph, "RESHAPE", [middle], SHAPE, {"new_shape": SHAPE}, "result"))
    _, changed, found = rewrite(model.to_bytes(), IDLE)

    assert [found.subgraphs[0].tensors[tensor].name for tensor in found.subgraphs[0].outputs] == ["result"]
    assert largest_differences([(model.to_bytes(), changed)]) == [0.0]


def test_what_else_reads_a_renamed_tensor_follows() -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    middle = step(graph, "ABS", [source], SHAPE, {}, "middle")
    beside = step(graph, "NEG", [middle], SHAPE, {}, "beside")
    graph.output(step(graph, "RESHAPE", [middle], SHAPE, {"new_shape": SHAPE}, "result"), beside)
    _, changed, found = rewrite(model.to_bytes(), IDLE)

    assert types(found) == ["ABS", "NEG"]
    assert largest_differences([(model.to_bytes(), changed)]) == [0.0]


def test_an_idle_op_between_input_and_output_stays() -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    graph.output(reshape(graph, source))

    assert rewrite(model.to_bytes(), IDLE)[0] == 0


def test_an_idle_op_between_two_outputs_stays() -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    middle = step(graph, "ABS", [source], SHAPE, {})
    graph.output(middle, reshape(graph, middle))

    assert rewrite(model.to_bytes(), IDLE)[0] == 0


def test_a_tensor_that_only_a_signature_names_keeps_its_op() -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    middle = step(graph, "ABS", [source], SHAPE, {})
    named = reshape(graph, middle)
    graph.output(step(graph, "NEG", [named], SHAPE, {}), middle)
    model.signature("serving_default", {"x": source}, {"y": named})

    assert rewrite(model.to_bytes(), IDLE)[0] == 0


def test_an_idle_op_of_open_sizes_stays() -> None:
    model, graph, source = start("FLOAT32", (1, 1), shape_signature=[1, -1])
    middle = step(graph, "ABS", [source], (1, 1), {}, shape_signature=[1, -1])
    graph.output(step(graph, "RESHAPE", [middle], (1, 1), {"new_shape": [1, -1]}))

    assert rewrite(model.to_bytes(), IDLE)[0] == 0


def test_a_variable_is_not_read_in_place_of_its_copy() -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    state = graph.tensor("state", "FLOAT32", SHAPE, is_variable=True)
    graph.output(step(graph, "ADD", [source, reshape(graph, state)], SHAPE, {}))

    assert rewrite(model.to_bytes(), IDLE)[0] == 0


def test_many_idle_ops_in_a_row_all_go() -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    last = step(graph, "ABS", [source], SHAPE, {})
    for _ in range(50):
        last = reshape(graph, last)
    graph.output(last)
    count, changed, found = rewrite(model.to_bytes(), IDLE)

    assert (count, types(found)) == (50, ["ABS"])
    assert largest_differences([(model.to_bytes(), changed)]) == [0.0]


def test_idle_ops_at_random_places_leave_what_a_model_computes() -> None:
    random = np.random.default_rng(2)
    pairs = []
    for _ in range(10):
        model, graph, source = start("FLOAT32", SHAPE)
        made = [source]
        for _ in range(int(random.integers(3, 12))):
            last = made[int(random.integers(len(made)))]
            if random.integers(3):
                made.append(FLOATS[int(random.integers(len(FLOATS) - 2))](graph, last))
            else:
                made.append(float_conv(graph, last, 2, str(random.choice(["NONE", "RELU"]))))
        graph.output(*dict.fromkeys(made[int(place)] for place in random.integers(1, len(made), 2)))
        data = model.to_bytes()
        pairs.append((data, rewrite(rewrite(data, UNREAD)[1], IDLE)[1]))

    assert set(largest_differences(pairs)) == {0.0}


# Unread ops


def test_ops_that_nothing_reads_go_one_after_the_other() -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    graph.output(step(graph, "ABS", [source], SHAPE, {}))
    step(graph, "NEG", [float_conv(graph, source, 2)], SHAPE, {})
    count, _, found = rewrite(model.to_bytes(), UNREAD)

    assert (count, types(found)) == (2, ["ABS"])


def test_weights_of_an_unread_op_go_with_it() -> None:
    model, graph, source = start("FLOAT32", SHAPE)
    graph.output(step(graph, "ABS", [source], SHAPE, {}))
    float_conv(graph, source, 2)
    _, _, found = rewrite(model.to_bytes(), UNREAD)

    assert (len(found.buffers), len(found.subgraphs[0].tensors)) == (1, 2)


def test_an_op_with_one_output_that_is_read_stays() -> None:
    model, graph, source = start("FLOAT32", (1, 4))
    pieces = [graph.tensor(f"piece{index}", "FLOAT32", (1, 2)) for index in range(2)]
    graph.op("SPLIT", [ints(graph, [1], ()), source], pieces, {"num_splits": 2})
    graph.output(pieces[1])

    assert rewrite(model.to_bytes(), UNREAD)[0] == 0


def unread(op_type: str, custom: bool = False) -> bytes:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (4,))
    result = graph.tensor("unread", "FLOAT32", (4,))
    if custom:
        graph.custom_op(op_type, [source], [result])
    else:
        graph.op(op_type, [source], [result])
    graph.output(step(graph, "ABS", [source], (4,), {}))
    return model.to_bytes()


@pytest.mark.parametrize(
    "data",
    [build_variable(), build_if(), build_while(), unread("Print", custom=True), unread("RANDOM_UNIFORM")],
    ids=["variable", "if", "while", "custom", "random"],
)
def test_ops_that_do_more_than_make_outputs_stay(data: bytes) -> None:
    assert rewrite(data, UNREAD)[0] == 0
