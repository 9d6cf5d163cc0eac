"""Model metadata as this program reads it, and as tflite-support does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from described import METADATA_VALUES, PACKED_FILES, build_with_metadata
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.environment import OracleUnavailable, oracle_python
from real_models import ReadableModels

from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.flatbuffer import CorruptField
from maistudio.tflite.metadata import read_metadata
from maistudio.tflite.model import ModelMetadata, TensorMetadata
from maistudio.tflite.read import read_model
from maistudio.tflite.write import write_metadata

Values = Mapping[str, Any]


def tensor_with(**values: Any) -> TensorMetadata:
    """The metadata of a model's one input with these values."""
    data = write_metadata({"subgraph_metadata": [{"input_tensor_metadata": [values]}]})
    return read_metadata(data).inputs[0]


def content_of(kind: str, **values: Any) -> str:
    return tensor_with(content={"content_properties": (kind, values)}).content


def unit(kind: str, **values: Any) -> str:
    return tensor_with(process_units=[{"options": (kind, values)}]).process_units[0]


DESCRIBED = read_metadata(write_metadata(METADATA_VALUES))


@pytest.mark.parametrize("field", ["name", "description", "version", "author", "license", "min_parser_version"])
def test_the_texts_of_a_model_are_read(field: str) -> None:
    assert getattr(DESCRIBED, field) == METADATA_VALUES[field]


def test_an_input_has_its_normalisation_and_range() -> None:
    (image,) = DESCRIBED.inputs
    assert (image.normalization_mean, image.normalization_std) == ((127.5,), (127.5,))
    assert (image.minimum, image.maximum) == ((0.0,), (255.0,))


def test_an_output_names_its_files() -> None:
    assert DESCRIBED.outputs[0].associated_files == ("labels.txt",)


def test_files_of_model_and_tensors_are_gathered() -> None:
    files = [(file.name, file.type, file.description) for file in DESCRIBED.associated_files]
    assert files == [("notes.txt", "descriptions", ""), ("labels.txt", "tensor axis labels", "What it may show")]


def test_files_of_subgraphs_and_process_units_are_gathered() -> None:
    tokenizer = {"options": ("BertTokenizerOptions", {"vocab_file": [{"name": "vocab.txt", "type": "VOCABULARY"}]})}
    graph = {"associated_files": [{"name": "graph.txt"}], "input_process_units": [tokenizer]}
    files = read_metadata(write_metadata({"subgraph_metadata": [graph]})).associated_files
    assert [(file.name, file.type) for file in files] == [("graph.txt", ""), ("vocab.txt", "vocabulary")]


def test_a_file_named_twice_is_gathered_once() -> None:
    files = [{"name": "a.txt", "description": "first"}, {"name": "a.txt", "description": "second"}]
    read = read_metadata(write_metadata({"associated_files": files})).associated_files
    assert [(file.name, file.description) for file in read] == [("a.txt", "first")]


def test_only_the_first_subgraph_gives_inputs() -> None:
    graphs = [{"input_tensor_metadata": [{"name": name}]} for name in ("first", "second")]
    assert [tensor.name for tensor in read_metadata(write_metadata({"subgraph_metadata": graphs})).inputs] == ["first"]


def test_metadata_that_says_nothing_is_empty() -> None:
    assert read_metadata(write_metadata({})) == ModelMetadata()


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("FeatureProperties", {}, "feature"),
        ("ImageProperties", {}, "image"),
        ("ImageProperties", {"color_space": "GRAYSCALE"}, "image greyscale"),
        (
            "ImageProperties",
            {"color_space": "RGB", "default_size": {"width": 640, "height": 360}},
            "image RGB 640×360",
        ),
        ("BoundingBoxProperties", {}, "bounding boxes, ratio"),
        (
            "BoundingBoxProperties",
            {"type": "UPPER_LEFT", "coordinate_type": "PIXEL", "index": [1, 0, 3, 2]},
            "bounding boxes, upper left, pixel, order 1 0 3 2",
        ),
        ("AudioProperties", {"sample_rate": 16_000, "channels": 1}, "audio, 1 channel at 16,000 Hz"),
        ("AudioProperties", {"sample_rate": 44_100, "channels": 2}, "audio, 2 channels at 44,100 Hz"),
    ],
)
def test_content_is_put_in_words(kind: str, values: dict[str, Any], words: str) -> None:
    assert content_of(kind, **values) == words


