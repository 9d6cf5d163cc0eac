"""The few widgets that panels are made of: values that can be copied and followed, lines of them, folding sections."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from maistudio.gui.document import Document, Selected
from maistudio.gui.models.tips import tip_text
from maistudio.gui.panels.facts import Fact, Target, listed_first
from maistudio.tflite.text import elide_middle

INDENT = 24
LABEL_WIDTH = 96
WIDEST_LABEL = 172
ROWS_ADDED = 60
"""Lines added to a long group each time more are asked for."""
TEXT_SHOWN = 2000
"""Characters a label that wraps is given to lay out; copying gives all of them."""
LINE_SHOWN = 600
"""The same for a label on one line."""
TITLE_SHOWN = 120
KEPT_TOGETHER = 24
"""Characters after a "·" that no line break parts."""
CHARACTERS_ADDED = 4000
"""Characters of wrapped text after which a group asks before it lays out more."""


def copy_text(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def follow(document: Document, target: Target) -> None:
    """Go where a link into the model points: select an op or tensor, or show a subgraph."""
    if isinstance(target, int):
        document.show_subgraph(target)
    elif isinstance(target, Selected):
        document.select(target)


class Value(QLabel):
    """A value on one line, its middle left out where it does not fit, or wrapped; selectable, copied whole.

    With ``link`` it can be clicked, or chosen by Tab and Enter, and emits ``activated``.
    """

    activated = Signal()

    def __init__(
        self, text: str, *, link: bool = False, wrap: bool = False, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.full = text
        self._link = link
        self._wrap = wrap
        self._tip = tip
        self._elided = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if link else Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if link:
            self.setForegroundRole(QPalette.ColorRole.Link)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setWordWrap(wrap)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self.full = text
        if self._wrap:
            self.setText(_breakable(text))
        else:
            self.setText(text[:LINE_SHOWN])
            self._elide()

    def set_quiet(self) -> None:
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self._wrap:
            self._elide()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange and not self._wrap:
            self._elide()
        super().changeEvent(event)

    def _elide(self) -> None:
        room = self.contentsRect().width()
        some = elide_middle(self.full, LINE_SHOWN)
        shown = self.fontMetrics().elidedText(some, Qt.TextElideMode.ElideMiddle, room)
        self._elided = shown != self.full
        if shown != self.text():
            self.setText(shown)

    def enterEvent(self, event: QEnterEvent) -> None:
        # The tooltip is made when it may be wanted: most labels never show theirs.
        words = [self.full] if self._elided else []
        self.setToolTip(tip_text("\n".join([*words, self._tip] if self._tip else words)))
        self._underline(self._link)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._underline(self._link and self.hasFocus())
        super().leaveEvent(event)

    def _underline(self, on: bool) -> None:
        if self.font().underline() != on:
            font = self.font()
            font.setUnderline(on)
            self.setFont(font)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        inside = self.rect().contains(event.position().toPoint())
        if self._link and event.button() == Qt.MouseButton.LeftButton and inside and not self.hasSelectedText():
            self._activate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif self._link and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate()
        else:
            super().keyPressEvent(event)

    def _activate(self) -> None:
        # Following a link deletes this label, which must not happen inside its own event.
        QTimer.singleShot(0, self, self.activated.emit)

    def copy(self) -> None:
        """Copy what is selected; all of the value where all, none or the elided form is."""
        selected = self.selectedText()
        copy_text(
            self.full
            if not selected or selected == self.text() or "…" in selected
            else selected.replace("\u200b", "").replace("\u00a0", " ")
        )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = QAction("Copy", menu)
        action.triggered.connect(self.copy)
        menu.addAction(action)
        menu.popup(event.globalPos())


def _breakable(text: str) -> str:
    """``text`` that may break inside long words and before "·", cut where it is longer than anyone reads.

    What follows a "·" stays together where it is short: a number with its unit.
    """
    first, *parts = re.sub(r"(\S{12})(?=\S{4})", "\\1\u200b", elide_middle(text, TEXT_SHOWN)).split(" · ")
    kept = (part.replace(" ", "\u00a0") if len(part) <= KEPT_TOGETHER else part for part in parts)
    return " ·\u00a0".join((first, *kept))


class FactGrid(QWidget):
    """Facts in two columns; links lead through ``follow_link``."""

    def __init__(
        self,
        facts: tuple[Fact, ...],
        follow_link: Callable[[Target], None],
        at_first: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._facts = facts
        self._follow = follow_link
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(INDENT, 0, 8, 10)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._more: QPushButton | None = None
        self._values: dict[str, Value] = {}
        self._add(0, at_first)

    def set_value(self, label: str, text: str) -> None:
        """Put another value beside a label that is shown."""
        value = self._values.get(label)
        if value is not None:
            value.setForegroundRole(QPalette.ColorRole.WindowText)
            value.set_text(text)

    def _add(self, start: int, most: int) -> None:
        stop = start + _at_once(self._facts[start : start + listed_first(len(self._facts) - start, most)])
        for row, fact in enumerate(self._facts[start:stop], start):
            if fact.label:
                self._grid.addWidget(quiet_label(fact.label, fact.tip), row, 0, Qt.AlignmentFlag.AlignTop)
            value = self._value(fact)
            self._values.setdefault(fact.label, value)
            self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
        left = len(self._facts) - stop
        if left > 0:
            self._more = QPushButton(f"Show {left:,} more", self)
            self._more.clicked.connect(self._show_more)
            self._grid.addWidget(self._more, stop, 1, Qt.AlignmentFlag.AlignLeft)

    def _show_more(self) -> None:
        start = self._grid.rowCount() - 1
        if self._more is not None:
            self._more.hide()
            self._more.deleteLater()
            self._more = None
        self._add(start, ROWS_ADDED)

    def _value(self, fact: Fact) -> Value:
        value = Value(fact.value, link=fact.target is not None, wrap=fact.wrap, tip=fact.tip, parent=self)
        if fact.aside:
            value.set_quiet()
        target = fact.target
        if target is not None:
            value.activated.connect(partial(self._follow, target))
        return value


def _at_once(facts: tuple[Fact, ...]) -> int:
    """How many of ``facts`` to lay out together: one at least, for as long as their wrapped texts are short."""
    room = CHARACTERS_ADDED
    for place, fact in enumerate(facts):
        room -= min(len(fact.value), TEXT_SHOWN) if fact.wrap else 0
        if room < 0 and place:
            return place
    return len(facts)


def quiet_label(text: str, tip: str = "") -> QLabel:
    """A label in the quiet colour."""
    shown = elide_middle(text, LINE_SHOWN)
    label = QLabel(shown)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    if tip:
        label.setToolTip(tip_text(tip))
    metrics = label.fontMetrics()
    if metrics.horizontalAdvance(shown) > WIDEST_LABEL:
        label.setText(metrics.elidedText(shown, Qt.TextElideMode.ElideMiddle, WIDEST_LABEL))
        label.setToolTip(tip_text(f"{text}\n{tip}" if tip else text))
    return label


def scroll_down(panel: QWidget) -> QScrollArea:
    """Where the content of ``panel`` goes: as wide as the panel, and as high as it needs."""
    area = QScrollArea(panel)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def bring_into_view(widget: QWidget) -> None:
    """Scroll the panel around ``widget`` so that it is seen, once it has its place."""

    def scroll() -> None:
        around = widget.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(widget, 0, INDENT)

    QTimer.singleShot(0, widget, scroll)


def leave_wheel(*widgets: QWidget) -> None:
    """Let the wheel over these widgets scroll the panel around them, unless they have the keyboard."""
    for widget in widgets:
        # By default the wheel gives a chooser the keyboard before it turns it.
        if widget.focusPolicy() == Qt.FocusPolicy.WheelFocus:
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(_WheelLeaver(widget))


class _WheelLeaver(QObject):
    """Keeps the wheel from a widget without the keyboard."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or (isinstance(watched, QWidget) and watched.hasFocus()):
            return False
        event.ignore()
        return True


