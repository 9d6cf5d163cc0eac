"""The program's own help, and its status where nothing can be said."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from timed_models import small_net

from maistudio.__main__ import VERBS, main
from maistudio.cli import challenges
from maistudio.errors import UsageError
from maistudio.resources import sample_models

ROOT = Path(__file__).parents[1]
SAMPLE = sample_models()[0]


def run(command: str) -> subprocess.CompletedProcess:
    """The program started by a shell, which redirects its output."""
    return subprocess.run(["sh", "-c", f"{sys.executable} -m maistudio {command}"], cwd=ROOT, capture_output=True)


def help_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS)
def test_help_says_in_a_line_what_each_verb_does(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    (line,) = [line for line in help_of(capsys).splitlines() if line.strip().startswith(f"{verb} ")]
    assert line.endswith(f"  {VERBS[verb]}")
    assert len(line) <= 80


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_s_own_help_says_the_same(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    assert VERBS[verb] in help_of(capsys, verb)


def test_help_imports_nothing_heavy() -> None:
    probe = (
        "import sys; import maistudio.__main__ as m\ntry: m.main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"numpy", "PySide6"} & set(done.stdout.splitlines()[-1].split()) == set()


@pytest.mark.parametrize(
    ("ending", "status"),
    [(3, 3), (KeyboardInterrupt(), 130), (BrokenPipeError(), 0), (UsageError("no"), 2)],
    ids=["its own", "interrupted", "reader gone", "refused"],
)
def test_a_verb_s_ending_gives_the_status(
    monkeypatch: pytest.MonkeyPatch, ending: int | BaseException, status: int
) -> None:
    def run(args: argparse.Namespace) -> int:
        if isinstance(ending, BaseException):
            raise ending
        return ending

    monkeypatch.setattr(challenges, "run", run)
    assert main(["challenges"]) == status


@pytest.mark.skipif(sys.platform == "win32", reason="redirections of a POSIX shell")
@pytest.mark.parametrize(
    "verb", ["challenges", "leaderboard --challenge mai2021-denoising --csv", "score --help", "--help"]
)
def test_a_reader_that_goes_is_no_error(verb: str) -> None:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{sys.executable} -m maistudio {verb} | head -c 1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="redirections of a POSIX shell")
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    "refused",
    ["inspect /nonexist", "profile /nonexist /nonexist", f"inspect {SAMPLE} >&-", f"inspect {SAMPLE} >/dev/full"],
)
def test_a_refusal_has_status_2_also_where_it_cannot_be_said(refused: str, redirection: str) -> None:
    assert run(f"{refused} {redirection}").returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="redirections of a POSIX shell")
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_a_model_is_timed_also_where_nothing_can_be_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redirection: str
) -> None:
    monkeypatch.setenv("MAISTUDIO_LIBRARY", str(tmp_path))
    done = run(f"profile {small_net(tmp_path)} --runs 5 --seconds 0 --json {redirection}")
    assert done.returncode == 0
    assert b'"median_us"' in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="redirections of a POSIX shell")
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_a_picture_of_several_that_fails_costs_the_status_also_where_it_cannot_be_said(
    tmp_path: Path, redirection: str
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "1.png"), np.zeros((8, 8, 3), np.uint8))
    (pictures / "2.png").write_bytes(b"none")
    done = run(f"run {SAMPLE} {pictures} -o {tmp_path / 'out'} {redirection}")
    assert done.returncode == 2
    assert b"1.png" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="redirections of a POSIX shell")
def test_what_a_closed_stream_leaves_is_no_file_s() -> None:
    code = "import os; from maistudio import __main__; __main__.main(['challenges']); print(os.open('/dev/zero', 0))"
    command = ["sh", "-c", f'{sys.executable} -c "{code}" 2>&-']
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert int(done.stdout.splitlines()[-1]) > 2
