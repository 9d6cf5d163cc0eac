"""What a tab shows while its file is read, and when it can't be."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from maistudio.jobs.progress import Progress

WIDTH = 560
SHOWN_AFTER_MS = 150
STEPS = 1000


class OpeningPage(QWidget):
    """Progress of an opening with its cancel button; stays blank for 0.15 s so that quick files don't flicker."""

    cancel_asked = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = _sheet(self)
        heading = QLabel(f"Opening {name}", self._sheet)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setObjectName("heading")
        self._stage = QLabel(self._sheet)
        self._stage.setObjectName("muted")
        self._bar = QProgressBar(self._sheet)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(12)
        self._bar.setRange(0, 0)
        cancel = QPushButton("Cancel", self._sheet)
        cancel.clicked.connect(self.cancel_asked)
        column = QVBoxLayout(self._sheet)
        column.setSpacing(8)
        column.addWidget(heading)
        column.addWidget(self._stage)
        column.addWidget(self._bar)
        column.addWidget(cancel, 0, Qt.AlignmentFlag.AlignLeft)
        self._sheet.hide()
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.timeout.connect(self._sheet.show)
        self._delay.start(SHOWN_AFTER_MS)

    def follow(self, progress: Progress) -> None:
        self._stage.setText(progress.stage)
        self._bar.setRange(0, 0 if progress.fraction is None else STEPS)
        if progress.fraction is not None:
            self._bar.setValue(round(progress.fraction * STEPS))


class RefusedPage(QWidget):
    """The one sentence that says why a file can't be shown, and what to do next."""

    other_asked = Signal()
    again_asked = Signal()

    def __init__(self, name: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sheet = _sheet(self)
        heading = QLabel(f"{name} can't be opened", sheet)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        heading.setObjectName("heading")
        self.sentence = QLabel(sentence, sheet)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.other = QPushButton("Open another file", sheet)
        self.other.clicked.connect(self.other_asked)
        again = QPushButton("Try again", sheet)
        again.clicked.connect(self.again_asked)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.other)
        row.addWidget(again)
        row.addStretch(1)
        column = QVBoxLayout(sheet)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(self.sentence)
        self.setFocusProxy(self.other)
        column.addLayout(row)


def stand_alone(page: QWidget, sheet: QWidget) -> None:
    """Place ``sheet``, of fixed width, a little above the middle of ``page``, as high as its wrapped text asks."""
    across = QHBoxLayout()
    across.addStretch(1)
    across.addWidget(sheet)
    across.addStretch(1)
    down = QVBoxLayout(page)
    down.addStretch(2)
    down.addLayout(across)
    down.addStretch(3)


def _sheet(page: QWidget) -> QWidget:
    page.setObjectName("canvas")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    sheet = QWidget(page)
    sheet.setFixedWidth(WIDTH)
    stand_alone(page, sheet)
    return sheet
