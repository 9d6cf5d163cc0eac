"""Take out files that are packed behind a model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maistudio.errors import ArchiveError
from maistudio.jobs.progress import Job, Progress
from maistudio.save import save_bytes
from maistudio.tflite.archive import read_file
from maistudio.tflite.model import Model

SHOWN_BYTES = 2 * 2**20
"""Text files up to this size are shown."""


@dataclass(frozen=True, slots=True)
class UnpackedText:
    """A packed file's name and content."""

    name: str
    text: str


def text_of(model: Model, name: str) -> Job[UnpackedText]:
    """A packed file as text.

    Raises ArchiveError where it can't be read, is larger than SHOWN_BYTES or is not UTF-8 text,
    StaleFileError where the model's file changed since it was opened.
    """
    yield Progress("Unpacking")
    content = read_file(model.source, name, SHOWN_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ArchiveError(f"{model.path}: the packed file {name!r} is not text; save it and open it elsewhere")
    return UnpackedText(name, text)


def save_unpacked(model: Model, name: str, path: Path) -> Job[Path]:
    """Write a packed file to ``path``.

    Raises what ``archive.read_file`` raises, and ExportError where ``path`` can't be written.
    """
    yield Progress("Unpacking")
    content = read_file(model.source, name)
    yield Progress("Writing")
    save_bytes(path, content, "the file")
    return path
