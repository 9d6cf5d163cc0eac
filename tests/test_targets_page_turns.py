"""The Targets page and a large model: how long the window does not look up meanwhile."""

from __future__ import annotations

import pytest
from interface_turns import ATTEMPTS, CPU_SECONDS_A_STEP, collected_as_in_the_program, longest_step
from models import build_chain
from PySide6.QtCore import Qt, QTimer
from targets_bench import TARGETS

import maistudio.gui.targets.page  # noqa: F401 - as the window does off the interface thread before it is chosen
from maistudio.gui.targets.chooser_model import TargetsModel
from maistudio.gui.targets.chooser_tree import TargetsTree
from maistudio.gui.targets.families import USUAL
from maistudio.library.place import VARIABLE

pytest_plugins = ["window_fixtures"]

OPS = 4000


@pytest.fixture(autouse=True)
def own_library(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "library"))


@pytest.fixture
def large_file(write_model):
    """A model of thousands of ops."""
    return write_model("chain.tflite", build_chain(OPS))


def test_a_first_check_never_holds_the_window_up(make_window, large_file) -> None:
    assert min(longest_step_of_first_check(make_window(), large_file) for _ in range(ATTEMPTS)) < CPU_SECONDS_A_STEP


def longest_step_of_first_check(window, path) -> float:
    """The most CPU seconds that a window does not look up for while its Targets page is first shown and checks."""
    with collected_as_in_the_program(window):
        open_model_in(window, path)
        QTimer.singleShot(0, lambda: window.show_page("targets"))
        longest = longest_step(lambda: window.document.checked is not None and not window.checks.busy)
    assert len(window.document.checked.reports) == len(USUAL)
    return longest


def test_choosing_targets_never_holds_the_window_up(window, large_file) -> None:
    with collected_as_in_the_program(window):
        open_model_in(window, large_file)
        window.show_page("targets")
        longest_step(lambda: window.document.checked is not None and not window.checks.busy)
        every = tuple(each.id for each in window.checks.known.targets)
        wanted = (every, USUAL[1:], USUAL)
        rounds = [max(longest_step_of_choice(window, each) for each in wanted) for _ in range(ATTEMPTS)]
    assert min(rounds) < CPU_SECONDS_A_STEP


def longest_step_of_choice(window, wanted) -> float:
    """Choose these targets; the most CPU seconds the window did not look up for until their verdicts were shown."""
    QTimer.singleShot(0, lambda: window.checks.choose(wanted))
    return longest_step(lambda: len(window.document.checked.reports) == len(wanted) and not window.checks.busy)


def open_model_in(window, path) -> None:
    """Open a model, and wait until it is read, hashed and laid out."""
    window.open_files([str(path)])
    longest_step(lambda: window.graph is not None and window.graph.scene is not None and window.document.sha256)


class AskedModel(TargetsModel):
    """Keeps what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        self.asked.append(role)
        return super().data(index, role)


@pytest.fixture
def tree(qtbot):
    """The targets to choose from, two of them ticked."""
    model = AskedModel()
    made = TargetsTree(model)
    qtbot.addWidget(made)
    model.row_height = 18
    model.show_targets(TARGETS)
    model.show_chosen(["xnnpack", "litert-gpu"])
    made.expandAll()
    made.resize(300, 400)
    return made


def test_drawing_the_targets_asks_the_model_for_no_more_than_names_and_ticks(tree) -> None:
    tree.grab()
    tree.model().asked.clear()
    tree.grab()
    assert set(tree.model().asked) == {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.CheckStateRole}
    assert len(tree.model().asked) <= 2 * (len(TARGETS) + len(tree.model().families))


def test_only_targets_whose_tick_changes_are_drawn_again(tree, qtbot) -> None:
    changed = []
    tree.model().dataChanged.connect(lambda first, last, _roles: changed.append((first, last)))
    tree.model().show_chosen(["xnnpack", "samsung-enn"])
    assert {tree.model().target_at(first).id for first, _ in changed} == {"litert-gpu", "samsung-enn"}
    assert all(first == last for first, last in changed)
