"""RESIZE_NEAREST_NEIGHBOR as a convolution and DEPTH_TO_SPACE."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rewrite_models import largest_differences, rewrite, start, step, types

from maistudio.tflite.draft import per_tensor
from maistudio.tflite.weights import decode

TO_CONV = "nearest-to-conv"


def resized(
    kind: str = "FLOAT32",
    shape: tuple[int, int, int, int] = (1, 3, 4, 3),
    sizes: tuple[int, int] = (6, 8),
    options: dict[str, bool] | None = None,
    **fields: Any,
) -> bytes:
    model, graph, source = start(kind, shape)
    wanted = graph.constant("sizes", "INT32", (2,), sizes)
    result = (shape[0], *sizes, shape[3])
    version = 3 if options else 2 if kind == "INT8" else 1
    more = {"version": version} | fields
    graph.output(step(graph, "RESIZE_NEAREST_NEIGHBOR", [source, wanted], result, options or {}, "out", **more))
    return model.to_bytes()


def test_a_convolution_copies_what_the_resize_copied() -> None:
    random = np.random.default_rng(11)
    pairs = []
    for _ in range(12):
        factor, (batch, height, width, channels) = int(random.integers(2, 5)), random.integers(1, 6, 4).tolist()
        kind = str(random.choice(["FLOAT32", "INT8", "UINT8"]))
        options = {"half_pixel_centers": True} if random.integers(2) else None
        data = resized(kind, (batch, height, width, channels), (factor * height, factor * width), options)
        count, changed, model = rewrite(data, TO_CONV)
        assert (count, types(model)) == (1, ["CONV_2D", "DEPTH_TO_SPACE"])
        pairs.append((data, changed))

    assert set(largest_differences(pairs)) == {0.0}


@pytest.mark.parametrize("kind", ["INT8", "UINT8"])
def test_quantized_weights_are_a_stored_one_at_a_scale_of_one(kind: str) -> None:
    _, _, model = rewrite(resized(kind), TO_CONV)
    weights = model.subgraphs[0].tensors[model.subgraphs[0].ops[0].inputs[1]]

    assert weights.quantization is not None
    assert set(weights.quantization.scales) == {1.0}
    assert (decode(model, 0, weights).reshape(4, 3, 3) == np.eye(3)).all()


@pytest.mark.parametrize(("kind", "versions"), [("FLOAT32", [1, 1]), ("INT8", [3, 2]), ("UINT8", [1, 1])])
def test_both_ops_have_the_versions_of_their_type(kind: str, versions: list[int]) -> None:
    _, _, model = rewrite(resized(kind), TO_CONV)

    assert [op.version for op in model.subgraphs[0].ops] == versions


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [((1, 3, 4, 3), (6, 12)), ((1, 3, 4, 3), (7, 8)), ((1, 3, 4, 3), (3, 4)), ((1, 4, 4, 3), (2, 2))],
    ids=["two factors", "no whole factor", "same size", "smaller"],
)
def test_a_resize_by_no_whole_factor_stays(shape: tuple[int, int, int, int], sizes: tuple[int, int]) -> None:
    assert rewrite(resized(shape=shape, sizes=sizes), TO_CONV)[0] == 0


def test_aligned_corners_that_repeat_pixels_unevenly_stay() -> None:
    assert rewrite(resized(sizes=(9, 12), options={"align_corners": True}), TO_CONV)[0] == 0


@pytest.mark.parametrize(("shape", "sizes"), [((1, 1, 1, 3), (4, 4)), ((1, 3, 5, 3), (6, 10))])
def test_aligned_corners_that_repeat_pixels_evenly_are_rewritten(
    shape: tuple[int, int, int, int], sizes: tuple[int, int]
) -> None:
    data = resized(shape=shape, sizes=sizes, options={"align_corners": True})
    count, changed, _ = rewrite(data, TO_CONV)

    assert (count, largest_differences([(data, changed)])) == (1, [0.0])


@pytest.mark.parametrize("kind", ["INT16", "INT32"])
def test_types_that_no_convolution_copies_exactly_stay(kind: str) -> None:
    assert rewrite(resized(kind), TO_CONV)[0] == 0


def test_a_change_of_scale_stays() -> None:
    assert rewrite(resized("INT8", quantization=per_tensor(0.1, 0)), TO_CONV)[0] == 0


def test_so_many_channels_that_the_convolution_costs_more_stay() -> None:
    assert [rewrite(resized(shape=(1, 2, 2, count), sizes=(4, 4)), TO_CONV)[0] for count in (128, 129)] == [1, 0]


def test_a_size_left_open_stays() -> None:
    model, graph, source = start("FLOAT32", (1, 1, 1, 3), shape_signature=[1, -1, -1, 3])
    sizes = graph.constant("sizes", "INT32", (2,), (2, 2))
    graph.output(step(graph, "RESIZE_NEAREST_NEIGHBOR", [source, sizes], (1, 2, 2, 3), {}))

    assert rewrite(model.to_bytes(), TO_CONV)[0] == 0


def test_the_recorded_case_gives_the_same(real_file: Callable[[str], Path]) -> None:
    data = real_file("delegate-cases/resize_nearest.tflite").read_bytes()
    count, changed, _ = rewrite(data, TO_CONV)

    assert (count, largest_differences([(data, changed)])) == (1, [0.0])


def test_a_factor_that_lite_rt_s_float_arithmetic_does_not_meet_stays() -> None:
    # Pixel 41 of 82 comes from 41 * float32(2 / 82), which is less than 1.
    assert rewrite(resized(shape=(1, 2, 2, 1), sizes=(82, 82)), TO_CONV)[0] == 0