class FoldButton(QAbstractButton):
    """A section's title with an arrow that says whether it is open."""

    def __init__(self, title: str, is_open: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(elide_middle(title, TITLE_SHOWN))
        self.setCheckable(True)
        self.setChecked(is_open)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        self.setFont(font)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 32, metrics.height() + 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, middle = self.palette(), self.height() / 2
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawLine(QPointF(0, 0.5), QPointF(self.width(), 0.5))
        lit = self.underMouse() or self.hasFocus()
        colour = palette.color(QPalette.ColorRole.Link if lit else QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(colour, 1.5))
        wide, high = (4.0, 2.0) if self.isChecked() else (2.0, 4.0)
        tip = QPointF(12, middle + 2) if self.isChecked() else QPointF(14, middle)
        ends = (
            (QPointF(12 - wide, middle - high), QPointF(12 + wide, middle - high))
            if self.isChecked()
            else (QPointF(12 - wide, middle - high), QPointF(12 - wide, middle + high))
        )
        painter.drawPolyline([ends[0], tip, ends[1]])
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        painter.drawText(self.rect().adjusted(24, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())


class Section(QWidget):
    """A title that folds what stands under it. The body is made when it is first open."""

    toggled = Signal(str, bool)

    def __init__(
        self, title: str, make_body: Callable[[], QWidget], is_open: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = title
        self._make_body = make_body
        self.body: QWidget | None = None
        self.header = FoldButton(title, is_open, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._show(is_open)
        self.header.toggled.connect(self._toggle)

    def _toggle(self, is_open: bool) -> None:
        self._show(is_open)
        self.toggled.emit(self.title, is_open)

    def _show(self, is_open: bool) -> None:
        if is_open and self.body is None:
            self.body = self._make_body()
            self._column.addWidget(self.body)
        if self.body is not None:
            self.body.setVisible(is_open)
