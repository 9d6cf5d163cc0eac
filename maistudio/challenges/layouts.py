"""How datasets lie on disk, as data: path patterns with placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from maistudio.challenges.folders import PICTURE_SUFFIXES, suffix_of
from maistudio.errors import UsageError

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")

LONGEST_PATTERN = 400
MOST_IN_A_NAME = 3
"""Placeholders in a file's or folder's name: matching takes longer with each, by a power of the name's length."""

FRAME = "frame"
"""The placeholder whose values make up one scene, in natural order."""
SPLIT = "split"
"""The placeholder that names the part of a dataset: train, val, test."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a dataset lies on disk: path patterns of inputs and ground truths, from the dataset's folder on.

    A placeholder such as ``{scene}`` stands for one or more characters, no slash; the same one stands for the same
    text wherever it occurs, in both patterns. An input and a truth belong together where all placeholders they share
    are equal. All files that differ in ``{frame}`` alone make one scene, otherwise each file is one. Suffixes are
    compared without case, .jpeg as .jpg and .tiff as .tif; a pattern without one takes any picture. ``truth`` is None
    where there is no ground truth. Raises UsageError for patterns that can't be meant so.
    """

    id: str
    title: str
    input: str
    truth: str | None

    def __post_init__(self) -> None:
        for pattern in (self.input, self.truth):
            if pattern is not None:
                _check(pattern)
        if self.truth is not None and not set(placeholders(self.input)) & set(placeholders(self.truth)):
            raise UsageError(f"the patterns {self.input} and {self.truth} share no placeholder such as {{scene}}")

    def tails(self) -> tuple[tuple[str, str | None], ...]:
        """The patterns, and what is left of them without leading folders that say nothing.

        Those are folders that both begin with, whose placeholders come again behind them: chosen or unpacked
        elsewhere, a dataset is the same without them. At least one folder with a fixed part of its name is left.
        """
        tails = [(self.input, self.truth)]
        while True:
            head, _, rest = tails[-1][0].partition("/")
            truth_head, _, truth_rest = (tails[-1][1] or tails[-1][0]).partition("/")
            if head != truth_head or not set(placeholders(head)) <= set(placeholders(rest)) & set(
                placeholders(truth_rest)
            ):
                return tuple(tails)
            if not any(_PLACEHOLDER.sub("", folder) for folder in rest.split("/")[:-1]):
                return tuple(tails)
            tails.append((rest, None if self.truth is None else truth_rest))


def placeholders(pattern: str) -> tuple[str, ...]:
    """The placeholders of a pattern or a part of it, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(pattern)))


def filled(pattern: str, values: Mapping[str, str]) -> str | None:
    """The pattern with all its placeholders replaced by their values; None where one is missing."""
    if any(name not in values for name in placeholders(pattern)):
        return None
    return _PLACEHOLDER.sub(lambda found: values[found[1]], pattern)


def expression(part: str, values: Mapping[str, str]) -> re.Pattern[str]:
    """What matches a name of one part of a pattern, with a group for each placeholder that has no value yet."""
    return _expression(part, tuple((name, values[name]) for name in placeholders(part) if name in values))


@lru_cache(maxsize=4096)
def _expression(part: str, values: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    known, written, seen = dict(values), [], set()
    for index, text in enumerate(_PLACEHOLDER.split(part)):
        if index % 2 == 0 or text in known:
            written.append(re.escape(text if index % 2 == 0 else known[text]))
        else:
            written.append(f"(?P={text})" if text in seen else f"(?P<{text}>.+)")
            seen.add(text)
    return re.compile("".join(written), re.DOTALL)


def _check(pattern: str) -> None:
    parts = pattern.split("/")
    if len(pattern) > LONGEST_PATTERN or not pattern.isprintable():
        raise UsageError(f"a pattern must have at most {LONGEST_PATTERN} characters, none of them control characters")
    if any(len(_PLACEHOLDER.findall(part)) > MOST_IN_A_NAME for part in parts):
        raise UsageError(f"the pattern {pattern} has more than {MOST_IN_A_NAME} placeholders in one name")
    if any(part in ("", ".", "..") or "\\" in part for part in parts):
        raise UsageError(f"the pattern {pattern} must be folders and a file name with a slash between them")
    if any(brace in _PLACEHOLDER.sub("", pattern) for brace in "{}"):
        raise UsageError(f"the pattern {pattern} has braces that are no placeholder such as {{scene}}")
    if not placeholders(parts[-1]):
        raise UsageError(f"the pattern {pattern} must have a placeholder such as {{scene}} in its file name")
    if len(parts) == 1:
        raise UsageError(f"the pattern {pattern} must have a folder before its file name")
    suffix = suffix_of(parts[-1])
    if suffix and suffix not in PICTURE_SUFFIXES:
        raise UsageError(f"the pattern {pattern} must end in a picture's suffix: {', '.join(sorted(PICTURE_SUFFIXES))}")
