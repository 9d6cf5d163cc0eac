"""The model on one page: what it is, what it costs, what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from maistudio.gui.document import Document
from maistudio.gui.panels.fact_grid import INDENT, FactGrid
from maistudio.gui.panels.facts import Group, Target, facts_text, follow
from maistudio.gui.panels.heading import Heading
from maistudio.gui.panels.scrolling import leave_wheel, scroll_down
from maistudio.gui.panels.section import Section
from maistudio.gui.panels.summary_facts import (
    HASH_LABEL,
    file_groups,
    first_groups,
    heading_words,
    last_groups,
    type_groups,
)
from maistudio.gui.panels.type_bars import TypeBars, next_of
from maistudio.gui.panels.value import copy_text
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.tables import TypeShare, op_types
from maistudio.tflite.text import clean

SECTIONS_AT_ONCE = 1
"""Sections made when the panel appears; the rest follow once the window has answered."""
SECTIONS_LATER = 2
"""Sections made at a time after that."""


class SummaryPanel(QWidget):
    """Follows the document's model.

    ``type_chosen`` comes with an op type that was clicked, after its next op is selected.
    Packed files are unpacked through ``work``, or through its own where none is given.
    ``ask_for_shapes`` is called by the link on the shapes of inputs whose dimensions the file leaves open.
    """

    type_chosen = Signal(str)

    def __init__(
        self,
        palette: Palette,
        parent: QWidget | None = None,
        *,
        work: Work | None = None,
        ask_for_shapes: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._palette = palette
        self._work = work
        self._ask_for_shapes = ask_for_shapes
        self._document: Document | None = None
        self._stale = False
        self._folds: dict[str, bool] = {}
        self._sections: dict[str, Section] = {}
        self._unmade: Iterator[Section] = iter(())
        self.heading = Heading("the summary", self)
        self.heading.copy.clicked.connect(self.copy)
        self._scroll = scroll_down(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heading)
        column.addWidget(self._scroll, 1)
        self.heading.hide()

    def set_document(self, document: Document | None) -> None:
        """Show the model of ``document`` from now on."""
        if document is self._document:
            return
        if self._document is not None:
            self._document.model_changed.disconnect(self._changed)
            self._document.hash_known.disconnect(self._show_hash)
        self._document = document
        if document is not None:
            document.model_changed.connect(self._changed)
            document.hash_known.connect(self._show_hash)
        self._changed()

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        bars = self.type_bars()
        if bars is not None:
            bars.apply_palette(palette)

    def type_bars(self) -> TypeBars | None:
        """The ops by type, once they are on show."""
        return self._scroll.findChild(TypeBars)

    def text(self) -> str:
        """The whole summary as plain text."""
        if self._document is None:
            return ""
        opened = self._document.opened
        groups = (
            *first_groups(opened, self._document.sha256),
            *type_groups(opened),
            *last_groups(opened),
            *file_groups(opened),
        )
        return f"{self._document.opened.model.path}\n{heading_words(opened)}\n\n{facts_text(groups)}"

    def copy(self) -> None:
        copy_text(self.text())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._rebuild()

    def _changed(self) -> None:
        if self.isVisible():
            self._rebuild()
        else:
            self._stale = True

    def _rebuild(self) -> None:
        self._stale = False
        self._sections, self._unmade = {}, iter(())
        self.heading.setVisible(self._document is not None)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._scroll.setWidget(content)
        if self._document is not None:
            opened = self._document.opened
            self.heading.say(clean(Path(opened.model.path).name), heading_words(opened))
            self._unmade = self._make_sections(self._document, opened)
            self._add_sections(SECTIONS_AT_ONCE)
            QTimer.singleShot(0, self, self._add_later)

    def complete(self) -> None:
        """Make now the sections that a rebuild left for later."""
        self._add_sections(None)

    def _add_later(self) -> None:
        # A few at a time, so that the window answers between them.
        if self._add_sections(SECTIONS_LATER):
            QTimer.singleShot(0, self, self._add_later)

    def _add_sections(self, most: int | None) -> int:
        """Make up to ``most`` of the sections left, and say how many."""
        made = 0
        for section in islice(self._unmade, most):
            made += 1
            self._sections[section.title] = section
            self._column.insertWidget(self._column.count() - 1, section)
            section.show()  # left to Qt it appears one turn later, squeezed into the height of those before it
        return made

    def _make_sections(self, document: Document, opened: OpenedModel) -> Iterator[Section]:
        for group in first_groups(opened, document.sha256, can_ask=self._ask_for_shapes is not None):
            yield self._facts(group)
        if opened.model.op_count:
            yield self._section("Ops by type", partial(self._make_bars, opened))
        for group in last_groups(opened):
            yield self._facts(group)
        if opened.model.associated_files:
            title = f"Files ({len(opened.model.associated_files):,})"
            yield self._section(title, partial(self._make_files, opened))

    def _make_bars(self, opened: OpenedModel) -> QWidget:
        box = QWidget(self)  # in the window from the start: its style decides how high the list is
        bars = TypeBars(self._palette, box)
        bars.show_types(op_types(opened), opened.costs.macs)
        bars.chosen.connect(self._choose_type)
        leave_wheel(bars.viewport())
        column = QVBoxLayout(box)
        column.setContentsMargins(INDENT - 4, 0, 8, 10)
        column.addWidget(bars)
        return box

    def _make_files(self, opened: OpenedModel) -> QWidget:
        from maistudio.gui.panels.packed_files import PackedFiles

        self._work = self._work or Work(self, at_once=1)
        return PackedFiles(opened.model, self._work)

    def _facts(self, group: Group) -> Section:
        count = f" ({len(group.facts):,})" if group.title == "Problems" else ""
        return self._section(
            group.title + count, partial(FactGrid, group.facts, self._follow, group.at_first), group.folded
        )

    def _section(self, title: str, make_body: Callable[[], QWidget], folded: bool = False) -> Section:
        section = Section(title, make_body, self._folds.get(title, not folded))
        section.toggled.connect(self._remember_fold)
        return section

    def _show_hash(self, sha256: str) -> None:
        section = self._sections.get("Model")
        if section is not None and isinstance(section.body, FactGrid):
            section.body.set_value(HASH_LABEL, sha256)

    def _choose_type(self, share: TypeShare) -> None:
        if self._document is not None:
            self._document.select(next_of(share, self._document.selected))
            self.type_chosen.emit(share.type)

    def _follow(self, target: Target) -> None:
        if target == "input shapes":
            if self._ask_for_shapes is not None:
                self._ask_for_shapes()
        elif self._document is not None:
            follow(self._document, target)

    def _remember_fold(self, title: str, is_open: bool) -> None:
        self._folds[title] = is_open
