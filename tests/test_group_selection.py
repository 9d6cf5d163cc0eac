"""A group of ops as the selection: made in the graph, kept across reloads, told of in the details."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from graph_models import Net, block_net, chain_net, opened
from models import build_conv_net, build_dynamic_shape, build_fp16_weights, build_multi_signature, build_while
from panels import fact, opened_bytes, opened_document, titles
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from maistudio.gui.document import Document, Selected
from maistudio.gui.graph.pick import tensor_tip
from maistudio.gui.graph.view import GraphView
from maistudio.gui.panels.details import DetailsPanel
from maistudio.gui.panels.facts import Group
from maistudio.gui.panels.group_facts import ends_of, group_groups
from maistudio.gui.panels.tables import OpsTable
from maistudio.gui.theme import LIGHT
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.links import links_of

BLOCK = Selected("group", 0, 4, (4, 5, 6, 7), "block1")
STEM = Selected("group", 0, 0, (0, 1, 2), "stem")


@pytest.fixture
def show(qtbot) -> Callable[..., tuple[GraphView, Document]]:
    """Shows a document of these subgraphs in a view of 900×700, laid out, with all groups closed."""

    def make(*nets: Net) -> tuple[GraphView, Document]:
        view = GraphView(LIGHT)
        qtbot.addWidget(view, before_close_func=lambda view: view.set_document(None))
        view.resize(900, 700)
        document = Document(opened(*nets), view)
        view.set_document(document, wait=True)
        view.collapse_all(wait=True)
        view.show()
        return view, document

    return make


@pytest.fixture
def panel(qtbot) -> DetailsPanel:
    made = DetailsPanel(LIGHT)
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    return made


def lit(view: GraphView) -> str:
    """The key of the lit box, "" for none."""
    assert view.scene is not None
    return view.scene.diagram.boxes[view.highlight.box].key if view.highlight is not None else ""


def click(view: GraphView, key: str) -> None:
    assert view.scene is not None
    box = [drawn.key for drawn in view.scene.diagram.boxes].index(key)
    where = view.camera.to_widget(view.scene.rects[box].center()).toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)


def of_group(model: OpenedModel, selected: Selected) -> tuple[Group, ...]:
    return group_groups(model, links_of(model.model.subgraphs[selected.subgraph]), selected)


def shared_constant() -> bytes:
    """Two ADDs in a row that add the same constant of four elements."""
    draft = ModelDraft()
    graph = draft.subgraph()
    last = graph.input("in", "FLOAT32", (1, 4))
    constant = graph.constant("shared", "FLOAT32", (1, 4), [1.0, 2.0, 3.0, 4.0])
    for name in ("first", "second"):
        last, source = graph.tensor(name, "FLOAT32", (1, 4)), last
        graph.op("ADD", [source, constant], [last], {})
    graph.output(last)
    return draft.to_bytes()


# In the graph


def test_a_click_on_a_closed_group_selects_it(show) -> None:
    view, document = show(block_net(3, "block"))
    click(view, "group:/block1#1")
    assert document.selected == BLOCK
    assert lit(view) == "group:/block1#1"


def test_walking_to_a_closed_group_selects_it(show) -> None:
    view, document = show(block_net(3, "block"))
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(view, key)
    assert document.selected == BLOCK


def test_a_group_selected_elsewhere_is_lit_and_stays_closed(show) -> None:
    view, document = show(block_net(3, "block"))
    document.select(BLOCK)
    assert lit(view) == "group:/block1#1"


def test_an_opened_group_gives_the_selection_to_its_first_op(show) -> None:
    view, document = show(block_net(3, "block"))
    click(view, "group:/block1#1")
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert document.selected == Selected("op", 0, 4)


def test_expanding_everything_gives_a_groups_selection_to_its_first_op(show) -> None:
    view, document = show(block_net(3, "block"))
    document.select(BLOCK)
    view.expand_all(wait=True)
    assert (document.selected, lit(view)) == (Selected("op", 0, 4), "op:4")


def test_a_selected_group_stays_when_another_is_opened(show) -> None:
    view, document = show(block_net(3, "block"))
    document.select(BLOCK)
    view.set_group_open(2, True)
    assert (document.selected, lit(view)) == (BLOCK, "group:/block1#1")


def test_a_selected_group_stays_lit_after_a_reload(show) -> None:
    view, document = show(block_net(3, "block"))
    document.select(BLOCK)
    document.replace(opened(block_net(3, "block")))
    assert (document.selected, lit(view)) == (BLOCK, "group:/block1#1")


def test_coming_back_to_a_subgraph_lights_its_selected_group(show) -> None:
    view, document = show(block_net(3, "block"), chain_net(2))
    document.select(BLOCK)
    document.show_subgraph(1)
    document.show_subgraph(0)
    assert lit(view) == "group:/block1#1"


@pytest.mark.parametrize("after", [block_net(1, "block"), chain_net(12)], ids=["fewer ops", "ops of other types"])
def test_a_group_whose_ops_are_gone_is_no_longer_selected(after: Net) -> None:
    document = Document(opened(block_net(3, "block")))
    document.select(BLOCK)
    document.replace(opened(after))
    assert document.selected is None


def test_the_ops_table_marks_nothing_for_a_group(qtbot) -> None:
    table = OpsTable(LIGHT)
    qtbot.addWidget(table)
    table.show()
    document = opened_document(build_conv_net())
    table.set_document(document)
    document.select(Selected("op", 0, 1))
    document.select(STEM)
    assert not table.view.selectionModel().hasSelection()


def test_the_tooltip_of_a_tensor_without_a_rank_does_not_call_it_a_scalar(show) -> None:
    net = Net()
    tensor = net.op("RELU", [net.input()], shape=())
    net.output(tensor)
    net.tensors[tensor] = replace(net.tensors[tensor], has_rank=False)
    view, _ = show(net)
    assert tensor_tip(view.scene, tensor).startswith(f"tensor {tensor} · float32\n")


# What is told of it


@pytest.fixture(scope="module")
def conv_net() -> OpenedModel:
    return opened_bytes(build_conv_net())


def test_the_details_name_a_selected_group(panel: DetailsPanel) -> None:
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(STEM)
    assert (panel.heading.title.full, panel.heading.subtitle.full) == ("stem", "group of 3 ops")


def test_an_op_that_goes_into_a_closing_group_gives_the_selection_to_it(show) -> None:
    view, document = show(block_net(3, "block"))
    view.expand_all(wait=True)
    document.select(Selected("op", 0, 5))
    view.collapse_all(wait=True)
    assert document.selected == BLOCK


def test_a_groups_details_are_copied_as_text(panel: DetailsPanel) -> None:
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(STEM)
    assert "  First op: CONV_2D #0\n" in panel.text()


def test_a_group_counts_its_ops_by_type(conv_net: OpenedModel) -> None:
    assert fact(of_group(conv_net, STEM), "Ops by type", "CONV_2D") == "1 · 6.91 k MACs"


def test_a_group_leads_to_its_first_and_last_op(conv_net: OpenedModel) -> None:
    found = next(group for group in of_group(conv_net, STEM) if group.title == "Group")
    assert [line.target for line in found.facts if line.target] == [Selected("op", 0, 0), Selected("op", 0, 2)]


def test_the_macs_of_a_group_come_with_their_share(conv_net: OpenedModel) -> None:
    assert fact(of_group(conv_net, STEM), "Cost", "MACs") == "7.49 k · 92.1% of all"


def test_the_parameters_of_a_group_are_summed_up(conv_net: OpenedModel) -> None:
    assert fact(of_group(conv_net, STEM), "Cost", "Parameters") == "152 · 19.0% of all"


def test_the_weight_bytes_of_a_group_are_summed_up(conv_net: OpenedModel) -> None:
    assert fact(of_group(conv_net, STEM), "Cost", "Weights") == "608 B · 19.0% of all"


@pytest.mark.parametrize(("label", "words"), [("Parameters", "4 · 100% of all"), ("Weights", "16 B · 100% of all")])
def test_a_constant_that_several_ops_share_counts_once(label: str, words: str) -> None:
    groups = of_group(opened_bytes(shared_constant()), Selected("group", 0, 0, (0, 1), "both"))
    assert fact(groups, "Cost", label) == words


def test_the_live_memory_of_a_group_is_that_of_its_largest_op(conv_net: OpenedModel) -> None:
    found = next(group for group in of_group(conv_net, STEM) if group.title == "Cost")
    at = next(place for place, line in enumerate(found.facts) if line.label == "Live memory")
    assert found.facts[at].value == "1.8 KiB · 100% of the peak"
    assert found.facts[at + 1].target == Selected("op", 0, 0)


def test_the_tensors_at_either_end_of_a_group_are_links(conv_net: OpenedModel) -> None:
    ends = {group.title: group.facts[0].value for group in of_group(conv_net, STEM)}
    assert (ends["Inputs"], ends["Outputs"]) == ("image", "block/depthwise")


def test_the_tensors_at_either_end_of_a_group_have_shapes(conv_net: OpenedModel) -> None:
    inputs = next(group for group in of_group(conv_net, STEM) if group.title == "Inputs")
    assert inputs.facts[1].value == "1×8×8×3 float32 · 768 B"


def test_a_tensor_used_inside_and_outside_leaves_the_group() -> None:
    graph = block_net(2, "block").subgraph()
    entering, leaving = ends_of(graph, links_of(graph), range(3))
    producer = links_of(graph).producer
    assert ([producer[tensor] for tensor in entering], [producer[tensor] for tensor in leaving]) == ([None], [2])


def test_unpacked_weights_do_not_enter_a_group() -> None:
    graph = opened_bytes(build_fp16_weights()).model.subgraphs[0]
    entering, _ = ends_of(graph, links_of(graph), (2,))
    assert [graph.tensors[tensor].name for tensor in entering] == ["image"]


def test_a_group_whose_costs_hold_for_placeholders_says_so() -> None:
    groups = of_group(opened_bytes(build_dynamic_shape()), Selected("group", 0, 0, (0,), "all"))
    assert fact(groups, "Cost", "At shape") == "the file's placeholders"


@pytest.mark.parametrize("build", [build_conv_net, build_while, build_multi_signature, build_fp16_weights])
def test_a_group_of_all_ops_can_be_told(build) -> None:
    model = opened_bytes(build())
    for graph in model.model.subgraphs:
        whole = Selected("group", graph.index, 0, tuple(range(len(graph.ops))), "all")
        assert "Cost" in titles(of_group(model, whole))
