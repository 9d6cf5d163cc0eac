"""Says, while files are dragged over the window, that they may be dropped."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

SENTENCE = "Drop to open"
SENTENCE_MANY = "Drop to open {count:,} files"


class DropHint(QLabel):
    """A border around ``over`` with one sentence, seen while files are dragged."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("dropHint")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        over.installEventFilter(self)

    def offer(self, count: int) -> None:
        """Show that ``count`` files may be dropped."""
        self.setText(SENTENCE if count == 1 else SENTENCE_MANY.format(count=count))
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False
