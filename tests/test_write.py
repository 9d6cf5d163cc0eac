"""What the writer writes, seen by the project's reader, by the schema's own classes and by LiteRT."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import models
import pytest
from described import build_with_metadata
from hypothesis import given
from hypothesis import strategies as st
from litert import litert_answers

from maistudio.tflite.draft import ModelDraft, pack_elements, per_channel
from maistudio.tflite.model import BITS_PER_ELEMENT, QuantizationKind
from maistudio.tflite.schema import tflite_schema
from maistudio.tflite.write import write_model

ALLOCATE = """
def answer(path):
    Interpreter(model_path=path).allocate_tensors()
    return "allocated"
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, object]:
    """What LiteRT says to each model."""
    folder = tmp_path_factory.mktemp("accepted")
    paths = {name: folder / f"{name}.tflite" for name in models.ACCEPTED}
    for name, build in models.ACCEPTED.items():
        paths[name].write_bytes(build())
    return dict(zip(paths, litert_answers(ALLOCATE, list(map(str, paths.values()))), strict=True))


@pytest.mark.parametrize("name", models.ACCEPTED)
def test_litert_allocates_every_sound_model(outcomes: Mapping[str, object], name: str) -> None:
    assert outcomes[name] == "allocated"


@pytest.mark.parametrize("name", models.ACCEPTED)
def test_the_reader_finds_no_fault_in_a_sound_model(name: str) -> None:
    assert models.read_bytes(models.ACCEPTED[name]()).problems == ()


def test_the_schemas_own_classes_read_the_same_options() -> None:
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
    data = models.build_conv_net()
    op = schema.ModelT.InitFromPackedBuf(data).subgraphs[0].operators[1]
    assert (op.builtinOptions.padding, op.builtinOptions.strideW, op.builtinOptions.filterHeight) == (0, 2, 2)


def written_by_a_process(hash_seed: int) -> bytes:
    """A model with metadata and packed files, written where sets have an order of their own."""
    code = "import described, sys; sys.stdout.buffer.write(described.build_with_metadata())"
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True).stdout


def test_the_same_values_give_the_same_bytes_in_every_process() -> None:
    assert written_by_a_process(1) == written_by_a_process(2) == build_with_metadata()


def test_buffers_start_at_multiples_of_16_bytes() -> None:
    model = models.read_bytes(models.build_conv_net())
    assert {span.offset % 16 for span in model.buffers if span.size} == {0}


def test_an_op_beyond_the_old_code_field_is_named_by_the_new_one() -> None:
    draft = ModelDraft()
    draft.op_code("GELU")
    code = draft.values["operator_codes"][0]
    assert (code["deprecated_builtin_code"], code["builtin_code"]) == (127, "GELU")


def test_an_op_type_and_version_gets_one_op_code() -> None:
    draft = ModelDraft()
    assert [draft.op_code("ADD"), draft.op_code("ADD", 2), draft.op_code("ADD")] == [0, 1, 0]


def test_options_of_the_second_union_are_written() -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    source, out = graph.input("in", "FLOAT32", (1, 4)), graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("STABLEHLO_CONCATENATE", [source], [out], {"dimension": 1})
    assert models.read_bytes(draft.to_bytes()).subgraphs[0].ops[0].options["dimension"] == 1


def test_custom_options_behind_the_flatbuffer_are_found() -> None:
    model = models.read_bytes(models.build_custom(b"12345", outside=True))
    span = model.subgraphs[0].ops[0].custom_options
    assert span is not None
    assert model.source.read(*span) == b"12345"


def test_a_given_default_is_written_all_the_same() -> None:
    plain, explicit = (write_model(values) for values in ({}, {"version": 0}))
    assert len(explicit) > len(plain)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"subgraph": []}, "Model has no field 'subgraph'"),
        ({"operator_codes": [{"builtin_code": "CONV_9D"}]}, "builtin_code has no word 'CONV_9D'"),
        ({"subgraphs": [{"operators": [{"builtin_options": ("Nope", {})}]}]}, "builtin_options can't be 'Nope'"),
        ({"metadata_buffer": b"12345"}, "5 bytes are no whole number of int32"),
    ],
)
def test_what_the_schema_does_not_have_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write_model(values)


def test_options_for_a_type_without_any_are_refused() -> None:
    graph = ModelDraft().subgraph()
    with pytest.raises(ValueError, match="RELU has no options"):
        graph.op("RELU", [], [], {})


@pytest.mark.parametrize(
    ("element_type", "values", "stored"),
    [
        ("INT4", [1, -1, 7], b"\xf1\x07"),
        ("UINT4", [15, 0], b"\x0f"),
        ("INT2", [1, -1, -2, 0, 1], b"\x2d\x01"),
        ("FLOAT16", [1.0], b"\x00\x3c"),
        ("BFLOAT16", [-2.0], b"\x00\xc0"),
        ("BOOL", [True, False], b"\x01\x00"),
        ("STRING", [b"ab", b""], b"\x02\0\0\0\x10\0\0\0\x12\0\0\0\x12\0\0\0ab"),
    ],
)
def test_elements_are_packed_as_the_runtime_stores_them(element_type: str, values: list[Any], stored: bytes) -> None:
    assert pack_elements(element_type, values) == stored


