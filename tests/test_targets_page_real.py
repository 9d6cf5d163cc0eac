"""The Targets page with the real rules, and what a window imports before it is asked for them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from maistudio.errors import ModelRunError
from maistudio.gui.targets.desk import Desk
from maistudio.gui.targets.rewriting import Wish
from maistudio.jobs.compiles import keep_compile
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish
from maistudio.library.place import VARIABLE
from maistudio.resources import sample_models
from maistudio.runtime.children import Children
from maistudio.targets.values import Compiled, Proof, TargetVerdict, Verdict

pytest_plugins = ["window_fixtures"]

THREE = {
    "tflite-gpu-2021": Verdict.REFUSED,
    "tflite-gpu-opencl": Verdict.RUNS,
    "tflite-gpu-opengl": Verdict.FAILS_AT_START,
}
PROBE = """
import sys
from maistudio.__main__ import main
status = main(["screenshot", sys.argv[1], "-o", sys.argv[2]])
print(status, *sorted(name for name in sys.modules if name in sys.argv[3:]))
"""


@pytest.fixture
def desk():
    children = Children()
    yield Desk(lambda: children)
    children.close()


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "library"))


@pytest.fixture
def checked_page(window, library, real_file, qtbot):
    """The page of the network whose SPLIT kept it off the phone's GPU."""
    window.open_files([str(real_file("delegate-cases/sr_split_f32.tflite"))])
    qtbot.waitUntil(lambda: window.document is not None)
    window.show_page("targets")
    qtbot.waitUntil(lambda: window.document.checked is not None, timeout=30_000)
    return window.targets


def test_no_rules_are_read_before_the_graph_is_on_screen(tmp_path) -> None:
    rules = ["maistudio.targets.catalogue", "maistudio.targets.read", "maistudio.jobs.check", "tomllib", "sqlite3"]
    command = [sys.executable, "-c", PROBE, str(sample_models()[0]), str(tmp_path / "window.png"), *rules]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0"]


def test_the_page_is_drawn_without_a_display(tmp_path) -> None:
    picture = tmp_path / "targets.png"
    command = ["screenshot", str(sample_models()[0]), "--page", "targets", "-o", str(picture)]
    subprocess.run([sys.executable, "-m", "maistudio", *command], capture_output=True, check=True)
    assert picture.stat().st_size > 10_000


def test_split_is_refused_runs_and_fails_by_target(checked_page, window) -> None:
    reports = {report.target: report for report in window.document.checked.reports}
    split = next(op.index for op in window.document.opened.model.main.ops if op.type == "SPLIT")
    assert {target: reports[target].ops[split].verdict for target in THREE} == THREE


def test_every_verdict_of_the_page_has_a_source(checked_page, window) -> None:
    unsourced = [
        (report.target, op.type)
        for report in window.document.checked.reports
        for op in report.ops
        if not op.rule.source
    ]
    assert unsourced == []


def test_the_refusal_of_split_leads_to_a_rewrite(checked_page) -> None:
    split = [item for item in checked_page.findings.items if item.title.startswith("SPLIT")]
    assert [bool(item.rewrite) for item in split] == [True, True]


def test_a_silenced_finding_stays_silent(checked_page, window, qtbot) -> None:
    finding = checked_page.findings.items[0].id
    window.checks.silence(finding, True)
    qtbot.waitUntil(lambda: any(item.silenced for item in window.document.checked.items))
    assert [item.id for item in window.document.checked.items if item.silenced] == [finding]


def test_findings_are_the_same_whichever_targets_were_known_before(desk, library, real_file) -> None:
    from maistudio.jobs.open import open_model

    opened = finish(open_model(real_file("delegate-cases/sr_split_f32.tflite")))
    finish(desk.known())
    both = ("tflite-gpu-2021", "tflite-gpu-opengl")
    first = finish(desk.check(opened, both[:1], {}))
    kept = {report.target: report for report in first.reports}
    at_once, later = (finish(desk.check(opened, both, known)) for known in ({}, kept))
    assert sorted(item.title for item in later.items) == sorted(item.title for item in at_once.items)


def test_every_target_that_is_known_can_be_checked(desk, library) -> None:
    from maistudio.jobs.open import open_model

    known = finish(desk.known())
    opened = finish(open_model(sample_models()[0]))
    checked = finish(desk.check(opened, [target.id for target in known.targets], {}))
    assert [report.target for report in checked.reports] == [target.id for target in known.targets]


def test_the_challenges_choose_targets_that_there_are(desk) -> None:
    known = finish(desk.known())
    wanted = {target for targets in (known.challenges or {}).values() for target in targets}
    assert wanted - {target.id for target in known.targets} == set()


@pytest.mark.slow
def test_a_proof_by_the_interpreter_marks_the_cells(checked_page, window, qtbot) -> None:
    window.prove()
    qtbot.waitUntil(lambda: not window.checks.busy, timeout=120_000)
    report = window.document.checked.report_of("xnnpack")
    assert (report.verdict, all(op.proof is not None for op in report.ops)) == (TargetVerdict.FULL, True)


@pytest.mark.slow
def test_a_rewritten_model_is_written_and_the_same(checked_page, window, tmp_path, qtbot) -> None:
    item = next(item for item in checked_page.findings.items if item.rewrite)
    wish = Wish(window.document.opened, item.targets[0], item.rewrite)
    checked_page.rewriting.rewrite(wish, tmp_path / "new.tflite")
    qtbot.waitUntil(lambda: not checked_page.rewriting.running, timeout=120_000)
    assert (tmp_path / "new.tflite").is_file()
    assert "was written" in checked_page.banner.text


@pytest.fixture
def proved_before(library, real_file) -> str:
    """What XNNPACK was asked of the network of ``checked_page``, by another process than the window."""
    command = ["check", str(real_file("delegate-cases/sr_split_f32.tflite")), "--target", "xnnpack", "--prove"]
    subprocess.run([sys.executable, "-m", "maistudio", *command], capture_output=True, check=True)
    return "xnnpack"


def test_what_a_compiler_said_is_shown_when_the_model_is_opened_again(proved_before, checked_page, window) -> None:
    report = window.document.checked.report_of(proved_before)
    assert report is not None
    assert report.proved_by.startswith("LiteRT")
    assert "asked on 20" in report.note


@pytest.fixture
def damaged_library(library, tmp_path) -> None:
    """Where a library should be there is noise."""
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "library.db").write_bytes(b"noise" * 1000)


def test_verdicts_are_shown_beside_a_damaged_library_and_it_is_told(damaged_library, checked_page, window) -> None:
    assert window.document.checked.reports
    assert "library.db" in checked_page.banner.text


def dying(*_: object, **__: object):
    """A compiler that dies."""
    yield "compiling"
    raise ModelRunError("it died")


def test_what_a_compiler_said_stays_where_proving_again_fails(desk, library, monkeypatch) -> None:
    opened = finish(open_model(sample_models()[0]))
    finish(keep_compile(opened, "xnnpack", Compiled("LiteRT 1", {(0, 0): Proof(Verdict.RUNS, "", "LiteRT 1")})))
    monkeypatch.setattr("maistudio.runtime.proving.prove_steps", dying)
    (report,) = finish(desk.prove(opened, ["xnnpack"]))
    assert report.proved_by == "LiteRT 1"
