"""What the reader makes of models, well formed and odd, built in code."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from maistudio.errors import ModelFileError
from maistudio.tflite import read
from maistudio.tflite.draft import GraphDraft, ModelDraft, blockwise, per_channel
from maistudio.tflite.flatbuffer import FlatBuffer
from maistudio.tflite.model import Model, QuantizationKind
from maistudio.tflite.read import read_model
from maistudio.tflite.source import HELD_IN_MEMORY


def read_bytes(folder: Path, data: bytes) -> Model:
    path = folder / "model.tflite"
    path.write_bytes(data)
    return read_model(path)


def read_draft(folder: Path, draft: ModelDraft) -> Model:
    return read_bytes(folder, draft.to_bytes())


def conv_draft() -> tuple[ModelDraft, GraphDraft]:
    draft = ModelDraft("a convolution")
    graph = draft.subgraph("main")
    image = graph.input("image", "FLOAT32", [1, 8, 8, 3], shape_signature=[1, -1, -1, 3])
    weights = graph.constant("weights", "FLOAT32", [4, 3, 3, 3], [0.5] * 108)
    bias = graph.constant("bias", "FLOAT32", [4], [0.0] * 4)
    out = graph.tensor("out", "FLOAT32", [1, 8, 8, 4])
    options = {"padding": "SAME", "stride_w": 1, "stride_h": 1, "fused_activation_function": "RELU"}
    graph.op("CONV_2D", [image, weights, bias], [out], options, version=3)
    graph.output(out)
    return draft, graph


def test_an_op_has_its_type_version_and_options_by_name(tmp_path: Path) -> None:
    draft, _ = conv_draft()
    model = read_draft(tmp_path, draft)
    op = model.subgraphs[0].ops[0]
    assert (op.type, op.version) == ("CONV_2D", 3)
    assert op.options["padding"] == "SAME"
    assert op.options["fused_activation_function"] == "RELU"
    assert op.options["dilation_w_factor"] == 1


def test_tensors_have_shape_signature_and_say_whether_they_are_constant(tmp_path: Path) -> None:
    draft, _ = conv_draft()
    image, weights, *_ = read_draft(tmp_path, draft).subgraphs[0].tensors
    assert (image.shape, image.shape_signature, image.constant) == ((1, 8, 8, 3), (1, -1, -1, 3), False)
    assert (weights.shape, weights.shape_signature, weights.constant) == ((4, 3, 3, 3), None, True)
    assert image.dynamic


def test_a_sound_model_has_no_problems(tmp_path: Path) -> None:
    draft, _ = conv_draft()
    assert read_draft(tmp_path, draft).problems == ()


def test_per_channel_quantization_keeps_scales_zero_points_and_axis(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    index = graph.constant("q", "INT8", [2, 1], [1, 2], quantization=per_channel([0.5, 0.25], axis=0))
    quantization = read_draft(tmp_path, draft).subgraphs[0].tensors[index].quantization
    assert quantization is not None
    assert quantization.kind is QuantizationKind.PER_CHANNEL
    assert (quantization.scales, quantization.zero_points, quantization.axis) == ((0.5, 0.25), (0, 0), 0)


def test_blockwise_quantization_names_its_scale_tensor(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    scales = graph.constant("scales", "FLOAT16", [1, 2], [1.0, 2.0])
    index = graph.constant("q", "INT4", [1, 64], [1] * 64, quantization=blockwise(32, scales))
    quantization = read_draft(tmp_path, draft).subgraphs[0].tensors[index].quantization
    assert quantization is not None
    assert quantization.kind is QuantizationKind.BLOCKWISE
    assert (quantization.block_size, quantization.scales_tensor, quantization.zero_points_tensor) == (32, scales, -1)


def test_custom_ops_are_named_by_their_custom_code(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    graph.custom_op("FlexAddV2", [0], [3], b"\x01\x02")
    op = read_draft(tmp_path, draft).subgraphs[0].ops[1]
    assert (op.type, op.custom, op.flex) == ("FlexAddV2", True, True)
    assert op.custom_options is not None
    assert op.custom_options[1] == 2


def test_control_flow_ops_name_the_subgraphs_they_call(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    condition = graph.input("condition", "BOOL", [])
    for name in ("then", "otherwise"):
        branch = draft.subgraph(name)
        branch.output(branch.input("x", "FLOAT32", [1]))
    result = graph.tensor("result", "FLOAT32", [1])
    graph.op("IF", [condition, 0], [result], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    assert read_draft(tmp_path, draft).subgraphs[0].ops[1].subgraphs == (1, 2)


def test_signatures_map_names_to_tensors_of_their_subgraph(tmp_path: Path) -> None:
    draft, _ = conv_draft()
    draft.signature("serving_default", {"x": 0}, {"y": 3})
    (signature,) = read_draft(tmp_path, draft).signatures
    assert (signature.key, signature.subgraph) == ("serving_default", 0)
    assert (signature.inputs[0].name, signature.inputs[0].tensor) == ("x", 0)


def test_short_metadata_texts_are_shown(tmp_path: Path) -> None:
    draft, _ = conv_draft()
    draft.metadata("min_runtime_version", b"1.14.0\0\0\0")
    (entry,) = read_draft(tmp_path, draft).metadata_entries
    assert (entry.name, entry.text) == ("min_runtime_version", "1.14.0")


def test_buffers_outside_the_flatbuffer_are_found(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    index = graph.constant("far", "UINT8", [4], b"abcd", outside=True)
    model = read_draft(tmp_path, draft)
    span = model.buffers[model.subgraphs[0].tensors[index].buffer]
    assert span.outside_flatbuffer
    assert model.source.read(span.offset, span.size) == b"abcd"


def test_an_omitted_input_stays_in_its_place(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    graph.values["operators"][0]["inputs"] = [0, 1, -1]
    assert read_draft(tmp_path, draft).subgraphs[0].ops[0].inputs == (0, 1, -1)


def test_a_missing_tensor_is_reported_and_becomes_an_omitted_input(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    graph.values["operators"][0]["inputs"] = [0, 1, 99]
    model = read_draft(tmp_path, draft)
    assert model.subgraphs[0].ops[0].inputs == (0, 1, -1)
    assert "tensor 99 does not exist" in model.problems[0].what


def test_an_op_reading_its_own_result_is_reported_as_a_cycle(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    graph.values["operators"][0]["inputs"] = [3, 1, 2]
    assert any("cycle" in problem.what for problem in read_draft(tmp_path, draft).problems)


def test_a_cycle_through_several_ops_names_each_of_them(tmp_path: Path) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    a, b, c = (graph.tensor(name, "FLOAT32", [1]) for name in "abc")
    graph.op("ABS", [c], [a])
    graph.op("NEG", [a], [b])
    graph.op("EXP", [b], [c])
    cyclic = [problem.where for problem in read_draft(tmp_path, draft).problems if "cycle" in problem.what]
    assert cyclic == ["subgraph 0, op 0", "subgraph 0, op 1", "subgraph 0, op 2"]


def test_an_op_that_runs_too_early_is_reported(tmp_path: Path) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    a = graph.input("a", "FLOAT32", [1])
    b, c = (graph.tensor(name, "FLOAT32", [1]) for name in "bc")
    graph.op("NEG", [b], [c])
    graph.op("ABS", [a], [b])
    (problem,) = read_draft(tmp_path, draft).problems
    assert problem.what == "NEG reads tensor 1 before op 1 writes it"


def test_a_buffer_of_the_wrong_size_is_reported(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    graph.constant("short", "FLOAT32", [4], b"1234")
    assert "holds 4 bytes where FLOAT32 [4] takes 16" in read_draft(tmp_path, draft).problems[0].what


def test_a_subgraph_that_calls_itself_is_reported(tmp_path: Path) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    condition = graph.input("c", "BOOL", [])
    out = graph.tensor("o", "BOOL", [])
    graph.op("IF", [condition], [out], {"then_subgraph_index": 0, "else_subgraph_index": 0})
    assert "calls itself" in read_draft(tmp_path, draft).problems[0].what


def test_broken_utf8_names_are_shown_with_replacement_characters(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    graph.tensor(b"\xff\xfe name", "FLOAT32", [1])
    model = read_draft(tmp_path, draft)
    assert model.subgraphs[0].tensors[-1].name == "\ufffd\ufffd name"
    assert "not valid UTF-8" in model.problems[0].what


def test_a_model_with_ten_thousand_faults_lists_few_and_counts_the_rest(tmp_path: Path) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    out = graph.tensor("o", "FLOAT32", [1])
    for _ in range(10_000):
        graph.op("ABS", [77], [out])
    problems = read_draft(tmp_path, draft).problems
    assert len(problems) == 201
    assert "more problems are not listed" in problems[-1].what


def test_a_large_file_is_not_held_in_memory(tmp_path: Path) -> None:
    draft, graph = conv_draft()
    index = graph.constant("big", "UINT8", [HELD_IN_MEMORY + 1], bytes(HELD_IN_MEMORY) + b"\x07")
    model = read_draft(tmp_path, draft)
    span = model.buffers[model.subgraphs[0].tensors[index].buffer]
    assert model.source.held is None
    assert model.source.read(span.offset + span.size - 1, 1) == b"\x07"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (b"\n<!DOCTYPE html><html></html>", "web page"),
        (b"PK\x03\x04" + bytes(40), "zip archive"),
        (b"\x00\x00\x00\x00TFL9" + bytes(40), "'TFL9', not 'TFL3'"),
        (b"\x10\x00\x00\x00TFL3", "cut off or damaged"),
        (b"\xef\xbb\xbf<html></html>", "web page"),
        (b" \n" * 100 + b"<html></html>", "web page"),
        (b"TFL", "only 3 bytes:"),
        (b"T", "only 1 byte:"),
        (b"plain text, nothing else", "no 'TFL3'"),
    ],
)
def test_what_is_no_model_is_refused_with_what_it_is(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ModelFileError, match=words.replace("(", r"\(")):
        read_bytes(tmp_path, content)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no such file"):
        read_model(tmp_path / "absent.tflite")
    with pytest.raises(ModelFileError, match="folder"):
        read_model(tmp_path)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tflite")
    with pytest.raises(ModelFileError, match="pipe"):
        read_model(tmp_path / "pipe.tflite")


def test_a_large_file_cut_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, graph = conv_draft()
    graph.constant("big", "UINT8", [HELD_IN_MEMORY + 1], bytes(HELD_IN_MEMORY + 1))
    path = tmp_path / "model.tflite"
    path.write_bytes(draft.to_bytes())
    read = FlatBuffer.root

    def cut_then_read(buffer: FlatBuffer) -> int:
        os.truncate(path, 100)
        return read(buffer)

    monkeypatch.setattr(FlatBuffer, "root", cut_then_read)
    with pytest.raises(ModelFileError, match="cut while it was read"):
        read_model(path)


def with_length(path: Path, size: int) -> Path:
    """A model's file made ``size`` bytes long without using the disk."""
    draft, _ = conv_draft()
    path.write_bytes(draft.to_bytes())
    try:
        os.truncate(path, size)
    except OSError:
        pytest.skip("no file of this size can be made here")
    return path


def test_a_file_of_terabytes_is_refused_as_too_large(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"at 4\.0 TiB it is too large to be opened as a model: choose another"):
        read_model(with_length(tmp_path / "model.tflite", 4 * 2**40))


@pytest.mark.parametrize("error", [OSError(errno.ENOMEM, "Cannot allocate memory"), MemoryError()])
def test_a_file_that_memory_has_no_room_for_is_refused_as_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def no_room(descriptor: int, size: int) -> None:
        raise error

    monkeypatch.setattr(read, "PagedFile", no_room)
    with pytest.raises(ModelFileError, match="too large to be opened as a model"):
        read_model(with_length(tmp_path / "model.tflite", HELD_IN_MEMORY + 1))
