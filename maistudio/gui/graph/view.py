"""The graph of a model: to look at, move through, and choose ops and tensors in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from maistudio.gui.document import Document, Selected
from maistudio.gui.graph import menu, pick
from maistudio.gui.graph.camera import FIT_LARGEST, Camera, first_look, fitted
from maistudio.gui.graph.chooser import Chooser
from maistudio.gui.graph.gestures import STEP, Gestures
from maistudio.gui.graph.heat import heat_of, heat_tip, paint_legend
from maistudio.gui.graph.heat import legend_size as heat_legend_size
from maistudio.gui.graph.highlight import Highlight
from maistudio.gui.graph.hits import box_at, called_at, frame_at, on_group_button, wire_at
from maistudio.gui.graph.ink import ink_of
from maistudio.gui.graph.keys import GRAPH_KEYS, Deed, deed_of, step_of
from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph.minimap import Minimap
from maistudio.gui.graph.paint import CURVES_FROM, DETAILS_FROM, ScenePainter
from maistudio.gui.graph.scene import Scene
from maistudio.gui.graph.stage import Follows, Stage
from maistudio.gui.graph.verdicts import legend_size, verdict_tip, verdicts_of
from maistudio.gui.graph.verdicts import paint_legend as paint_verdict_legend
from maistudio.gui.theme import Palette

__all__ = ["GRAPH_KEYS", "GraphView"]

HIT = 5.0
"""How near to a wire a click must be, in widget pixels."""
BORDER = 12.0
"""What is nearer to the widget's border than this, in widget pixels, is moved in when it is chosen elsewhere."""
REVEALED = 0.8
"""The zoom at least at which something is brought into sight when asked for."""
_IGNORED_MODIFIERS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


