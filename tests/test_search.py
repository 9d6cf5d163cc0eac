"""Finding ops and tensors by a few words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from models import build_conv_net, build_dynamic_shape, build_multi_signature, read_bytes

from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.model import Model
from maistudio.tflite.search import Entry, entries_of, filtered, find, label_of, parse


def all_entries(model: Model) -> list[Entry]:
    return [entry for piece in entries_of(model) for entry in piece]


@pytest.fixture(scope="module")
def conv_net():
    return all_entries(read_bytes(build_conv_net()))


def found(entries, text: str) -> list[str]:
    return [label_of(entry) for entry in find(entries, text)]


def test_an_op_is_found_by_its_type_in_any_case(conv_net) -> None:
    assert found(conv_net, "max_POOL")[0] == "MAX_POOL_2D #1"


def test_an_op_is_found_by_its_type_as_the_graph_writes_it(conv_net) -> None:
    assert found(conv_net, "MaxPool2D")[0] == "MAX_POOL_2D #1"


def test_a_tensor_is_found_by_part_of_its_name(conv_net) -> None:
    assert "head/matrix" in found(conv_net, "matrix")


def test_an_op_is_found_by_the_name_of_its_output(conv_net) -> None:
    assert "SOFTMAX #5" in found(conv_net, "probabilities")


def test_all_words_must_match(conv_net) -> None:
    assert found(conv_net, "stem weights") == ["stem/conv/weights"]


def test_a_number_sign_finds_the_op_and_the_tensor_of_that_index(conv_net) -> None:
    assert found(conv_net, "#3") == ["RESHAPE #3", "stem/conv/output"]


@pytest.mark.parametrize(
    ("query", "label"), [("op 3", "RESHAPE #3"), ("tensor 3", "stem/conv/output"), ("Op #3", "RESHAPE #3")]
)
def test_an_index_can_be_asked_for_of_one_kind(conv_net, query: str, label: str) -> None:
    assert found(conv_net, query) == [label]


def test_a_plain_number_finds_its_index_first(conv_net) -> None:
    assert found(conv_net, "2")[0] == "DEPTHWISE_CONV_2D #2"


@pytest.mark.parametrize("query", ["8x8x3", "8×8×3", "1,8,8,3", "1, 8, 8, 3", "1 x 8 x 8 x 3", "(1,8,8,3)"])
def test_a_shape_is_found_however_it_is_written(conv_net, query: str) -> None:
    assert found(conv_net, query) == ["CONV_2D #0", "image"]


@pytest.mark.parametrize("query", ["0x64", "10x6", "shape:0x64", "shape:10x6", "shape:6"])
def test_a_shape_matches_whole_dimensions_only(conv_net, query: str) -> None:
    """The model has 10×64, and no dimension of 0 or 6."""
    assert found(conv_net, query) == []


def test_an_unknown_dimension_is_found_by_a_question_mark() -> None:
    entries = all_entries(read_bytes(build_dynamic_shape()))
    assert any(entry.kind == "tensor" for entry in find(entries, "shape:?"))


def test_an_op_is_found_by_an_option(conv_net) -> None:
    assert found(conv_net, "filter_width=2") == ["MAX_POOL_2D #1"]


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("type:depth", "DEPTHWISE_CONV_2D #2"),
        ("name:head/matrix", "head/matrix"),
        ("shape:64 type:reshape", "RESHAPE #3"),
        ("option:beta", "SOFTMAX #5"),
        ("kind:input", "image"),
    ],
)
def test_a_field_can_be_named(conv_net, query: str, label: str) -> None:
    assert found(conv_net, query) == [label]


@pytest.mark.parametrize("query", ["option:head", "option:softmax", "name:padding", "type:head"])
def test_a_named_field_leaves_out_what_others_hold(conv_net, query: str) -> None:
    assert found(conv_net, query) == []


def test_a_name_with_the_word_after_a_slash_comes_before_one_with_it_inside() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    for name in ("upscale", "block/scale"):
        graph.tensor(name, "FLOAT32", (1,))
    assert found(all_entries(read_bytes(model.to_bytes())), "scale") == ["block/scale", "upscale"]


def test_the_exact_name_comes_before_names_that_begin_with_it(conv_net) -> None:
    assert found(conv_net, "head/bias")[0] == "head/bias"


@pytest.mark.parametrize("query", ["", "   ", "\t"])
def test_a_blank_query_finds_nothing(conv_net, query: str) -> None:
    assert find(conv_net, query) == []


def test_a_blank_filter_keeps_everything(conv_net) -> None:
    assert filtered(conv_net, parse(" ")) == conv_net


def test_every_subgraph_is_searched() -> None:
    entries = all_entries(read_bytes(build_multi_signature()))
    assert {entry.subgraph for entry in find(entries, "kind:op")} == {0, 1}


def test_every_op_and_tensor_has_an_entry(conv_net) -> None:
    model = read_bytes(build_conv_net())
    assert len(conv_net) == sum(len(graph.ops) + len(graph.tensors) for graph in model.subgraphs)


@given(st.text())
def test_any_text_is_a_query(text: str) -> None:
    entries = all_entries(MODEL)
    assert len(find(entries, text)) <= len(entries)


@given(
    st.sampled_from(["conv", "8x8", "#3", "head", "stem", "2", "type:pool", "relu"]), st.sampled_from(["a", "1", "/"])
)
def test_another_word_never_finds_more(first: str, second: str) -> None:
    entries = all_entries(MODEL)
    fewer = {(entry.kind, entry.number) for entry in find(entries, f"{first} {second}")}
    assert fewer <= {(entry.kind, entry.number) for entry in find(entries, first)}


MODEL = read_bytes(build_conv_net())
