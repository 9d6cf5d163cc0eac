"""An open model in the window, and what of it is selected. Pages and panels read it and follow its signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from maistudio.jobs.open import OpenedModel


@dataclass(frozen=True, slots=True)
class Selected:
    """One op or tensor of one subgraph."""

    kind: Literal["op", "tensor"]
    subgraph: int
    index: int


class Document(QObject):
    """One tab: a model, its selection and the subgraph shown."""

    model_changed = Signal()
    selection_changed = Signal(object)
    subgraph_changed = Signal(int)
    hash_known = Signal(str)

    def __init__(self, opened: OpenedModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.opened = opened
        self.selected: Selected | None = None
        self.subgraph = 0
        self.sha256 = ""

    def select(self, selected: Selected | None) -> None:
        """Select an op or tensor, following it into its subgraph."""
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
        self.opened = opened
        self.sha256 = ""
        graphs = opened.model.subgraphs
        if self.subgraph >= len(graphs):
            self.subgraph = 0
        self.selected = None
        self.model_changed.emit()
        if kept is not None and kept.subgraph < len(graphs):
            graph = graphs[kept.subgraph]
            if kept.index < len(graph.ops if kept.kind == "op" else graph.tensors):
                self.select(kept)

    def set_hash(self, sha256: str) -> None:
        self.sha256 = sha256
        self.hash_known.emit(sha256)
