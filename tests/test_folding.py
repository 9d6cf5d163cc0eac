"""Values of small tensors: as numpy computes them, and no damaged model breaks the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from struct import pack
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from maistudio.tflite.model import BufferSpan, Model, Op, Subgraph, Tensor
from maistudio.tflite.shapes import resolve_shapes
from maistudio.tflite.shaping.call import Call, MisfitError
from maistudio.tflite.shaping.folding import FOLDERS, fold
from maistudio.tflite.shaping.propagation import RULES
from maistudio.tflite.source import Identity, Source

Array = NDArray[np.int64]


def folded(op: str, arrays: list[Array], options: Mapping[str, object], outputs: int = 1) -> list[Array]:
    """What an op makes of integer arrays."""
    values = [tuple(array.reshape(-1).tolist()) for array in arrays]
    count = len(arrays)
    node = Op(0, op, 1, tuple(range(count)), tuple(range(count, count + outputs)), options=options)
    call = Call(node, [array.shape for array in arrays], lambda tensor: values[tensor])
    shapes = list(RULES[op](call))
    results = fold(call, shapes, ["INT64"] * outputs)
    assert None not in results
    return [np.array(result).reshape(shape) for result, shape in zip(results, shapes, strict=True)]


def array_of(shape: tuple[int, ...], start: int = 1) -> Array:
    return np.arange(start, start + int(np.prod(shape)), dtype=np.int64).reshape(shape)


SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


@st.composite
def arrays_and_axis(draw: st.DrawFn) -> tuple[Array, int]:
    shape = draw(SHAPES)
    return array_of(shape), draw(st.integers(-len(shape), len(shape) - 1))


@given(arrays_and_axis())
def test_concatenation_is_numpy_s(drawn: tuple[Array, int]) -> None:
    array, axis = drawn
    (found,) = folded("CONCATENATION", [array, -array], {"axis": axis})
    assert (found == np.concatenate([array, -array], axis)).all()


@given(arrays_and_axis())
def test_packing_is_numpy_s_stack(drawn: tuple[Array, int]) -> None:
    array, axis = drawn
    (found,) = folded("PACK", [array, -array], {"axis": axis})
    assert (found == np.stack([array, -array], axis)).all()


@given(arrays_and_axis())
def test_unpacking_takes_numpy_s_parts(drawn: tuple[Array, int]) -> None:
    array, axis = drawn
    parts = folded("UNPACK", [array], {"axis": axis}, outputs=array.shape[axis])
    assert all((part == array.take(place, axis)).all() for place, part in enumerate(parts))


@given(arrays_and_axis(), st.booleans())
def test_sums_are_numpy_s(drawn: tuple[Array, int], keep: bool) -> None:
    array, axis = drawn
    (found,) = folded("SUM", [array, np.array([axis])], {"keep_dims": keep})
    assert (found == array.sum(axis, keepdims=keep)).all()


@given(SHAPES, st.randoms())
def test_transposing_is_numpy_s(shape: tuple[int, ...], random: Random) -> None:
    order = random.sample(range(len(shape)), len(shape))
    (found,) = folded("TRANSPOSE", [array_of(shape), np.array(order)], {})
    assert (found == array_of(shape).transpose(order)).all()


@given(SHAPES, st.lists(st.integers(1, 2), min_size=3, max_size=3))
def test_tiling_is_numpy_s(shape: tuple[int, ...], times: list[int]) -> None:
    times = times[: len(shape)]
    (found,) = folded("TILE", [array_of(shape), np.array(times)], {})
    assert (found == np.tile(array_of(shape), times)).all()


@given(SHAPES, st.lists(st.booleans(), min_size=3, max_size=3))
def test_products_broadcast_as_numpy_s(shape: tuple[int, ...], single: list[bool]) -> None:
    array = array_of(shape)
    other = array_of(tuple(1 if one else size for size, one in zip(shape, single, strict=False)), start=2)
    (found,) = folded("MUL", [array, other], {})
    assert (found == array * other).all()


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [("DIV", -7, 2, -3), ("FLOOR_DIV", -7, 2, -4), ("FLOOR_MOD", -7, 2, 1), ("POW", 3, 4, 81)],
)
def test_whole_numbers_divide_as_in_tflite(op: str, left: int, right: int, expected: int) -> None:
    (found,) = folded(op, [np.array(left), np.array(right)], {})
    assert found == expected


@pytest.mark.parametrize(
    ("op", "values", "kind"),
    [
        ("DIV", (1, 0), "INT32"),
        ("ADD", (2**31 - 1, 1), "INT32"),
        ("POW", (10, 64), "INT64"),
        ("DIV", (1e38, 1e-38), "FLOAT32"),
    ],
    ids=["division by zero", "int32 overflow", "int64 overflow", "float overflow"],
)
def test_a_number_that_does_not_exist_is_unknown(op: str, values: tuple[float, float], kind: str) -> None:
    call = Call(Op(0, op, 1, (0, 1), (2,)), [(), ()], lambda tensor: (values[tensor],))
    assert fold(call, [()], [kind]) == [None]


INT_OPTIONS = (
    *("axis", "begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask", "block_size"),
    *("stride_w", "stride_h", "filter_width", "filter_height", "batch_dims", "rank", "dimension"),
)
LIST_OPTIONS = ("squeeze_dims", "new_shape", "permutation", "lhs_contracting_dimensions", "rhs_batching_dimensions")
OP_TYPES = sorted({*RULES, *FOLDERS, "WHERE", "IF", "WHILE", "CALL_ONCE"})
CALLING = frozenset({"IF", "WHILE", "CALL_ONCE"})
SIZES = {"INT32": 4, "FLOAT32": 4, "INT64": 8, "BOOL": 1}
HELD = 512


def op_soup(random: Random) -> Model:
    """Two subgraphs of ops with random options over random tensors, small constants among them."""
    numbers = (0, 1, 2, 3, -1, 4, 7, 100, -2, 2**31 - 1)
    held = b"".join(pack("<i", random.choice(numbers)) for _ in range(HELD // 4))
    buffers = [BufferSpan(0, 0)]
    tensors = [random_tensor(random, index, buffers) for index in range(14)]
    ops = [random_op(random, index, len(tensors)) for index in range(8)]
    graphs = tuple(Subgraph(index, "", tuple(tensors), tuple(ops), (0, 1), (2, 3)) for index in range(2))
    source = Source(Path("soup"), Identity(0, 0, 0, 0), held)
    return Model("soup", HELD, 3, "", graphs, tuple(buffers), (), (), None, (), (), source)


def random_tensor(random: Random, index: int, buffers: list[BufferSpan]) -> Tensor:
    dimensions = (0, 1, 1, 2, 3, 4, -1, 2**31 - 1) if random.random() < 0.4 else (0, 1, 2, 3, 4)
    shape = tuple(random.choice(dimensions) for _ in range(random.choice((0, 1, 1, 2, 3, 4, 5))))
    kind = random.choice(list(SIZES))
    size = SIZES[kind]
    for dimension in shape:
        size *= dimension
    constant = random.random() < 0.6 and 0 < size <= HELD
    if constant:
        buffers.append(BufferSpan(0, size))
    signature = tuple(random.choice((-1, dimension)) for dimension in shape) if random.random() < 0.5 else None
    return Tensor(index, "", kind, shape, signature, len(buffers) - 1 if constant else 0, constant)


def random_op(random: Random, index: int, tensors: int) -> Op:
    options: dict[str, Any] = {name: random.choice((0, 1, 2, 3, -1, -2, 7)) for name in INT_OPTIONS}
    options |= {name: tuple(random.choices((0, 1, 2, -1), k=random.randrange(3))) for name in LIST_OPTIONS}
    options |= {"padding": random.choice(("SAME", "VALID")), "keep_dims": random.random() < 0.5}
    op_type = random.choice(OP_TYPES)
    return Op(
        index,
        op_type,
        1,
        tuple(random.randrange(-1, tensors) for _ in range(random.choice((0, 1, 2, 2, 3, 3, 4, 9)))),
        tuple(random.randrange(tensors) for _ in range(random.choice((0, 1, 1, 1, 2)))),
        options=options,
        subgraphs=tuple(random.randrange(2) for _ in range(2)) if op_type in CALLING else (),
    )


def test_no_combination_of_ops_and_sizes_breaks_the_arithmetic() -> None:
    for seed in range(1_500):
        shapes = resolve_shapes(op_soup(Random(seed)))
        known = [shape for graph in shapes.tensors for shape in graph if shape is not None]
        assert all(size >= 0 for shape in known for size in shape)


def test_a_contradiction_in_a_slice_is_told() -> None:
    call = Call(Op(0, "SLICE", 1, (0, 1, 2), (3,)), [(4,), (1,), (1,)], {0: (1, 2, 3, 4), 1: (3,), 2: (2,)}.get)
    with pytest.raises(MisfitError, match="lies outside"):
        RULES["SLICE"](call)
