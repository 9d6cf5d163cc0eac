"""A whole model as plain values, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from described import PACKED_FILES, build_with_metadata
from hypothesis import given
from hypothesis import strategies as st
from models import ACCEPTED, build_custom, build_outside, build_quantized, read_bytes
from real_models import ReadableModels

from maistudio.errors import ModelFileError
from maistudio.tflite.archive import append_files, read_file
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.flatbuffer import SCALARS
from maistudio.tflite.model import BufferSpan, Model
from maistudio.tflite.schema import Field, tflite_schema
from maistudio.tflite.values_of import values_of
from maistudio.tflite.write import write_model

COMPILED = {"LiteRT__precompiled_mediatek_model.tflite", "LiteRT__simple_add_op_qc_v75_precompiled.tflite"}
"""Files with code for a chip behind the model, which ops find by its place."""
OPTION_TABLES = sorted(
    table
    for union in ("BuiltinOptions", "BuiltinOptions2")
    for table in tflite_schema().unions[union].values()
    if table in tflite_schema().tables
)


def again(data: bytes) -> Model:
    """The model of a file that was taken apart and written again."""
    return read_bytes(values_of(read_bytes(data)).to_bytes())


def content(model: Model, span: BufferSpan) -> object:
    """What a buffer holds, whichever place it has in the file."""
    if span.external:
        return span
    return model.source.read(span.offset, span.size), span.outside_flatbuffer


def parts(model: Model) -> dict[str, Any]:
    """All of a model but the places in its file."""
    graphs = []
    for graph in model.subgraphs:
        raw = [op.custom_options and model.source.read(*op.custom_options) for op in graph.ops]
        graphs.append((replace(graph, ops=tuple(replace(op, custom_options=None) for op in graph.ops)), raw))
    return {
        "version": model.schema_version,
        "description": model.description,
        "graphs": graphs,
        "buffers": [content(model, span) for span in model.buffers],
        "signatures": model.signatures,
        "entries": model.metadata_entries,
        "metadata": model.metadata,
        "files": model.associated_files,
        "faults": len(model.problems),
    }


@pytest.mark.parametrize("folder", ["delegate-cases", "challenge", "hard"])
def test_every_real_model_reads_the_same_after_it_was_written_again(
    folder: str, readable_models: ReadableModels
) -> None:
    different = [
        path.name
        for path, model in readable_models(folder)
        # Numbers that are none equal no others, so texts are compared.
        if path.name not in COMPILED and repr(parts(again(path.read_bytes()))) != repr(parts(model))
    ]

    assert different == []


@pytest.mark.parametrize("build", ACCEPTED.values(), ids=ACCEPTED)
def test_every_built_model_reads_the_same_after_it_was_written_again(build: Callable[[], bytes]) -> None:
    assert parts(again(build())) == parts(read_bytes(build()))


@pytest.mark.parametrize("name", sorted(COMPILED))
def test_a_file_with_code_for_a_chip_behind_it_is_refused(name: str, real_file: Callable[[str], Path]) -> None:
    with pytest.raises(ModelFileError, match="belong to no part of the model"):
        again(real_file(f"hard/{name}").read_bytes())


def test_bytes_behind_the_flatbuffer_stay_behind_it() -> None:
    model = again(build_outside())

    assert [(span.size, span.offset % 16) for span in model.buffers if span.outside_flatbuffer] == [(16, 0)]


def test_options_behind_the_flatbuffer_are_carried_over() -> None:
    data = build_custom(b"some options", outside=True)

    (op,) = again(data).subgraphs[0].ops
    assert op.custom_options is not None
    assert again(data).source.read(*op.custom_options) == b"some options"


def resized(data: bytes, larger: bool) -> bytes:
    """The file with more text in it, or with less: a buffer emptied."""
    whole = values_of(read_bytes(data))
    if larger:
        whole.values["description"] = "long" * 1000
    else:
        whole.values["buffers"][-1] = {}
    return whole.to_bytes()


@pytest.mark.parametrize("larger", [True, False], ids=["grown", "shrunk"])
def test_packed_files_can_be_read_after_the_model_changed_its_size(larger: bool) -> None:
    model = read_bytes(resized(build_with_metadata(), larger))

    assert {name: read_file(model.source, name) for name in PACKED_FILES} == PACKED_FILES


@pytest.mark.parametrize("larger", [True, False], ids=["grown", "shrunk"])
def test_the_zip_never_begins_before_the_place_its_directory_counts_from(larger: bool) -> None:
    data = build_with_metadata()

    assert resized(data, larger).index(b"PK\x03\x04") >= data.index(b"PK\x03\x04")


def test_a_damaged_zip_is_refused() -> None:
    data = bytearray(append_files(build_quantized(), {"labels.txt": b"cat"}))
    data[data.index(b"PK\x01\x02")] = 0

    with pytest.raises(ModelFileError, match="zip"):
        again(bytes(data))


def test_a_field_newer_than_the_schema_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_model({"version": 3, "subgraphs": [{"name": "main", "debug_metadata_index": 7}]})
    schema = tflite_schema()
    older = {**schema.tables, "SubGraph": schema.tables["SubGraph"][:-1]}
    monkeypatch.setattr("maistudio.tflite.values_of.tflite_schema", lambda: replace(schema, tables=older))

    with pytest.raises(ModelFileError, match="newer than this program"):
        again(data)


def test_bytes_that_belong_to_nothing_are_refused() -> None:
    with pytest.raises(ModelFileError, match="belong to no part of the model"):
        again(build_quantized() + b"x" * 5000)


def test_a_field_left_out_stays_left_out() -> None:
    whole = values_of(read_bytes(write_model({"version": 3, "subgraphs": [{"tensors": [{"name": "x"}]}]})))

    assert whole.values["subgraphs"] == [{"tensors": [{"name": "x"}]}]


def test_a_number_without_a_word_stays_a_number() -> None:
    draft = ModelDraft()
    draft.subgraph().tensor("x", 120, (1,))

    assert values_of(read_bytes(draft.to_bytes())).values["subgraphs"][0]["tensors"][0]["type"] == 120


def test_a_name_that_is_no_text_stays_as_it_is() -> None:
    draft = ModelDraft()
    draft.subgraph().tensor(b"\xff\xfe", "FLOAT32", (1,))

    assert values_of(read_bytes(draft.to_bytes())).values["subgraphs"][0]["tensors"][0]["name"] == b"\xff\xfe"


def scalars(kind: str) -> st.SearchStrategy[Any]:
    if kind == "bool":
        return st.booleans()
    if kind.startswith("float"):
        return st.floats(width=32 if kind == "float32" else 64, allow_nan=False)
    bits = 8 * SCALARS[kind].size
    return st.integers(0, 2**bits - 1) if kind.startswith("u") else st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def field_values(field: Field) -> st.SearchStrategy[Any]:
    element = field.type.strip("[]")
    if element not in SCALARS:
        texts = st.text(max_size=4)
        return texts if field.type == "string" else st.lists(texts, max_size=3)
    if field.type == "[uint8]":
        return st.binary(max_size=8)
    one = st.sampled_from(sorted(field.words.values())) if field.words else scalars(element)
    return st.lists(scalars(element), max_size=4) if field.type.startswith("[") else one


@st.composite
def options(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """Any option table with some of its plain fields set, and the union it stands in."""
    table = draw(st.sampled_from(OPTION_TABLES))
    fields = [field for field in tflite_schema().tables[table] if field.type.strip("[]") in {*SCALARS, "string"}]
    chosen = draw(st.lists(st.sampled_from(fields), unique_by=lambda field: field.slot)) if fields else []
    second = table in tflite_schema().unions["BuiltinOptions2"].values()
    return (
        "builtin_options_2" if second else "builtin_options",
        table,
        {field.name: draw(field_values(field)) for field in chosen},
    )


@given(options())
def test_the_options_of_every_op_come_back_as_they_were(given_options: tuple[str, str, dict[str, Any]]) -> None:
    place, table, values = given_options
    operator = {"opcode_index": 0, "inputs": [0], "outputs": [0], place: (table, values)}
    graph = {"tensors": [{"name": "x", "shape": [1]}], "operators": [operator]}
    data = write_model({"version": 3, "operator_codes": [{"builtin_code": "ADD"}], "subgraphs": [graph]})

    assert values_of(read_bytes(data)).values["subgraphs"] == [graph]
