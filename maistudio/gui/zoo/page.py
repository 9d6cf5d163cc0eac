"""The Zoo page: the networks of a challenge's report as cards, and the chosen one beside them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QVBoxLayout, QWidget

from maistudio.errors import MaiStudioError
from maistudio.gui.banner import Banner
from maistudio.gui.document import Document
from maistudio.gui.job_line import JobLine
from maistudio.gui.panels.value import copy_text
from maistudio.gui.theme import Palette
from maistudio.gui.work import Task, Work
from maistudio.gui.zoo.building import Building, Told
from maistudio.gui.zoo.cards import Card, Gallery, Shelf, matches
from maistudio.gui.zoo.detail import CardDetail
from maistudio.gui.zoo.forge import Forge, Wish
from maistudio.gui.zoo.gallery import GalleryView
from maistudio.gui.zoo.shelf_bar import ShelfBar
from maistudio.tflite.text import elide_middle, plural

FILTER = "TensorFlow Lite models (*.tflite);;All files (*)"
READING = "Reading the zoo…"
GALLERY_WIDTH, DETAIL_WIDTH = 840, 376
SETTLED_WITHIN = 20.0
WORDS_SHOWN = 60
STAGE_WIDTH = 520


class ZooPage(QWidget):
    """Needs no open model. ``open_asked`` carries a built file, ``said`` a word for the status bar.

    ``changed`` comes when what can be built changes.
    """

    open_asked = Signal(str)
    said = Signal(str)
    changed = Signal()

    def __init__(self, forge: Forge, work: Work, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__()  # into the window as a whole: each part put in alone would be styled anew
        self._forge = forge
        self._work = work
        self._gallery: Gallery | None = None
        self._gone_to: dict[str, Card] = {}
        self._reading: Task | None = None
        self.missing = Banner(palette, self)
        self.banner = Banner(palette, self)
        self.line = JobLine(self, stage_width=STAGE_WIDTH)
        self.bar = ShelfBar(self)
        self.gallery = GalleryView(palette, self)
        self.detail = CardDetail(palette, self)
        self.building = Building(forge, work, self)
        self._lay_out()
        self._connect()
        self.gallery.show_cards((), None, READING)
        self.read()
        self.setParent(parent)

    @property
    def shelf(self) -> Shelf | None:
        """The challenge that is shown."""
        place = self.bar.tabs.currentIndex()
        return self._gallery.shelves[place] if self._gallery is not None and place >= 0 else None

    @property
    def unless(self) -> str:
        """Why the card gone to can't be built, "" where it can."""
        return self.detail.order.unless

    def read(self) -> None:
        """Read the zoo, and whether it can be built here."""
        if self._reading is None:
            self._reading = self._work.start("Reading the zoo", self._forge.read())
            self._reading.succeeded.connect(self._take)
            self._reading.refused.connect(self._refuse)
            self._reading.ended.connect(self._read)

    def build(self) -> None:
        """Build the card gone to as the choosers say, and open it."""
        self._ask(self.detail.order.wish())

    def build_as_submitted(self) -> None:
        """Build the card gone to in its team's form at the challenge's size, and open it."""
        self._ask(self.detail.order.usual_wish())

    def ask_to_save(self) -> None:
        """Ask where a copy of the card gone to is to be written, and write it there."""
        wish = self.detail.order.wish()
        if wish is None:
            return
        dialog = QFileDialog(self, "Save a copy", "", FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("tflite")
        dialog.selectFile(wish.order.file_name)
        dialog.fileSelected.connect(lambda path: self.save(wish, path))
        dialog.open()

    def save(self, wish: Wish, path: str) -> None:
        """Write a copy of what is wished for."""
        self._ask(replace(wish, copy=Path(path)))

    def find_networks(self) -> None:
        """Put the keyboard into the field that finds networks."""
        self.bar.find_networks()

    def cancel(self) -> None:
        """Stop what is built now."""
        self.building.cancel()

    def set_document(self, document: Document | None) -> None:
        """The page is the same for every model."""

    def show_document(self, document: Document) -> None:
        """The page is the same for every model."""

    def settle(self, turn: Callable[[], object]) -> None:
        """Wait until the zoo is read, calling ``turn`` meanwhile, at most SETTLED_WITHIN; then paint it whole."""
        until = time.monotonic() + SETTLED_WITHIN
        while self._reading is not None and time.monotonic() < until:
            turn()
            time.sleep(0.002)
        self.gallery.complete()

    def panes(self) -> list[QWidget]:
        """The parts that F6 goes through."""
        return [self.bar.tabs, self.bar.filter, self.gallery, self.detail.facts, self.detail.order]

    def apply_palette(self, palette: Palette) -> None:
        for part in (self.missing, self.banner, self.gallery, self.detail):
            part.apply_palette(palette)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._gallery is not None and self._gallery.missing:
            self.read()  # it may have been installed since

    def _lay_out(self) -> None:
        left = QWidget(self)
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.gallery, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(left)
        self.split.addWidget(self.detail)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.setSizes([GALLERY_WIDTH, DETAIL_WIDTH])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.missing, self.banner, self.line, self.bar):
            column.addWidget(part)
        column.addSpacing(8)
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.gallery)

    def _connect(self) -> None:
        self.bar.shelf_chosen.connect(self._show_shelf)
        self.bar.filtered.connect(self._show_shelf)
        self.bar.left.connect(self._enter_gallery)
        self.gallery.chosen.connect(self._show_card)
        self.gallery.build_asked.connect(self.build_as_submitted)
        self.gallery.find_asked.connect(self.find_networks)
        self.detail.order.build_asked.connect(self.build)
        self.detail.order.save_asked.connect(self.ask_to_save)
        self.building.changed.connect(self._show_building)
        self.building.told.connect(self._tell)
        self.building.open_asked.connect(self.open_asked)
        self.line.cancel_asked.connect(self.building.cancel)

    def _take(self, gallery: Gallery) -> None:
        known, self._gallery = self._gallery, gallery
        if gallery.missing:
            self.missing.say("note", gallery.missing, "Copy command", self._copy_command)
        else:
            self.missing.hide()
        if known is not None and known.shelves == gallery.shelves:
            self._gallery = replace(gallery, shelves=known.shelves)
            self._show_card(self.gallery.card)
            return
        self.gallery.forget_pictures()
        self._gone_to.clear()
        self.bar.show_shelves(gallery.shelves)
        self._show_shelf()

    def _show_shelf(self, *_: object) -> None:
        gallery, shelf = self._gallery, self.shelf
        if gallery is None or shelf is None:
            return
        words = self.bar.filter.text()
        kept = [tuple(card for card in each.cards if matches(card, words)) for each in gallery.shelves]
        cards = kept[gallery.shelves.index(shelf)]
        self.bar.show_found(gallery.shelves, [len(each) for each in kept], bool(words.strip()))
        self.bar.count.setText(_count_text(shelf, cards))
        shown = elide_middle(words.strip(), WORDS_SHOWN)
        self.gallery.show_cards(cards, self._gone_to.get(shelf.id), f"No network of this challenge matches “{shown}”.")

    def _show_card(self, card: Card | None) -> None:
        if card is not None and (shelf := self.shelf) is not None:
            self._gone_to[shelf.id] = card
        self.detail.show_card(card, "TensorFlow is not installed" if self._gallery and self._gallery.missing else "")
        self.changed.emit()

    def _enter_gallery(self) -> None:
        if self.gallery.cards:
            self.gallery.setFocus(Qt.FocusReason.TabFocusReason)

    def _ask(self, wish: Wish | None) -> None:
        if wish is not None:
            self.banner.hide()
            self.building.ask(wish)
        elif (card := self.gallery.card) is not None:
            self.said.emit(f"{card.team} can't be built: {self.unless}")

    def _show_building(self) -> None:
        if (current := self.building.current) is not None:
            wish, task = current
            stage = task.progress.stage
            stage = stage.removesuffix(f" {wish.name}")
            told = f"Building {wish.name}" if stage == "building" else f"Building {wish.name}: {stage}"
            waiting = self.building.waiting
            self.line.say(told + (f" · {waiting:,} more to build" if waiting else ""), task.progress.fraction)
            self.line.cancel.setToolTip(f"Stop building {wish.name}")
        if self.line.isHidden() == (current is not None):
            self.line.setVisible(current is not None)
            self.changed.emit()

    def _tell(self, told: Told) -> None:
        self.banner.say(told.level, told.sentence, told.verb, told.do)

    def _refuse(self, error: MaiStudioError) -> None:
        self.banner.say("error", str(error), "Try again", self.read)
        self.gallery.show_cards((), None, "The zoo could not be read.")

    def _read(self) -> None:
        self._reading = None

    def _copy_command(self) -> None:
        if self._gallery is not None:
            copy_text(self._gallery.command)
            self.said.emit("Command copied")


def _count_text(shelf: Shelf, cards: tuple[Card, ...]) -> str:
    """How many networks are shown, and how many of them can be built."""
    total = plural(len(shelf.cards), "row")
    built = sum(card.network is not None for card in cards)
    if len(cards) < len(shelf.cards):
        return f"{len(cards):,} of {total}"
    return f"{total}, {built:,} can be built" if built < len(cards) else total
