"""Models opened for the tests of tables and panels."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from maistudio.gui.document import Document
from maistudio.gui.panels.facts import Group
from maistudio.jobs.open import OpenedModel, open_model
from maistudio.jobs.progress import finish


def opened_bytes(data: bytes) -> OpenedModel:
    """The model in ``data`` with all that is computed from it; nothing stays on disk."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(data)
        return finish(open_model(path))


def opened_document(data: bytes) -> Document:
    """A document of the model in ``data``."""
    return Document(opened_bytes(data))


def fact(groups: Iterable[Group], title: str, label: str) -> str:
    """The value beside the first line of this label in the group of this title."""
    return next(fact.value for group in groups if group.title == title for fact in group.facts if fact.label == label)


def titles(groups: Iterable[Group]) -> list[str]:
    return [group.title for group in groups]
