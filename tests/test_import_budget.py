"""What may be imported before a model's summary, or its graph, is there. Heavy packages come later or never."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from maistudio.resources import sample_models

HEAVY = {"ai_edge_litert", "cv2", "PIL", "pyqtgraph", "tensorflow", "numpy"}
"""numpy alone takes as long to import as Python, the reader and the summary together."""

LATER_PARTS_OF_QT = {"PySide6.QtSvg", "PySide6.QtPrintSupport", "PySide6.QtOpenGL", "PySide6.QtNetwork"}

PROBE = """
import sys
from maistudio.__main__ import main
status = main({arguments!r})
print("status", status)
print("modules", *sorted({{name.partition(".")[0] for name in sys.modules}}))
print("qt", *sorted(name for name in sys.modules if name.startswith("PySide6.")))
"""


def modules_after(arguments: list[str]) -> tuple[set[str], set[str]]:
    """Top-level packages, and parts of Qt, that running the program with these arguments imported."""
    code = PROBE.format(arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert "status 0" in lines
    return set(lines[-2].split()[1:]), set(lines[-1].split()[1:])


def test_inspect_imports_nothing_heavy_and_no_window() -> None:
    modules, _ = modules_after(["inspect", str(sample_models()[0])])
    assert modules & (HEAVY | {"PySide6"}) == set()


@pytest.mark.parametrize("verb", ["challenges", "leaderboard", "score"])
def test_challenges_are_printed_without_anything_heavy(verb: str) -> None:
    of_one = ["--challenge", "mai2021-denoising"] if verb != "challenges" else []
    numbers = ["--psnr", "37", "--runtime", "40"] if verb == "score" else []
    modules, _ = modules_after([verb, *of_one, *numbers])
    assert modules & (HEAVY | {"PySide6"}) == set()


def test_the_zoo_is_listed_without_anything_heavy() -> None:
    modules, _ = modules_after(["zoo", "table"])
    assert modules & (HEAVY | {"PySide6", "keras"}) == set()


def test_the_graph_is_on_screen_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    modules, qt = modules_after(["screenshot", str(sample_models()[0]), "-o", str(picture)])
    assert picture.stat().st_size > 10_000
    assert modules & HEAVY == set()
    assert qt & LATER_PARTS_OF_QT == set()
