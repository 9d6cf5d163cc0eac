"""Which targets are checked: how they are found, ticked and remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from targets_bench import TARGETS

from maistudio.gui.settings import Settings
from maistudio.gui.targets.chooser_model import TargetsModel
from maistudio.gui.targets.families import FAMILIES, USUAL, family_of

pytest_plugins = ["window_fixtures", "targets_fixtures"]


@pytest.fixture
def window(targets_window):
    return targets_window


@pytest.fixture
def model(qapp) -> TargetsModel:
    made = TargetsModel()
    made.show_targets(TARGETS)
    return made


def shown(model: TargetsModel) -> list[str]:
    return [target.id for _, targets in model.families for target in targets]


def test_targets_stand_under_their_families_in_order(model) -> None:
    assert [family for family, _ in model.families] == list(FAMILIES)


@pytest.mark.parametrize(
    ("engine", "device", "family"),
    [
        ("TensorFlow Lite GPU delegate", "GPU", "GPU"),
        ("NNAPI delegate", "phone's NNAPI accelerator", "NNAPI"),
        ("XNNPACK delegate", "XNNPACK delegate", "CPU"),
        ("Hexagon delegate", "Hexagon DSP", "NPU and DSP"),
    ],
)
def test_an_engine_belongs_to_a_family(engine: str, device: str, family: str) -> None:
    assert family_of(engine, device) == family


def test_every_shipped_target_has_a_family() -> None:
    from maistudio.targets.catalogue import shipped_targets

    assert {family_of(target.engine, target.device) for target in shipped_targets()} <= set(FAMILIES)


def test_the_usual_targets_are_shipped() -> None:
    from maistudio.targets.catalogue import shipped_targets

    assert set(USUAL) <= {target.id for target in shipped_targets()}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("opencl", ["tflite-gpu-opencl"]),
        ("LITERT gpu", ["tflite-gpu-opencl", "tflite-gpu-opengl", "litert-gpu"]),
        ("android", ["nnapi-30"]),
        ("nothing", []),
    ],
)
def test_targets_are_found_by_words_of_name_id_and_version(model, typed: str, found: list[str]) -> None:
    model.set_filter(typed)
    assert shown(model) == found


def test_a_family_without_targets_that_match_is_left_out(model) -> None:
    model.set_filter("nnapi")
    assert [family for family, _ in model.families] == ["NNAPI"]


def test_a_target_knows_its_family_as_its_parent(model) -> None:
    index = model.index_of("nnapi-30")
    assert model.data(index.parent()) == "NNAPI"


def test_a_family_can_t_be_ticked(model) -> None:
    family = model.index(0, 0)
    assert not model.setData(family, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert not model.flags(family) & Qt.ItemFlag.ItemIsUserCheckable


def test_the_tree_is_one_that_qt_can_go_through(model, qtmodeltester) -> None:
    qtmodeltester.check(model)


def test_a_tick_says_which_are_chosen(model, qtbot) -> None:
    model.show_chosen(["xnnpack"])
    with qtbot.waitSignal(model.ticked) as ticked:
        model.setData(model.index_of("litert-gpu"), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert set(ticked.args[0]) == {"xnnpack", "litert-gpu"}


def test_a_tick_that_is_taken_away_says_so_too(model, qtbot) -> None:
    model.show_chosen(["xnnpack", "litert-gpu"])
    with qtbot.waitSignal(model.ticked) as ticked:
        model.setData(model.index_of("litert-gpu"), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert ticked.args[0] == ("xnnpack",)


# In the window


def test_the_usual_targets_are_chosen_at_first(sheet, window) -> None:
    assert window.checks.chosen == USUAL


def test_the_space_bar_ticks_a_target(sheet, window, desk, idle, qtbot) -> None:
    tree = sheet.chooser.tree
    tree.setFocus()
    tree.setCurrentIndex(sheet.chooser.model.index_of("samsung-enn"))
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    idle()
    assert window.document.checked.asked == (*USUAL, "samsung-enn")


def test_enter_unticks_a_target(sheet, window, idle, qtbot) -> None:
    tree = sheet.chooser.tree
    tree.setFocus()
    tree.setCurrentIndex(sheet.chooser.model.index_of("xnnpack"))
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    idle()
    assert window.document.checked.asked == USUAL[:-1]


def test_every_family_is_open_after_a_search(sheet) -> None:
    sheet.chooser.search.setText("gpu")
    sheet.chooser.search.clear()
    tree, model = sheet.chooser.tree, sheet.chooser.model
    assert all(tree.isExpanded(model.index(row, 0)) for row in range(model.rowCount()))


def entry(sheet, text: str):
    return next(each for each in sheet.chooser.choices.menu().actions() if each.text() == text)


def test_the_targets_of_a_challenge_can_be_chosen(sheet, window, idle) -> None:
    entry(sheet, "Denoising 2021").trigger()
    idle()
    assert window.checks.chosen == ("tflite-gpu-2021", "samsung-enn")


@pytest.mark.parametrize(("text", "count"), [("All", len(TARGETS)), ("None", 0), ("Usual targets", 6)])
def test_all_none_and_the_usual_can_be_chosen(sheet, window, idle, text: str, count: int) -> None:
    window.checks.choose(["xnnpack"])
    entry(sheet, text).trigger()
    idle()
    assert len(window.checks.chosen) == count


def test_the_choice_is_remembered(sheet, window, make_targets_window, idle) -> None:
    window.checks.choose(["xnnpack", "litert-gpu"])
    window.checks.look_at("xnnpack")
    idle()
    window.close()
    other = make_targets_window()
    assert (set(other.checks.chosen), other.checks.current) == ({"xnnpack", "litert-gpu"}, "xnnpack")


def test_one_target_is_remembered_as_one(sheet, window, make_targets_window, idle) -> None:
    window.checks.choose(["xnnpack"])
    idle()
    window.close()
    assert make_targets_window().checks.chosen == ("xnnpack",)


def test_a_remembered_target_that_is_gone_is_forgotten(settings, make_targets_window, write_model, qtbot) -> None:
    settings.put_texts("targets", ["gone-away", "xnnpack"])
    window = make_targets_window()
    window.checks.enable()
    window.open_files([str(write_model())])
    qtbot.waitUntil(lambda: window.checks.known is not None)
    assert window.checks.chosen == ("xnnpack",)


def test_the_target_looked_at_is_one_of_those_chosen(sheet, window, idle) -> None:
    window.checks.look_at("xnnpack")
    window.checks.choose(["litert-gpu"])
    idle()
    assert window.checks.current == "litert-gpu"


def test_a_target_that_is_not_chosen_can_t_be_looked_at(sheet, window, settings) -> None:
    window.checks.look_at("samsung-enn")
    assert (window.checks.current, settings.texts("target")) == (USUAL[0], [])


# Settings


@pytest.mark.parametrize("texts", [["one"], ["one", "two, three"], []])
def test_texts_are_kept_as_they_are(tmp_path, texts: list[str]) -> None:
    path = tmp_path / "window.ini"
    kept = Settings(path)
    kept.put_texts("targets", texts)
    kept.save()
    assert Settings(path).texts("targets") == texts


def test_texts_that_are_too_long_are_not_taken(tmp_path) -> None:
    path = tmp_path / "window.ini"
    path.write_text(f"[General]\ntargets={'x' * 500}, fine\n")
    assert Settings(path).texts("targets") == ["fine"]
