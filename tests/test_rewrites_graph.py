"""A model that is changed op by op, and the file it becomes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from models import ACCEPTED, build_blockwise, build_cyclic, build_index_out_of_range, build_quantized, read_bytes
from rewrite_models import number, rewrite, start, step, types

from maistudio.errors import ModelFileError, UsageError
from maistudio.targets.lint_texts import lint_texts
from maistudio.targets.rewrites.catalogue import REWRITES, rewrite_named
from maistudio.targets.rewrites.editable import EditableModel
from maistudio.tflite.draft import ModelDraft, blockwise
from maistudio.tflite.model import Model


def unread_between(model: ModelDraft) -> bytes:
    """A model with an op that nothing reads, and its constant, in front of the one that is read."""
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    step(graph, "MUL", [source, number(graph, "FLOAT32", 2)], (1, 4), {}, "unread")
    factor = graph.constant("factor", "FLOAT32", (1, 4), [1, 2, 3, 4])
    graph.output(step(graph, "ADD", [source, factor], (1, 4), {}, "out"))
    return model.signature("serving_default", {"x": source}, {"y": graph.values["outputs"][0]}).to_bytes()


def without_unread(data: bytes) -> Model:
    count, _, model = rewrite(data, "remove-unread")
    assert count == 1
    return model


@pytest.mark.parametrize("build", ACCEPTED.values(), ids=ACCEPTED)
def test_an_unchanged_model_stays_what_it_was(build: Callable[[], bytes]) -> None:
    model = read_bytes(build())
    again = read_bytes(EditableModel(model).to_bytes())

    assert (again.subgraphs, again.signatures, len(again.buffers), again.associated_files) == (
        model.subgraphs,
        model.signatures,
        len(model.buffers),
        model.associated_files,
    )


def test_tensors_constants_and_op_codes_go_with_their_last_op() -> None:
    model = without_unread(unread_between(ModelDraft()))
    graph = model.subgraphs[0]

    assert [tensor.name for tensor in graph.tensors] == ["in", "factor", "out"]
    assert [span.size for span in model.buffers] == [0, 16]
    assert types(model) == ["ADD"]


def test_signatures_name_the_same_tensors() -> None:
    model = without_unread(unread_between(ModelDraft()))
    (signature,) = model.signatures
    tensors = model.subgraphs[0].tensors

    assert [tensors[entry.tensor].name for entry in (*signature.inputs, *signature.outputs)] == ["in", "out"]


def test_metadata_keeps_its_bytes() -> None:
    draft = ModelDraft()
    data = unread_between(draft)
    draft.metadata("about", b"something to keep")
    model = without_unread(draft.to_bytes())

    assert data
    assert [entry.text for entry in model.metadata_entries] == ["something to keep"]


def test_a_buffer_that_nothing_named_before_stays() -> None:
    draft = ModelDraft()
    draft.buffer(b"what only a custom op knows of")
    model = without_unread(unread_between(draft))

    assert [span.size for span in model.buffers] == [0, 30, 16]


def test_bytes_outside_of_a_gone_op_go_with_it() -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    heavy = graph.constant("heavy", "FLOAT32", (1, 4), [1, 2, 3, 4], outside=True)
    step(graph, "MUL", [source, heavy], (1, 4), {})
    graph.output(step(graph, "ABS", [source], (1, 4), {}))
    model = without_unread(draft.to_bytes())

    assert [span.outside_flatbuffer for span in model.buffers] == [False]


def test_scales_in_a_tensor_of_their_own_are_followed() -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    source = graph.input("in", "FLOAT32", (1, 32))
    step(graph, "MUL", [source, number(graph, "FLOAT32", 2)], (1, 32), {}, "unread")
    scales = graph.constant("scales", "FLOAT16", (1, 1), [0.5])
    weights = graph.constant("weights", "INT4", (1, 32), [1] * 32, quantization=blockwise(32, scales))
    graph.output(step(graph, "FULLY_CONNECTED", [source, weights, -1], (1, 1), {}, version=12))
    tensors = without_unread(draft.to_bytes()).subgraphs[0].tensors
    (quantized,) = [tensor.quantization for tensor in tensors if tensor.name == "weights"]

    assert quantized is not None
    assert tensors[quantized.scales_tensor].name == "scales"


def test_scales_that_nothing_else_names_stay() -> None:
    model = read_bytes(EditableModel(read_bytes(build_blockwise())).to_bytes())

    assert "scales" in {tensor.name for tensor in model.subgraphs[0].tensors}


def test_a_copy_is_changed_apart() -> None:
    first = EditableModel(read_bytes(unread_between(ModelDraft())))
    rewrite_named("remove-unread").apply(first.copy())

    assert (len(first.graphs[0].nodes), first.steps) == (2, [])


def test_a_rewrite_begins_only_where_it_may() -> None:
    model, graph, source = start("FLOAT32", (1, 8))
    for _ in range(2):
        pieces = [graph.tensor(f"p{len(graph.values['tensors'])}", "FLOAT32", (1, 4)) for _ in range(2)]
        graph.op("SPLIT", [graph.constant("axis", "INT32", (), [1]), source], pieces, {"num_splits": 2})
        graph.output(*pieces)
    editable = EditableModel(read_bytes(model.to_bytes()))
    editable.wanted = {(0, 1)}

    assert rewrite_named("split-to-slices").apply(editable) == 1
    assert types(read_bytes(editable.to_bytes())) == ["SPLIT", "SLICE", "SLICE"]


def test_a_change_names_the_op_by_its_place_in_the_file() -> None:
    data = unread_between(ModelDraft())
    editable = EditableModel(read_bytes(data))
    rewrite_named("remove-unread").apply(editable)
    (change,) = [each.change for each in editable.steps]

    assert (change.rewrite, change.subgraph, change.op, change.type, change.name) == (
        "remove-unread",
        0,
        0,
        "MUL",
        "unread",
    )


def test_a_model_whose_ops_are_ordered_by_index_is_refused() -> None:
    draft = ModelDraft()
    draft.metadata("model_control_dependencies", b"\0\0\0\0")

    with pytest.raises(ModelFileError, match="order of its ops"):
        EditableModel(read_bytes(draft.to_bytes()))


@pytest.mark.parametrize("build", [build_index_out_of_range])
def test_a_model_that_names_what_it_doesn_t_hold_is_refused(build: Callable[[], bytes]) -> None:
    with pytest.raises(ModelFileError, match="doesn't hold"):
        EditableModel(read_bytes(build()))


def test_an_op_without_an_op_code_is_refused() -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    graph.output(step(graph, "ABS", [graph.input("in", "FLOAT32", (1,))], (1,), {}))
    draft.values["operator_codes"] = []

    with pytest.raises(ModelFileError, match="op code"):
        EditableModel(read_bytes(draft.to_bytes()))


@pytest.mark.parametrize("rewrite_id", [known.id for known in REWRITES])
@pytest.mark.parametrize("build", [*ACCEPTED.values(), build_cyclic, build_quantized])
def test_what_has_nothing_of_it_is_left_as_it_is(rewrite_id: str, build: Callable[[], bytes]) -> None:
    data = build()
    count, changed, _ = rewrite(data, rewrite_id)

    assert count or changed == EditableModel(read_bytes(data)).to_bytes()


def test_an_unknown_rewrite_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="choose one of remove-unread, remove-idle"):
        rewrite_named("magic")


def test_every_rewrite_that_advice_names_is_there() -> None:
    assert {text.rewrite for text in lint_texts().values()} - {""} <= {known.id for known in REWRITES}


@pytest.mark.parametrize("folder", ["delegate-cases", "challenge", "hard"])
def test_every_rewrite_leaves_a_file_that_reads_without_new_faults(folder: str, models_folder: Path) -> None:
    worse = []
    for path in sorted((models_folder / folder).glob("*.tflite")):
        try:
            model = read_bytes(path.read_bytes())
            editable = EditableModel(model)
        except ModelFileError:
            continue
        for known in REWRITES:
            trial = editable.copy()
            if known.apply(trial) and len(read_bytes(trial.to_bytes()).problems) > len(model.problems):
                worse.append((path.name, known.id))

    assert worse == []
