"""The context menu of the graph: what can be done with what lies under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

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
        found.append(("Open this group", partial(set_open, drawn.group, True)))
    for called in drawn.calls:
        name = clean(model.subgraphs[called].name) if called < len(model.subgraphs) else ""
        text = f"Go to {elide_middle(name, TITLE) or f'subgraph {called}'}"
        found.append((text, partial(show_subgraph, called)))
    around = groups_around(scene, drawn.ops[0]) if drawn.ops else []
    for group in reversed(around):
        if group != drawn.group and scene.groups.groups[group].key not in scene.choice.collapsed:
            text = f"Close {elide_middle(scene.groups.groups[group].title, TITLE)}"
            found.append((text, partial(set_open, group, False)))
    return found


def made(parent: QWidget, lines: Sequence[Entry]) -> QMenu:
    """A menu of these lines, which goes when it closes."""
    menu = QMenu(parent)
    for text, deed in lines:
        menu.addAction(text.replace("&", "&&")).triggered.connect(partial(_do, deed))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _do(deed: Callable[[], None], _checked: bool = False) -> None:
    deed()