class GraphView(QWidget):
    """Shows the current subgraph of a document and keeps its selection.

    ``subgraph_requested`` carries the index of a subgraph to show, ``zoom_changed`` the new zoom,
    ``tensor_hovered`` a Selected tensor, or None; ``laid_out`` comes with every new scene.
    """

    subgraph_requested = Signal(int)
    zoom_changed = Signal(float)
    tensor_hovered = Signal(object)
    laid_out = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Graph")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self._palette = palette
        self._heated = False
        self._target = ""
        self._scene_painter = ScenePainter(ink_of(palette), thin=True)
        self._minimap = Minimap()
        self._legend = True
        self._gestures = Gestures(self)
        self._stage = Stage(self.font(), self)
        self._stage.changed.connect(self._take)
        self._chooser = Chooser(self._stage, self)
        self._chooser.lit.connect(self._show_lit)
        self._chooser.group_asked.connect(self.set_group_open)
        self._chooser.subgraph_asked.connect(self.subgraph_requested)
        self._document: Document | None = None
        self._hovered = -1
        self._clicking = False
        self._revealed: Selected | None = None
        self._anchored_at = QPointF()

    @property
    def document(self) -> Document | None:
        return self._document

    @property
    def zoom(self) -> float:
        """Widget pixels per scene pixel."""
        return self.camera.scale

    @property
    def camera(self) -> Camera:
        """Where the view stands."""
        return self._stage.place.camera

    @property
    def scene(self) -> Scene | None:
        """What is drawn, None while nothing is laid out yet."""
        return self._stage.scene

    @property
    def laying_out(self) -> bool:
        """Whether a new scene is on its way."""
        return self._stage.busy

    @property
    def highlight(self) -> Highlight | None:
        """What is lit up."""
        return self._chooser.highlight

    def set_document(self, document: Document | None, wait: bool = False) -> None:
        """Show a document, laid out before this returns if ``wait``."""
        if self._document is not None:
            self._document.model_changed.disconnect(self._reload)
            self._document.subgraph_changed.disconnect(self._change_subgraph)
            self._document.timing_changed.disconnect(self._shade)
            self._document.checked_changed.disconnect(self._shade)
        self._document = document
        self._chooser.set_document(document)
        if document is not None:
            document.model_changed.connect(self._reload)
            document.subgraph_changed.connect(self._change_subgraph)
            document.timing_changed.connect(self._shade)
            document.checked_changed.connect(self._shade)
        self._stage.set_document(document, wait)
        self.update()

    def apply_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._palette = palette
        self._scene_painter = ScenePainter(ink_of(palette), thin=True)
        self._shade()

    def show_heat(self, shown: bool) -> None:
        """Shade the boxes by the time that the document keeps of each op, or by their kinds."""
        if shown != self._heated:
            self._heated = shown
            self._shade()

    def show_verdicts(self, target: str) -> None:
        """Colour the boxes by what the document knows that this target makes of them, "" for their kinds."""
        if target != self._target:
            self._target = target
            self._shade()

    def arrange(self, way: Arrangement) -> None:
        """Draw the flow downwards or to the right, long graphs in columns or as one strip, with the map or without."""
        self._minimap.shown = way.minimap
        self._legend = way.legend
        self._stage.arrange(way)
        self._keep_clear()
        self.update()

    def fit(self) -> None:
        """Show the whole graph."""
        self._follow("fit")

    def zoom_in(self) -> None:
        self.zoom_at(STEP, self._middle())

    def zoom_out(self) -> None:
        self.zoom_at(1 / STEP, self._middle())

    def zoom_actual(self) -> None:
        """Show the graph at its own size, about the selection or else the middle."""
        at = self._middle()
        if self.scene is not None and self.highlight is not None:
            place = self.camera.to_widget(pick.place_of(self.scene, self.highlight).center())
            at = place if QRectF(self.rect()).contains(place) else at
        self.zoom_at(1 / self.zoom, at)

    def expand_all(self, wait: bool = False) -> None:
        """Draw every op as a box of its own; laid out before this returns if ``wait``."""
        self._stage.expand_all(self._anchor(), wait)

    def collapse_all(self, wait: bool = False) -> None:
        """Draw the outermost groups as single boxes; laid out before this returns if ``wait``."""
        self._stage.collapse_all(self._anchor(), wait)

    def set_group_open(self, group: int, opened: bool) -> None:
        """Open or close a group, by its position in the scene's groups; it keeps its place."""
        scene = self.scene
        if scene is not None:
            found = scene.groups.groups[group]
            op = scene.groups.order[found.start]
            self._anchored_at = self.camera.to_widget(scene.rects[scene.diagram.box_of_op[op]].center())
            self._stage.place.follows = "hand"
            self._chooser.keep(group)
            self._stage.set_open(frozenset((found.key,)), opened, op)

    def reveal(self, selected: Selected) -> None:
        """Select an op or tensor, open the groups it is in, and bring it to the middle at a zoom that can be read."""
        if self._document is not None:
            self._revealed = selected
            self._document.select(selected)
            self._chooser.seek()

    def push(self, dx: float, dy: float) -> None:
        """Move the graph by widget pixels."""
        self._revealed = None
        self._look(self.camera.moved(dx, dy))

    def zoom_at(self, factor: float, at: QPointF) -> None:
        """Zoom about a point of the widget."""
        self._revealed = None
        self._look(self.camera.zoomed(factor, at))

    def click(self, at: QPointF) -> None:
        """Select what lies at a point of the widget, or follow the button or link there."""
        scene, point = self.scene, self.camera.to_scene(at)
        self._revealed = None
        if scene is None or self._document is None:
            return
        near = self.zoom >= DETAILS_FROM
        box = box_at(scene, point)
        if box >= 0:
            drawn = scene.diagram.boxes[box]
            called = called_at(scene, box, point) if near else -1
            if called >= 0:
                self.subgraph_requested.emit(called)
            elif near and on_group_button(scene, box, point):
                self.set_group_open(drawn.group, True)
            else:
                self._clicking = True
                self._chooser.choose(box)
                self._clicking = False
            return
        group = frame_at(scene, point) if near else -1
        wire = wire_at(scene, point, HIT / self.zoom)
        if group >= 0:
            self.set_group_open(group, False)
        elif wire >= 0:
            self._chooser.choose_wire(wire)
        else:
            self._chooser.clear()

    def open_at(self, at: QPointF) -> None:
        """Open the group, or the subgraph of the op, at a point of the widget."""
        if self.scene is not None:
            self._chooser.open(box_at(self.scene, self.camera.to_scene(at)))

    def hover(self, at: QPointF) -> None:
        """Tell which tensor's wire lies at a point of the widget."""
        scene, point = self.scene, self.camera.to_scene(at)
        wire = -1
        if scene is not None and self.zoom >= CURVES_FROM and box_at(scene, point) < 0:
            wire = wire_at(scene, point, HIT / self.zoom)
        if wire != self._hovered:
            self._hovered = wire
            self.setCursor(Qt.CursorShape.PointingHandCursor if wire >= 0 else Qt.CursorShape.ArrowCursor)
            known = scene is not None and wire >= 0
            self.tensor_hovered.emit(self._tensor_of(wire) if known else None)

    def drag_map(self, at: QPointF) -> bool:
        """Look at what lies at a point of the minimap; whether there is one."""
        scene, size = self.scene, QSizeF(self.size())
        place = self._minimap.place(scene, self.camera, size, at) if scene is not None else None
        if place is None:
            return False
        self._look(self.camera.holding(place, self._middle()))
        return True

    def set_dragging(self, dragging: bool) -> None:
        self.setCursor(Qt.CursorShape.ClosedHandCursor if dragging else Qt.CursorShape.ArrowCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._scene_painter.ink.canvas)
        scene, camera, size = self.scene, self.camera, QSizeF(self.size())
        if scene is None:
            if self.laying_out:
                painter.setPen(self._scene_painter.ink.muted)
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Laying out the graph…")
            return
        self._scene_painter.paint(painter, scene, camera.origin, camera.scale, camera.visible(size), self.highlight)
        self._minimap.paint(painter, scene, camera, size, self._scene_painter)
        if not self._legend:
            return
        if (verdicts := self._scene_painter.verdicts) is not None:
            paint_verdict_legend(painter, verdicts, self._palette, self.font(), self.height())
        elif (heat := self._scene_painter.heat) is not None:
            paint_legend(painter, heat, self._timed_by(), self._palette, self.font(), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._minimap.forget()
        self._follow(self._stage.place.follows)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._gestures.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._gestures.wheel(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and self._gestures.gesture(event):
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            scene, point = self.scene, self.camera.to_scene(QPointF(event.pos()))
            tip = pick.tip_at(scene, point, HIT / self.zoom) if scene is not None else ""
            if scene is not None and (words := self._shade_tip(scene, point)):
                tip = f"{tip}\n{words}"
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        scene = self.scene
        way = step_of(event.key(), scene.flat) if scene is not None else None
        deed = deed_of(event.key())
        if scene is None or event.modifiers() & ~_IGNORED_MODIFIERS:
            super().keyPressEvent(event)
        elif way is not None:
            self._revealed = None
            self._chooser.walk(way)
        elif deed is not None:
            self._do(deed)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        shown = self.menu_at(event.pos())
        if shown is not None:
            shown.popup(event.globalPos())

    def menu_at(self, at: QPoint) -> QMenu | None:
        """Select the box at a point of the widget; the menu of what can be done with it, None for nothing."""
        scene = self.scene
        box = box_at(scene, self.camera.to_scene(QPointF(at))) if scene is not None else -1
        if scene is not None and self._document is not None and box >= 0:
            self._chooser.choose(box)
            model = self._document.opened.model
            lines = menu.entries(scene, model, box, self.set_group_open, self.subgraph_requested.emit)
            return menu.made(self, lines) if lines else None
        return None

    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _tensor_of(self, wire: int) -> Selected | None:
        scene = self.scene
        return Selected("tensor", scene.choice.subgraph, scene.diagram.wires[wire].tensor) if scene else None

    def _look(self, camera: Camera, follows: Follows = "hand") -> None:
        """Show what the camera sees; by hand unless it follows a rule."""
        place = self._stage.place
        changed = camera.scale != place.camera.scale
        place.camera, place.follows = camera, follows
        self.update()
        if changed:
            self.zoom_changed.emit(camera.scale)

    def _follow(self, follows: Follows) -> None:
        """Let the camera go by its rule."""
        scene, size = self.scene, QSizeF(self.size())
        if scene is None or follows == "hand":
            self._stage.place.follows = follows
            return
        if follows == "fit":
            self._look(fitted(scene.bounds, size, FIT_LARGEST, self._legend_corner()), follows)
        else:
            entry = scene.rects[0] if scene.rects else scene.bounds
            self._look(first_look(scene.bounds, size, entry, len(scene.rects), self._legend_corner()), follows)

    def _keep_clear(self) -> None:
        """Leave room for the legend where the camera goes by a rule."""
        if self.scene is not None and self._stage.place.follows != "hand":
            self._follow(self._stage.place.follows)

    def _legend_corner(self) -> QSizeF:
        """What of the lower left corner the legend takes; nothing without one."""
        painter = self._scene_painter
        if not self._legend:
            return QSizeF()
        if painter.verdicts is not None:
            return legend_size(painter.verdicts, self.font())
        return heat_legend_size(self._timed_by(), self.font()) if painter.heat is not None else QSizeF()

    def _timed_by(self) -> str:
        return self._document.timed_by if self._document is not None else ""

    def _anchor(self, bring: bool = True) -> str | int | None:
        """What stays in its place: the lit box, else the one nearest to the middle.

        It is named by its first op, or by its key where it stands for none. ``bring`` takes only what
        is in sight, or will be.
        """
        scene, sight = self.scene, QRectF(self.rect())
        if scene is None or not scene.rects:
            return None
        lit = self.highlight.box if self.highlight is not None else -1
        kept = lit >= 0 and (not bring or sight.contains(self.camera.to_widget(scene.rects[lit].center())))
        box = lit if kept else pick.nearest_box(scene, self.camera.to_scene(self._middle()))
        at = self.camera.to_widget(scene.rects[box].center())
        self._anchored_at = self._middle() if bring and not sight.contains(at) else at
        drawn = scene.diagram.boxes[box]
        return drawn.ops[0] if drawn.ops else drawn.key

    def _take(self, keep: str | int | None) -> None:
        """Show a new scene, with the kept box where it was."""
        scene = self.scene
        self._shade()
        self._hovered = -1
        self._chooser.forget()
        if scene is None:
            return
        box = -1
        if isinstance(keep, int) and keep < len(scene.diagram.box_of_op):
            box = scene.diagram.box_of_op[keep]
        elif isinstance(keep, str):
            box = next((n for n, drawn in enumerate(scene.diagram.boxes) if drawn.key == keep), -1)
        if box >= 0 and self._stage.place.follows == "hand":
            self._look(self.camera.holding(scene.rects[box].center(), self._anchored_at))
        else:
            self._follow(self._stage.place.follows)
        self._chooser.renew(show=keep is None)
        self.update()
        self.laid_out.emit()

    def _shade(self) -> None:
        """Shade the scene by what is known now."""
        scene, document = self.scene, self._document
        timing = document.timing if document is not None and self._heated else None
        checked = document.checked if document is not None and self._target else None
        known = scene if not self._stage.stale else None
        painter, theme = self._scene_painter, self._palette.name
        painter.heat = heat_of(known, timing, theme == "dark") if known and timing else None
        painter.verdicts = verdicts_of(known, checked, self._target, theme) if known and checked else None
        self._minimap.forget()
        self._keep_clear()
        self.update()

    def _shade_tip(self, scene: Scene, point: QPointF) -> str:
        """What the colour of the box there says."""
        box = box_at(scene, point)
        if box < 0:
            return ""
        if (verdicts := self._scene_painter.verdicts) is not None:
            return verdict_tip(verdicts, scene, box)
        heat = self._scene_painter.heat
        return heat_tip(scene.diagram.boxes[box].ops, heat.by_op) if heat is not None else ""

    def _reload(self) -> None:
        self._stage.reload(self._anchor(bring=False))

    def _change_subgraph(self, _index: int) -> None:
        self._chooser.forget()
        self._stage.change_subgraph()
        self.update()

    def _show_lit(self, bring: bool) -> None:
        """Draw what is lit, brought into sight if need be."""
        scene, lit = self.scene, self.highlight
        self.setAccessibleDescription(pick.words(scene, lit) if scene is not None and lit is not None else "")
        if bring and scene is not None and lit is not None:
            self._bring(scene, pick.place_of(scene, lit))
        self.update()

    def _bring(self, scene: Scene, place: QRectF) -> None:
        """Move a part of the scene into sight, to the middle where the map or the border is in its way.

        What was asked for by ``reveal`` comes to the middle, large enough to be read; what was clicked stays under
        the pointer, for a second click.
        """
        if self._document is not None and self._document.selected == self._revealed is not None:
            camera = replace(self.camera, scale=max(self.zoom, REVEALED))
            self._look(camera.holding(place.center(), self._middle()))
            return
        size, room = QSizeF(self.size()), BORDER / self.zoom
        clear = self.camera.visible(size).adjusted(room, room, -room, -room)
        covered = self._minimap.covers(scene, self.camera, size, place)
        if self._clicking or (clear.contains(place) and not covered):
            return
        camera = self.camera.showing(place, size)
        if self._minimap.covers(scene, camera, size, place):
            camera = self.camera.holding(place.center(), self._middle())
        self._look(camera)

    def _do(self, deed: Deed) -> None:
        deeds: dict[Deed, Callable[[], None]] = {
            "fit": self.fit,
            "in": self.zoom_in,
            "out": self.zoom_out,
            "open": self._chooser.open,
            "close": self._chooser.close_around,
            "clear": self._chooser.clear,
        }
        deeds[deed]()
