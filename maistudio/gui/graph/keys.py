"""What the keyboard does in the graph, and the help's lines about it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt

from maistudio.gui.graph.walk import Step

Deed = Literal["fit", "in", "out", "open", "close", "clear"]

GRAPH_KEYS: tuple[tuple[str, str], ...] = (
    ("Wheel, pinch", "Zoom at the pointer"),
    ("Drag, two fingers", "Move the graph"),
    ("Click", "Select an op, or a tensor by its line or shape"),
    ("Double click", "Open a group, or the subgraph an op calls"),
    ("↑ ↓", "Go to what feeds the op, or uses it"),
    ("← →", "Go to the branch beside"),
    ("Home, End", "Go to the input, the output"),
    ("Enter", "Open the group or the subgraph"),
    ("Backspace", "Close the group around the op"),
    ("F", "Fit the whole graph"),
    ("+  −", "Zoom in, out"),
    ("Esc", "Select nothing"),
)
"""Keys and mouse of the graph, for the help; ← → go along the flow where it runs from left to right."""

_DEEDS: dict[int, Deed] = {
    Qt.Key.Key_F: "fit",
    Qt.Key.Key_Plus: "in",
    Qt.Key.Key_Equal: "in",
    Qt.Key.Key_Minus: "out",
    Qt.Key.Key_Return: "open",
    Qt.Key.Key_Enter: "open",
    Qt.Key.Key_Backspace: "close",
    Qt.Key.Key_Escape: "clear",
}
_STEPS: dict[int, Step] = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "before",
    Qt.Key.Key_Right: "after",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
}
_TURNED: dict[Step, Step] = {"up": "before", "down": "after", "before": "up", "after": "down"}


def deed_of(key: int) -> Deed | None:
    """What a key does, None for keys that walk or mean nothing."""
    return _DEEDS.get(key)


def step_of(key: int, flat: bool) -> Step | None:
    """The way a key walks, in a flow from left to right when ``flat``."""
    way = _STEPS.get(key)
    return _TURNED.get(way, way) if flat and way is not None else way
