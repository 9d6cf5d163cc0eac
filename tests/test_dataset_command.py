"""`maistudio dataset FOLDER [TRUTHS]`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from challenge_files import SIXTH, write

from maistudio.__main__ import main


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str, status: int = 0) -> str:
        assert main(["dataset", *arguments]) == status
        captured = capsys.readouterr()
        return captured.out if status == 0 else captured.err

    return run


@pytest.fixture
def div2k(tmp_path: Path) -> Path:
    """DIV2K's first seven validation pictures, the last one without its input."""
    root = tmp_path / "DIV2K"
    for number in range(801, 808):
        touch(root / "DIV2K_valid_HR" / f"{number:04}.png")
        if number < 807:
            touch(root / "DIV2K_valid_LR_bicubic" / "X3" / f"{number:04}x3.png")
    return root


def touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_scenes_and_what_has_no_partner_are_told(told: Any, div2k: Path) -> None:
    found = json.loads(told(str(div2k), "--json"))
    assert (found["layout"], found["root"], found["splits"]) == ("div2k", str(div2k), ["valid"])
    assert [scene["name"] for scene in found["scenes"]] == ["0801", "0802", "0803", "0804", "0805", "0806"]
    assert found["title"] == "DIV2K, ×3"
    assert found["scenes"][0] == {
        "name": "0801",
        "split": "valid",
        "inputs": [str(div2k / "DIV2K_valid_LR_bicubic" / "X3" / "0801x3.png")],
        "truths": [str(div2k / "DIV2K_valid_HR" / "0801.png")],
    }
    reason = "no input: DIV2K_valid_LR_bicubic/X3/0807x3.png is missing"
    assert found["unmatched"] == [{"path": str(div2k / "DIV2K_valid_HR" / "0807.png"), "reason": reason}]


def test_people_see_the_first_scenes_and_how_many_more(told: Any, div2k: Path) -> None:
    lines = told(str(div2k)).splitlines()
    assert lines[0] == "Dataset       DIV2K, ×3"
    assert lines[2] == "Scenes        6"
    assert lines[3].strip() == "DIV2K_valid_LR_bicubic/X3/0801x3.png → DIV2K_valid_HR/0801.png"
    assert lines[8].strip() == "and 1 more; --json lists them all"
    assert lines[9] == "Unmatched     1"
    reason = "no input: DIV2K_valid_LR_bicubic/X3/0807x3.png is missing"
    assert [line.strip() for line in lines[10:]] == [f"DIV2K_valid_HR/0807.png: {reason}"]


def test_people_see_twenty_without_a_partner_and_how_many_more(told: Any, div2k: Path) -> None:
    for number in range(1, 23):
        touch(div2k / "DIV2K_valid_HR" / f"{number:04}.png")
    lines = told(str(div2k)).splitlines()
    assert lines[9] == "Unmatched     23"
    assert len(lines) == 10 + 20 + 1
    assert lines[-1].strip() == "and 3 more; --json lists them all"


def test_five_scenes_are_all_shown(told: Any, div2k: Path) -> None:
    (div2k / "DIV2K_valid_LR_bicubic" / "X3" / "0806x3.png").unlink()
    lines = told(str(div2k)).splitlines()
    assert lines[7].strip() == "DIV2K_valid_LR_bicubic/X3/0805x3.png → DIV2K_valid_HR/0805.png"
    assert lines[8] == "Unmatched     2"


def test_two_folders_are_paired_by_name(told: Any, div2k: Path) -> None:
    folders = div2k / "DIV2K_valid_LR_bicubic" / "X3", div2k / "DIV2K_valid_HR"
    scenes = json.loads(told(*map(str, folders), "--json"))["scenes"]
    assert len(scenes) == 6
    assert (scenes[0]["inputs"], scenes[0]["truths"]) == (
        [str(folders[0] / "0801x3.png")],
        [str(folders[1] / "0801.png")],
    )


def test_folders_that_are_no_dataset_are_paired_too(told: Any, tmp_path: Path) -> None:
    for folder in ("mine", "yours"):
        touch(tmp_path / folder / "7.png")
    assert "Scenes        1" in told(str(tmp_path / "mine"), str(tmp_path / "yours")).splitlines()


def test_frames_of_clips_are_counted(told: Any, tmp_path: Path) -> None:
    for clip in ("000", "001"):
        for frame in range(3):
            touch(tmp_path / "val" / "val_sharp" / clip / f"{frame:08}.png")
            touch(tmp_path / "val" / "val_sharp_bicubic" / "X4" / clip / f"{frame:08}.png")
    lines = told(str(tmp_path)).splitlines()
    assert "Scenes        2 of 6 frames" in lines
    first = "val/val_sharp_bicubic/X4/000/00000000.png → val/val_sharp/000/00000000.png"
    assert lines[3].strip() == f"{first} and 2 more frames"


def test_a_clip_of_two_frames_has_one_more(told: Any, tmp_path: Path) -> None:
    for frame in range(2):
        touch(tmp_path / "val" / "val_sharp" / "000" / f"{frame:08}.png")
        touch(tmp_path / "val" / "val_sharp_bicubic" / "X4" / "000" / f"{frame:08}.png")
    assert told(str(tmp_path)).splitlines()[3].endswith(" and 1 more frame")


def test_scenes_without_ground_truth_are_counted(told: Any, tmp_path: Path) -> None:
    touch(tmp_path / "test" / "test_sharp_bicubic" / "X4" / "000" / "00000000.png")
    assert "Scenes        1, 1 without ground truth" in told(str(tmp_path)).splitlines()


def test_one_challenges_datasets_can_be_asked_for(told: Any, div2k: Path) -> None:
    assert told(str(div2k), "--challenge", "mai2021-quantized-super-resolution")
    error = told(str(div2k), "--challenge", "mai2021-video-super-resolution", status=2)
    assert "no dataset recognised (looked for REDS, pairs of folders such as lr and hr)" in error


def test_a_challenge_of_the_users_own_brings_its_layout(told: Any, tmp_path: Path) -> None:
    write(tmp_path / "config" / "maistudio" / "challenges")
    for folder in ("noisy", "clean"):
        touch(tmp_path / "data" / folder / "7.png")
    assert json.loads(told(str(tmp_path / "data"), "--challenge", "sixth", "--json"))["layout"] == "pairs"


def test_a_layout_of_the_users_own_hides_none_that_is_shipped(told: Any, tmp_path: Path, div2k: Path) -> None:
    text = SIXTH.replace('id = "pairs"', 'id = "div2k"')
    write(tmp_path / "config" / "maistudio" / "challenges", text)
    assert told(str(div2k)).startswith("Dataset       DIV2K, ×3\n")


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_a_dataset_is_one_sentence(told: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    error = told(str(tmp_path / name), status=2)
    assert error.startswith(f"maistudio: {tmp_path / name}: ")
    assert error.count("\n") == 1


def test_names_can_not_steer_the_terminal(told: Any, div2k: Path) -> None:
    touch(div2k / "DIV2K_valid_HR" / "0808\x1b[31m.png")
    assert "\x1b" not in told(str(div2k))
    assert "\x1b" not in told(str(div2k.rename(div2k.with_name("DIV\x1b[31m2K"))))
