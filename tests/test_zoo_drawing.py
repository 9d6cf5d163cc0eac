"""The small drawing of a network: its bars, how deep each stands, how large its pictures are, and what it follows."""

from __future__ import annotations

import json
from collections.abc import Sequence

from graph_models import Net
from hypothesis import given
from hypothesis import strategies as st

from maistudio.tflite.model import Subgraph
from maistudio.zoo.built import Built, Measured, as_json, built_from
from maistudio.zoo.drawing import Bar, draw
from maistudio.zoo.forms import Form


def drawn(net: Net) -> tuple[Bar, ...]:
    graph: Subgraph = net.subgraph()
    return draw(graph, tuple(tensor.shape for tensor in graph.tensors))


def picture(side: int, channels: int) -> tuple[int, ...]:
    return (1, side, side, channels)


def conv(net: Net, source: int, side: int, channels: int) -> int:
    return net.op("CONV_2D", [source, net.constant((channels, 3, 3, 3))], shape=picture(side, channels))


def test_convolutions_in_a_row_stand_one_behind_the_other() -> None:
    net = Net()
    last = conv(net, conv(net, net.input(shape=picture(8, 3)), 8, 16), 4, 32)
    net.outputs.append(last)
    assert drawn(net) == (
        Bar("other", 0, 0, 0.0, 3, ()),
        Bar("convolution", 1, 0, 0.0, 16, (0,)),
        Bar("convolution", 2, 0, -1.0, 32, (1,)),
    )


def test_an_enlargement_stands_above_the_input() -> None:
    net = Net()
    features = conv(net, net.input(shape=picture(8, 3)), 8, 48)
    net.outputs.append(net.op("DEPTH_TO_SPACE", [features], shape=picture(32, 3)))
    assert drawn(net)[-1].octaves == 2


def test_what_changes_no_picture_is_left_out() -> None:
    net = Net()
    quantized = net.op("QUANTIZE", [net.input(shape=picture(8, 3))], shape=picture(8, 3))
    activated = net.op("RELU", [conv(net, quantized, 8, 16)], shape=picture(8, 16))
    net.outputs.append(conv(net, activated, 8, 3))
    assert [(bar.column, bar.after) for bar in drawn(net)] == [(0, ()), (1, (0,)), (2, (1,))]


def test_paths_beside_each_other_have_lanes_and_the_sum_follows_both() -> None:
    net = Net()
    image = net.input(shape=picture(8, 3))
    paths = [conv(net, image, 8, 16) for _ in range(2)]
    net.outputs.append(net.op("ADD", paths, shape=picture(8, 16)))
    assert [(bar.column, bar.lane, bar.after) for bar in drawn(net)] == [
        (0, 0, ()),
        (1, 0, (0,)),
        (1, 1, (0,)),
        (2, 0, (1, 2)),
    ]


def test_a_shortcut_leads_past_what_it_skips() -> None:
    net = Net()
    first = conv(net, net.input(shape=picture(8, 3)), 8, 16)
    second = conv(net, first, 8, 16)
    net.outputs.append(net.op("ADD", [first, second], shape=picture(8, 16)))
    assert drawn(net)[-1].after == (1, 2)


def test_adding_the_input_leads_past_all_of_it() -> None:
    net = Net()
    image = net.input(shape=picture(8, 3))
    net.outputs.append(net.op("ADD", [image, conv(net, conv(net, image, 8, 16), 8, 3)], shape=picture(8, 3)))
    assert drawn(net)[-1].after == (0, 2)


def test_adding_a_constant_is_no_bar() -> None:
    net = Net()
    features = conv(net, net.input(shape=picture(8, 3)), 8, 16)
    net.outputs.append(net.op("ADD", [features, net.constant((16,))], shape=picture(8, 16)))
    assert [bar.kind for bar in drawn(net)] == ["other", "convolution"]


def test_a_network_that_takes_no_pictures_has_no_drawing() -> None:
    net = Net()
    net.outputs.append(net.op("FULLY_CONNECTED", [net.input(shape=(1, 10))], shape=(1, 4)))
    assert drawn(net) == ()


@given(sources=st.lists(st.lists(st.integers(0, 100), min_size=1, max_size=3), min_size=1, max_size=12))
def test_bars_stand_behind_what_they_follow_and_none_in_the_place_of_another(sources: Sequence[list[int]]) -> None:
    net = Net()
    made = [net.input(shape=picture(8, 3))]
    for each in sources:
        made.append(net.op("CONCATENATION", [made[place % len(made)] for place in each], shape=picture(8, 3)))
    net.outputs.append(made[-1])
    bars = drawn(net)
    assert len({(bar.column, bar.lane) for bar in bars}) == len(bars) == len(sources) + 1
    assert all(bars[before].column < bar.column for bar in bars for before in bar.after)


def test_what_was_measured_is_read_as_it_was_written() -> None:
    bars = (Bar("convolution", 0, 0, 0.0, 16, ()), Bar("elementwise", 1, 0, 1.58, 3, (0,)))
    measured = Measured("9.9", {"a": Built(Form.INT8, 10, 5, None, 2, bars), "b": Built(Form.FP32, 1, 1, 7, 1)})
    assert built_from(json.loads(as_json(measured))) == measured
