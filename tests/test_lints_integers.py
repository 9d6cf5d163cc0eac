"""Lints about integer models: float inputs, islands and outputs, values quantized again, skewed weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lint_models import Net, findings, ids
from models import read_bytes

from maistudio.targets.lints import find
from maistudio.targets.values import Finding
from maistudio.tflite.draft import per_channel, per_tensor
from maistudio.tflite.parameters import parameters_of
from maistudio.tflite.read import read_model
from maistudio.tflite.shapes import resolve_shapes

PIXELS = per_tensor(1.0, -128)


def coded() -> Net:
    """An int8 net whose tensors hold pixels."""
    return Net(element_type="INT8", quantization=PIXELS)


def converted(net: Net, source: int, op_type: str, element_type: str) -> int:
    """QUANTIZE or DEQUANTIZE to another type."""
    fields = {} if element_type == "FLOAT32" else {"quantization": PIXELS}
    made = net.graph.tensor("", element_type, net.shape(source), **fields)
    net.graph.op(op_type, [source], [made], {})
    return made


def with_float_ends() -> tuple[Net, int]:
    """A net whose input is float; gives the int8 output of its one convolution."""
    net = coded()
    net.graph.values["tensors"][net.input] |= {"type": "FLOAT32", "quantization": None}
    return net, net.conv(converted(net, net.input, "QUANTIZE", "INT8"), 3)


def test_float_inputs_and_outputs_of_an_integer_model_are_told() -> None:
    net, last = with_float_ends()
    found = findings(net.done(converted(net, last, "DEQUANTIZE", "FLOAT32")))
    assert list(found) == ["float-interface"]
    assert found["float-interface"].message == (
        "The model computes in integers, but 1 input is float32 and 1 output is float32"
    )
    assert found["float-interface"].places == ((0, 0), (0, 2))


def test_a_float_input_alone_is_told() -> None:
    net, last = with_float_ends()
    assert findings(net.done(last))["float-interface"].message.endswith("but 1 input is float32")


def test_integer_inputs_and_outputs_are_not_told() -> None:
    net = coded()
    assert ids(net.done(net.conv(net.input, 3))) == []


def test_a_float_model_with_packed_weights_is_no_integer_model() -> None:
    net = Net()
    packed = net.graph.constant("", "INT8", (3, 3, 3, 3), [1, -1, 1] * 27, quantization=per_tensor(0.5))
    weights = converted(net, packed, "DEQUANTIZE", "FLOAT32")
    options = {"padding": "SAME", "stride_h": 1, "stride_w": 1, "fused_activation_function": "RELU6"}
    assert ids(net.done(net.op("CONV_2D", [net.input, weights, -1], options=options))) == []


def test_ops_that_compute_in_float_in_between_are_told() -> None:
    net = coded()
    floats = converted(net, net.conv(net.input, 16), "DEQUANTIZE", "FLOAT32")
    for op_type in ("EXP", "LOG"):
        floats = net.op(op_type, [floats], element_type="FLOAT32")
    last = net.conv(converted(net, floats, "QUANTIZE", "INT8"), 3)
    found = findings(net.done(last))["float-islands"]
    assert found.message == "The model computes in integers, but 2 ops compute in float (first op 2)"
    assert found.places == ((0, 2), (0, 3))


def test_the_quantize_after_float_ops_converts_no_integers() -> None:
    net = coded()
    floats = converted(net, net.conv(net.input, 16), "DEQUANTIZE", "FLOAT32")
    floats = net.op("EXP", [floats], element_type="FLOAT32")
    assert ids(net.done(net.conv(converted(net, floats, "QUANTIZE", "INT8"), 3))) == ["float-islands"]


def test_float_ops_on_the_way_out_are_no_island() -> None:
    net = coded()
    floats = converted(net, net.conv(net.input, 16), "DEQUANTIZE", "FLOAT32")
    assert ids(net.done(net.op("EXP", [floats], element_type="FLOAT32"))) == ["float-interface"]


def test_a_float_model_that_quantizes_its_output_is_no_integer_model() -> None:
    net = Net()
    codes = converted(net, net.conv(net.input, 3, activation="RELU6"), "QUANTIZE", "INT8")
    assert ids(net.done(converted(net, codes, "DEQUANTIZE", "FLOAT32"))) == []


def test_values_quantized_again_are_told() -> None:
    net = coded()
    again = converted(net, net.conv(net.input, 16), "QUANTIZE", "INT8")
    found = findings(net.done(net.conv(again, 3)))["requantized"]
    assert found.message == "1 QUANTIZE op converts between two integer forms inside the model (op 1)"


def test_a_conversion_of_the_models_own_input_and_output_is_not_told() -> None:
    net = Net(element_type="UINT8")
    inside = converted(net, net.input, "QUANTIZE", "INT8")
    net.element_type, net.quantization = "INT8", PIXELS
    out = net.graph.tensor("out", "UINT8", (1, 16, 16, 3), quantization=per_tensor(1.0))
    net.graph.op("QUANTIZE", [net.conv(inside, 3)], [out], {})
    assert ids(net.done(out)) == []


# Skewed weights of the first layer


def first_layer(least: int, largest: int, quantization: Mapping[str, Any] | None = None) -> Finding | None:
    """What is said of a first layer whose int8 weights reach from ``least`` to ``largest``."""
    net = coded()
    stored = [least, largest] * 8 + [1, -1] * 208
    features = net.conv(net.input, 16, weights=stored, weights_quantization=quantization or per_tensor(1.0))
    return findings(net.done(net.conv(features, 3))).get("skewed-first-layer")


def test_skewed_weights_are_told_in_numbers() -> None:
    found = first_layer(-100, 10)
    assert found is not None
    assert found.message == (
        "The weights of the first convolution reach from −100 to 10: "
        "quantized symmetrically, 45.0% of the integers go unused (op 0)"
    )
    assert "Quantizing per channel keeps" in found.advice


def test_skew_to_the_positive_is_skew() -> None:
    assert first_layer(-10, 100) is not None


def test_weights_a_quarter_as_far_on_the_other_side_are_not_told() -> None:
    assert first_layer(-100, 25) is None


def test_weights_less_than_a_quarter_as_far_are_told() -> None:
    assert first_layer(-100, 24) is not None


def test_skewed_weights_per_channel_are_told_as_the_milder_case() -> None:
    found = first_layer(-100, 10, quantization=per_channel([1.0] * 16, 0))
    assert found is not None
    assert "per channel, up to 45.0% of the integers" in found.message
    assert "per channel, as here, keep" in found.advice


def test_asymmetric_weights_are_not_told() -> None:
    assert first_layer(-100, 10, quantization=per_tensor(1.0, 1)) is None


def test_unsigned_weights_are_not_told() -> None:
    net = coded()
    last = net.conv(net.input, 3, weights=[1, 100, 3] * 27)
    net.graph.values["tensors"][last - 1]["type"] = "UINT8"
    assert ids(net.done(last)) == []


def test_skewed_weights_further_on_are_not_told() -> None:
    net = coded()
    features = net.conv(net.input, 16)
    stored = [-100, 10] + [1, -1] * (16 * 9 * 3 // 2 - 1)
    assert ids(net.done(net.conv(features, 3, weights=stored))) == []


def test_a_convolution_that_only_copies_channels_is_not_told() -> None:
    net = coded()
    copying = [int(place % 3 == place // 3 % 3) for place in range(27)]
    assert ids(net.done(net.deep(net.conv(net.input, 9, (1, 1), weights=copying), 3))) == []


def test_float_weights_are_not_told() -> None:
    net = Net()
    stored = [-100.0, 10.0] + [1.0, -1.0] * (27 * 16 // 2 - 1)
    assert ids(net.done(net.conv(net.conv(net.input, 16, weights=stored), 3, activation="RELU6"))) == []


def test_weights_that_can_not_be_read_are_passed_over() -> None:
    net = coded()
    data = net.done(net.conv(net.input, 3, weights=[-100, *[1] * 80]))
    model = read_bytes(data)
    broken = replace(model, buffers=tuple(replace(span, size=5) for span in model.buffers))
    assert ids(data) == ["skewed-first-layer"]
    assert find(broken, resolve_shapes(model), parameters_of(model)) == ()


def test_a_file_that_changed_since_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = coded()
    path = tmp_path / "model.tflite"
    path.write_bytes(net.done(net.conv(net.input, 3, weights=[-100, *[1] * 80])))
    monkeypatch.setattr("maistudio.tflite.source.HELD_IN_MEMORY", 0)
    monkeypatch.setattr("maistudio.tflite.read.HELD_IN_MEMORY", 0, raising=False)
    model = read_model(path)
    shapes, parameters = resolve_shapes(model), parameters_of(model)
    assert [finding.id for finding in find(model, shapes, parameters)] == ["skewed-first-layer"]
    path.write_bytes(b"another")
    assert find(model, shapes, parameters) == ()
