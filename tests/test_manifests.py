"""Every real file of the shared model folder opens as its manifest says, or fails as written down here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from real_models import REFUSED, ManifestRow, rows_of_manifests

from maistudio.errors import ModelFileError
from maistudio.tflite.model import Subgraph
from maistudio.tflite.read import read_model

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


def test_every_file_of_the_manifests_is_there(models_folder: Path) -> None:
    missing = [str(path) for path, _ in rows_of_manifests(models_folder) if not path.is_file()]
    assert not missing, "\n".join(missing)


def test_every_file_that_is_not_refused_has_the_op_count_of_its_manifest(manifest_rows: Sequence[ManifestRow]) -> None:
    wrong = {}
    for path, row in manifest_rows:
        if path.name not in REFUSED:
            expected = int(row["ops"] or OPS_BEYOND_THE_MANIFEST[path.name])
            found = read_model(path).op_count
            if found != expected:
                wrong[path.name] = (found, expected)
    assert wrong == {}


def test_files_that_litert_allocates_open_without_faults(manifest_rows: Sequence[ManifestRow]) -> None:
    faulty = {
        path.name: problems
        for path, row in manifest_rows
        if row.get("interpreter", "ok") == "ok" and (problems := read_model(path).problems)
    }
    assert faulty == {}


@pytest.mark.parametrize(("name", "words"), REFUSED.items())
def test_unreadable_files_are_refused_in_one_sentence(real_file: Callable[[str], Path], name: str, words: str) -> None:
    path = real_file(f"hard/{name}")
    with pytest.raises(ModelFileError) as refusal:
        read_model(path)
    sentence = str(refusal.value)
    assert words in sentence
    assert sentence.startswith(str(path))
    assert "\n" not in sentence


@pytest.mark.parametrize(("name", "words"), FAULTS.items())
def test_damaged_files_open_with_their_faults_listed(
    real_file: Callable[[str], Path], name: str, words: str | None
) -> None:
    problems = read_model(real_file(f"hard/{name}")).problems
    if words is None:
        assert problems == ()
    else:
        assert any(words in problem.what for problem in problems)


def test_every_file_litert_does_not_allocate_has_an_expectation(manifest_rows: Sequence[ManifestRow]) -> None:
    """A custom or Flex op, or a form this interpreter can't run, is no fault of the file: such files open clean."""
    unexpected = {}
    for path, row in manifest_rows:
        if row.get("interpreter", "ok") != "ok" and path.name not in REFUSED and path.name not in FAULTS:
            problems = read_model(path).problems
            if problems:
                unexpected[path.name] = problems
    assert unexpected == {}


def side_of(graph: Subgraph, side: str) -> list[str]:
    """The inputs or outputs as the manifests write them: "name [1, -1, -1, 3] UINT8"."""
    tensors = [graph.tensors[index] for index in getattr(graph, side)]
    return [f"{it.name} {list(it.shape_signature or it.shape)} {it.type}".strip() for it in tensors]


def test_inputs_and_outputs_are_those_of_the_manifest(manifest_rows: Sequence[ManifestRow]) -> None:
    wrong = []
    for path, row in manifest_rows:
        # Of damaged files the schema's own classes made something else, or nothing.
        if path.name in REFUSED or path.name in FAULTS or "inputs" not in row:
            continue
        graph = read_model(path).subgraphs[0]
        for side in ("inputs", "outputs"):
            expected, _, left_out = re.sub(r" q=\[[^]]*\]", "", row[side]).partition(" ...(")
            found = side_of(graph, side)
            if left_out:
                assert f"{len(found)})" == left_out
                found = found[:6]
            if "; ".join(found) != expected.strip():
                wrong.append((path.name, side, found, expected))
    assert wrong == []
