"""Lints about the end of a network of pictures."""

from __future__ import annotations

import pytest
from lint_models import SIDE, Net, findings, ids

from maistudio.tflite.draft import per_tensor


def ending(scale: float, zero_point: int, element_type: str = "UINT8") -> list[str]:
    """A network of one convolution whose output is stored so."""
    net = Net(element_type=element_type)
    return ids(net.done(net.conv(net.input, 3, quantization=per_tensor(scale, zero_point))))


@pytest.mark.parametrize(
    ("scale", "zero_point", "element_type"),
    [
        *((1.0, 0, "UINT8"), (1.0, -128, "INT8"), (1 / 255, 0, "UINT8"), (1 / 255, -128, "INT8")),
        *((0.9973, 0, "UINT8"), (2 / 255, 128, "UINT8"), (1 / 256, -128, "INT8")),
    ],
)
def test_integers_that_are_pixels_are_not_told(scale: float, zero_point: int, element_type: str) -> None:
    assert ending(scale, zero_point, element_type) == []


@pytest.mark.parametrize(
    ("scale", "zero_point", "element_type"),
    [
        *((1.25, 51, "UINT8"), (0.97, 0, "UINT8"), (1.1, 0, "UINT8"), (0.0058, 4, "INT8")),
        *((1.0, 3, "UINT8"), (1.0, 0, "INT8"), (1.02, -128, "INT8")),
    ],
)
def test_integers_that_are_no_pixels_are_told(scale: float, zero_point: int, element_type: str) -> None:
    assert ending(scale, zero_point, element_type) == ["output-scale"]


def test_a_wrong_scale_is_told_in_numbers() -> None:
    net = Net(element_type="UINT8")
    found = findings(net.done(net.conv(net.input, 3, quantization=per_tensor(1.25, 51))))["output-scale"]
    assert found.message == (
        "The uint8 output tensor 2 has scale 1.25, zero point 51: "
        "its integers stand for −63.75 to 255, not for 0 to 255"
    )
    assert (found.subgraph, found.op) == (0, 0)


def test_integers_without_a_scale_are_their_own_values() -> None:
    net = Net()
    made = net.graph.tensor("bytes", "UINT8", (1, SIDE, SIDE, 3))
    net.graph.op("CAST", [net.conv(net.input, 3)], [made], {})
    assert ids(net.done(made)) == []


def test_integers_that_are_no_picture_are_not_told() -> None:
    net = Net(element_type="INT8")
    assert ids(net.done(net.conv(net.input, 21, stride=2, quantization=per_tensor(0.3, 5)))) == []


def test_an_output_smaller_than_the_input_is_no_picture() -> None:
    net = Net()
    assert ids(net.done(net.conv(net.input, 3, stride=2))) == []


def test_a_depth_map_is_no_picture() -> None:
    net = Net()
    assert ids(net.done(net.conv(net.input, 1))) == []


def test_a_mosaic_developed_to_a_picture_is_one() -> None:
    net = Net(channels=4)
    assert ids(net.done(net.deep(net.conv(net.input, 12), 2))) == ["unclipped-output"]


def test_frames_in_the_channels_are_pictures() -> None:
    net = Net(channels=30)
    assert ids(net.done(net.conv(net.input, 30))) == ["unclipped-output"]


def test_a_model_of_two_outputs_makes_no_picture() -> None:
    net = Net()
    assert ids(net.done(net.conv(net.input, 3), net.conv(net.input, 3))) == []


def test_a_model_without_convolutions_makes_no_picture() -> None:
    net = Net()
    assert ids(net.done(net.add(net.input, net.op("EXP", [net.input])))) == []


def test_an_unclipped_float_output_is_told() -> None:
    net = Net()
    found = findings(net.done(net.conv(net.input, 3)))["unclipped-output"]
    assert found.message == "The output tensor 2 is not clipped"
    assert found.op == 0