def test_types_without_a_plain_form_are_not_packed() -> None:
    with pytest.raises(ValueError, match="RESOURCE"):
        pack_elements("RESOURCE", [1])


NAMES = st.text(max_size=20)
SHAPES = st.lists(st.integers(0, 2**31 - 1), max_size=6).map(tuple)


@given(
    name=NAMES,
    element_type=st.sampled_from(sorted(BITS_PER_ELEMENT)),
    shape=SHAPES,
    signature=st.none() | st.lists(st.integers(-1, 9), min_size=1, max_size=6).map(tuple),
    variable=st.booleans(),
)
def test_a_tensor_is_read_as_it_was_written(
    name: str, element_type: str, shape: tuple[int, ...], signature: tuple[int, ...] | None, variable: bool
) -> None:
    draft = ModelDraft()
    draft.subgraph().tensor(name, element_type, shape, shape_signature=signature, is_variable=variable)
    tensor = models.read_bytes(draft.to_bytes()).subgraphs[0].tensors[0]
    assert (tensor.name, tensor.type, tensor.shape) == (name, element_type, shape)
    assert (tensor.shape_signature, tensor.variable) == (signature, variable)


@given(
    scales=st.lists(st.floats(0, 1e6, width=32), min_size=2, max_size=8),
    zero=st.integers(-(2**63), 2**63 - 1),
    axis=st.integers(0, 3),
)
def test_quantization_is_read_as_it_was_written(scales: list[float], zero: int, axis: int) -> None:
    draft = ModelDraft()
    quantization = per_channel(scales, axis, [zero] * len(scales))
    draft.subgraph().tensor("q", "INT8", (len(scales),) * 4, quantization=quantization)
    read = models.read_bytes(draft.to_bytes()).subgraphs[0].tensors[0].quantization
    assert read is not None
    assert (read.kind, read.axis) == (QuantizationKind.PER_CHANNEL, axis)
    assert (read.scales, read.zero_points) == (tuple(scales), (zero,) * len(scales))


INT32 = st.integers(-(2**31), 2**31 - 1)


@given(stride=INT32, dilation=INT32, padding=st.sampled_from(["SAME", "VALID"]), activation=st.sampled_from(
    sorted(tflite_schema().enums["ActivationFunctionType"].values())
))  # fmt: skip
def test_options_are_read_as_they_were_written(stride: int, dilation: int, padding: str, activation: str) -> None:
    written = {
        "stride_w": stride, "dilation_h_factor": dilation, "padding": padding, "fused_activation_function": activation,
    }  # fmt: skip
    draft = ModelDraft()
    draft.subgraph().op("CONV_2D", [], [], written)
    options = models.read_bytes(draft.to_bytes()).subgraphs[0].ops[0].options
    assert {name: options[name] for name in written} == written


@given(ops=st.lists(st.tuples(st.sampled_from(["ADD", "RELU", "MUL"]), st.lists(st.integers(-1, 3), max_size=4),
    st.lists(st.integers(0, 3), max_size=3)), max_size=8))  # fmt: skip
def test_ops_are_read_in_order_with_their_tensors(ops: list[tuple[str, list[int], list[int]]]) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    for name in "abcd":
        graph.tensor(name, "FLOAT32", (1,))
    for op_type, inputs, outputs in ops:
        graph.op(op_type, inputs, outputs)
    read = models.read_bytes(draft.to_bytes()).subgraphs[0].ops
    assert [(op.type, list(op.inputs), list(op.outputs)) for op in read] == ops


@given(buffers=st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.booleans()), max_size=6))
def test_buffers_keep_their_bytes_inside_and_behind_the_flatbuffer(buffers: list[tuple[bytes, bool]]) -> None:
    draft = ModelDraft()
    for data, outside in buffers:
        draft.buffer(data, outside)
    model = models.read_bytes(draft.to_bytes())
    assert [model.source.read(span.offset, span.size) for span in model.buffers[1:]] == [data for data, _ in buffers]


def test_signatures_name_tensors_of_their_subgraph() -> None:
    add, multiply = models.read_bytes(models.build_multi_signature()).signatures
    assert (add.key, add.subgraph, multiply.key, multiply.subgraph) == ("add", 0, "multiply", 1)
    assert [(entry.name, entry.tensor) for entry in (*multiply.inputs, *multiply.outputs)] == [("x", 0), ("y", 2)]


def test_a_model_of_2000_ops_is_written_and_read_whole() -> None:
    assert models.read_bytes(models.build_chain(2000)).op_count == 2000
