"""SPLIT and SPLIT_V as slices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rewrite_models import largest_differences, like, rewrite, start, types

from maistudio.tflite.draft import GraphDraft, ModelDraft, per_tensor
from maistudio.tflite.few_values import few_values
from maistudio.tflite.model import Model

SLICE, STRIDED_SLICE = 0, 1
SPLITS = "split-to-slices"


def split(
    sizes: list[int],
    shape: tuple[int, ...] = (1, 4, 4, 8),
    axis: int = -1,
    kind: str = "FLOAT32",
    uneven: bool = False,
    unread: bool = False,
) -> bytes:
    """A SPLIT, or SPLIT_V where it is uneven, whose outputs the model gives, but for the first where it is unread."""
    model, graph, source = start(kind, shape)
    axis_tensor = graph.constant("axis", "INT32", (), [axis])
    pieces = []
    for index, size in enumerate(sizes):
        piece = list(shape)
        piece[axis] = size if size >= 0 else shape[axis] - sum(each for each in sizes if each >= 0)
        pieces.append(graph.tensor(f"piece{index}", kind, piece, **like(kind)))
    options = {"num_splits": len(sizes)}
    if uneven:
        size_tensor = graph.constant("sizes", "INT32", (len(sizes),), sizes)
        graph.op("SPLIT_V", [source, size_tensor, axis_tensor], pieces, options)
    else:
        graph.op("SPLIT", [axis_tensor, source], pieces, options)
    graph.output(*pieces[1 if unread else 0 :])
    return model.to_bytes()


def constants(model: Model, op: int) -> list[tuple[float, ...]]:
    graph = model.subgraphs[0]
    return [few_values(model, graph.tensors[tensor]) for tensor in graph.ops[op].inputs[1:]]


@pytest.mark.parametrize("way", [SLICE, STRIDED_SLICE])
def test_slices_give_what_splits_gave(way: int) -> None:
    random = np.random.default_rng(5)
    pairs = []
    for _ in range(12):
        rank = int(random.integers(1, 5))
        axis = int(random.integers(-rank, rank))
        pieces = [int(size) for size in random.integers(1, 4, random.integers(1, 5))]
        shape = [int(size) for size in random.integers(1, 4, rank)]
        kind = str(random.choice(["FLOAT32", "INT8", "UINT8", "INT16", "INT32"]))
        uneven = bool(random.integers(2))
        pieces = pieces if uneven else [pieces[0]] * len(pieces)
        shape[axis] = sum(pieces)
        pieces = [-1, *pieces[1:]] if uneven and random.integers(2) else pieces
        data = split(pieces, tuple(shape), axis, kind, uneven)
        count, changed, _ = rewrite(data, SPLITS, way)
        assert count == 1
        pairs.append((data, changed))

    assert set(largest_differences(pairs)) == {0.0}


def test_a_split_becomes_a_slice_for_each_output() -> None:
    _, _, model = rewrite(split([4, 4]), SPLITS)

    assert types(model) == ["SLICE", "SLICE"]


def test_the_second_way_makes_strided_slices() -> None:
    _, _, model = rewrite(split([4, 4]), SPLITS, STRIDED_SLICE)

    assert types(model) == ["STRIDED_SLICE", "STRIDED_SLICE"]


def test_an_output_that_nothing_reads_gets_no_slice() -> None:
    _, _, model = rewrite(split([4, 4], unread=True), SPLITS)

    assert types(model) == ["SLICE"]


def test_a_slice_names_where_it_begins_and_its_size() -> None:
    _, _, model = rewrite(split([3, 5], uneven=True), SPLITS)

    assert constants(model, 1) == [(0, 0, 0, 3), (1, 4, 4, 5)]


def test_a_strided_slice_masks_all_dimensions_but_one() -> None:
    _, _, model = rewrite(split([4, 4]), SPLITS, STRIDED_SLICE)
    op = model.subgraphs[0].ops[1]

    assert (op.options["begin_mask"], op.options["end_mask"], constants(model, 1)) == (
        7,
        7,
        [(0, 0, 0, 4), (0, 0, 0, 8), (1, 1, 1, 1)],
    )


@pytest.mark.parametrize("way", [SLICE, STRIDED_SLICE])
@pytest.mark.parametrize(("kind", "version"), [("FLOAT32", 1), ("UINT8", 1), ("INT8", 2)])
def test_a_slice_has_the_version_of_its_type(kind: str, version: int, way: int) -> None:
    _, _, model = rewrite(split([4, 4], kind=kind), SPLITS, way)

    assert {op.version for op in model.subgraphs[0].ops} == {version}


def test_the_names_of_the_outputs_stay() -> None:
    _, _, model = rewrite(split([4, 4]), SPLITS)
    graph = model.subgraphs[0]

    assert [graph.tensors[tensor].name for tensor in graph.outputs] == ["piece0", "piece1"]


def test_the_axis_goes_with_the_split() -> None:
    _, _, model = rewrite(split([4, 4]), SPLITS)

    assert "axis" not in {tensor.name for tensor in model.subgraphs[0].tensors}


def test_sizes_left_open_stay_open() -> None:
    model, graph, source = start("FLOAT32", (1, 1, 1, 4), shape_signature=[1, -1, -1, 4])
    pieces = [
        graph.tensor(f"piece{index}", "FLOAT32", (1, 1, 1, 2), shape_signature=[1, -1, -1, 2]) for index in range(2)
    ]
    graph.op("SPLIT", [graph.constant("axis", "INT32", (), [3]), source], pieces, {"num_splits": 2})
    graph.output(*pieces)

    _, _, changed = rewrite(model.to_bytes(), SPLITS)

    assert constants(changed, 1) == [(0, 0, 0, 2), (1, -1, -1, 2)]


def uneven_in_even(graph: GraphDraft, source: int) -> None:
    """A SPLIT into 3 of a size of 8, which LiteRT refuses."""
    pieces = [graph.tensor(f"piece{index}", "FLOAT32", (1, 4, 4, 3)) for index in range(3)]
    graph.op("SPLIT", [graph.constant("axis", "INT32", (), [3]), source], pieces, {"num_splits": 3})
    graph.output(*pieces)


def computed_axis(graph: GraphDraft, source: int) -> None:
    axis = graph.input("axis", "INT32", ())
    pieces = [graph.tensor(f"piece{index}", "FLOAT32", (1, 4, 4, 4)) for index in range(2)]
    graph.op("SPLIT", [axis, source], pieces, {"num_splits": 2})
    graph.output(*pieces)


def other_scales(graph: GraphDraft, source: int) -> None:
    """Outputs that say another quantization than the input."""
    pieces = [
        graph.tensor(f"piece{index}", "FLOAT32", (1, 4, 4, 4), quantization=per_tensor(0.1)) for index in range(2)
    ]
    graph.op("SPLIT", [graph.constant("axis", "INT32", (), [3]), source], pieces, {"num_splits": 2})
    graph.output(*pieces)


def axis_outside(graph: GraphDraft, source: int) -> None:
    pieces = [graph.tensor(f"piece{index}", "FLOAT32", (1, 4, 4, 4)) for index in range(2)]
    graph.op("SPLIT", [graph.constant("axis", "INT32", (), [7]), source], pieces, {"num_splits": 2})
    graph.output(*pieces)


@pytest.mark.parametrize("draw", [uneven_in_even, computed_axis, other_scales, axis_outside])
def test_a_split_that_is_not_known_well_enough_stays(draw: Callable[[GraphDraft, int], None]) -> None:
    model, graph, source = start("FLOAT32", (1, 4, 4, 8))
    draw(graph, source)

    assert rewrite(model.to_bytes(), SPLITS)[0] == 0


def test_splits_of_subgraphs_are_rewritten_too() -> None:
    model = ModelDraft()
    for name in ("main", "other"):
        graph = model.subgraph(name)
        source = graph.input("in", "FLOAT32", (1, 4))
        pieces = [graph.tensor(f"piece{index}", "FLOAT32", (1, 2)) for index in range(2)]
        graph.op("SPLIT", [graph.constant("axis", "INT32", (), [1]), source], pieces, {"num_splits": 2})
        graph.output(*pieces)

    count, _, changed = rewrite(model.to_bytes(), SPLITS)

    assert (count, types(changed, 1)) == (2, ["SLICE", "SLICE"])


def test_the_challenge_s_split_gives_the_same_as_slices(real_file: Callable[[str], Path]) -> None:
    data = real_file("delegate-cases/sr_split_f32.tflite").read_bytes()
    _, changed, _ = rewrite(data, SPLITS)

    assert largest_differences([(data, changed)]) == [0.0]
