"""Boxes coloured by what a target makes of their ops: the verdict of each box, what runs as one, and the legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from maistudio.gui.graph.legend import MARGIN, PAD, between, paint_sheet
from maistudio.gui.graph.scene import Chunk, Role, Scene, role_of
from maistudio.gui.targets.matrix import RUNS, verdict_of
from maistudio.gui.targets.reading import Checked
from maistudio.gui.targets.signs import paint_sign, pale, strong
from maistudio.gui.targets.words import RANK, WORDS, WORST_FIRST, cell_words, in_words
from maistudio.gui.theme import Palette, ThemeName
from maistudio.targets.values import OpReport, Partition, TargetReport, Verdict
from maistudio.tflite.text import clean, plural

HALO = 5.0
"""How far the outline of what runs as one lies around its boxes, in scene pixels."""
TUBE = 4.0
"""Half the width of the outline around its wires."""
LINE = 1.5
SIGN = 13.0
"""Side of a box's sign in widget pixels, where there is room for it."""
LEAST_SIGN = 8.0
RIM = 1
NOTHING = 1_000_000
"""More than any code or partition, for boxes without ops."""
GAP = 6.0
TIP_OPS = 3
"""Ops of a group that its tooltip tells about, those of its worst verdict."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a chunk lies inside of partitions that are taken: boxes, and wires between boxes of one of them."""

    boxes: tuple[QRectF, ...]
    lines: tuple[QLineF, ...]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """One scene on one target. ``codes[box]`` is the worst verdict in it by ``matrix.verdict_of``, -1 without ops.

    ``part[box]`` is the partition that takes all of its ops, -1 for none; ``taken`` how many there are. ``counts`` are
    of the subgraph's ops, by code.
    """

    report: TargetReport
    theme: ThemeName
    codes: tuple[int, ...]
    part: tuple[int, ...]
    counts: Counter[int]
    taken: int
    of_graph: tuple[OpReport, ...]
    signs: dict[tuple[int, int, float], QPixmap] = field(default_factory=dict)
    _chunks: dict[int, dict[tuple[Role, int], list[QRectF]]] = field(default_factory=dict)
    _outlines: dict[int, Outline] = field(default_factory=dict)

    def chunk(self, scene: Scene, chunk: Chunk) -> dict[tuple[Role, int], list[QRectF]]:
        """A chunk's boxes by role and code, put together when first asked for."""
        found = self._chunks.get(chunk.number)
        if found is None:
            found = self._chunks[chunk.number] = {}
            for box in chunk.boxes:
                key = role_of(scene.diagram.boxes[box]), self.codes[box]
                found.setdefault(key, []).append(scene.rects[box])
        return found

    def outline(self, scene: Scene, chunk: Chunk) -> Outline:
        """What is outlined in a chunk, put together when first asked for."""
        found = self._outlines.get(chunk.number)
        if found is None:
            boxes = tuple(scene.rects[box] for box in chunk.boxes if self.part[box] >= 0)
            lines: list[QLineF] = []
            for number in chunk.wires:
                wire = scene.diagram.wires[number]
                part = self.part[wire.source]
                if part >= 0:
                    lines += self._lines(scene, number, part)
            found = self._outlines[chunk.number] = Outline(boxes, tuple(lines))
        return found

    def ops(self, scene: Scene, box: int) -> list[OpReport]:
        """The ops that a box stands for, those drawn with another in its box included."""
        box_of_op = scene.diagram.box_of_op
        return [op for op in self.of_graph if op.index < len(box_of_op) and box_of_op[op.index] == box]

    def _lines(self, scene: Scene, number: int, part: int) -> list[QLineF]:
        """The ways of a wire to boxes of the same partition."""
        targets = scene.diagram.wires[number].targets
        ways = scene.layout.routes[number]
        inside = [way for way, target in zip(ways, targets, strict=False) if self.part[target] == part]
        return [QLineF(*start, *end) for way in inside for start, end in pairwise(way) if start != end]


