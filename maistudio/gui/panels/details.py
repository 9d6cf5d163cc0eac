"""Everything about the op, tensor or group that is selected."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from maistudio.gui.document import Document, Selected
from maistudio.gui.panels.fact_grid import FactGrid
from maistudio.gui.panels.facts import Group, Target, facts_text, follow
from maistudio.gui.panels.group_facts import group_groups
from maistudio.gui.panels.heading import Heading
from maistudio.gui.panels.op_facts import op_groups
from maistudio.gui.panels.scrolling import scroll_down
from maistudio.gui.panels.section import Section
from maistudio.gui.panels.tensor_facts import tensor_groups
from maistudio.gui.panels.value import Value, copy_text
from maistudio.gui.panels.verdict_facts import TITLE as TARGETS
from maistudio.gui.panels.verdict_facts import verdict_group
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work
from maistudio.tflite.kinds import OpKind, kind_of
from maistudio.tflite.links import Links, links_of
from maistudio.tflite.roles import tensor_kinds
from maistudio.tflite.text import clean, plural

if TYPE_CHECKING:
    from maistudio.gui.panels.scales_view import ScalesView
    from maistudio.gui.panels.weights_view import WeightsView

NOTHING_SELECTED = "Click an op, a group or a tensor to see what it is, what it costs and who uses it."


class DetailsPanel(QWidget):
    """Follows the document's selection. Weights are read through ``work``, or through its own where none is given."""

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, work: Work | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._work = work or Work(self, at_once=1)
        self._document: Document | None = None
        self._stale = False
        self._folds: dict[str, bool] = {}
        self._links: dict[int, Links] = {}
        self._kinds: dict[int, tuple[str, ...]] = {}
        self._groups: tuple[Group, ...] = ()
        self._kind: OpKind | None = None
        self._weights: WeightsView | None = None
        self._scales: ScalesView | None = None
        self._targets: Section | None = None
        self.heading = Heading("these details", self)
        self.heading.copy.clicked.connect(self.copy)
        self._nothing = self._sentence(NOTHING_SELECTED)
        self._scroll = scroll_down(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heading)
        column.addWidget(self._nothing, 1)
        column.addWidget(self._scroll, 1)
        self._rebuild()

    def set_document(self, document: Document | None) -> None:
        """Show the selection of ``document`` from now on."""
        if document is self._document:
            return
        if self._document is not None:
            self._document.selection_changed.disconnect(self._select)
            self._document.model_changed.disconnect(self._forget)
            self._document.checked_changed.disconnect(self._show_verdicts)
        self._document = document
        if document is not None:
            document.selection_changed.connect(self._select)
            document.model_changed.connect(self._forget)
            document.checked_changed.connect(self._show_verdicts)
        self._forget()

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._colour_heading()
        for plotted in (self._weights, self._scales):
            if plotted is not None:
                plotted.apply_palette(palette)

    def text(self) -> str:
        """All that is shown of the selection, but for weights, as plain text."""
        return f"{self.heading.title.full}\n{self.heading.subtitle.full}\n\n{facts_text(self._groups)}"

    def copy(self) -> None:
        copy_text(self.text())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._rebuild()

    def _forget(self) -> None:
        self._links.clear()
        self._kinds.clear()
        self._select()

    def _select(self, _selected: Selected | None = None) -> None:
        # Out of sight nothing is built; the panel catches up when it is shown.
        if self.isVisible():
            self._rebuild()
        else:
            self._stale = True

    def _rebuild(self) -> None:
        self._stale = False
        if self._weights is not None:
            self._weights.drop()
        if self._scales is not None:
            self._scales.drop()
        self._weights = self._scales = self._targets = None
        self._groups = ()
        selected = self._document.selected if self._document is not None else None
        for widget in (self.heading, self._scroll):
            widget.setVisible(selected is not None)
        self._nothing.setVisible(selected is None)
        if self._document is None or selected is None:
            self._scroll.setWidget(QWidget())
        elif selected.kind == "op":
            self._show_op(self._document, selected)
        elif selected.kind == "group":
            self._show_group(self._document, selected)
        else:
            self._show_tensor(self._document, selected)

    def _show_op(self, document: Document, selected: Selected) -> None:
        opened = document.opened
        op = opened.model.subgraphs[selected.subgraph].ops[selected.index]
        kind = kind_of(op.type, op.custom)
        custom = " · custom" if op.custom and not op.flex and kind is not OpKind.CUSTOM else ""
        self.heading.say(clean(op.type), f"op {op.index} · {kind.value}{custom}")
        self._kind = kind
        self._colour_heading()
        groups = op_groups(opened, self._links_of(document, selected.subgraph), selected.subgraph, selected.index)
        self._fill_with_verdicts(groups)

    def _show_group(self, document: Document, selected: Selected) -> None:
        self.heading.say(clean(selected.title), f"group of {plural(len(selected.ops), 'op')}")
        self._kind = None
        self._colour_heading()
        self._fill_with_verdicts(group_groups(document.opened, self._links_of(document, selected.subgraph), selected))

    def _show_tensor(self, document: Document, selected: Selected) -> None:
        opened, subgraph = document.opened, selected.subgraph
        graph = opened.model.subgraphs[subgraph]
        tensor = graph.tensors[selected.index]
        if subgraph not in self._kinds:
            self._kinds[subgraph] = tensor_kinds(graph)
        self.heading.say(clean(tensor.label), f"tensor {tensor.index} · {self._kinds[subgraph][selected.index]}")
        self._kind = None
        self._colour_heading()
        self._groups = tensor_groups(opened, self._links_of(document, subgraph), subgraph, selected.index)
        sections = [self._section(group) for group in self._groups]
        if tensor.quantization is not None and len(tensor.quantization.scales) > 1:
            sections.append(self._custom("Scales", partial(self._make_scales, tensor.quantization.scales)))
        if tensor.constant:
            sections.append(self._custom("Values", partial(self._make_weights, document, selected)))
        self._fill(sections)

    def _fill_with_verdicts(self, groups: tuple[Group, ...]) -> None:
        """Show groups, and after the first of them what targets make of what is selected, which may come later."""
        verdicts = self._verdicts()
        self._groups = (*groups[:1], verdicts, *groups[1:]) if verdicts.facts else groups
        sections = [self._section(group) for group in groups]
        section = self._section(verdicts)
        section.setVisible(bool(verdicts.facts))
        self._fill([*sections[:1], section, *sections[1:]])
        self._targets = section

    def _show_verdicts(self) -> None:
        """Show other verdicts on what is selected, and leave everything else as it is."""
        if self._targets is None:
            return
        verdicts = self._verdicts()
        rest = tuple(group for group in self._groups if group.title != TARGETS)
        self._groups = (*rest[:1], verdicts, *rest[1:]) if verdicts.facts else rest
        self._targets.replace(partial(FactGrid, verdicts.facts, self._follow, verdicts.at_first))
        self._targets.setVisible(bool(verdicts.facts))

    def _verdicts(self) -> Group:
        document = self._document
        selected = document.selected if document is not None else None
        if document is None or selected is None or selected.kind == "tensor":
            return Group(TARGETS, ())
        return verdict_group(document.checked, selected.subgraph, selected.ops or (selected.index,))

    def _sentence(self, words: str) -> QWidget:
        """A page with one sentence at its top."""
        page = QWidget(self)
        sentence = Value(words, wrap=True)
        sentence.set_quiet()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 16, 12, 16)
        column.addWidget(sentence)
        column.addStretch(1)
        return page

    def _colour_heading(self) -> None:
        self.heading.show_colours(self._palette.kinds[self._kind] if self._kind is not None else None)

    def _make_scales(self, scales: tuple[float, ...]) -> QWidget:
        # Imported when there is something to plot: most openings of a model end before that.
        from maistudio.gui.panels.scales_view import ScalesView

        self._scales = ScalesView(scales, self._work, self._palette)
        return self._scales

    def _make_weights(self, document: Document, selected: Selected) -> QWidget:
        from maistudio.gui.panels.weights_view import WeightsView

        model = document.opened.model
        self._weights = WeightsView(model, selected.subgraph, selected.index, self._work, self._palette)
        return self._weights

    def _section(self, group: Group) -> Section:
        return self._custom(
            group.title, partial(FactGrid, group.facts, self._follow, group.at_first), folded=group.folded
        )

    def _custom(self, title: str, make_body: Callable[[], QWidget], folded: bool = False) -> Section:
        section = Section(title, make_body, self._folds.get(title, not folded))
        section.toggled.connect(self._remember_fold)
        return section

    def _fill(self, sections: list[Section]) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        for section in sections:
            column.addWidget(section)
        column.addStretch(1)
        self._scroll.setWidget(content)

    def _follow(self, target: Target) -> None:
        if self._document is not None:
            follow(self._document, target)

    def _remember_fold(self, title: str, is_open: bool) -> None:
        self._folds[title] = is_open

    def _links_of(self, document: Document, subgraph: int) -> Links:
        if subgraph not in self._links:
            self._links[subgraph] = links_of(document.opened.model.subgraphs[subgraph])
        return self._links[subgraph]
