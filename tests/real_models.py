"""The folder of real models: which of its files can be read, and what its manifests say of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from maistudio.tflite.model import Model
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

ReadableModels = Callable[[str], Iterator[tuple[Path, Model]]]
ManifestRow = tuple[Path, Mapping[str, str]]
"""A file and what its folder's manifest says of it, by column."""


def read_models(models: Path, folder: str) -> Iterator[tuple[Path, Model]]:
    """Each model of ``folder``, or of all folders for "*", that is not known to be refused.

    Raises ModelFileError for another that can't be read, AssertionError where there are none.
    """
    paths = [path for path in sorted(models.glob(f"{folder}/*.tflite")) if path.name not in REFUSED]
    assert paths, f"no models in {models / folder}"
    for path in paths:
        yield path, read_model(path)


def rows_of_manifests(models: Path) -> list[ManifestRow]:
    """What the manifests of all folders say, be the files there or not."""
    rows: list[ManifestRow] = []
    for manifest in sorted(models.glob("*/manifest.csv")):
        with manifest.open(newline="", encoding="utf-8") as file:
            rows += [(manifest.parent / row["file"], row) for row in csv.DictReader(file)]
    assert rows, f"no manifest.csv in the folders of {models}"
    return rows
