"""What the Targets page shows as values: the matrix, its filters and order, the findings and the words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from models import build_conv_net, build_while
from PySide6.QtCore import Qt
from targets_bench import TARGETS, advice, report_of
from test_theme import READABLE, VISIBLE, contrast

from maistudio.gui.targets.items import items_of, place_text
from maistudio.gui.targets.matrix import matrix_of, verdict_of
from maistudio.gui.targets.matrix_model import FIRST, MatrixModel
from maistudio.gui.targets.signs import COLOURS, sign_pixmap
from maistudio.gui.targets.summary_view import provenance_text, sentence_of
from maistudio.gui.targets.words import (
    MEANINGS,
    TARGET_WORDS,
    WORDS,
    WORST_FIRST,
    brief,
    crossing_text,
    disagreement,
    numbers_text,
    trouble_text,
)
from maistudio.gui.theme import PALETTES
from maistudio.targets.values import Finding, Judgement, OpReport, Proof, TargetVerdict, Verdict

GPU, NPU = TARGETS[0], TARGETS[6]
REFUSED = {"CONV_2D": (Verdict.REFUSED, "too wide"), "SOFTMAX": (Verdict.UNKNOWN, "no source says")}
CANDIDATES = {"CONV_2D": (Verdict.CANDIDATE, "")}


@pytest.fixture(scope="module")
def net():
    from models import read_bytes

    return read_bytes(build_conv_net())


@pytest.fixture
def matrix(net):
    return matrix_of(net, (report_of(net, GPU, REFUSED), report_of(net, NPU, CANDIDATES)))


@pytest.fixture
def model(qapp, matrix) -> MatrixModel:
    made = MatrixModel()
    made.show_matrix(matrix)
    return made


def types(model: MatrixModel) -> list[str]:
    return [model.data(model.index(row, 1)) for row in range(model.rowCount())]


# Words


def test_every_verdict_has_its_word_its_meaning_and_its_rank() -> None:
    assert set(WORDS) == set(MEANINGS) == set(WORST_FIRST) == set(Verdict)


def test_every_verdict_on_a_model_has_its_word() -> None:
    assert set(TARGET_WORDS) == set(TargetVerdict)


def test_what_fails_at_start_is_worse_than_what_is_refused() -> None:
    assert WORST_FIRST[:2] == (Verdict.FAILS_AT_START, Verdict.REFUSED)


def test_hashes_of_commits_are_cut_as_people_write_them() -> None:
    whole = "google/LiteRT f67457790c9c2ab67347d6fe53270e8d3df20868 a/b.cc:12"
    assert brief(whole) == "google/LiteRT f674577 a/b.cc:12"


def test_nothing_but_hashes_is_cut() -> None:
    assert brief("op 1234567890 of 0123456789abcdef") == "op 1234567890 of 0123456789abcdef"


def test_a_rule_and_a_compile_that_agree_are_told_once() -> None:
    runs = Judgement(Verdict.RUNS, "", "a.cc:1")
    assert disagreement(OpReport(0, 0, "ADD", runs, Proof(Verdict.RUNS, "", "LiteRT"))) == ""


def test_a_rule_and_a_compile_that_differ_are_told_beside_each_other() -> None:
    refused = Judgement(Verdict.REFUSED, "too wide", "a.cc:1")
    told = disagreement(OpReport(0, 0, "ADD", refused, Proof(Verdict.RUNS, "", "LiteRT")))
    assert told == "The rule says: refused, too wide (a.cc:1). The real compile says: runs"


def test_what_crosses_is_told_where_something_does(net) -> None:
    assert numbers_text(report_of(net, GPU, REFUSED)) == "4 of 6 ops · 66.7% of MACs · 2.0 KiB cross"


def test_nothing_crosses_where_all_runs(net) -> None:
    assert numbers_text(report_of(net, GPU, {})) == "6 of 6 ops · 100% of MACs"


def test_targets_that_may_run_all_are_no_trouble(net) -> None:
    assert trouble_text([report_of(net, GPU, {})]) == ""


def test_a_model_without_ops_is_no_trouble(net) -> None:
    assert trouble_text([replace(report_of(net, GPU, REFUSED), ops=())]) == ""


@pytest.mark.parametrize(("bad", "told"), [(1, "1 of 2 targets doesn't"), (2, "2 of 2 targets don't")])
def test_targets_that_fall_short_are_counted(net, bad: int, told: str) -> None:
    reports = [report_of(net, GPU, REFUSED if place < bad else {}) for place in range(2)]
    assert trouble_text(reports).startswith(told)


def test_the_difference_that_was_measured_stands_with_the_provenance(net) -> None:
    report = replace(report_of(net, GPU, {}, {}), largest_difference=0.00012)
    assert provenance_text(report).endswith("outputs differ from the CPU's by 0.00012 at most")


def test_a_summary_begins_with_a_capital(net) -> None:
    assert sentence_of(replace(report_of(net, GPU, {}), summary="all 6 ops on the GPU")) == "All 6 ops on the GPU"


# Signs


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("surface", ["window", "surface", "raised", "canvas", "hover"])
def test_a_sign_can_be_seen_on_every_surface(theme, verdict, surface: str) -> None:
    assert contrast(COLOURS[theme][verdict][0], getattr(PALETTES[theme], surface)) >= VISIBLE


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("role", ["text", "muted_text"])
def test_text_can_be_read_in_the_boxes_of_every_verdict(theme, verdict, role: str) -> None:
    assert contrast(getattr(PALETTES[theme], role), COLOURS[theme][verdict][1]) >= READABLE


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("verdict", Verdict)
def test_a_sign_can_be_seen_on_its_own_box(theme, verdict) -> None:
    assert contrast(*COLOURS[theme][verdict]) >= VISIBLE


@pytest.mark.parametrize("kind", [Verdict, TargetVerdict])
def test_signs_differ_in_shape_and_not_only_in_colour(qapp, kind) -> None:
    shapes = set()
    for sign in kind:
        picture = sign_pixmap(sign, "light", 18, 2.0).toImage()
        shapes.add(tuple(picture.pixelColor(x, y).alpha() > 128 for x in range(36) for y in range(36)))
    assert len(shapes) == len(kind)


def test_a_proved_sign_has_a_line_below(qapp) -> None:
    plain, proved = (sign_pixmap(Verdict.RUNS, "light", 18, 2.0, proved=each).toImage() for each in (False, True))
    assert (plain.pixelColor(18, 34).alpha(), proved.pixelColor(18, 34).alpha() > 128) == (0, True)


# Matrix


def test_a_cell_is_what_the_report_says(matrix) -> None:
    assert (verdict_of(matrix.codes[0][0]), verdict_of(matrix.codes[1][0])) == (Verdict.REFUSED, Verdict.CANDIDATE)


def test_the_worst_of_a_row_is_over_all_targets(matrix) -> None:
    assert [verdict_of(code) for code in matrix.worst] == [Verdict.REFUSED, *[Verdict.RUNS] * 4, Verdict.UNKNOWN]


def test_without_targets_nothing_is_known_to_fail(net) -> None:
    assert {verdict_of(code) for code in matrix_of(net, ()).worst} == {Verdict.RUNS}


def test_ops_of_every_subgraph_have_a_row() -> None:
    from models import read_bytes

    model = read_bytes(build_while())
    matrix = matrix_of(model, (report_of(model, GPU, {}),))
    rows = [matrix.row_of(graph.index, op.index) for graph in model.subgraphs for op in graph.ops]
    assert rows == list(range(model.op_count))


@pytest.mark.parametrize("place", [(0, 6), (0, -1), (1, 0), (-1, 0)])
def test_an_op_that_there_is_not_has_no_row(matrix, place: tuple[int, int]) -> None:
    assert matrix.row_of(*place) == -1


def test_the_matrix_is_one_that_qt_can_go_through(model, qtmodeltester) -> None:
    qtmodeltester.check(model)


def test_only_what_does_not_run_somewhere_can_be_shown(model) -> None:
    model.set_only_trouble(True)
    assert types(model) == ["CONV_2D", "SOFTMAX"]


def test_ops_are_filtered_by_words(model) -> None:
    model.set_filter("block option:same")
    assert types(model) == ["DEPTHWISE_CONV_2D"]


def test_both_filters_hold_together(model) -> None:
    model.set_filter("conv")
    model.set_only_trouble(True)
    assert types(model) == ["CONV_2D"]


def test_a_target_sorts_what_is_worst_first(model) -> None:
    model.sort(FIRST, Qt.SortOrder.AscendingOrder)
    assert types(model)[:2] == ["CONV_2D", "SOFTMAX"]


def test_a_target_sorts_what_runs_first_the_other_way(model) -> None:
    model.sort(FIRST, Qt.SortOrder.DescendingOrder)
    assert types(model)[-2:] == ["SOFTMAX", "CONV_2D"]


def test_types_are_sorted_by_their_letters(model) -> None:
    model.sort(1)
    assert types(model) == sorted(types(model))


def test_the_file_s_order_comes_back(model) -> None:
    before = types(model)
    model.sort(1)
    model.sort(-1)
    assert types(model) == before


def test_a_heading_is_the_id_of_its_target(model) -> None:
    assert model.headerData(FIRST, Qt.Orientation.Horizontal) == "tflite-gpu-2021"


def test_a_heading_tells_the_verdict_on_the_model(model) -> None:
    tip = model.headerData(FIRST, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "runs in part" in tip


# By type


@pytest.fixture(scope="module")
def repeated():
    from models import read_bytes

    return read_bytes(build_while())


def mixed(model, op_type: str):
    """Of this type the second op is refused."""
    report = report_of(model, GPU, {})
    places = [row for row, op in enumerate(report.ops) if op.type == op_type]
    ops = list(report.ops)
    ops[places[1]] = replace(ops[places[1]], rule=Judgement(Verdict.REFUSED, "too late", "a.cc:1"))
    return replace(report, ops=tuple(ops)), places


@pytest.fixture
def by_type(qapp):
    from models import build_chain, read_bytes

    net = read_bytes(build_chain(4))
    report, _ = mixed(net, "RELU")
    made = MatrixModel()
    made.show_matrix(matrix_of(net, (report,)))
    made.set_by_type(True)
    return made


def test_all_ops_of_a_type_share_a_row(by_type) -> None:
    assert (by_type.rowCount(), by_type.data(by_type.index(0, 0))) == (1, "4")


def test_a_row_of_several_ops_shows_the_worst_of_them_and_how_many(by_type) -> None:
    code, _, number = by_type.sign_at(0, FIRST)
    assert (verdict_of(code), number) == (Verdict.REFUSED, "1")


def test_a_row_of_several_ops_speaks_of_the_first_of_the_worst(by_type) -> None:
    assert by_type.op_at(0, FIRST) == 1


def test_a_cell_of_several_ops_counts_the_verdicts(by_type) -> None:
    assert by_type.cell_text(0, FIRST).splitlines()[-1] == "Of 4 ops of this type: 1 refused, 3 runs"


def test_a_filter_keeps_the_ops_of_a_type_that_match(by_type) -> None:
    by_type.set_filter("#2")
    assert by_type.data(by_type.index(0, 0)) == "1"


def test_each_op_is_listed_again(by_type) -> None:
    by_type.set_by_type(False)
    assert by_type.rowCount() == 4


# Findings


def test_the_same_refusal_on_several_targets_is_told_once(net) -> None:
    items = items_of([report_of(net, target, REFUSED) for target in TARGETS[:2]], ())
    assert [(item.title, item.targets) for item in items] == [
        (
            "CONV_2D: refused on TFLite GPU delegate, 2021, TFLite GPU delegate, OpenCL",
            ("tflite-gpu-2021", "tflite-gpu-opencl"),
        )
    ]


def test_another_reason_is_another_finding(net) -> None:
    other = {"CONV_2D": (Verdict.REFUSED, "too high")}
    items = items_of([report_of(net, GPU, REFUSED), report_of(net, NPU, other)], ())
    assert [item.detail for item in items] == ["too wide", "too high"]


def test_what_keeps_a_delegate_from_starting_is_told_first(net) -> None:
    fails = {"SOFTMAX": (Verdict.FAILS_AT_START, "no shader")}
    items = items_of([report_of(net, GPU, REFUSED | fails)], ())
    assert [item.verdict for item in items] == [Verdict.FAILS_AT_START, Verdict.REFUSED]


def test_refusals_stand_in_the_order_of_their_targets(net) -> None:
    fails = {"SOFTMAX": (Verdict.FAILS_AT_START, "no shader")}
    items = items_of([report_of(net, GPU, REFUSED), report_of(net, NPU, fails)], ())
    assert [item.group for item in items] == [GPU.name, NPU.name]


def test_candidates_and_what_is_not_known_are_no_findings(net) -> None:
    assert items_of([report_of(net, NPU, CANDIDATES)], ()) == ()


def refusal_advice(places=((0, 0),)) -> Finding:
    return Finding(
        "refused-CONV_2D", 0, 0, "The delegate refuses 1 CONV_2D op: too wide", "Make it slim", "a paper",
        "split-to-slices", tuple(places), GPU.id,
    )  # fmt: skip


def test_advice_on_a_refusal_joins_it(net) -> None:
    (item,) = items_of([report_of(net, GPU, REFUSED)], [refusal_advice()])
    assert (item.detail, item.rewrite, item.id) == ("too wide. Make it slim", "split-to-slices", "refused-CONV_2D")


def test_advice_on_other_ops_stands_for_itself(net) -> None:
    items = items_of([report_of(net, GPU, REFUSED)], [refusal_advice([(0, 4)])])
    assert [item.verdict for item in items] == [None, Verdict.REFUSED]


def test_advice_for_another_target_does_not_join_a_refusal(net) -> None:
    items = items_of([report_of(net, NPU, REFUSED)], [refusal_advice()])
    assert [item.verdict for item in items] == [None, Verdict.REFUSED]


def test_ops_that_one_piece_of_advice_puts_together_are_one_finding(net) -> None:
    rules = {"CONV_2D": (Verdict.REFUSED, "it is float"), "SOFTMAX": (Verdict.REFUSED, "it is of float32")}
    together = Finding("refused-float", 0, 0, "X refuses 2 ops: it is float", "Quantize", "a paper",
                       places=((0, 0), (0, 5)), target=GPU.id)  # fmt: skip
    (item,) = items_of([report_of(net, GPU, rules)], [together])
    assert (item.title, item.places) == ("CONV_2D, SOFTMAX: refused on TFLite GPU delegate, 2021", ((0, 0), (0, 5)))


def test_the_case_of_a_name_that_a_reason_begins_with_is_kept(net) -> None:
    rules = {"CONV_2D": (Verdict.REFUSED, "serving_default_x:0 is too wide")}
    (item,) = items_of([report_of(net, GPU, rules)], ())
    assert item.detail.startswith("serving_default_x:0")


def test_what_crosses_is_explained(net) -> None:
    assert crossing_text(report_of(net, GPU, REFUSED)) == "1 tensor crosses between the device and the CPU, 2.0 KiB"


def test_the_same_word_is_used_for_a_model_that_runs_nowhere() -> None:
    assert TARGET_WORDS[TargetVerdict.NONE] == "Doesn't run"


def test_a_silenced_refusal_is_silenced_whole(net) -> None:
    (item,) = items_of([report_of(net, GPU, REFUSED)], [refusal_advice()], {"refused-CONV_2D"})
    assert item.silenced


def test_silenced_findings_come_last(net) -> None:
    items = items_of((), [advice("one"), advice("two")], {"one"})
    assert [(item.id, item.silenced) for item in items] == [("two", False), ("one", True)]


def test_advice_on_a_whole_model_has_no_place() -> None:
    (item,) = items_of((), [advice("float-interface", places=())])
    assert (item.places, place_text(item)) == ((), "")


def test_a_place_in_another_subgraph_names_it() -> None:
    (item,) = items_of((), [advice(places=[(2, 5)])])
    assert place_text(item) == "op 5 of subgraph 2"


def test_one_of_several_places_is_counted() -> None:
    (item,) = items_of((), [advice(places=[(0, 5), (0, 7)])])
    assert place_text(item, 1) == "op 7, 2 of 2"
