"""The Zoo page in the window: what it shows, what it builds, and where that leads."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from interface_turns import ATTEMPTS, CPU_SECONDS_A_STEP, collected_as_in_the_program, longest_step
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from zoo_forge import COMMAND, MISSING, chain, made_up_zoo

import maistudio.gui.zoo.page  # noqa: F401 - as the window does off the interface thread before it is chosen
from maistudio.errors import RuntimeMissingError
from maistudio.gui.models.card_list import CARD
from maistudio.gui.theme import PALETTES
from maistudio.gui.zoo.figure import lay_out
from maistudio.gui.zoo.order_form import OPEN, OWN
from maistudio.gui.zoo.reading import ordinal, read_gallery
from maistudio.zoo.forms import Form, Order
from maistudio.zoo.tensorflow_here import tensorflow_version

pytest_plugins = ["window_fixtures", "zoo_fixtures"]

FIRST = "net_2021_0"


@pytest.fixture
def window(zoo_window):
    return zoo_window


def go_to(zoo, row: int) -> None:
    zoo.gallery.setCurrentIndex(zoo.gallery.model().index(row, 0))


def opened(window) -> list[str]:
    return [Path(tab.path).name for tab in window.tabs.all()]


# The page in the window


def test_the_rail_leads_to_the_page_without_a_model(window, qtbot) -> None:
    qtbot.mouseClick(window.rail.buttons["zoo"], Qt.MouseButton.LeftButton)
    assert (window.pages.zoo.isVisible(), window.welcome.isVisible()) == (True, False)


def test_the_page_is_reached_by_keyboard(window, qtbot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.zoo.isVisible()


def test_leaving_it_without_a_model_the_window_says_how_to_begin(window, zoo) -> None:
    window.show_page("graph")
    assert (window.welcome.isVisible(), window.welcome.button.hasFocus(), window.pages.zoo) == (True, True, None)


def test_the_page_keeps_its_place_when_tabs_change(window, zoo, open_model_tab) -> None:
    zoo.bar.tabs.setCurrentIndex(1)
    go_to(zoo, 4)
    first = open_model_tab()
    open_model_tab("other.tflite")
    window.show_page("zoo")
    window.tabs.choose(first)
    window.close_tab()
    assert (zoo.isVisible(), zoo.bar.tabs.currentIndex(), zoo.gallery.currentIndex().row()) == (True, 1, 4)


def test_a_file_opened_from_this_page_is_shown(window, zoo, write_model) -> None:
    window.open_files([str(write_model())])
    assert (zoo.isVisible(), window.tabs.current.isVisible()) == (False, True)


def test_each_challenge_keeps_the_card_gone_to(zoo) -> None:
    go_to(zoo, 5)
    zoo.bar.tabs.setCurrentIndex(1)
    zoo.bar.tabs.setCurrentIndex(0)
    assert zoo.gallery.currentIndex().row() == 5


def test_the_inspector_is_not_about_the_zoo(window, zoo, open_model_tab) -> None:
    open_model_tab()
    window.show_page("zoo")
    beside_zoo = window.inspector.isVisible()
    assert "no inspector" in window.actions_by_id["inspector"].toolTip()
    window.show_page("graph")
    assert (beside_zoo, window.inspector.isVisible()) == (False, True)


def test_f6_goes_through_the_parts_of_the_page(window, zoo) -> None:
    reached = set()
    for _ in range(8):
        window.actions_by_id["next-pane"].trigger()
        focused = window.focusWidget()
        reached |= {pane for pane in zoo.panes() if pane is focused or pane.isAncestorOf(focused)}
    assert reached == set(zoo.panes())


def test_tab_goes_from_the_challenges_to_the_buttons(window, zoo, qtbot) -> None:
    zoo.detail.order.input.setCurrentIndex(OWN)
    zoo.bar.tabs.setFocus()
    reached = []
    for _ in range(20):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(window.focusWidget())
        if reached[-1] is zoo.detail.order.save:
            break
    order = zoo.detail.order
    wanted = [zoo.bar.filter, zoo.gallery, order.form, order.input, order.height_field, order.width_field, order.build]
    assert [each for each in reached if each in wanted] == wanted
    assert reached[-1] is order.save


def test_every_control_has_a_name_for_screen_readers(zoo) -> None:
    order = zoo.detail.order
    fields = [zoo.bar.tabs, zoo.bar.filter, zoo.gallery, zoo.line.bar, zoo.detail]
    fields += [order.form, order.input, order.height_field, order.width_field]
    assert [field for field in fields if not field.accessibleName()] == []


def test_both_themes_reach_every_part(window, zoo) -> None:
    pictures = []
    for palette in PALETTES.values():
        window.choose_theme(palette.name)
        QApplication.processEvents()
        pictures.append(zoo.gallery.viewport().grab().toImage().pixelColor(2, 2).name())
    assert pictures == [palette.canvas for palette in PALETTES.values()]


@pytest.mark.parametrize("width", [640, 1000, 1280, 1920])
def test_cards_share_the_width_without_scrolling_sideways(window, zoo, width: int) -> None:
    window.resize(width, 650)
    QApplication.processEvents()
    view = zoo.gallery
    right = max(view.visualRect(view.model().index(row, 0)).right() for row in range(len(view.cards)))
    assert right <= view.viewport().width()
    assert view.horizontalScrollBar().maximum() == 0


# What is read


def test_the_zoo_is_read_off_the_interface_thread(zoo, forge) -> None:
    assert forge.threads
    assert all(name.startswith("job") for name in forge.threads)


def test_what_fails_is_said_in_one_sentence_and_can_be_tried_again(window, forge, qtbot) -> None:
    forge.read_refusal = "zoo.toml, line 3: there is no basis X: use F, T or I"
    window.show_page("zoo")
    page = window.pages.zoo
    page.settle(QApplication.processEvents)
    assert (page.banner.text, page.gallery.empty.text()) == (forge.read_refusal, "The zoo could not be read.")
    forge.read_refusal = ""
    page.read()
    page.settle(QApplication.processEvents)
    assert page.gallery.cards


def test_the_challenges_stand_on_top_with_their_years(zoo) -> None:
    titles = [zoo.bar.tabs.tabText(place) for place in range(zoo.bar.tabs.count())]
    assert titles == ["Quantized SR 2021", "Learned ISP 2022"]
    assert zoo.bar.tabs.tabToolTip(0) == "Mobile AI 2021: real-time quantized image super-resolution"


def test_every_row_has_a_card_in_the_tables_order(zoo) -> None:
    shelf = made_up_zoo().shelves[0]
    assert [card.team for card in zoo.gallery.cards] == [each.row.team for each in shelf.rows]


def test_a_card_tells_place_basis_and_the_most_telling_numbers(zoo) -> None:
    card = zoo.gallery.cards[0]
    assert (card.place, card.second) == ("1st", f"{FIRST} · report's text (T)")
    assert card.numbers == (
        ("Reported", "67 KB"), ("Built", "87.9 KiB"), ("PSNR", "29.58"), ("NPU, ms", "44.85"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words", "place"), [(1, "The report does not describe it", "2nd"), (3, "Classical method", "baseline")]
)
def test_a_row_without_a_network_says_so_and_has_nothing_to_press(zoo, row: int, words: str, place: str) -> None:
    go_to(zoo, row)
    assert (zoo.gallery.card.words, zoo.gallery.card.place) == (words, place)
    assert (zoo.detail.order.isVisible(), zoo.detail.order.wish()) == (False, None)


def test_rows_outside_the_ranking_have_a_dash(zoo) -> None:
    assert (zoo.gallery.cards[-1].place, zoo.gallery.cards[-1].place_tip) == ("–", "outside the ranking")


def test_places_are_ordinals() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd",
    ]  # fmt: skip


def test_the_details_tell_what_it_is_and_by_how_much_it_is_off_and_why(zoo) -> None:
    told = zoo.detail.text().splitlines()
    assert "Basis: T: from the report's text" in told
    assert "Source: Section 4" in told
    assert "Built size: 87.9 KiB as int8" in told
    assert "Off by: +31 %" in told
    assert "Why: 32 % larger: the report leaves the width open" in told
    assert "Trained parameters: 21,947" in told
    assert "CPU, ms: 1278" in told


def test_the_opinion_score_is_told_where_the_report_has_one() -> None:
    from maistudio.challenges.catalogue import shipped_challenges
    from maistudio.jobs.zoo import Zoo, ZooRow, ZooShelf
    from maistudio.zoo.rows import Row, Status

    challenge = next(each for each in shipped_challenges() if each.id == "mai2022-learned-isp")
    entry = challenge.scored.entries[0]
    opinion = next(track for track in challenge.tracks if track.ranked_by == "mos").entries[0]
    row = ZooRow(Row(challenge.id, entry.team, 1, entry, Status.NOT_DESCRIBED), None, (opinion,))
    gallery = read_gallery(Zoo((ZooShelf(challenge, (row,)),), ""), "", "")
    facts = {fact.label: fact.value for group in gallery.shelves[0].cards[0].groups for fact in group.facts}
    assert facts["Opinion score"] == opinion.text("mos")


def test_numbers_that_a_report_leaves_out_are_not_shown(zoo) -> None:
    go_to(zoo, 3)
    assert "Final score" not in zoo.detail.text()


def test_words_filter_teams_names_and_architectures(zoo) -> None:
    zoo.bar.filter.setText("RESIDUAL 32")
    assert [card.name for card in zoo.gallery.cards] == ["net_2021_2"]
    assert [zoo.bar.tabs.tabText(place) for place in range(2)] == ["Quantized SR 2021 (1)", "Learned ISP 2022 (1)"]
    assert zoo.bar.count.text() == "1 of 12 rows"


def test_a_filter_that_nothing_matches_says_so_and_can_be_cleared(zoo, qtbot) -> None:
    zoo.bar.filter.setText("nosuchnet")
    assert zoo.gallery.empty.text() == "No network of this challenge matches “nosuchnet”."
    assert (zoo.detail.order.isVisible(), zoo.detail.text()) == (False, "")
    qtbot.keyClick(zoo.bar.filter, Qt.Key.Key_Escape)
    assert (len(zoo.gallery.cards), zoo.gallery.empty.isVisible()) == (12, False)


def test_the_card_gone_to_is_kept_by_a_filter_that_it_matches(zoo) -> None:
    go_to(zoo, 4)
    zoo.bar.filter.setText("anchor")
    assert zoo.gallery.card.name == "net_2021_4"
    zoo.bar.filter.setText("")
    assert zoo.gallery.currentIndex().row() == 4


# The keyboard


@pytest.mark.parametrize("model", [False, True])
def test_the_keys_that_find_put_the_keyboard_into_the_filter(window, zoo, open_model_tab, qtbot, model: bool) -> None:
    if model:
        open_model_tab()
        window.show_page("zoo")
    zoo.gallery.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert zoo.bar.filter.hasFocus()
    zoo.gallery.setFocus()
    qtbot.keyClick(zoo.gallery, "/")
    assert zoo.bar.filter.hasFocus()


def test_arrows_go_from_card_to_card(zoo, qtbot) -> None:
    zoo.gallery.setFocus()
    qtbot.keyClick(zoo.gallery, Qt.Key.Key_Right)
    right = zoo.gallery.currentIndex().row()
    qtbot.keyClick(zoo.gallery, Qt.Key.Key_Down)
    assert (right, zoo.gallery.currentIndex().row()) == (1, 4)


def test_down_leaves_the_filter_for_the_cards(zoo, qtbot) -> None:
    zoo.bar.filter.setFocus()
    qtbot.keyClick(zoo.bar.filter, Qt.Key.Key_Down)
    assert zoo.gallery.hasFocus()


def test_a_card_is_copied_as_text(zoo, qtbot) -> None:
    qtbot.keyClick(zoo.gallery, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == zoo.gallery.card.text


def test_a_card_is_told_to_screen_readers_whole(zoo) -> None:
    told = zoo.gallery.model().data(zoo.gallery.model().index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert told.splitlines()[0] == "Aselsan Research, 1st in the ranking"
    assert "Reported 67 KB" in told


# Building


def test_enter_builds_as_submitted_and_opens_a_tab(window, zoo, forge, qtbot) -> None:
    zoo.detail.order.form.setCurrentIndex(2)
    zoo.gallery.setFocus()
    qtbot.keyClick(zoo.gallery, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.document is not None)
    assert forge.built == [Order(FIRST, Form.INT8, 360, 640)]
    assert opened(window) == [f"{FIRST}-untrained-int8-360x640.tflite"]
    assert (window.graph.isVisible(), window.pages.zoo) == (True, None)


def test_a_double_click_does_the_same(window, zoo, forge, qtbot) -> None:
    place = zoo.gallery.visualRect(zoo.gallery.model().index(2, 0)).center()
    qtbot.mouseClick(zoo.gallery.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(zoo.gallery.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: window.document is not None)
    assert [order.name for order in forge.built] == ["net_2021_2"]


def test_the_button_builds_the_form_and_size_chosen(window, zoo, forge, qtbot) -> None:
    order = zoo.detail.order
    order.form.setCurrentIndex(order.form.findData("dynamic-range"))
    order.input.setCurrentIndex(OWN)
    order.height_field.setValue(64)
    order.width_field.setValue(96)
    qtbot.mouseClick(order.build, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document is not None)
    assert forge.built == [Order(FIRST, Form.DYNAMIC_RANGE, 64, 96)]


def test_the_size_can_be_left_open(window, zoo, forge, qtbot) -> None:
    zoo.detail.order.input.setCurrentIndex(OPEN)
    window.actions_by_id["build-network"].trigger()
    qtbot.waitUntil(lambda: window.document is not None)
    assert forge.built == [Order(FIRST, Form.INT8, None, None)]


def test_the_forms_begin_with_the_submitted_one(zoo) -> None:
    order = zoo.detail.order
    assert [order.form.itemText(place) for place in range(order.form.count())] == [
        "int8, as submitted", "fp32", "fp16", "dynamic-range",
    ]  # fmt: skip
    assert order.height_field.singleStep() == 4


def test_a_kept_file_opens_while_another_is_built(window, zoo, forge, qtbot) -> None:
    forge.let_go.clear()
    forge.kept.add(Order("net_2021_2", Form.INT8, 360, 640))
    zoo.build()
    qtbot.waitUntil(lambda: len(forge.built) == 1)
    go_to(zoo, 2)
    zoo.build()
    qtbot.waitUntil(lambda: window.tabs.count == 1)
    assert (opened(window), len(forge.built)) == (["net_2021_2-untrained-int8-360x640.tflite"], 1)


def test_the_page_and_the_jobs_bar_say_how_far_a_build_is(window, zoo, forge, qtbot) -> None:
    forge.let_go.clear()
    zoo.build()
    qtbot.waitUntil(lambda: zoo.line.stage.text() == f"Building {FIRST}: converting")
    qtbot.waitUntil(lambda: window.jobs_bar.isVisible())
    assert (zoo.line.isVisible(), zoo.line.bar.value()) == (True, 500)
    assert window.jobs_bar._text.text() == f"Building {FIRST}: converting"
    forge.let_go.set()
    qtbot.waitUntil(lambda: window.tabs.count == 1)
    assert zoo.line.isHidden()


def test_a_second_build_waits_for_the_first(window, zoo, forge, qtbot) -> None:
    forge.let_go.clear()
    zoo.build()
    qtbot.waitUntil(lambda: len(forge.built) == 1)
    go_to(zoo, 2)
    zoo.build()
    qtbot.waitUntil(lambda: zoo.line.stage.text().endswith("1 more to build"))
    assert len(forge.built) == 1
    forge.let_go.set()
    qtbot.waitUntil(lambda: window.tabs.count == 2)


def test_the_same_build_is_not_begun_twice(zoo, forge, qtbot) -> None:
    forge.let_go.clear()
    zoo.build()
    qtbot.waitUntil(lambda: len(forge.built) == 1)
    zoo.build()
    assert "being built already" in zoo.banner.text
    assert zoo.building.waiting == 0


def test_cancel_stops_the_build_and_opens_nothing(window, zoo, forge, qtbot) -> None:
    forge.let_go.clear()
    zoo.build()
    qtbot.waitUntil(lambda: len(forge.built) == 1 and zoo.line.isVisible())
    qtbot.mouseClick(zoo.line.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: forge.stopped == [FIRST])
    assert (window.tabs.count, zoo.line.isHidden(), zoo.banner.text) == (0, True, "")


def test_closing_the_window_stops_the_build(window, zoo, forge, qtbot) -> None:
    forge.let_go.clear()
    zoo.build()
    qtbot.waitUntil(lambda: len(forge.built) == 1)
    window.close()
    assert forge.stopped == [FIRST]


def test_a_build_goes_on_when_the_page_is_left_and_does_not_take_the_other_page_away(
    window, zoo, forge, open_model_tab, qtbot
) -> None:
    open_model_tab()
    forge.let_go.clear()
    zoo.build()
    qtbot.waitUntil(lambda: len(forge.built) == 1)
    window.show_page("targets")
    forge.let_go.set()
    qtbot.waitUntil(lambda: window.tabs.count == 2)
    assert window.workspace.page_stack.name == "targets"


@pytest.mark.parametrize("where", ["refusal", "size_refusal"])
def test_a_build_that_fails_is_said_in_one_sentence(window, zoo, forge, qtbot, where: str) -> None:
    setattr(forge, where, "net_2021_0 can't be built as int8: there is no memory left")
    zoo.build()
    qtbot.waitUntil(lambda: zoo.banner.text != "")
    assert zoo.banner.text == getattr(forge, where)
    assert (zoo.line.isHidden(), window.tabs.count, zoo.detail.order.build.isEnabled()) == (True, 0, True)


def test_a_copy_is_saved_and_can_be_opened(window, zoo, forge, tmp_path, qtbot) -> None:
    zoo.save(zoo.detail.order.wish(), str(tmp_path / "mine.tflite"))
    qtbot.waitUntil(lambda: "was saved as" in zoo.banner.text)
    assert ((tmp_path / "mine.tflite").is_file(), window.tabs.count) == (True, 0)
    qtbot.mouseClick(zoo.banner._button, Qt.MouseButton.LeftButton)
    assert opened(window) == ["mine.tflite"]


def test_a_row_that_cannot_be_built_says_so_when_enter_is_pressed(window, zoo, forge, qtbot) -> None:
    go_to(zoo, 1)
    qtbot.keyClick(zoo.gallery, Qt.Key.Key_Return)
    assert window.statusBar().currentMessage().endswith("can't be built: the report does not describe it")
    assert forge.built == []


# Without TensorFlow


@pytest.fixture
def bare_zoo(window, forge):
    """The page where TensorFlow is missing."""
    forge.missing = MISSING
    window.show_page("zoo")
    window.pages.zoo.settle(QApplication.processEvents)
    return window.pages.zoo


def test_without_tensorflow_the_gallery_says_what_to_install(bare_zoo, qtbot) -> None:
    assert (bare_zoo.missing.text, len(bare_zoo.gallery.cards)) == (MISSING, 12)
    qtbot.mouseClick(bare_zoo.missing._button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == COMMAND


def test_without_tensorflow_every_disabled_control_says_why(window, bare_zoo) -> None:
    order = bare_zoo.detail.order
    disabled = [each for each in order.findChildren(QWidget) if each.toolTip() and not each.isEnabled()]
    assert {order.form, order.input, order.build, order.save} <= set(disabled)
    assert all("TensorFlow is not installed" in each.toolTip() for each in disabled)
    assert "TensorFlow is not installed" in window.actions_by_id["build-network"].toolTip()


def test_tensorflow_installed_meanwhile_is_found_when_the_page_is_shown_again(window, bare_zoo, forge) -> None:
    go_to(bare_zoo, 2)
    forge.missing = ""
    window.show_page("graph")
    window.show_page("zoo")
    bare_zoo.settle(QApplication.processEvents)
    assert (bare_zoo.missing.isHidden(), bare_zoo.detail.order.build.isEnabled()) == (True, True)
    assert bare_zoo.gallery.currentIndex().row() == 2


# The drawings


@pytest.mark.parametrize("columns", [1, 8, 150, 400])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_drawing_stays_in_its_room(columns: int, scale: float) -> None:
    bars = chain(columns) if columns > 1 else chain(2)[:1]
    figure = lay_out(bars, 238 * scale, 60 * scale, scale)
    assert len(figure.blocks) == columns
    assert min(block.left for block in figure.blocks) >= 0
    assert max(block.left + block.width for block in figure.blocks) <= 238 * scale + 1
    assert min(block.top for block in figure.blocks) >= 0
    assert max(block.top + block.height for block in figure.blocks) <= 60 * scale + 1e-6
    assert all(arc.peak >= 0 for arc in figure.arcs)


def test_bars_of_a_short_drawing_do_not_touch_and_are_higher_with_the_resolution() -> None:
    blocks = lay_out(chain(8), 238, 60).blocks
    assert all(after.left > before.left + before.width for before, after in pairwise(blocks))
    assert blocks[-1].height > blocks[0].height


def test_only_connections_that_pass_columns_are_arcs() -> None:
    assert len(lay_out(chain(8), 238, 60).arcs) == 2


def test_a_network_without_a_drawing_has_none() -> None:
    assert lay_out((), 238, 60).blocks == ()


# Turns of the interface thread


def test_showing_the_zoo_and_its_challenges_never_holds_the_window_up(make_window) -> None:
    """With what is shipped."""
    rounds = [longest_step_of(make_window()) for _ in range(ATTEMPTS)]
    assert min(rounds) < CPU_SECONDS_A_STEP


def shown(tabs, place: int) -> bool:
    return tabs.currentIndex() == place


def longest_step_of(window) -> float:
    with collected_as_in_the_program(window):
        QTimer.singleShot(0, lambda: window.show_page("zoo"))
        longest = longest_step(lambda: window.pages.zoo is not None and window.pages.zoo.gallery.cards)
        page = window.pages.zoo
        tabs = page.bar.tabs
        for place in range(tabs.count()):
            QTimer.singleShot(0, partial(tabs.setCurrentIndex, place))
            longest = max(longest, longest_step(partial(shown, tabs, place)))
    assert page.gallery.model().data(page.gallery.model().index(0, 0), CARD).team
    return longest


@pytest.mark.slow
def test_a_real_network_is_built_and_opened(make_window, tmp_path, monkeypatch, qtbot) -> None:
    try:
        tensorflow_version()
    except RuntimeMissingError as error:
        pytest.skip(str(error))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    window = make_window()
    window.show_page("zoo")
    page = window.pages.zoo
    page.settle(QApplication.processEvents)
    page.bar.filter.setText("abpn")
    page.bar.tabs.setCurrentIndex(1)
    order = page.detail.order
    order.input.setCurrentIndex(OWN)
    order.height_field.setValue(24)
    order.width_field.setValue(24)
    page.build()
    qtbot.waitUntil(lambda: window.document is not None, timeout=120_000)
    assert opened(window) == ["abpn-untrained-int8-24x24.tflite"]
    assert window.document.opened.model.op_count > 5