def test_a_relu_alone_leaves_the_largest_value_open() -> None:
    net = Net()
    found = findings(net.done(net.conv(net.input, 3, activation="RELU")))["unclipped-output"]
    assert found.message.endswith("is not clipped at its largest value")


def test_a_minimum_alone_leaves_the_lowest_value_open() -> None:
    net = Net()
    found = findings(net.done(net.limit(net.conv(net.input, 3), "MINIMUM", 1.0)))["unclipped-output"]
    assert found.message.endswith("is not clipped at its lowest value")


@pytest.mark.parametrize("op_type", ["RELU6", "LOGISTIC", "TANH", "RELU_N1_TO_1"])
def test_a_bounded_activation_clips(op_type: str) -> None:
    net = Net()
    assert ids(net.done(net.op(op_type, [net.conv(net.input, 3)]))) == []


def test_a_maximum_and_a_minimum_clip() -> None:
    net = Net()
    last = net.limit(net.limit(net.conv(net.input, 3), "MAXIMUM", 0.0), "MINIMUM", 1.0)
    assert ids(net.done(last)) == []


def test_a_bounded_value_times_and_plus_a_constant_stays_bounded() -> None:
    net = Net()
    last = net.op("TANH", [net.conv(net.input, 3)])
    half = net.graph.constant("", "FLOAT32", (), [0.5])
    last = net.op("MUL", [last, half], options={})
    assert ids(net.done(net.op("ADD", [last, half], options={}))) == []


def test_one_minus_a_relu_is_open_at_the_bottom() -> None:
    net = Net()
    one = net.graph.constant("", "FLOAT32", (), [1.0])
    last = net.op("SUB", [one, net.conv(net.input, 3, activation="RELU")], net.shape(net.input), {})
    assert findings(net.done(last))["unclipped-output"].message.endswith("at its lowest value")


def test_the_sum_of_two_clipped_pictures_is_not_clipped() -> None:
    net = Net()
    assert ids(net.done(net.add(net.input, net.conv(net.input, 3, activation="RELU6")))) == ["unclipped-output"]


def test_a_clip_after_depth_to_space_is_told_with_its_rewrite() -> None:
    net = Net()
    large = net.deep(net.conv(net.input, 12), 2)
    found = findings(net.done(net.op("RELU", [net.limit(large, "MINIMUM", 1.0)])))["clip-after-depth-to-space"]
    assert found.message == "2 clips come after DEPTH_TO_SPACE, on the large picture (first op 2)"
    assert (found.places, found.rewrite) == (((0, 2), (0, 3)), "clip-before-depth-to-space")


def test_a_clip_is_found_behind_a_conversion() -> None:
    net = Net(element_type="INT8", quantization=per_tensor(1.0, -128))
    clipped = net.op("RELU", [net.deep(net.conv(net.input, 12), 2)])
    made = net.graph.tensor("pixels", "UINT8", net.shape(clipped), quantization=per_tensor(1.0, 0))
    net.graph.op("QUANTIZE", [clipped], [made], {})
    assert ids(net.done(made)) == ["clip-after-depth-to-space"]


def test_a_clip_before_depth_to_space_is_not_told() -> None:
    net = Net()
    assert ids(net.done(net.deep(net.conv(net.input, 12, activation="RELU6"), 2))) == []


def test_an_activation_inside_the_network_is_no_clip() -> None:
    net = Net()
    large = net.op("RELU", [net.deep(net.conv(net.input, 32), 2)])
    assert ids(net.done(net.conv(large, 3, activation="RELU6"))) == []


def test_the_smaller_of_two_computed_pictures_is_no_clip() -> None:
    net = Net()
    features = net.conv(net.input, 24, activation="RELU6")
    first, second = (net.deep(net.conv(features, 12, activation="RELU6"), 2) for _ in range(2))
    assert ids(net.done(net.op("MINIMUM", [first, second], options={}))) == []
