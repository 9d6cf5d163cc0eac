"""The quantization scheme in words, of models built for it and of every real file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from models import (
    SAME,
    build_blockwise,
    build_conv_net,
    build_dynamic_range,
    build_fp16_weights,
    build_int4,
    build_int16x8,
    build_no_ops,
    build_quantized,
    build_strings,
    ramp,
    read_bytes,
)
from real_models import ReadableModels

from maistudio.tflite.draft import GraphDraft, ModelDraft, per_tensor
from maistudio.tflite.quantization import Scheme, describe_quantization
from maistudio.tflite.read import read_model


def scheme_of(data: bytes) -> Scheme:
    return describe_quantization(read_bytes(data))


@pytest.mark.parametrize(
    ("build", "kind", "detail"),
    [
        (build_conv_net, "float32", "float32 activations and weights."),
        (build_fp16_weights, "float16 weights", "float16 weights, float32 activations."),
        (build_dynamic_range, "dynamic range", "int8 weights per tensor, float32 activations."),
        (build_int4, "dynamic range", "int4 weights per channel, float32 activations."),
        (build_blockwise, "dynamic range", "int4 weights in blocks of 32, float32 activations."),
        (build_quantized, "full int8", "int8 activations, int8 weights per channel; int8 input and output."),
        (build_int16x8, "int16x8", "int16 activations, int8 weights per tensor; int16 input and output."),
        (build_strings, "none", "No op works on real numbers."),
        (build_no_ops, "none", "The model has no ops."),
    ],
)
def test_a_scheme_has_its_name_and_sentence(build: Callable[[], bytes], kind: str, detail: str) -> None:
    assert scheme_of(build()) == Scheme(kind, detail)


def quantized(graph: GraphDraft, kind: str, name: str = "") -> int:
    return graph.tensor(name, kind, (1, 4, 4, 3), quantization=per_tensor(0.5))


def int8_net(graph: GraphDraft, *between: tuple[str, ...], interface: str = "FLOAT32", result: str = "") -> None:
    """Two int8 convolutions with float ops between them, QUANTIZE and DEQUANTIZE wherever types meet."""
    result = result or interface
    tensor = graph.input("in", interface, (1, 4, 4, 3), **interface_fields(interface))
    tensor = converted(graph, "QUANTIZE", tensor)
    tensor = convolved(graph, tensor)
    for op, *_ in between:
        wide = graph.tensor("", "FLOAT32", (1, 4, 4, 3))
        graph.op("DEQUANTIZE", [tensor], [wide])
        real = graph.tensor("", "FLOAT32", (1, 4, 4, 3))
        graph.op(op, [wide], [real], {"new_shape": [1, 4, 4, 3]} if op == "RESHAPE" else None)
        tensor = converted(graph, "QUANTIZE", real)
    tensor = convolved(graph, tensor)
    out = graph.tensor("out", result, (1, 4, 4, 3), **interface_fields(result))
    graph.op("DEQUANTIZE" if result == "FLOAT32" else "QUANTIZE", [tensor], [out])
    graph.output(out)


def interface_fields(element_type: str) -> dict[str, Any]:
    return {} if element_type == "FLOAT32" else {"quantization": per_tensor(0.5)}


def converted(graph: GraphDraft, op: str, tensor: int) -> int:
    result = quantized(graph, "INT8")
    graph.op(op, [tensor], [result])
    return result


def convolved(graph: GraphDraft, tensor: int) -> int:
    weights = graph.constant("", "INT8", (3, 1, 1, 3), range(9), quantization=per_tensor(0.5))
    result = quantized(graph, "INT8")
    graph.op("CONV_2D", [tensor, weights, -1], [result], SAME)
    return result


def int8_scheme(*between: tuple[str, ...], interface: str = "FLOAT32", result: str = "") -> Scheme:
    model = ModelDraft()
    int8_net(model.subgraph(), *between, interface=interface, result=result)
    return scheme_of(model.to_bytes())


@pytest.mark.parametrize(
    ("interface", "words"),
    [("FLOAT32", "float32 input and output"), ("UINT8", "uint8 input and output"), ("INT8", "int8 input and output")],
)
def test_a_full_int8_net_says_what_goes_in_and_out(interface: str, words: str) -> None:
    scheme = int8_scheme(interface=interface)
    assert (scheme.kind, scheme.detail.partition("; ")[2]) == ("full int8", f"{words}.")


def test_an_input_and_output_of_different_types_are_both_named() -> None:
    detail = int8_scheme(interface="UINT8", result="FLOAT32").detail
    assert detail == "int8 activations, int8 weights per tensor; uint8 input, float32 output."


def test_a_net_of_int8_without_inputs_says_so() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    out = quantized(graph, "INT8")
    graph.op("ABS", [quantized(graph, "INT8")], [out])
    graph.output(out)
    assert scheme_of(model.to_bytes()).detail == "int8 activations; no input, int8 output."


def test_an_int8_net_names_the_custom_op_that_may_compute_otherwise() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source, out = quantized(graph, "INT8"), quantized(graph, "INT8")
    graph.custom_op("Compiled", [source], [out])
    graph.values["inputs"] = [source]
    graph.output(out)
    detail = scheme_of(model.to_bytes()).detail
    assert detail.endswith("; int8 input and output; what Compiled computes inside, the file doesn't show.")


def test_float_ops_inside_an_int8_net_make_it_mixed_and_are_named() -> None:
    scheme = int8_scheme(("EXP",), ("EXP",), ("SQRT",))
    assert scheme.kind == "mixed"
    assert "3 of 5 ops work in another form: EXP ×2, SQRT in float32" in scheme.detail


def test_the_ops_that_break_the_scheme_are_listed() -> None:
    assert int8_scheme(("EXP",)).breaking == ((0, 3),)


def test_an_op_that_only_moves_floats_is_named_without_making_the_net_mixed() -> None:
    scheme = int8_scheme(("RESHAPE",))
    assert (scheme.kind, scheme.breaking) == ("full int8", ((0, 3),))
    assert "1 of 3 ops only moves data in another type: RESHAPE in float32" in scheme.detail


def test_several_ops_that_only_move_floats_are_counted_in_the_plural() -> None:
    detail = int8_scheme(("RESHAPE",), ("RESHAPE",)).detail
    assert "2 of 4 ops only move data in another type: RESHAPE ×2 in float32" in detail


def test_one_op_that_computes_in_floats_is_counted_in_the_singular() -> None:
    assert "1 of 3 ops works in another form: EXP in float32" in int8_scheme(("EXP",)).detail


def dense(graph: GraphDraft, tensor: int, weights: int) -> int:
    result = graph.tensor("", "FLOAT32", (1, 4))
    graph.op("FULLY_CONNECTED", [tensor, weights, -1], [result], {})
    return result


def test_layers_that_keep_float_weights_are_named_beside_dynamic_range() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    tensor = graph.input("in", "FLOAT32", (1, 4))
    for _ in range(2):
        small = graph.constant("", "INT8", (4, 4), range(16), quantization=per_tensor(0.5))
        tensor = dense(graph, tensor, small)
    graph.output(dense(graph, tensor, graph.constant("", "FLOAT32", (4, 4), ramp(16))))
    scheme = scheme_of(model.to_bytes())
    assert (scheme.kind, scheme.breaking) == ("dynamic range", ((0, 2),))
    assert "1 op keeps float32 weights (FULLY_CONNECTED)" in scheme.detail


def test_integer_weights_made_float_before_use_are_told_from_those_used_as_they_are() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    small = graph.constant("", "INT8", (4, 4), range(16), quantization=per_tensor(0.5))
    wide = graph.tensor("", "FLOAT32", (4, 4))
    graph.op("DEQUANTIZE", [small], [wide])
    graph.output(dense(graph, graph.input("in", "FLOAT32", (1, 4)), wide))
    scheme = scheme_of(model.to_bytes())
    assert (scheme.kind, "DEQUANTIZE makes the weights float" in scheme.detail) == ("dynamic range", True)


def test_int8_activations_over_int4_weights_are_full_int8_and_say_so() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "INT8", (1, 4), quantization=per_tensor(0.5))
    weights = graph.constant("", "INT4", (4, 4), [place % 15 - 7 for place in range(16)], quantization=per_tensor(0.5))
    out = graph.tensor("out", "INT8", (1, 4), quantization=per_tensor(0.5))
    graph.op("FULLY_CONNECTED", [source, weights, -1], [out], {})
    graph.output(out)
    scheme = scheme_of(model.to_bytes())
    assert (scheme.kind, "int4 weights" in scheme.detail) == ("full int8", True)


@pytest.mark.parametrize(("kind", "expected"), [("UINT8", "full uint8"), ("INT16", "int16")])
def test_activations_name_a_scheme_without_weights(kind: str, expected: str) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", kind, (1, 4), quantization=per_tensor(0.5))
    out = graph.tensor("out", kind, (1, 4), quantization=per_tensor(0.5))
    graph.op("ADD", [source, source], [out], {})
    graph.output(out)
    assert scheme_of(model.to_bytes()).kind == expected


def test_float16_activations_are_float16() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source, out = graph.input("in", "FLOAT16", (1, 4)), graph.tensor("out", "FLOAT16", (1, 4))
    graph.op("ADD", [source, graph.constant("", "FLOAT16", (4,), ramp(4))], [out], {})
    assert scheme_of(model.to_bytes()).kind == "float16"


def test_whole_numbers_without_a_scale_are_no_scheme() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    graph.op("ADD", [graph.input("in", "INT32", (1, 4))] * 2, [graph.tensor("out", "INT32", (1, 4))], {})
    assert scheme_of(model.to_bytes()).kind == "none"


def names(*parts: str) -> Sequence[str]:
    return [f"{part}.tflite" for part in " ".join(parts).split()]


NOT_FLOAT32 = {
    "full int8": names(
        "Algolzw__NCNet__model Algolzw__NCNet__model_none_float ECNUSR__PureConvSR-AIM2022__trial24__model",
        "ECNUSR__PureConvSR-AIM2022__trial24__model_none NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3",
        "NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3_time split_simple_int8 sr_int8",
        "LiteRT__blockwise_quantized LiteRT__lstm_quantized LiteRT__lstm_quantized2 test_data__keras_lstm_mnist_ptq",
        "test_data__posenet_mobilenet_v1_075_353_481_16_quant_decoder tflite-micro__person_detect_vela",
        "mobilenetv2_224_int8 sr_abpn_x3_360x640_int8",
    ),
    "full uint8": names(
        "test_data__deeplabv3_mnv2_dm05_pascal_quant test_data__mobilenet_v1_0.25_128_quant_edgetpu",
        "mediapipe__face-detector-quantized_edgetpu",
    ),
    "int16": names("LiteRT__MTKEXT_CONV_2D"),
    "dynamic range": names(
        "sr_dynrange ai-edge-quantizer__mnist_quantized LiteRT__qwen_fc_blockwise_quantized",
    ),
    "float16 weights": names("sr_abpn_x3_360x640_fp16"),
    "mixed": names("test_data__movenet_single_pose_lightning_ptq"),
    "none": names(
        "LiteRT__0_subgraphs LiteRT__empty_model mediapipe__3in3out_model_swaps_input_2_and_0",
        "LiteRT__double_flex LiteRT__dynamic_string_custom_ops LiteRT__gather_string LiteRT__sparse_tensor",
        "LiteRT__string_input_model LiteRT__while_op_with_forwarding_input tflite-micro__audio_preprocessor_int8",
        "tflite-support__sentencepiece_tokenizer_flex_op",
    ),
}
"""Each real file's scheme as read off its tensors by hand; all others are float32, among them LiteRT__mixed16x8,
which holds ranges for a quantization that was not carried out."""


def test_every_real_file_has_the_scheme_its_tensors_show(readable_models: ReadableModels) -> None:
    expected = {name: kind for kind, files in NOT_FLOAT32.items() for name in files}
    wrong = {}
    for path, model in readable_models("*"):
        kind = describe_quantization(model).kind
        if kind != expected.get(path.name, "float32"):
            wrong[path.name] = kind
    assert wrong == {}


def test_the_float_ops_of_a_mixed_real_file_are_named(real_file: Callable[[str], Path]) -> None:
    path = real_file("hard/test_data__movenet_single_pose_lightning_ptq.tflite")
    scheme = describe_quantization(read_model(path))
    assert "2 of 127 ops work in another form: SQRT, DIV in float32" in scheme.detail