@pytest.mark.parametrize(("last", "words"), [(1, "feature, dimension 1"), (2, "feature, dimensions 1 to 2")])
def test_the_dimensions_of_content_are_named(last: int, words: str) -> None:
    content: Values = {"content_properties": ("FeatureProperties", {}), "range": {"min": 1, "max": last}}
    assert tensor_with(content=content).content == words


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("NormalizationOptions", {"mean": [0.5, 0.25], "std": [1.0]}, "normalisation: mean 0.5 0.25, std 1"),
        (
            "ScoreCalibrationOptions",
            {"score_transformation": "INVERSE_LOGISTIC", "default_score": 0.2},
            "score calibration: inverse logistic, default score 0.2",
        ),
        ("ScoreThresholdingOptions", {"global_score_threshold": 0.5}, "score threshold: 0.5"),
        ("BertTokenizerOptions", {}, "BERT tokenizer"),
        (
            "SentencePieceTokenizerOptions",
            {"sentencePiece_model": [{"name": "sp.model"}], "vocab_file": [{"name": "v.txt"}]},
            "SentencePiece tokenizer: sp.model, v.txt",
        ),
        (
            "RegexTokenizerOptions",
            {"delim_regex_pattern": r"\s+", "vocab_file": [{"name": "v.txt"}]},
            r"regular expression tokenizer (\s+): v.txt",
        ),
    ],
)
def test_process_units_are_put_in_words(kind: str, values: dict[str, Any], words: str) -> None:
    assert unit(kind, **values) == words


def test_a_file_type_newer_than_the_schema_is_given_by_number() -> None:
    files = read_metadata(write_metadata({"associated_files": [{"name": "new.bin", "type": 99}]})).associated_files
    assert files[0].type == "99"


def test_content_newer_than_the_schema_is_left_out() -> None:
    content = {"content_properties": ("FeatureProperties", {}), "content_properties_type": 77}
    assert tensor_with(content=content).content == ""


@pytest.mark.parametrize("data", [b"", b"M001", b"\0" * 100, write_metadata({}).replace(b"M001", b"M009")])
def test_bytes_that_are_no_metadata_are_refused(data: bytes) -> None:
    with pytest.raises(CorruptField, match="its identifier is"):
        read_metadata(data)


WHOLE = write_metadata(METADATA_VALUES)


@settings(max_examples=500)
@given(
    changes=st.dictionaries(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), max_size=6),
    length=st.integers(0, len(WHOLE)) | st.just(len(WHOLE)),
)
def test_damaged_metadata_is_read_or_refused(changes: dict[int, int], length: int) -> None:
    damaged = bytearray(WHOLE)
    for place, value in changes.items():
        damaged[place] = value
    with suppress(CorruptField):
        read_metadata(bytes(damaged[:length]))


# tflite-support's own reader

RICH = {
    "name": "Everything",
    "author": "Ünïcode 名",
    "associated_files": [{"name": "a.txt", "type": "DESCRIPTIONS", "locale": "en", "version": "3"}],
    "subgraph_metadata": [
        {
            "name": "main",
            "input_tensor_metadata": [
                {
                    "name": "sound",
                    "dimension_names": ["batch", "samples"],
                    "content": {
                        "content_properties": ("AudioProperties", {"sample_rate": 16_000, "channels": 1}),
                        "range": {"min": 1, "max": 2},
                    },
                },
                {
                    "name": "words",
                    "process_units": [
                        {
                            "options": (
                                "RegexTokenizerOptions",
                                {
                                    "delim_regex_pattern": r"\W+",
                                    "vocab_file": [{"name": "v.txt", "type": "VOCABULARY"}],
                                },
                            )
                        },
                        {"options": ("NormalizationOptions", {"mean": [0.5, 1.5, 2.5], "std": [2.0, 3.0, 4.0]})},
                    ],
                },
            ],
            "output_tensor_metadata": [
                {
                    "name": "boxes",
                    "content": {
                        "content_properties": (
                            "BoundingBoxProperties",
                            {"index": [1, 0, 3, 2], "type": "CENTER", "coordinate_type": "PIXEL"},
                        )
                    },
                    "process_units": [
                        {
                            "options": (
                                "ScoreCalibrationOptions",
                                {"score_transformation": "LOG", "default_score": 0.25},
                            )
                        },
                        {"options": ("ScoreThresholdingOptions", {"global_score_threshold": 0.5})},
                    ],
                    "stats": {"max": [1.0, 2.0], "min": [-1.0, -2.0]},
                }
            ],
            "input_process_units": [
                {"options": ("SentencePieceTokenizerOptions", {"sentencePiece_model": [{"name": "sp.model"}]})}
            ],
        }
    ],
}


