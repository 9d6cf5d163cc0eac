"""Which scene a view shows: subgraphs, open and closed groups and orientation, with layouts made off the thread."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QFont

from maistudio.gui.document import Document
from maistudio.gui.graph.camera import Camera
from maistudio.gui.graph.grouping import Groups
from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph.making import SceneMaker
from maistudio.gui.graph.scene import Choice, Scene, Wish, fulfil, parts_of
from maistudio.tflite.model import Subgraph

FREEING_SECONDS = 0.004
AT_ONCE = 1500
"""Subgraphs of so many ops and ends of edges are laid out before the next frame, larger ones on a thread of their
own."""

Follows = Literal["first", "fit", "hand"]


@dataclass(slots=True)
class Place:
    """How one subgraph is looked at. ``follows`` says what the camera does when scene or widget change size."""

    choice: Choice
    groups: Groups | None = None
    collapsed: Literal["given", "first", "all"] = "first"
    camera: Camera = field(default_factory=Camera)
    follows: Follows = "first"


class Stage(QObject):
    """Holds the scene of a document's current subgraph; ``stale`` while it is of a state of the file before.

    ``changed`` comes with every new scene and with the box key that should keep its place in the view, or an op's
    number for the box that then stands for it, or None.
    """

    changed = Signal(object)

    def __init__(self, font: QFont, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.stale = False
        self._font = font
        self._document: Document | None = None
        self._places: dict[int, Place] = {}
        self._arrangement = Arrangement()
        self._old: list[object] = []
        self._freeing = QTimer(self)
        self._freeing.setInterval(0)
        self._freeing.timeout.connect(self._free)
        self._maker = SceneMaker(self)
        self._maker.made.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether a new scene is on its way."""
        return self._maker.busy

    @property
    def place(self) -> Place:
        """How the current subgraph is looked at."""
        index = self._document.subgraph if self._document is not None else 0
        if index not in self._places:
            way = self._arrangement
            self._places[index] = Place(Choice(index, orientation=way.orientation, wrapped=way.wrapped))
        return self._places[index]

    def set_document(self, document: Document | None, wait: bool) -> None:
        self._document = document
        self._places = {}
        self.scene = None
        self._maker.drop()
        self.make(None, wait)

    def reload(self, keep: str | int | None) -> None:
        """The file changed: make the scene again, groups opened and closed as they were."""
        self.stale = True
        for place in self._places.values():
            place.groups = None
        self.make(keep)

    def change_subgraph(self) -> None:
        self.scene = None
        self.make(None)

    def arrange(self, way: Arrangement) -> None:
        """Draw all subgraphs this way."""
        before, self._arrangement = self._arrangement, way
        if (way.orientation, way.wrapped) == (before.orientation, before.wrapped):
            return
        for place in self._places.values():
            place.choice = replace(place.choice, orientation=way.orientation, wrapped=way.wrapped)
            place.follows = "first"
        self.make(None)

    def expand_all(self, keep: str | int | None, wait: bool) -> None:
        self._regroup(replace(self.place.choice, collapsed=frozenset(), framed=frozenset(), unpacking_apart=True))
        self.make(keep, wait)

    def collapse_all(self, keep: str | int | None, wait: bool) -> None:
        self._regroup(replace(self.place.choice, unpacking_apart=False))
        self.place.collapsed = "all"
        self.make(keep, wait)

    def set_open(self, keys: frozenset[str], opened: bool, keep: str | int | None, wait: bool = False) -> None:
        """Open or close groups."""
        choice = self.place.choice
        if opened:
            changed = replace(choice, collapsed=choice.collapsed - keys, framed=choice.framed | keys)
        else:
            changed = replace(choice, collapsed=choice.collapsed | keys, framed=choice.framed - keys)
        self._regroup(changed)
        self.make(keep, wait)

    def make(self, keep: str | int | None, wait: bool = False) -> None:
        """Make the scene of the current subgraph, at once for a small one or if ``wait``."""
        document = self._document
        if document is None or document.subgraph >= len(document.opened.model.subgraphs):
            return
        place, opened = self.place, document.opened
        wish = Wish(opened.model, opened.shown_shapes(document.subgraph), self._font, place.choice, place.groups,
                    place.collapsed)  # fmt: skip
        if wait or _quick(opened.model.subgraphs[document.subgraph]):
            self._maker.drop()
            self._take(fulfil(wish), keep)
        else:
            self._maker.make(partial(fulfil, wish), keep)

    def _regroup(self, choice: Choice) -> None:
        self.place.choice = choice
        self.place.collapsed = "given"

    def _free(self) -> None:
        """Let go of some of a scene that is no longer shown: a large one takes longer than a frame to be freed."""
        until = time.perf_counter() + FREEING_SECONDS
        while self._old and time.perf_counter() < until:
            self._old.pop()
        if not self._old:
            self._freeing.stop()

    def _take(self, scene: Scene, keep: str | int | None) -> None:
        place = self._places.get(scene.choice.subgraph)
        if place is None or self._document is None or scene.choice.subgraph != self._document.subgraph:
            return
        place.groups = scene.groups
        place.choice = scene.choice
        if place.collapsed == "all":
            place.collapsed = "given"
        if self.scene is not None:
            self._old += parts_of(self.scene)
            self._freeing.start()
        self.scene = scene
        self.stale = False
        self.changed.emit(keep)


def _quick(graph: Subgraph) -> bool:
    """Whether a subgraph has so few ops and edges that its layout is not noticed."""
    if len(graph.ops) > AT_ONCE:
        return False
    ends = sum(len(op.inputs) + len(op.outputs) for op in graph.ops) + len(graph.inputs) + len(graph.outputs)
    return len(graph.ops) + ends <= AT_ONCE
