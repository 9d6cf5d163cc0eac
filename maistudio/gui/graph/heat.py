"""Boxes shaded by their share of the time: the colours, the share of each box, and the scale that explains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from maistudio.gui.graph.legend import MARGIN, PAD, between, paint_sheet
from maistudio.gui.graph.scene import Chunk, Role, Scene, role_of
from maistudio.gui.profile.words import time_text
from maistudio.gui.theme import Palette
from maistudio.timing.values import OpProfile, OpTime

LEVELS = 32
VIRIDIS = ("#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725")
"""Ten even steps of the colour map viridis by Smith and van der Walt (matplotlib, CC0)."""
DARK_TEXT, LIGHT_TEXT = "#000000", "#ffffff"
BRIGHT = 0.18
"""Relative luminance from which dark text has more contrast than light: √(1.05 · 0.05) - 0.05."""

SCALE_WIDTH = 160.0
SCALE_HEIGHT = 8.0


@dataclass(frozen=True, slots=True)
class Heat:
    """Levels of one scene: ``levels[box]`` from 0 to LEVELS - 1, None where nothing was timed. ``most`` is a share."""

    levels: tuple[int | None, ...]
    most: float
    colours: tuple[QColor, ...]
    by_op: Mapping[int, list[OpTime]]
    _chunks: dict[int, dict[tuple[Role, int | None], list[QRectF]]] = field(default_factory=dict)

    def chunk(self, scene: Scene, chunk: Chunk) -> dict[tuple[Role, int | None], list[QRectF]]:
        """A chunk's boxes by role and level, put together when first asked for."""
        found = self._chunks.get(chunk.number)
        if found is None:
            found = self._chunks[chunk.number] = {}
            for box in chunk.boxes:
                key = role_of(scene.diagram.boxes[box]), self.levels[box]
                found.setdefault(key, []).append(scene.rects[box])
        return found


def heat_of(scene: Scene, profile: OpProfile, dark: bool) -> Heat:
    """Shade a scene's boxes by what the kernels of their ops took, for a ``dark`` canvas or a light one.

    A kernel that ran several ops counts whole for each of their boxes, and once for a box that holds several of them.
    """
    by_op = kernels_by_op(profile, scene.choice.subgraph)
    shares = [share_of(box.ops, by_op) for box in scene.diagram.boxes]
    most = max((share for share in shares if share is not None), default=0.0)
    top = LEVELS - 1
    levels = tuple(None if share is None else round(top * share / most) if most else 0 for share in shares)
    return Heat(levels, most, colours(dark), by_op)


def kernels_by_op(profile: OpProfile, subgraph: int) -> dict[int, list[OpTime]]:
    """The kernels that ran each op of a subgraph."""
    found: dict[int, list[OpTime]] = {}
    for timed in profile.ops:
        if timed.subgraph == subgraph:
            for index in timed.indices:
                found.setdefault(index, []).append(timed)
    return found


def share_of(ops: Sequence[int], by_op: Mapping[int, list[OpTime]]) -> float | None:
    """The share of the time that went into ``ops``, 0 to 1; None where none of them was timed."""
    kernels = {id(timed): timed for op in ops for timed in by_op.get(op, ())}
    return sum(timed.share for timed in kernels.values()) if kernels else None


def heat_tip(ops: Sequence[int], by_op: Mapping[int, list[OpTime]]) -> str:
    """The time of a box in words: "1.234 ms, 12.3 % of the time, in one kernel with ops 4 and 6"; "" without any."""
    kernels = list({id(timed): timed for op in ops for timed in by_op.get(op, ())}.values())
    if not kernels:
        return "not timed on its own" if ops else ""
    us, share = sum(timed.us for timed in kernels), sum(timed.share for timed in kernels)
    words = f"{time_text(us)}, {100 * share:.1f} % of the time"
    others = [str(index) for index in kernels[0].indices if index not in ops] if len(kernels) == 1 else []
    if others:
        words += f", in one kernel with op{'s' if len(others) > 1 else ''} {', '.join(others)}"
    return words


@cache
def colours(dark: bool) -> tuple[QColor, ...]:
    """The colour of each level. More time stands out more: brighter on a dark canvas, darker on a light one."""
    steps = [QColor(each) for each in (VIRIDIS if dark else VIRIDIS[::-1])]
    made = []
    for level in range(LEVELS):
        at = level * (len(steps) - 1) / (LEVELS - 1)
        low = min(int(at), len(steps) - 2)
        made.append(between(steps[low], steps[low + 1], at - low))
    return tuple(made)


def is_bright(colour: QColor) -> bool:
    """Whether dark text can be read on it better than light."""
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue >= BRIGHT


def _legend_words(timed_by: str) -> tuple[str, ...]:
    return ("Share of the time", "A kernel of several ops shades each of them", *([timed_by] if timed_by else []))


def legend_size(timed_by: str, font: QFont) -> QSizeF:
    """How much of the corner the legend takes, its margin included."""
    metrics, words = QFontMetricsF(font), _legend_words(timed_by)
    width = max(SCALE_WIDTH, *(metrics.horizontalAdvance(each) for each in words))
    height = (1 + len(words)) * metrics.height() + SCALE_HEIGHT + 2 * PAD + 6
    return QSizeF(MARGIN + width + 2 * PAD, height + MARGIN)


def paint_legend(painter: QPainter, heat: Heat, timed_by: str, palette: Palette, font: QFont, height: float) -> None:
    """The scale in the lower left corner of a widget of this height, with the words for the run."""
    metrics = QFontMetricsF(font)
    line = metrics.height()
    words, size = _legend_words(timed_by), legend_size(timed_by, font)
    room = paint_sheet(painter, size, palette, font, height)
    left, top, width = room.left(), room.top(), room.width()
    painter.drawText(QPointF(left, top + metrics.ascent()), words[0])
    painter.drawImage(QRectF(left, top + line + 2, width, SCALE_HEIGHT), _strip(heat.colours))
    painter.setPen(QColor(palette.muted_text))
    ends = QRectF(left, top + line + SCALE_HEIGHT + 4, width, line)
    painter.drawText(ends, int(Qt.AlignmentFlag.AlignLeft), "0 %")
    painter.drawText(ends, int(Qt.AlignmentFlag.AlignRight), f"{100 * heat.most:.1f} %")
    for number, told in enumerate(words[1:]):
        painter.drawText(QPointF(left, ends.bottom() + 2 + number * line + metrics.ascent()), told)


def _strip(shades: Sequence[QColor]) -> QImage:
    image = QImage(LEVELS, 1, QImage.Format.Format_RGB32)
    for level, colour in enumerate(shades):
        image.setPixelColor(level, 0, colour)
    return image
