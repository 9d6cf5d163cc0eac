"""An op cut out of a model is the same op in a model of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from models import (
    build_blockwise,
    build_custom,
    build_fp16_weights,
    build_if,
    build_outside,
    build_quantized,
    read_bytes,
)
from proving_models import build_ops, build_reshapes, build_swap

from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.model import Model

pytest.importorskip("ai_edge_litert")

from maistudio.runtime.single_op import CutOp, op_alone
from maistudio.runtime.twin import whole_model


def cut(content: bytes, index: int) -> tuple[CutOp, Model]:
    alone = op_alone(whole_model(content), index)
    return alone, read_bytes(alone.content)


def types(model: Model) -> list[str]:
    return [op.type for op in model.subgraphs[0].ops]


@pytest.mark.parametrize(("content", "index"), [(build_swap(), 1), (build_quantized(), 0), (build_reshapes(), 1)])
def test_type_version_options_and_tensors_are_the_same(content: bytes, index: int) -> None:
    whole = read_bytes(content).subgraphs[0]
    alone = cut(content, index)[1].subgraphs[0]
    before, after = whole.ops[index], alone.ops[-1]
    assert (after.type, after.version, dict(after.options)) == (before.type, before.version, dict(before.options))
    for old, new in zip((*before.inputs, *before.outputs), (*after.inputs, *after.outputs), strict=True):
        one, other = whole.tensors[old], alone.tensors[new]
        assert (one.type, one.shape, one.constant, one.quantization) == (
            other.type,
            other.shape,
            other.constant,
            other.quantization,
        )


def test_what_it_computes_with_and_makes_are_the_ends_of_the_model() -> None:
    alone = cut(build_swap(), 1)[1].subgraphs[0]
    assert [alone.tensors[tensor].name for tensor in alone.inputs] == ["tensor_1"]
    assert alone.outputs == alone.ops[0].outputs


def test_the_names_are_those_of_the_file() -> None:
    assert cut(build_swap(), 1)[0].names == ("axis", "after ABS 1", "half 0", "half 1")


def test_the_unpacking_of_half_weights_comes_along() -> None:
    model = cut(build_fp16_weights(), 2)[1]
    assert types(model) == ["DEQUANTIZE", "DEQUANTIZE", "CONV_2D"]
    assert len(model.subgraphs[0].inputs) == 1


def test_what_an_op_calls_comes_along() -> None:
    model = cut(build_if(), 0)[1]
    assert [graph.ops[0].type for graph in model.subgraphs] == ["IF", "ADD", "MUL"]


def test_what_others_call_stays_behind() -> None:
    assert len(cut(build_ops("ABS"), 0)[1].subgraphs) == 1


def test_scales_of_blocks_come_along() -> None:
    model = cut(build_blockwise(), 0)[1]
    tensors = model.subgraphs[0].tensors
    quantization = next(tensor.quantization for tensor in tensors if tensor.quantization)
    assert tensors[quantization.scales_tensor].constant


def test_an_input_that_is_left_out_stays_so() -> None:
    model = cut(build_blockwise(), 0)[1]
    assert model.subgraphs[0].ops[-1].inputs == (0, 1, -1)


def test_custom_options_stay() -> None:
    assert cut(build_custom(b"abcd"), 0)[1].subgraphs[0].ops[0].custom_options is not None


def test_constants_behind_the_flatbuffer_come_into_it() -> None:
    model = cut(build_outside(), 0)[1]
    assert any(tensor.constant for tensor in model.subgraphs[0].tensors)
    assert not [span for span in model.buffers if span.outside_flatbuffer]


def build_conv(
    kernel: Sequence[float], stride: int = 1, bias: float = 0.0, name: str = "weights", scales: Sequence[float] = ()
) -> bytes:
    model = ModelDraft()
    graph = model.subgraph()
    image = graph.input("in", "FLOAT32", (1, 8, 8, 8))
    weights = graph.constant(name, "FLOAT32", (8, 3, 3, 8), kernel, quantization={"scale": list(scales)})
    biases = graph.constant("bias", "FLOAT32", (8,), [bias] * 8)
    out = graph.tensor("out", "FLOAT32", (1, 8 // stride, 8 // stride, 8))
    graph.op("CONV_2D", [image, weights, biases], [out], {"stride_w": stride, "stride_h": stride})
    graph.output(out)
    return model.to_bytes()


ONES, TWOS = [1.0] * 576, [2.0] * 576


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (build_conv(ONES), build_conv(TWOS)),
        (build_conv(ONES), build_conv(ONES, name="other")),
        (build_conv(ONES, scales=[1.0, 2.0]), build_conv(ONES, scales=[2.0, 3.0])),
    ],
)
def test_weights_names_and_scales_make_no_unlike_ops(one: bytes, other: bytes) -> None:
    assert cut(one, 0)[0].likeness == cut(other, 0)[0].likeness


@pytest.mark.parametrize("other", [build_conv(ONES, stride=2), build_conv(ONES, bias=1.0)])
def test_options_shapes_and_small_constants_make_unlike_ops(other: bytes) -> None:
    assert cut(other, 0)[0].likeness != cut(build_conv(ONES), 0)[0].likeness


def test_likeness_leaves_the_model_as_it_was() -> None:
    model = whole_model(build_conv(ONES))
    assert op_alone(model, 0).content == op_alone(model, 0).content
    weights = read_bytes(op_alone(model, 0).content).subgraphs[0].tensors[1]
    assert weights.constant


def test_a_size_left_open_is_1() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    image = graph.input("in", "FLOAT32", (-1, 4))
    out = graph.tensor("out", "FLOAT32", (-1, 4), shape_signature=[-1, 4])
    graph.op("ABS", [image], [out])
    graph.output(out)
    tensors = cut(model.to_bytes(), 0)[1].subgraphs[0].tensors
    assert [tensor.open_shape for tensor in tensors] == [(1, 4)] * 2