def verdicts_of(scene: Scene, checked: Checked, target: str, theme: ThemeName) -> Verdicts | None:
    """Colour a scene for a target, None where the model was not checked on it."""
    matrix, subgraph = checked.matrix, scene.choice.subgraph
    column = next((place for place, report in enumerate(checked.reports) if report.target == target), -1)
    if column < 0 or not subgraph < len(matrix.firsts) - 1:
        return None
    report, first, stop = checked.reports[column], matrix.firsts[subgraph], matrix.firsts[subgraph + 1]
    codes = matrix.codes[column][first:stop]
    worst = [NOTHING] * len(scene.rects)
    for code, box in zip(codes, scene.diagram.box_of_op, strict=False):
        if box >= 0 and code < worst[box]:
            worst[box] = code
    taken = [part for part in report.partitions if part.taken and part.subgraph == subgraph]
    return Verdicts(
        report,
        theme,
        tuple(-1 if code == NOTHING else code for code in worst),
        _parts(taken, scene.diagram.box_of_op, codes, len(scene.rects)),
        Counter(codes),
        len(taken),
        report.ops[first:stop],
    )


def _parts(taken: Sequence[Partition], box_of_op: Sequence[int], codes: bytes, boxes: int) -> tuple[int, ...]:
    """The partition of each box; a folded op that runs and is in none stands in no box's way."""
    of_op = [-1] * len(codes)
    for number, partition in enumerate(taken):
        for op in partition.ops:
            of_op[op] = number
    parts = [NOTHING] * boxes
    for code, part, box in zip(codes, of_op, box_of_op, strict=False):
        if box >= 0 and (part >= 0 or code != RUNS):
            parts[box] = part if parts[box] in (NOTHING, part) else -1
    return tuple(-1 if part == NOTHING else part for part in parts)


def verdict_tip(verdicts: Verdicts, scene: Scene, box: int) -> str:
    """What becomes of a box's ops, why, and who says so; "" for a box without ops."""
    held = verdicts.ops(scene, box)
    if not held:
        return ""
    name = clean(verdicts.report.name)
    if len(held) == 1:
        return "\n".join((f"{name}:", *map(clean, cell_words(verdicts.report, held[0]))))
    counts = Counter(op.verdict for op in held)
    told = ", ".join(f"{counts[verdict]:,} {in_words(verdict)}" for verdict in WORST_FIRST if counts[verdict])
    lines = [f"{name}: {told}"]
    worst = verdict_of(verdicts.codes[box])
    if worst is not Verdict.RUNS:
        such = [op for op in held if op.verdict is worst]
        lines += [clean(f"op {op.index} · {op.type}: {op.reason or in_words(op.verdict)}") for op in such[:TIP_OPS]]
        if len(such) > TIP_OPS:
            lines.append(f"and {plural(len(such) - TIP_OPS, 'more op')}")
    return "\n".join(lines)