def oracle_reads(paths: list[Path]) -> list[dict[str, Any]]:
    """What tflite-support says of models; skips with the reason where it can't be had."""
    try:
        python = oracle_python("tflite-support", ("tflite-support==0.4.4", "libusb-package"), newest=(3, 11))
    except OracleUnavailable as reason:
        pytest.skip(f"tflite-support can't be had: {reason}")
    script = Path(__file__).parent / "oracles" / "print_metadata.py"
    command = [str(python), str(script), *map(str, paths)]
    child = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if child.returncode:
        pytest.skip(f"tflite-support doesn't run here: {child.stderr.strip().splitlines()[-1:]}")
    return [json.loads(line) for line in child.stdout.splitlines()]


def as_json(values: Any) -> Any:
    """Writer's values as tflite-support prints them: a union's table beside its type."""
    if isinstance(values, list):
        return [as_json(value) for value in values]
    if not isinstance(values, dict):
        return values
    printed: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, tuple):
            printed |= {f"{name}_type": value[0], name: as_json(value[1])}
        else:
            printed[name] = as_json(value)
    return printed


def assert_read_alike(ours: ModelMetadata, theirs: Values) -> None:
    for field in ("name", "description", "version", "author", "license", "min_parser_version"):
        assert getattr(ours, field) == theirs.get(field, "")
    graph: Values = next(iter(theirs.get("subgraph_metadata", [])), {})
    for side in ("input", "output"):
        tensors = graph.get(f"{side}_tensor_metadata", [])
        assert [expected_tensor(tensor) for tensor in tensors] == [
            (
                tensor.name, tensor.description, tensor.content.split(",")[0].split(" ")[0], tensor.normalization_mean,
                tensor.normalization_std, tensor.minimum, tensor.maximum, len(tensor.process_units),
                tensor.associated_files,
            )
            for tensor in getattr(ours, f"{side}s")
        ]  # fmt: skip
    assert {(file.name, file.description) for file in ours.associated_files} == set(files_in(theirs))


FIRST_WORD = {
    None: "", "ImageProperties": "image", "FeatureProperties": "feature", "BoundingBoxProperties": "bounding",
    "AudioProperties": "audio",
}  # fmt: skip


def expected_tensor(tensor: Values) -> tuple[Any, ...]:
    units = tensor.get("process_units", [])
    normalization: Values = next(
        (entry["options"] for entry in units if entry["options_type"] == "NormalizationOptions"), {}
    )
    stats = tensor.get("stats", {})
    return (
        tensor.get("name", ""),
        tensor.get("description", ""),
        FIRST_WORD[tensor.get("content", {}).get("content_properties_type")],
        tuple(normalization.get("mean", ())),
        tuple(normalization.get("std", ())),
        tuple(stats.get("min", ())),
        tuple(stats.get("max", ())),
        len(units),
        tuple(name for name, _ in files_in(tensor)),
    )


FILE_LISTS = {"associated_files", "vocab_file", "sentencePiece_model"}


def files_in(values: Any) -> Iterator[tuple[str, str]]:
    """Every file named anywhere in printed metadata."""
    if isinstance(values, list):
        for value in values:
            yield from files_in(value)
    elif isinstance(values, dict):
        for name in FILE_LISTS & values.keys():
            yield from ((file["name"], file.get("description", "")) for file in values[name])
        for name in values.keys() - FILE_LISTS:
            yield from files_in(values[name])


def built(folder: Path) -> list[Path]:
    rich = ModelDraft()
    rich.subgraph()
    rich.metadata("TFLITE_METADATA", write_metadata(RICH))
    paths = []
    for name, data in (("described", build_with_metadata()), ("rich", rich.to_bytes())):
        paths.append(folder / f"{name}.tflite")
        paths[-1].write_bytes(data)
    return paths


@pytest.mark.slow
def test_tflite_support_reads_what_this_program_wrote(tmp_path: Path) -> None:
    described, rich = oracle_reads(built(tmp_path))
    assert described["metadata"] == as_json(METADATA_VALUES)
    assert rich["metadata"] == as_json(RICH)
    assert described["files"] == {name: len(data) for name, data in PACKED_FILES.items()}


@pytest.mark.slow
def test_this_program_reads_built_metadata_as_tflite_support_does(tmp_path: Path) -> None:
    paths = built(tmp_path)
    for path, theirs in zip(paths, oracle_reads(paths), strict=True):
        ours = read_model(path).metadata
        assert ours is not None
        assert_read_alike(ours, theirs["metadata"])


@pytest.mark.slow
def test_this_program_reads_real_metadata_as_tflite_support_does(readable_models: ReadableModels) -> None:
    paths = [path for path, model in readable_models("*") if model.metadata is not None]
    assert paths
    for path, theirs in zip(paths, oracle_reads(paths), strict=True):
        model = read_model(path)
        assert model.metadata is not None
        assert_read_alike(model.metadata, theirs["metadata"])
        assert {file.name: file.size for file in model.associated_files} == theirs["files"]
