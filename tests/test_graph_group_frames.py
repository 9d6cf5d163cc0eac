"""The frames around open groups."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from maistudio.gui.graph.diagram import Box, Diagram
from maistudio.gui.graph.grouping import Group, Groups
from maistudio.gui.graph.scene import FRAME_TOP, frames_of

BOXES = tuple(Box(f"op:{op}", "op", "Add", ops=(op,)) for op in range(4))
GROUPS = Groups(
    (0, 1, 2, 3),
    (
        Group("outer", "outer", 0, 4, -1, (1,), 0),
        Group("middle", "middle", 0, 3, 0, (2,), 1),
        Group("inner", "inner", 0, 2, 1, (), 2),
    ),
)


def test_a_frame_keeps_clear_of_one_inside_though_the_one_between_has_no_room() -> None:
    # The last op, which the middle group lacks, stands where its frame would run.
    rects = [QRectF(100, 100, 80, 40), QRectF(100, 200, 80, 40), QRectF(100, 300, 80, 40), QRectF(100, 345, 80, 40)]
    diagram = Diagram(0, BOXES, (), (0, 1, 2, 3))
    framed = frozenset(group.key for group in GROUPS.groups)
    found = {frame.group: frame.rect for frame in frames_of(diagram, GROUPS, framed, rects, [0, 0, 0, 0])}
    assert (sorted(found), found[2].top() - found[0].top()) == ([0, 2], FRAME_TOP)
