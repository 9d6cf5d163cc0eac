"""LiteRT's words become sentences; tensors are named, filled and fitted as people can tell."""

from __future__ import annotations

import errno
import tomllib
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.errors import ModelRunError
from maistudio.resources import resource_path
from maistudio.runtime.arena import PLAIN
from maistudio.runtime.filling import filled
from maistudio.runtime.protocol import STRING, ArrayRef, TensorSpec
from maistudio.runtime.refusals import refusal
from maistudio.runtime.tensor_specs import chosen, fitting, spec_of, unique

WORDS = {
    "its op Double is TensorFlow's own (Flex)": (
        "Select TensorFlow op(s), included in the given model, is(are) not supported by this interpreter. "
        "Node number 0 (FlexDouble) failed to prepare."
    ),
    "it uses TensorFlow's own ops (Flex)": "Select TensorFlow op(s), included in the given model, …",
    "its op Sinh is custom": "Encountered unresolved custom op: Sinh.\nSee instructions: https://…",
    "its op CONV_2D is of version 9": "Didn't find op for builtin opcode 'CONV_2D' version '9'. An older version …",
    "it is no whole .tflite file": "Model has identifier '', should be 'TFL3'. The model is not a valid Fl",
    "it has no subgraph": "No subgraph in the model.\n",
    "XNNPACK can't run it at these shapes": "reshape.\nNode number 1 (TfLiteXNNPackDelegate) failed to invoke.",
    "its op 2 (RESHAPE) failed to prepare": "16 != 1\nNode number 2 (RESHAPE) failed to prepare.",
    "LiteRT gives no reason, most likely it needs more memory": "",
    "its tensor 7 has sizes that multiply to more": "BytesRequired number of elements overflowed.\nTensor 7 is inv",
    "its graph is inconsistent (Tensor 2 is both input 0 and output 0)": (
        "Tensor 2 is both input 0 and output 0\nAllocateTensors() called on inconsistent model"
    ),
    "its op 9999 is unknown": "Op builtin_code out of range: 9999. Are you using old TFLite binary",
    "the data type 120 of a tensor is unknown": "Unsupported data type 120 in tensor",
    "an input or output has a data type that LiteRT can't hand over": "Invalid data-type for array",
}


@pytest.mark.parametrize("sentence", WORDS)
def test_words_that_are_known_become_a_sentence(sentence: str) -> None:
    told = refusal(RuntimeError(WORDS[sentence]))
    assert told.startswith(sentence)
    assert ": " in told


def test_each_known_refusal_has_words_here() -> None:
    table = tomllib.loads(resource_path("runtime/refusals.toml").read_text("utf-8"))
    assert len(table["refusal"]) == len({refusal(RuntimeError(words)) for words in WORDS.values()})


def test_unknown_words_are_told_on_one_line_and_cut() -> None:
    assert refusal(RuntimeError("something\n  new.")) == "LiteRT refuses it: something new"
    assert len(refusal(RuntimeError("x" * 5000))) < 400


def test_the_systems_refusals_are_told_as_such() -> None:
    assert refusal(FileNotFoundError(errno.ENOENT, "No such file or directory", "x")).startswith(
        "it can't be read (No such"
    )
    for short in (MemoryError(), MemoryError("Unable to allocate 8 GiB")):
        assert refusal(short).startswith("it needs more memory than it may take")


def test_a_fault_of_this_program_is_not_put_on_litert() -> None:
    for fault in (KeyError("x"), AttributeError("x"), SyntaxError("x"), AssertionError("x")):
        told = refusal(fault)
        assert "LiteRT" not in told
        assert told.startswith(f"MAI Studio failed over it ({type(fault).__name__}: ")


def spec(name: str = "in", shape: tuple[int, ...] = (2, 3), dtype: str = "float32", scale: float = 0.0) -> TensorSpec:
    return TensorSpec(name, shape, shape, dtype, scale, 0)


@given(st.lists(st.sampled_from(["", "a", "b", "a #0", "a #1", "a #2", "tensor #0", "tensor #1"]), max_size=8))
def test_names_are_told_apart_and_kept_where_they_can_be(names: list[str]) -> None:
    told = unique(names)
    assert len(set(told)) == len(names)
    assert all(told)
    assert all(new == old for new, old in zip(told, names, strict=True) if old and names.count(old) == 1)


@pytest.mark.parametrize("scale", [nan, inf, -inf, -0.5, 0.0])
def test_a_scale_that_can_be_none_is_none(scale: float) -> None:
    detail = {"quantization": (scale, 3), "dtype": np.uint8, "shape": [1], "shape_signature": [-1]}
    assert spec_of("x", detail) == TensorSpec("x", (1,), (-1,), "uint8", 0.0, 0)
    assert spec_of("x", detail | {"quantization": (0.5, 3)}).zero_point == 3


def test_an_unknown_input_is_refused_with_the_known_ones() -> None:
    assert chosen("b", [spec("a"), spec("b")]) == 1
    with pytest.raises(ModelRunError, match="it has no input 'c': its inputs are 'a', 'b'"):
        chosen("c", [spec("a"), spec("b")])
    with pytest.raises(ModelRunError, match="its inputs are none"):
        chosen("c", [])


def test_arrays_find_their_inputs_by_name_in_any_order() -> None:
    specs = [spec("a"), spec("b", (4,))]
    refs = {"b": ArrayRef("float32", (4,), 0, 16), "a": ArrayRef("float32", (2, 3), 0, 24)}
    assert fitting(specs, refs) == {0: refs["a"], 1: refs["b"]}


@pytest.mark.parametrize("dtype", sorted(PLAIN))
@pytest.mark.parametrize("scale", [0.0, 0.5])
def test_inputs_are_filled_the_same_each_time_and_as_their_type_allows(dtype: str, scale: float) -> None:
    wanted = spec(shape=(50, 40), dtype=dtype, scale=scale)
    values = filled(wanted)
    assert (values.dtype.name, values.shape) == (dtype, (50, 40))
    assert np.array_equal(values, filled(wanted))
    if values.dtype.kind == "f":
        assert 0 <= values.min() < 0.05
        assert 0.95 < values.max() <= 1
    elif values.dtype.kind in "iu" and scale:
        span = np.iinfo(values.dtype)
        assert values.min() < span.min * 0.9 + span.max * 0.1
        assert values.max() > span.max * 0.9 + span.min * 0.1
    else:
        assert not values.any()


@pytest.mark.parametrize("dtype", sorted(PLAIN))
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_inputs_are_filled_with_one_value(dtype: str, value: float) -> None:
    values = filled(spec(dtype=dtype), value)
    assert values.dtype.name == dtype
    assert (values == value).all()


@pytest.mark.parametrize("shape", [(), (0,), (2, 2)])
def test_texts_are_filled_with_nothing(shape: tuple[int, ...]) -> None:
    values = filled(spec(dtype=STRING, shape=shape), 1.0)
    assert values.shape == shape
    assert all(text == b"" for text in values.reshape(-1))
