"""Where long words may break over two lines: paths, names of tensors, source lines."""

from __future__ import annotations

import re

BREAK = "\u200b"
"""A place to break that nobody sees."""
LONG = 18
"""Words of up to so many characters stay whole."""
STRETCH = 24
"""The most characters without a place to break: about as many fit into the inspector."""

_WORD = re.compile(rf"\S{{{LONG + 1},}}")
_AFTER_SIGNS = re.compile(r"([/_.;:=-])(?=[^\W\d_]{3})")
_STRETCHES = re.compile(rf"([^{BREAK}]{{{STRETCH}}})(?=[^{BREAK}]{{4}})")


def breakable(text: str) -> str:
    """``text`` with places to break in its long words: before parts of paths and names, else in long stretches."""
    return _WORD.sub(lambda word: _STRETCHES.sub(rf"\1{BREAK}", _AFTER_SIGNS.sub(rf"\1{BREAK}", word[0])), text)


def unbroken(text: str) -> str:
    """What ``breakable`` was given."""
    return text.replace(BREAK, "")
