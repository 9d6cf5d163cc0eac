"""The README prints what the program prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from maistudio.__main__ import main
from maistudio.imaging import Meaning, Picture, save

TOP = Path(__file__).resolve().parent.parent
EXAMPLES = re.findall(r"```\n\$ maistudio (.*)\n((?:.*\n)*?)```", (TOP / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("command", "printed"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_prints_what_the_readme_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, printed: str
) -> None:
    monkeypatch.chdir(TOP)
    main(shlex.split(command))
    captured = capsys.readouterr()
    assert captured.out + captured.err == printed


def test_the_readme_has_examples_and_its_pictures_are_there() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", (TOP / "README.md").read_text(encoding="utf-8"))
    assert EXAMPLES
    assert pictures
    assert all((TOP / picture).is_file() for picture in pictures)


def test_the_readmes_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", (TOP / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    rows = np.arange(60, dtype=np.uint8)[:, None, None]
    pixels = np.broadcast_to(rows * 4, (60, 66, 3)).copy()
    save(Picture(pixels, Meaning.RGB, 255.0, "a ramp"), tmp_path / "GT.png")
    exec(compile(script, "README.md", "exec"), {})  # noqa: S102
    assert float(capsys.readouterr().out) > 40
