"""What a user can be told: one tree of errors, each one sentence with its next step."""

from __future__ import annotations

from pathlib import Path

SENTENCE_LIMIT = 1000
"""Longer sentences are cut in the middle: they quote a path or name that no person wrote."""


class MaiStudioError(Exception):
    """An expected failure. ``str()`` is one sentence: what, where and what to do next.

    What the sentence quotes of files and command lines can't break its line or steer a terminal.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(_bounded(clean(sentence)))


def clean(text: str) -> str:
    """``text`` on one line, with line breaks, control characters and lone surrogates as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _bounded(sentence: str) -> str:
    if len(sentence) <= SENTENCE_LIMIT:
        return sentence
    half = SENTENCE_LIMIT // 2
    return f"{sentence[:half]} … {sentence[-half:]}"


class ModelFileError(MaiStudioError):
    """A model file that cannot be read at all.

    ``path`` is the file; the sentence names it already.
    """

    def __init__(self, path: Path | str, what: str) -> None:
        self.path = Path(path)
        super().__init__(f"{path}: {what}")


class StaleFileError(MaiStudioError):
    """The model's file changed on disk after it was opened, so its weights can no longer be decoded."""


class UsageError(MaiStudioError):
    """A request that makes no sense as given: an unknown option, shape or name."""


class ExportError(MaiStudioError):
    """A file that could not be written."""


class WeightError(MaiStudioError):
    """A constant whose stored bytes cannot be decoded: sizes that don't match, or a form that isn't supported."""


class ArchiveError(MaiStudioError):
    """The zip appended to a model, or a file in it, that cannot be read."""


class PictureError(MaiStudioError):
    """A picture, video or folder of frames that cannot be read as pictures; the sentence names it already."""

    def __init__(self, path: Path | str, what: str) -> None:
        self.path = Path(path)
        super().__init__(f"{path}: {what}")


class MeasureError(MaiStudioError):
    """Pictures that cannot be measured against each other as asked: sizes, channels or ranges that don't fit."""


class FactsFileError(MaiStudioError):
    """A file of facts, of a challenge or a target, that says something wrong or too little.

    ``line`` counts from 1; the sentence names file and line already.
    """

    def __init__(self, path: Path | str, line: int, what: str) -> None:
        self.path = Path(path)
        self.line = line
        self.what = what
        super().__init__(f"{path}, line {line}: {what}")


class DatasetError(MaiStudioError):
    """A folder in which no dataset was recognised, or that cannot be listed."""


class ModelRunError(MaiStudioError):
    """A model that cannot be run as asked, or that died while it ran. ``log`` is what native code printed before."""

    def __init__(self, sentence: str, log: str = "") -> None:
        self.log = log
        super().__init__(sentence)


class RuntimeMissingError(MaiStudioError):
    """LiteRT, or the part of it that was asked for, is not on this machine."""


class LibraryError(MaiStudioError):
    """The library of measured runs that cannot be opened, read or written."""
