"""Clips moved in front of DEPTH_TO_SPACE, and made clipped ReLUs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rewrite_models import (
    QUANTIZED,
    float_conv,
    largest_differences,
    like,
    number,
    rewrite,
    start,
    step,
    types,
)

from maistudio.tflite.draft import GraphDraft, per_tensor
from maistudio.tflite.model import Model

ORDER, KINDS = "clip-before-depth-to-space", "clip-to-relu"
CLIPS = ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "MINIMUM", "MAXIMUM")


def clip(graph: GraphDraft, source: int, op_type: str, kind: str, bound: float = 1, **fields: Any) -> int:
    """A clip; MINIMUM and MAXIMUM have the bound at either side."""
    shape = graph.values["tensors"][source]["shape"]
    if op_type not in ("MINIMUM", "MAXIMUM"):
        return step(graph, op_type, [source], shape, **fields)
    return step(graph, op_type, [source, number(graph, kind, bound)], shape, {}, **fields)


def upsampled(kind: str, clips: list[tuple[str, float]], seen: bool = False) -> bytes:
    """DEPTH_TO_SPACE, then clips; where it is ``seen``, the model also gives what lies between."""
    model, graph, source = start(kind, (1, 3, 3, 8))
    large = step(graph, "DEPTH_TO_SPACE", [source], (1, 6, 6, 2), {"block_size": 2}, "large")
    last = large
    for op_type, bound in clips:
        last = clip(graph, last, op_type, kind, bound)
    graph.output(last, *([large] if seen else []))
    return model.to_bytes()


def clipped(kind: str, clips: list[tuple[str, float]], maker: str = "", activation: str = "NONE") -> bytes:
    """Clips of an input, or of what an ADD to itself makes of it."""
    model, graph, source = start(kind, (1, 3, 3, 2))
    last = source
    if maker:
        last = step(graph, maker, [source, source], (1, 3, 3, 2), {"fused_activation_function": activation})
    for op_type, bound in clips:
        last = clip(graph, last, op_type, kind, bound)
    graph.output(last)
    return model.to_bytes()


def activation_of(model: Model, op: int = 0) -> object:
    return model.subgraphs[0].ops[op].options["fused_activation_function"]


# In front of DEPTH_TO_SPACE


def test_a_clip_before_depth_to_space_gives_what_it_gave_behind_it() -> None:
    random = np.random.default_rng(3)
    pairs = []
    for _ in range(12):
        kind = str(random.choice(["FLOAT32", "INT8", "UINT8"]))
        many = int(random.integers(1, 4))
        clips: list[tuple[str, float]] = [
            (str(random.choice(CLIPS)), int(random.integers(1, 100))) for _ in range(many)
        ]
        data = upsampled(kind, clips)
        count, changed, model = rewrite(data, ORDER)
        assert (count, types(model)) == (1, [*(op_type for op_type, _ in clips), "DEPTH_TO_SPACE"])
        pairs.append((data, changed))

    assert set(largest_differences(pairs)) == {0.0}


def test_a_clip_that_changes_the_scale_takes_it_along() -> None:
    model, graph, source = start("INT8", (1, 3, 3, 8))
    large = step(graph, "DEPTH_TO_SPACE", [source], (1, 6, 6, 2), {"block_size": 2}, version=2)
    graph.output(step(graph, "RELU", [large], (1, 6, 6, 2), version=2, quantization=per_tensor(0.03, -128)))

    _, changed, _ = rewrite(model.to_bytes(), ORDER)

    assert largest_differences([(model.to_bytes(), changed)]) == [0.0]


def test_a_picture_that_is_seen_unclipped_keeps_its_clip_behind() -> None:
    assert rewrite(upsampled("FLOAT32", [("RELU", 0)], seen=True), ORDER)[0] == 0


def test_a_bound_for_each_channel_stays_behind() -> None:
    model, graph, source = start("FLOAT32", (1, 3, 3, 8))
    large = step(graph, "DEPTH_TO_SPACE", [source], (1, 6, 6, 2), {"block_size": 2})
    bounds = graph.constant("bounds", "FLOAT32", (2,), [1.0, 2.0])
    graph.output(step(graph, "MINIMUM", [large, bounds], (1, 6, 6, 2), {}))

    assert rewrite(model.to_bytes(), ORDER)[0] == 0


def test_the_output_keeps_its_name_when_its_clip_moves() -> None:
    data = upsampled("FLOAT32", [("RELU6", 0)])
    _, _, model = rewrite(data, ORDER)
    graph = model.subgraphs[0]

    assert graph.tensors[graph.outputs[0]].name == "t2"


def test_a_clip_of_open_sizes_moves_with_them() -> None:
    model, graph, source = start("FLOAT32", (1, 1, 1, 4), shape_signature=[1, -1, -1, 4])
    large = step(graph, "DEPTH_TO_SPACE", [source], (1, 2, 2, 1), {"block_size": 2}, shape_signature=[1, -1, -1, 1])
    graph.output(step(graph, "RELU", [large], (1, 2, 2, 1), shape_signature=[1, -1, -1, 1]))

    _, _, changed = rewrite(model.to_bytes(), ORDER)
    between = changed.subgraphs[0].ops[0].outputs[0]

    assert changed.subgraphs[0].tensors[between].shape_signature == (1, -1, -1, 4)


def test_a_bound_widened_from_float16_moves_along(real_file: Callable[[str], Path]) -> None:
    data = real_file("large/sr_abpn_x3_360x640_fp16.tflite").read_bytes()
    _, _, model = rewrite(data, ORDER)

    assert types(model)[-3:] == ["MINIMUM", "RELU", "DEPTH_TO_SPACE"]


# As clipped ReLUs


@pytest.mark.parametrize("kind", ["FLOAT32", "INT8", "UINT8"])
def test_clipped_relus_give_what_the_clips_gave(kind: str) -> None:
    random = np.random.default_rng(7)
    scale, zero = (QUANTIZED[kind]["scale"][0], QUANTIZED[kind]["zero_point"][0]) if kind in QUANTIZED else (1, 0)
    pairs = []
    for low, high in ((0, 6), (-1, 1), (0, 1)):
        clips = [("MINIMUM", zero + high / scale), ("MAXIMUM", zero + low / scale)]
        bounds = [(op_type, bound if kind == "FLOAT32" else round(bound)) for op_type, bound in clips]
        for maker in ("", "ADD"):
            data = clipped(kind, bounds[:: int(random.choice([-1, 1]))], maker)
            count, changed, _ = rewrite(data, KINDS)
            assert count == 1
            pairs.append((data, changed))

    assert set(largest_differences(pairs)) == {0.0}


@pytest.mark.parametrize(
    ("clips", "relu"),
    [
        ([("MINIMUM", 6), ("MAXIMUM", 0)], "RELU6"),
        ([("MAXIMUM", -1), ("MINIMUM", 1)], "RELU_N1_TO_1"),
        ([("MINIMUM", 1), ("RELU", 0)], "RELU_0_TO_1"),
        ([("MAXIMUM", 0)], "RELU"),
        ([("RELU6", 0), ("MINIMUM", 1)], "RELU_0_TO_1"),
        ([("RELU", 0), ("RELU6", 0), ("MAXIMUM", -3)], "RELU6"),
    ],
)
def test_clips_become_the_relu_that_lets_the_same_through(clips: list[tuple[str, float]], relu: str) -> None:
    _, _, model = rewrite(clipped("FLOAT32", clips), KINDS)

    assert types(model) == [relu]


@pytest.mark.parametrize(
    "clips",
    [[("MINIMUM", 255), ("MAXIMUM", 0)], [("MINIMUM", 6)], [("MINIMUM", 2), ("MAXIMUM", 3)], [("RELU6", 0)]],
    ids=str,
)
def test_clips_that_no_relu_equals_stay(clips: list[tuple[str, float]]) -> None:
    assert rewrite(clipped("FLOAT32", clips), KINDS)[0] == 0


def test_a_quantized_bound_beside_the_relu_s_own_stays() -> None:
    # 6 / 0.05 - 3 = 117.
    models = [clipped("INT8", [("RELU", 0), ("MINIMUM", bound)]) for bound in (116, 117, 118)]

    assert [rewrite(data, KINDS)[0] for data in models] == [0, 1, 0]


def test_a_relu_is_fused_into_the_op_before() -> None:
    _, _, model = rewrite(clipped("FLOAT32", [("MINIMUM", 6), ("RELU", 0)], "ADD"), KINDS)

    assert (types(model), activation_of(model)) == (["ADD"], "RELU6")


def test_a_relu_alone_is_fused_too() -> None:
    _, _, model = rewrite(clipped("FLOAT32", [("RELU", 0)], "MUL"), KINDS)

    assert (types(model), activation_of(model)) == (["MUL"], "RELU")


def test_an_activation_that_is_there_is_not_replaced() -> None:
    assert rewrite(clipped("FLOAT32", [("RELU6", 0)], "ADD", "TANH"), KINDS)[0] == 0


def test_a_relu_that_no_activation_names_is_not_fused() -> None:
    _, _, model = rewrite(clipped("FLOAT32", [("RELU", 0), ("MINIMUM", 1)], "ADD"), KINDS)

    assert types(model) == ["ADD", "RELU_0_TO_1"]


def test_what_others_read_unclipped_gets_no_activation() -> None:
    model, graph, source = start("FLOAT32", (1, 2, 2, 2))
    total = step(graph, "ADD", [source, source], (1, 2, 2, 2), {})
    graph.output(step(graph, "RELU", [total], (1, 2, 2, 2)), step(graph, "TANH", [total], (1, 2, 2, 2)))

    assert rewrite(model.to_bytes(), KINDS)[0] == 0


def test_a_clip_of_another_scale_is_not_fused() -> None:
    model, graph, source = start("INT8", (1, 2, 2, 2))
    total = step(graph, "ADD", [source, source], (1, 2, 2, 2), {}, version=2)
    graph.output(step(graph, "RELU", [total], (1, 2, 2, 2), version=2, quantization=per_tensor(0.1, -128)))

    assert rewrite(model.to_bytes(), KINDS)[0] == 0


def test_a_convolution_with_a_fused_clip_gives_the_same() -> None:
    model, graph, source = start("FLOAT32", (1, 4, 4, 3))
    deep = float_conv(graph, source, 5)
    low = clip(graph, deep, "MAXIMUM", "FLOAT32", -1)
    graph.output(clip(graph, low, "MINIMUM", "FLOAT32", 1))

    _, changed, found = rewrite(model.to_bytes(), KINDS)

    assert types(found) == ["CONV_2D"]
    assert largest_differences([(model.to_bytes(), changed)]) == [0.0]


@pytest.mark.parametrize(
    ("kind", "relu", "version"),
    [("FLOAT32", "RELU6", 1), ("INT8", "RELU6", 2), ("UINT8", "RELU6", 1), ("INT8", "RELU", 2), ("UINT8", "RELU", 2)],
)
def test_a_relu_has_the_version_of_its_type(kind: str, relu: str, version: int) -> None:
    zero = QUANTIZED[kind]["zero_point"][0] if kind in QUANTIZED else 0
    scale = 0.05 if kind in QUANTIZED else 1
    clips = [("MAXIMUM", zero)] + ([("MINIMUM", round(zero + 6 / scale))] if relu == "RELU6" else [])
    _, _, model = rewrite(clipped(kind, clips), KINDS)

    assert (types(model), model.subgraphs[0].ops[0].version) == ([relu], version)


def test_the_runtime_that_the_metadata_asks_for_is_new_enough_for_the_relu() -> None:
    model, graph, source = start("FLOAT32", (1, 2))
    low = clip(graph, source, "MAXIMUM", "FLOAT32", 0)
    graph.output(clip(graph, low, "MINIMUM", "FLOAT32", 1))
    model.metadata("min_runtime_version", b"1.5.0".ljust(16, b"\0"))

    _, _, changed = rewrite(model.to_bytes(), KINDS)

    assert changed.metadata_entries[0].text == "2.10.0"


def test_a_newer_runtime_stays_asked_for() -> None:
    model, graph, source = start("FLOAT32", (1, 2))
    graph.output(clip(graph, source, "MAXIMUM", "FLOAT32", 0))
    model.metadata("min_runtime_version", b"2.18.0".ljust(16, b"\0"))

    _, _, changed = rewrite(model.to_bytes(), KINDS)

    assert changed.metadata_entries[0].text == "2.18.0"


def test_a_bound_of_another_scale_is_not_taken_at_its_number() -> None:
    model, graph, source = start("INT8", (1, 2))
    bound = graph.constant("bound", "INT8", (), [-3], quantization=per_tensor(0.5, 0))
    graph.output(step(graph, "MAXIMUM", [source, bound], (1, 2), {}, version=2, **like("INT8")))

    assert rewrite(model.to_bytes(), KINDS)[0] == 0
