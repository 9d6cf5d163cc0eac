"""Text made fit for a tooltip."""

from __future__ import annotations

from html import escape

from maistudio.tflite.text import clean, lines_of

WIDTH = 90
LINES = 24


def tip_text(text: str) -> str:
    """A tooltip that shows ``text`` as it is, broken so that names without spaces stay on the screen."""
    lines = [line for part in text.split("\n") for line in lines_of(clean(part), WIDTH, LINES)]
    return "<br>".join(escape(line) for line in lines[: LINES + 1])
