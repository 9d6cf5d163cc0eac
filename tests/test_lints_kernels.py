"""Lints about kernels, channels and upsampling."""

from __future__ import annotations

import pytest
from lint_models import Net, classifier, findings, ids, recipe

from maistudio.tflite.draft import per_tensor


def test_the_reports_recipe_has_nothing_to_be_said_of() -> None:
    assert ids(recipe()) == []


def test_a_classifier_has_nothing_to_be_said_of() -> None:
    assert ids(classifier()) == []


def test_kernels_over_three_are_told_with_the_largest() -> None:
    net = Net()
    last = net.conv(net.input, 8, (5, 5), "RELU")
    last = net.conv(last, 8, (9, 9), "RELU")
    found = findings(net.done(net.conv(last, 3, (1, 7), "RELU6")))["large-kernels"]
    assert found.message == "3 convolutions have kernels larger than 3×3, the largest 9×9 (op 1)"
    assert found.places == ((0, 0), (0, 1), (0, 2))


def test_a_kernel_of_three_is_not_told() -> None:
    net = Net()
    assert "large-kernels" not in ids(net.done(net.conv(net.input, 3, (3, 3), "RELU6")))


def test_a_kernel_over_a_line_is_not_told() -> None:
    net = Net()
    line = net.op("RESHAPE", [net.input], (1, 1, 256, 3), {})
    assert "large-kernels" not in ids(net.done(net.conv(line, 8, (1, 9))))


def test_odd_channels_are_told_by_how_often_they_stand() -> None:
    net = Net()
    last = net.input
    for channels in (28, 12, 28, 32):
        last = net.conv(last, channels, activation="RELU")
    found = findings(net.done(net.conv(last, 3, activation="RELU6")))["odd-channels"]
    assert found.message == (
        "3 hidden convolutions have a number of channels that is no multiple of 8 (28 ×2, 12; first op 0)"
    )


def test_a_float_net_of_eight_channels_is_not_told() -> None:
    net = Net()
    last = net.conv(net.conv(net.input, 8, activation="RELU"), 24, activation="RELU")
    assert ids(net.done(net.conv(last, 3, activation="RELU6"))) == []


def test_an_integer_net_of_pictures_wants_multiples_of_16() -> None:
    net = Net(element_type="INT8", quantization=per_tensor(1.0, -128))
    last = net.conv(net.conv(net.input, 24, activation="RELU"), 16, activation="RELU")
    found = findings(net.done(net.conv(last, 3)))["odd-channels"]
    assert "1 hidden convolution has a number of channels that is no multiple of 16 (24; first op 0)" in found.message
    assert found.source == "mai2022-quantized-super-resolution, section 4.16"


def test_channels_that_depth_to_space_dictates_are_not_told() -> None:
    net = Net()
    last = net.conv(net.conv(net.input, 32, activation="RELU"), 27, activation="RELU")
    assert ids(net.done(net.deep(net.conv(last, 27, activation="RELU6"), 3))) == []


def test_features_before_the_last_convolution_are_a_choice() -> None:
    net = Net()
    features = net.conv(net.input, 28, activation="RELU")
    found = findings(net.done(net.deep(net.conv(features, 27, activation="RELU6"), 3)))["odd-channels"]
    assert found.places == ((0, 0),)


def test_features_that_happen_to_be_as_many_are_told() -> None:
    net = Net()
    last = net.input
    for _ in range(3):
        last = net.conv(last, 12, activation="RELU")
    found = findings(net.done(net.deep(net.conv(last, 12, activation="RELU6"), 2)))["odd-channels"]
    assert found.places == ((0, 0), (0, 1))


def test_a_map_of_one_channel_is_not_told() -> None:
    net = Net()
    features = net.conv(net.input, 8, activation="RELU")
    mask = net.op("LOGISTIC", [net.conv(features, 1)])
    scaled = net.op("MUL", [features, mask], options={})
    assert ids(net.done(net.conv(scaled, 3, activation="RELU6"))) == []


def test_squeezed_channels_are_not_told() -> None:
    net = Net()
    features = net.conv(net.input, 8, activation="RELU")
    axes = net.graph.constant("", "INT32", (2,), [1, 2])
    squeezed = net.op("MEAN", [features, axes], (1, 1, 1, 8), {"keep_dims": True})
    gate = net.conv(net.conv(squeezed, 3, (1, 1), "RELU"), 8, (1, 1))
    scaled = net.op("MUL", [features, net.op("LOGISTIC", [gate])], net.shape(features), {})
    assert ids(net.done(net.conv(scaled, 3, activation="RELU6"))) == []


def test_transposed_convolutions_are_told() -> None:
    net = Net()
    shape = net.graph.constant("", "INT32", (4,), [1, 32, 32, 3])
    weights = net.graph.constant("", "FLOAT32", (3, 2, 2, 3), [0.5] * 36)
    large = net.op("TRANSPOSE_CONV", [shape, weights, net.input], (1, 32, 32, 3), {"stride_h": 2, "stride_w": 2})
    found = findings(net.done(net.op("RELU6", [large])))["transposed-convolution"]
    assert found.message == "1 op is a transposed convolution (op 0)"


def nearest(factor: tuple[int, int], channels: int = 3, **options: bool) -> list[str]:
    net = Net(channels)
    height, width = 16 * factor[0], 16 * factor[1]
    size = net.graph.constant("", "INT32", (2,), [height, width])
    return ids(net.done(net.op("RESIZE_NEAREST_NEIGHBOR", [net.input, size], (1, height, width, channels), options)))


def test_nearest_upsampling_is_told_with_its_factor_and_rewrite() -> None:
    net = Net()
    size = net.graph.constant("", "INT32", (2,), [48, 48])
    found = findings(net.done(net.op("RESIZE_NEAREST_NEIGHBOR", [net.input, size], (1, 48, 48, 3), {})))
    assert found["nearest-upsampling"].message == "1 op upsamples ×3 by nearest neighbour (op 0)"
    assert found["nearest-upsampling"].rewrite == "nearest-to-conv"


@pytest.mark.parametrize("factor", [(2, 3), (1, 1)])
def test_resizing_that_copies_no_whole_pixels_is_not_told(factor: tuple[int, int]) -> None:
    assert nearest(factor) == []


def test_nearest_upsampling_by_aligned_corners_is_not_told() -> None:
    assert nearest((2, 2), align_corners=True) == []


def test_a_feature_pyramid_is_not_told() -> None:
    assert nearest((2, 2), channels=128) == []


def test_channels_copied_by_concatenation_are_told() -> None:
    net = Net()
    copied = net.op("CONCATENATION", [net.input] * 9, (1, 16, 16, 27), {"axis": 3})
    found = findings(net.done(net.deep(net.conv(copied, 27, activation="RELU6"), 3)))["copied-channels"]
    assert found.message == "1 CONCATENATION joins one tensor with itself, 9 times (op 0)"


def test_a_concatenation_of_different_tensors_is_not_told() -> None:
    net = Net()
    others = [net.conv(net.input, 8, activation="RELU") for _ in range(4)]
    joined = net.op("CONCATENATION", others, (1, 16, 16, 32), {"axis": 3})
    assert ids(net.done(net.conv(joined, 3, activation="RELU6"))) == []