def paint_outlines(painter: QPainter, outlines: Sequence[Outline], scale: float, density: float, verdicts: Verdicts,
                   canvas: QColor) -> None:  # fmt: skip
    """Draw a line around what runs as one, with a tint inside: the whole in the line's colour, then the inside on it.

    Painting twice gives the outline of all boxes and wires together, which would take long to work out.
    """
    edge = strong(Verdict.RUNS, verdicts.theme)
    inside = between(canvas, edge, 0.1)
    line = LINE * density / scale
    hint = QPainter.RenderHint.Antialiasing
    painter.setRenderHint(hint, False)
    for colour, more in ((edge, line), (inside, 0.0)):
        grow = HALO + more
        painter.setPen(QPen(colour, 2 * (TUBE + more), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for outline in outlines:
            painter.drawLines(outline.lines)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for outline in outlines:
            painter.drawRects([rect.adjusted(-grow, -grow, grow, grow) for rect in outline.boxes])


def paint_signs(painter: QPainter, scene: Scene, boxes: Sequence[int], origin: QPointF, scale: float,
                verdicts: Verdicts, canvas: QColor) -> None:  # fmt: skip
    """Draw the sign of each box on its upper right corner, in widget pixels; ``origin`` is the scene's at (0, 0)."""
    size = round(max(LEAST_SIGN, min(SIGN, SIGN * scale / 0.6)))
    ratio = painter.device().devicePixelRatioF()
    left, top, side = origin.x(), origin.y(), size + 2 * RIM
    for box in boxes:
        code = verdicts.codes[box]
        if code >= 0:
            key = code, size, ratio
            if key not in verdicts.signs:
                verdicts.signs[key] = _badge(verdict_of(code), size, ratio, verdicts.theme, canvas)
            x, y, width, _ = scene.places[box]
            at = QPointF((x + width - left) * scale - side / 2, (y - top) * scale - side / 2)
            painter.drawPixmap(at, verdicts.signs[key])


def _badge(verdict: Verdict, size: int, ratio: float, theme: ThemeName, canvas: QColor) -> QPixmap:
    """A sign on a round patch of canvas, which sets it off from what lies below."""
    side = size + 2 * RIM
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(canvas)
    painter.drawEllipse(QRectF(0, 0, side, side))
    paint_sign(painter, verdict, QPointF(side / 2, side / 2), size, strong(verdict, theme))
    painter.end()
    return picture


def box_colours(verdict: Verdict, theme: ThemeName) -> tuple[QColor, QColor]:
    """What fills a box and what is around it."""
    return pale(verdict, theme), strong(verdict, theme)


def _legend_words(verdicts: Verdicts) -> tuple[str, list[tuple[Verdict, str]], str]:
    """What a legend says: its title, a line for each verdict there is, and what the outline means, "" without one."""
    found = [(verdict, verdicts.counts[RANK[verdict]]) for verdict in WORST_FIRST[::-1]]
    told = [(verdict, f"{WORDS[verdict]} ({count:,})") for verdict, count in found if count]
    outlined = f"Outlined: runs as one ({plural(verdicts.taken, 'partition')})" if verdicts.taken else ""
    return clean(verdicts.report.name), told, outlined


def legend_size(verdicts: Verdicts, font: QFont) -> QSizeF:
    """How much of the corner the legend takes, its margin included."""
    metrics = QFontMetricsF(font)
    title, told, outlined = _legend_words(verdicts)
    words = [words for _, words in told] + [outlined] * bool(outlined)
    wide = max([metrics.horizontalAdvance(title), *(SIGN + GAP + metrics.horizontalAdvance(each) for each in words)])
    high = (1 + len(words)) * (metrics.height() + 2)
    return QSizeF(MARGIN + wide + 2 * PAD, high + 2 * PAD + MARGIN)


def paint_legend(painter: QPainter, verdicts: Verdicts, palette: Palette, font: QFont, height: float) -> None:
    """What the colours mean, in the lower left corner of a widget of this height."""
    metrics = QFontMetricsF(font)
    line = metrics.height() + 2
    title, told, outlined = _legend_words(verdicts)
    indent = SIGN + GAP
    room = paint_sheet(painter, legend_size(verdicts, font), palette, font, height)
    left, top = room.left(), room.top()
    painter.drawText(QPointF(left, top + metrics.ascent()), title)
    for verdict, words in told:
        top += line
        fill, edge = box_colours(verdict, palette.name)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(fill)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        paint_sign(painter, verdict, QPointF(left + SIGN / 2, top + line / 2 - 1), SIGN, edge)
        painter.setPen(QColor(palette.text))
        painter.drawText(QPointF(left + indent, top + metrics.ascent()), words)
    if outlined:
        top += line
        edge = strong(Verdict.RUNS, palette.name)
        painter.setPen(QPen(edge, LINE))
        painter.setBrush(between(QColor(palette.canvas), edge, 0.1))
        painter.drawRect(QRectF(left + 0.5, top + 2, SIGN - 1, line - 7))
        painter.setPen(QColor(palette.text))
        painter.drawText(QPointF(left + indent, top + metrics.ascent()), outlined)
