"""Every real file of the shared model folder opens as its manifest says, or fails as written down here."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from maistudio.errors import ModelFileError
from maistudio.tflite.read import read_model

REFUSED = {
    "LiteRT__test_model_broken.tflite": "no 'TFL3' at byte 4",
    "LiteRT__invalid_model.tflite": "no 'TFL3' at byte 4",
    "ML-zoo__lfs_pointer__ad_large_int8.tflite": "git lfs pull",
    "synth__bitrot.tflite": "cut off or damaged",
    "synth__html_page.tflite": "web page",
    "synth__root_offset_huge.tflite": "cut off or damaged",
    "synth__truncated_half.tflite": "cut off or damaged",
    "synth__wrong_identifier.tflite": "'TFL9', not 'TFL3'",
}
"""Files that cannot be read, and words of the sentence that refuses them."""

FAULTS = {
    "LiteRT__0_subgraphs.tflite": "no subgraph",
    "LiteRT__lstm_quantized2.tflite": "negative dimension",
    "LiteRT__topo_sort_fork_violation.tflite": None,
    "synth__bad_graph_input.tflite": "tensor 42 does not exist",
    "synth__cyclic_graph.tflite": "cycle",
    "synth__odd_names.tflite": "not valid UTF-8",
    "synth__overflow_dims.tflite": "more elements than any runtime",
    "synth__unknown_builtin_9999.tflite": "builtin op 9999",
    "synth__unknown_tensor_type.tflite": "tensor type 120",
}
"""Files that open with these words among their problems; None for files that look odd but are sound."""

OPS_BEYOND_THE_MANIFEST = {"synth__bad_graph_input.tflite": 2}
"""Op counts the manifest leaves empty because the schema's own classes could not read the file."""


def manifest_rows(models: Path) -> list[tuple[Path, dict[str, str]]]:
    rows = []
    for manifest in sorted(models.glob("*/manifest.csv")):
        with manifest.open(newline="") as file:
            rows += [(manifest.parent / row["file"], row) for row in csv.DictReader(file)]
    return rows


def test_every_file_that_is_not_refused_has_the_op_count_of_its_manifest(models_folder: Path) -> None:
    wrong = {}
    for path, row in manifest_rows(models_folder):
        if path.name not in REFUSED:
            expected = int(row["ops"] or OPS_BEYOND_THE_MANIFEST[path.name])
            found = read_model(path).op_count
            if found != expected:
                wrong[path.name] = (found, expected)
    assert wrong == {}


def test_files_that_litert_allocates_open_without_faults(models_folder: Path) -> None:
    faulty = {
        path.name: read_model(path).problems
        for path, row in manifest_rows(models_folder)
        if row.get("interpreter", "ok") == "ok" and read_model(path).problems
    }
    assert faulty == {}


@pytest.mark.parametrize(("name", "words"), REFUSED.items())
def test_unreadable_files_are_refused_in_one_sentence(models_folder: Path, name: str, words: str) -> None:
    path = models_folder / "hard" / name
    with pytest.raises(ModelFileError) as refusal:
        read_model(path)
    sentence = str(refusal.value)
    assert words in sentence
    assert sentence.startswith(str(path))
    assert "\n" not in sentence


@pytest.mark.parametrize(("name", "words"), FAULTS.items())
def test_damaged_files_open_with_their_faults_listed(models_folder: Path, name: str, words: str | None) -> None:
    problems = read_model(models_folder / "hard" / name).problems
    if words is None:
        assert problems == ()
    else:
        assert any(words in problem.what for problem in problems)


def test_every_file_litert_does_not_allocate_has_an_expectation(models_folder: Path) -> None:
    """A custom or Flex op, or a form this interpreter can't run, is no fault of the file: such files open clean."""
    unexpected = {}
    for path, row in manifest_rows(models_folder):
        if row.get("interpreter", "ok") != "ok" and path.name not in REFUSED and path.name not in FAULTS:
            problems = read_model(path).problems
            if problems:
                unexpected[path.name] = problems
    assert unexpected == {}


def test_input_and_output_names_match_the_manifest(models_folder: Path) -> None:
    wrong = []
    for path, row in manifest_rows(models_folder):
        if path.name in REFUSED or not row.get("inputs"):
            continue
        model = read_model(path)
        assert model.main is not None
        first = row["inputs"].split(";")[0].split(" [")[0].strip()
        tensors = [model.main.tensors[index].name for index in model.main.inputs]
        if tensors and first and not first.startswith("[") and tensors[0] != first:
            wrong.append((path.name, tensors[0], first))
    assert wrong == []
