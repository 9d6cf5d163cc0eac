"""What is chosen in the graph: the document's selection, lit up and walked through."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from maistudio.gui.document import Document, Selected
from maistudio.gui.graph import pick
from maistudio.gui.graph.highlight import Highlight, highlight_box
from maistudio.gui.graph.scene import Scene
from maistudio.gui.graph.stage import Stage
from maistudio.gui.graph.walk import Step, step


class Chooser(QObject):
    """Follows a document's selection and makes it.

    ``lit`` comes when something else is lit, or nothing; true where that should be brought into sight.
    ``group_asked`` wants a group opened (True) or closed, ``subgraph_asked`` a subgraph shown.
    """

    lit = Signal(bool)
    group_asked = Signal(int, bool)
    subgraph_asked = Signal(int)

    def __init__(self, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.highlight: Highlight | None = None
        self._stage = stage
        self._document: Document | None = None
        self._followed: Selected | None = None
        self._came_from = -1
        self._choosing = False
        self._hidden: Selected | None = None
        self._kept_op = -1

    def set_document(self, document: Document | None) -> None:
        if self._document is not None:
            self._document.selection_changed.disconnect(self._follow)
        self._document = document
        self.highlight = self._followed = self._hidden = None
        self._kept_op = -1
        if document is not None:
            document.selection_changed.connect(self._follow)

    def forget(self) -> None:
        """Nothing is drawn any more, so nothing is lit."""
        self.highlight = None

    def renew(self, show: bool) -> None:
        """Light the selection up in a new scene; ``show`` to bring it into sight.

        A group that is open by now gives the selection to its first op.
        """
        self._came_from = -1
        scene, document = self._stage.scene, self._document
        kept, self._kept_op = self._kept_op, -1
        if scene is None or document is None or document.selected is None:
            return
        selected = document.selected
        if selected.kind == "group" and selected.subgraph == scene.choice.subgraph:
            kept = selected.index if kept < 0 and pick.is_open(scene, selected) else kept
            if kept >= 0:
                self.choose(scene.diagram.box_of_op[kept])
                return
        hidden = self._hidden
        self._light(pick.light(scene, selected), show)
        self._uncover()
        if hidden is None and selected.kind != "tensor":
            self._rise(scene, selected)

    def _rise(self, scene: Scene, selected: Selected) -> None:
        """Select the closed group that an op or group went into, so that what is lit is what is described."""
        box = self.highlight.box if self.highlight is not None else -1
        if box >= 0 and scene.diagram.boxes[box].kind == "group":
            around = pick.selection_of(scene, box)
            if around.ops != selected.ops:
                self._select(around)

    def keep(self, group: int) -> None:
        """A group opens or closes: go on from its first op in the next scene if what is lit lies in it."""
        scene, lit = self._stage.scene, self.highlight
        ops = scene.diagram.boxes[lit.box].ops if scene is not None and lit is not None and lit.box >= 0 else ()
        if scene is not None and ops and group in pick.groups_around(scene, ops[0]):
            self._kept_op = scene.groups.order[scene.groups.groups[group].start]

    def seek(self) -> None:
        """Bring what the document selects into sight, opening the groups that hide it."""
        self._followed = None
        if self._document is not None:
            self._follow(self._document.selected)

    def choose(self, box: int) -> None:
        """Select what a box stands for, and light the box itself."""
        scene = self._stage.scene
        if scene is None or self._document is None or self._stage.stale:
            return
        self._select(pick.selection_of(scene, box))
        if self.highlight is None or self.highlight.box != box:
            self._light(highlight_box(scene, box), True)

    def choose_wire(self, wire: int) -> None:
        """Select the tensor of a wire."""
        scene = self._stage.scene
        if scene is not None and self._document is not None and not self._stage.stale:
            tensor = scene.diagram.wires[wire].tensor
            self._select(Selected("tensor", scene.choice.subgraph, tensor))

    def clear(self) -> None:
        """Select nothing."""
        self._came_from = -1
        self._light(None, False)
        if self._document is not None:
            self._document.select(None)

    def walk(self, way: Step) -> None:
        """Go from the lit box along a wire, or to the box beside."""
        scene, lit = self._stage.scene, self.highlight
        if scene is None:
            return
        if lit is not None and lit.box < 0:
            wire = scene.diagram.wires[lit.wire]
            self.choose(wire.targets[0] if way == "down" and wire.targets else wire.source)
            return
        box = lit.box if lit is not None else -1
        after = step(scene.diagram, scene.layout, box, way, self._came_from)
        if after not in (-1, box):
            self.choose(after)
            self._came_from = box if way in {"up", "down"} else -1

    def open(self, box: int | None = None) -> None:
        """Ask for a box's group to open or for the last subgraph it calls; the lit box unless given."""
        scene = self._stage.scene
        box = box if box is not None else self.highlight.box if self.highlight is not None else -1
        drawn = scene.diagram.boxes[box] if scene is not None and box >= 0 else None
        if drawn is not None and drawn.kind == "group":
            self.group_asked.emit(drawn.group, True)
        elif drawn is not None and drawn.calls:
            self.subgraph_asked.emit(drawn.calls[-1])

    def close_around(self) -> None:
        """Ask for the innermost open group around the lit box to close."""
        scene, lit = self._stage.scene, self.highlight
        ops = scene.diagram.boxes[lit.box].ops if scene is not None and lit is not None and lit.box >= 0 else ()
        if scene is not None and ops:
            closed = scene.choice.collapsed
            around = [g for g in pick.groups_around(scene, ops[0]) if scene.groups.groups[g].key not in closed]
            if around:
                self.group_asked.emit(around[-1], False)

    def _follow(self, selected: Selected | None) -> None:
        """Light up what the document selects, opening the groups that hide it unless it was chosen here.

        After a reload the document selects the same again, which moves and opens nothing.
        """
        new = selected is not None and selected != self._followed
        self._followed = selected
        self._hidden = selected if new and not self._choosing else None
        scene = self._stage.scene
        if scene is not None and not self._stage.stale:
            self._light(pick.light(scene, selected) if selected is not None else None, new)
            self._uncover()

    def _uncover(self) -> None:
        """Open the closed groups that hide what was selected elsewhere."""
        scene, hidden = self._stage.scene, self._hidden
        if scene is None or hidden is None or hidden.subgraph != scene.choice.subgraph:
            return
        self._hidden = None
        lit = self.highlight
        if lit is not None and lit.box >= 0 and scene.diagram.boxes[lit.box].kind == "group":
            closed = pick.closed_groups_around(scene, hidden)
            if closed:
                self._stage.set_open(closed, True, None)

    def _select(self, selected: Selected) -> None:
        """Let the document select what is chosen here, where it is seen already."""
        if self._document is not None:
            self._choosing = True
            self._document.select(selected)
            self._choosing = False

    def _light(self, highlight: Highlight | None, show: bool) -> None:
        self.highlight = highlight
        self.lit.emit(show)
