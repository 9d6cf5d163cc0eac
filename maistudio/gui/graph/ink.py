"""The graph's colours, ready for Qt, with the paler ones of what a selection leaves aside."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtGui import QColor

from maistudio.gui.graph.scene import Role
from maistudio.gui.theme import Palette
from maistudio.tflite.kinds import OpKind

FADED = 0.72
"""How far what is not lit goes towards the canvas."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of one palette. ``fill`` and ``border`` are by role, ``tag`` is both; the ``faded`` ones alike."""

    canvas: QColor
    surface: QColor
    raised: QColor
    text: QColor
    muted: QColor
    faded_text: QColor
    edge: QColor
    faded_edge: QColor
    upstream: QColor
    downstream: QColor
    selection: QColor
    accent: QColor
    weight: QColor
    error: QColor
    line: QColor
    tag: tuple[QColor, QColor]
    faded_tag: tuple[QColor, QColor]
    fill: dict[Role, QColor]
    border: dict[Role, QColor]
    faded_fill: dict[Role, QColor]
    faded_border: dict[Role, QColor]


def ink_of(palette: Palette) -> Ink:
    """The colours of a palette."""
    canvas = QColor(palette.canvas)
    fill: dict[Role, QColor] = {kind: QColor(colours[0]) for kind, colours in palette.kinds.items()}
    border: dict[Role, QColor] = {kind: QColor(colours[1]) for kind, colours in palette.kinds.items()}
    for role, edge in (("input", palette.graph_input), ("output", palette.graph_output), ("group", palette.muted_text)):
        fill[role] = QColor(palette.raised)
        border[role] = QColor(edge)
    return Ink(
        canvas=canvas,
        surface=QColor(palette.surface),
        raised=QColor(palette.raised),
        text=QColor(palette.text),
        muted=QColor(palette.muted_text),
        faded_text=_mixed(QColor(palette.text), canvas, FADED),
        edge=QColor(palette.edge),
        faded_edge=_mixed(QColor(palette.edge), canvas, FADED),
        upstream=QColor(palette.edge_upstream),
        downstream=QColor(palette.edge_downstream),
        selection=QColor(palette.selection),
        accent=QColor(palette.accent),
        weight=QColor(palette.weight),
        error=QColor(palette.error),
        line=QColor(palette.border),
        tag=(fill[OpKind.ACTIVATION], border[OpKind.ACTIVATION]),
        faded_tag=(
            _mixed(fill[OpKind.ACTIVATION], canvas, FADED),
            _mixed(border[OpKind.ACTIVATION], canvas, FADED),
        ),
        fill=fill,
        border=border,
        faded_fill={role: _mixed(colour, canvas, FADED) for role, colour in fill.items()},
        faded_border={role: _mixed(colour, canvas, FADED) for role, colour in border.items()},
    )


def heated(ink: Ink, text: str) -> Ink:
    """The colours for writing in ``text`` on boxes that are shaded: nothing else may stand in its way."""
    colour = QColor(text)
    return replace(ink, text=colour, muted=colour, accent=colour, weight=colour, tag=(QColor(0, 0, 0, 0), colour))


def _mixed(colour: QColor, other: QColor, share: float) -> QColor:
    """``colour`` with ``share`` of ``other`` in it."""
    return QColor(
        round(colour.red() + (other.red() - colour.red()) * share),
        round(colour.green() + (other.green() - colour.green()) * share),
        round(colour.blue() + (other.blue() - colour.blue()) * share),
    )
