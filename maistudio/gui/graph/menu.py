"""The context menu of the graph: what can be done with what lies under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from maistudio.gui.graph.pick import groups_around
from maistudio.gui.graph.scene import Scene
from maistudio.tflite.model import Model
from maistudio.tflite.text import clean, elide_middle

Entry = tuple[str, Callable[[], None]]
TITLE = 40


def entries(
    scene: Scene,
    model: Model,
    box: int,
    set_open: Callable[[int, bool], None],
    show_subgraph: Callable[[int], None],
) -> list[Entry]:
    """What can be done with a box: open it, open what it calls, close the groups around it."""
    drawn = scene.diagram.boxes[box]
    found: list[Entry] = []
    if drawn.kind == "group":
        found.append(("Open this group", lambda group=drawn.group: set_open(group, True)))  # type: ignore[misc]
    for called in drawn.calls:
        name = clean(model.subgraphs[called].name) if called < len(model.subgraphs) else ""
        text = f"Go to {elide_middle(name, TITLE) or f'subgraph {called}'}"
        found.append((text, lambda called=called: show_subgraph(called)))  # type: ignore[misc]
    around = groups_around(scene, drawn.ops[0]) if drawn.ops else []
    for group in reversed(around):
        if group != drawn.group and scene.groups.groups[group].key not in scene.choice.collapsed:
            text = f"Close {elide_middle(scene.groups.groups[group].title, TITLE)}"
            found.append((text, lambda group=group: set_open(group, False)))  # type: ignore[misc]
    return found


def show_menu(parent: QWidget, lines: Sequence[Entry], at: QPoint) -> None:
    """Pop the menu up; it goes when something is chosen or clicked elsewhere."""
    if not lines:
        return
    menu = QMenu(parent)
    for text, deed in lines:
        menu.addAction(text.replace("&", "&&")).triggered.connect(deed)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)
