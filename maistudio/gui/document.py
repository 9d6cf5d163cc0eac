"""An open model in the window, and what of it is selected. Pages and panels read it and follow its signals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from maistudio.jobs.open import OpenedModel
from maistudio.tflite.model import Model
from maistudio.timing.values import OpProfile

if TYPE_CHECKING:
    from maistudio.gui.targets.reading import Checked
    from maistudio.targets.values import TargetReport


@dataclass(frozen=True, slots=True)
class Selected:
    """One op or tensor of one subgraph, or a group of its ops.

    ``index`` is the op or tensor, or a group's first op. ``ops`` are a group's ops in the order in which the graph
    draws them, ``title`` is what the group is called.
    """

    kind: Literal["op", "tensor", "group"]
    subgraph: int
    index: int
    ops: tuple[int, ...] = ()
    title: str = ""


class Document(QObject):
    """One tab: a model, its selection and the subgraph shown."""

    model_changed = Signal()
    selection_changed = Signal(object)
    subgraph_changed = Signal(int)
    hash_known = Signal(str)
    timing_changed = Signal()
    checked_changed = Signal()

    def __init__(self, opened: OpenedModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.opened = opened
        self.selected: Selected | None = None
        self.subgraph = 0
        self.sha256 = ""
        self.timing: OpProfile | None = None
        self.timed_by = ""  # what ran it, and when
        self.checked: Checked | None = None
        self.proved: Mapping[str, TargetReport] = {}  # what real compiles said, by target

    def select(self, selected: Selected | None) -> None:
        """Select an op, tensor or group, following it into its subgraph."""
        if selected == self.selected:
            return
        if selected is not None and selected.subgraph != self.subgraph:
            self.show_subgraph(selected.subgraph)
        self.selected = selected
        self.selection_changed.emit(selected)

    def show_subgraph(self, index: int) -> None:
        if index != self.subgraph:
            self.subgraph = index
            self.subgraph_changed.emit(index)

    def replace(self, opened: OpenedModel) -> None:
        """Put a new state of the same file in place, keeping what of the selection still exists."""
        kept = self.selected
        still_there = kept is not None and _exists(kept, self.opened.model, opened.model)
        self.opened = opened
        self.sha256 = ""
        graphs = opened.model.subgraphs
        if self.subgraph >= len(graphs):
            self.subgraph = 0
        self.selected = None
        self.set_timing(None)
        self.proved = {}
        self.set_checked(None)
        self.model_changed.emit()
        if still_there:
            self.select(kept)

    def set_timing(self, timing: OpProfile | None, timed_by: str = "") -> None:
        """Keep the time of each op as a run measured it, and which run that was in words; None for none."""
        if timing is not self.timing:
            self.timing, self.timed_by = timing, timed_by
            self.timing_changed.emit()

    def set_checked(self, checked: Checked | None) -> None:
        """Keep what targets make of the model, None for not known."""
        if checked is not self.checked:
            self.checked = checked
            self.checked_changed.emit()

    def set_hash(self, sha256: str) -> None:
        self.sha256 = sha256
        self.hash_known.emit(sha256)


def _exists(selected: Selected, before: Model, now: Model) -> bool:
    """Whether what was selected in one state of a file is in another; a group's ops must be of the same types."""
    if selected.subgraph >= len(now.subgraphs):
        return False
    graph = now.subgraphs[selected.subgraph]
    if selected.kind != "group":
        return selected.index < len(graph.ops if selected.kind == "op" else graph.tensors)
    ops_before = before.subgraphs[selected.subgraph].ops
    return all(op < len(graph.ops) and graph.ops[op].type == ops_before[op].type for op in selected.ops)
