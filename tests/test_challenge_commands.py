"""`maistudio challenges`, `score` and `leaderboard`."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from challenge_files import SIXTH, write

from maistudio.__main__ import main
from maistudio.gui.settings import settings_path
from maistudio.jobs.user_folders import challenges_folder

VIDEO = "mai2021-video-super-resolution"
ISP = "mai2022-learned-isp"
ALL = (
    "mai2021-denoising",
    "mai2021-quantized-super-resolution",
    VIDEO,
    ISP,
    "mai2022-quantized-super-resolution",
)
ROW = [
    *("rank", "team", "author", "framework", "size_kb", "psnr", "ssim", "psnr_drop", "ssim_drop", "cpu_ms"),
    *("accelerator_ms", "runtime_used_ms", "speed_up", "score", "score_recomputed", "mos", "baseline", "note"),
]


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty configuration folder; returns where challenge files go."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "maistudio" / "challenges"


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str, status: int = 0) -> str:
        assert main(arguments) == status
        captured = capsys.readouterr()
        return captured.out if status == 0 else captured.err

    return run


def test_challenges_lists_the_five_with_what_they_count(printed: Any) -> None:
    rows = json.loads(printed("challenges", "--json"))
    assert tuple(row["id"] for row in rows) == ALL
    video = rows[2]
    assert (video["year"], video["scale"], video["constant"]) == (2021, 4, 2**46)
    assert (video["constant_text"], video["runtime_column"]) == ("2^46", "GPU, ms per 10 frames")


def test_challenges_prints_a_line_for_each(printed: Any) -> None:
    lines = printed("challenges").splitlines()
    assert len(lines) == 6
    assert "10·2^48  NPU, ms" in lines[5]


def test_a_challenge_of_the_users_own_is_listed_and_scored(printed: Any, config: Path) -> None:
    write(config)
    assert json.loads(printed("challenges", "--json"))[-1]["id"] == "sixth"
    assert json.loads(printed("score", "--challenge", "sixth", "--psnr", "12", "--runtime", "8", "--json"))["rank"] == 2


def test_a_faulty_challenge_is_told_after_the_others(
    printed: Any, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(config, SIXTH.replace("scale = 2", "scale = 'two'"))
    assert main(["challenges"]) == 2
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 6
    assert 'sixth.toml, line 6: "scale" must be a whole number' in captured.err
    assert captured.err.count("\n") == 1


def test_a_faulty_challenge_does_not_disturb_another_ones_score(printed: Any, config: Path) -> None:
    write(config, "nonsense")
    assert printed("score", "--challenge", VIDEO, "--psnr", "28", "--runtime", "100")


def test_score_answers_with_rank_and_what_the_next_place_needs(printed: Any) -> None:
    answer = json.loads(printed("score", "--challenge", VIDEO, "--psnr", "27.9", "--runtime", "150", "--json"))
    assert list(answer) == ["challenge", "psnr", "runtime_ms", "score", "rank", "of", "next"]
    assert answer["score"] == pytest.approx(2 ** (2 * (27.9 - 23)) / 150)
    assert (answer["rank"], answer["of"], answer["next"]["team"]) == (3, 5, "ZTE VIP")
    needed = answer["next"]["psnr_needed"]
    assert 2 ** (2 * (needed - 23)) / 150 == pytest.approx(2 ** (2 * (27.85 - 23)) / 113)
    assert 2 ** (2 * (27.9 - 23)) / answer["next"]["runtime_ms_needed"] == pytest.approx(answer["next"]["score"])


def test_the_winner_has_no_next_place(printed: Any) -> None:
    answer = json.loads(printed("score", "--challenge", VIDEO, "--psnr", "28.33", "--runtime", "199", "--json"))
    assert (answer["rank"], answer["next"]) == (1, None)


def test_score_is_printed_for_people_with_the_device_it_compares_with(printed: Any) -> None:
    lines = printed("score", "--challenge", VIDEO, "--psnr", "27.9", "--runtime", "150").splitlines()
    assert "Score         5.94" in lines
    assert "Rank          3 of 5" in lines
    assert any("OPPO Find X2" in line for line in lines)


def test_what_is_needed_is_rounded_to_the_safe_side(printed: Any) -> None:
    text = printed("score", "--challenge", VIDEO, "--psnr", "27.9", "--runtime", "150")
    # log2(7.361 · 150) / 2 + 23 = 28.0543; 2^9.8 / 7.361 = 121.11
    assert "28.06 dB at 150 ms per 10 frames" in text
    assert "121.11 ms per 10 frames at 27.9 dB" in text


def test_margins_give_the_score_an_interval(printed: Any) -> None:
    options = ("--psnr", "25", "--psnr-margin", "0.5", "--runtime", "3", "--runtime-margin", "1")
    answer = json.loads(printed("score", "--challenge", VIDEO, *options, "--json"))
    assert (answer["score_low"], answer["score_high"]) == (2, 16)


def test_margins_give_the_rank_an_interval(printed: Any) -> None:
    options = ("--challenge", VIDEO, "--psnr", "27.9", "--psnr-margin", "0.3", "--runtime", "150")
    answer = json.loads(printed("score", *options, "--json"))
    assert (answer["rank_best"], answer["rank"], answer["rank_worst"]) == (1, 3, 4)
    assert "Rank          3 (1 to 4) of 5" in printed("score", *options).splitlines()


def test_an_entry_of_the_same_score_is_named(printed: Any) -> None:
    lines = printed("score", "--challenge", VIDEO, "--psnr", "28.33", "--runtime", "199").splitlines()
    assert "Rank          1 of 5, level with Diggers" in lines


def test_a_runtime_that_is_out_of_reach_is_not_rounded_to_nothing(printed: Any) -> None:
    """2^(2 · (10 - 23)) / 2.1927 ms."""
    assert "6.796e-09 ms per 10 frames at 10 dB" in printed(
        "score", "--challenge", VIDEO, "--psnr", "10", "--runtime", "150"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("score", "--challenge", "x", "--psnr", "1", "--runtime", "1"), "there is no challenge x: choose one of"),
        (("score", "--challenge", VIDEO, "--psnr", "a", "--runtime", "1"), "--psnr a: give a number such as 29.87"),
        (("score", "--challenge", VIDEO, "--psnr", "1_0", "--runtime", "1"), "--psnr 1_0: give a number"),
        (("score", "--challenge", VIDEO, "--psnr", "inf", "--runtime", "1"), "--psnr inf: give a number"),
        (("score", "--challenge", VIDEO, "--psnr", "30", "--runtime", "0"), "a runtime of 0 ms has no score"),
        (("score", "--challenge", VIDEO, "--psnr", "999", "--runtime", "1"), "a PSNR of 999 dB has no score"),
        (
            ("score", "--challenge", VIDEO, "--psnr", "30", "--runtime", "2", "--runtime-margin", "2"),
            "a runtime of 0 ms has no score",
        ),
        (
            ("score", "--challenge", VIDEO, "--psnr", "30", "--runtime", "2", "--psnr-margin=-1"),
            "--psnr-margin -1: give a margin of 0 or more",
        ),
        (("leaderboard", "--challenge", "x"), "there is no challenge x"),
        (("leaderboard", "--challenge", VIDEO, "--track", "mos"), f"--track mos: {VIDEO} has score; choose one"),
    ],
)
def test_a_request_that_makes_no_sense_is_one_sentence(printed: Any, arguments: tuple[str, ...], sentence: str) -> None:
    told = printed(*arguments, status=2)
    assert told.startswith(f"maistudio: {sentence}")
    assert told.count("\n") == 1


@pytest.mark.parametrize("name", ALL)
def test_leaderboard_rows_have_all_their_keys(printed: Any, name: str) -> None:
    rows = json.loads(printed("leaderboard", "--challenge", name, "--json"))
    assert all(list(row) == ROW for row in rows)


def test_a_leaderboard_row_holds_numbers_and_nulls(printed: Any) -> None:
    rows = json.loads(printed("leaderboard", "--challenge", VIDEO, "--json"))
    assert rows[3] == {
        "rank": 4,
        "team": "Noah_TerminalVision",
        "author": "JeremieG",
        "framework": "TensorFlow",
        "size_kb": 30,
        "psnr": 27.97,
        "ssim": 0.8017,
        "psnr_drop": None,
        "ssim_drop": None,
        "cpu_ms": 448,
        "accelerator_ms": None,
        "runtime_used_ms": 448,
        "speed_up": None,
        "score": 2.19,
        "score_recomputed": pytest.approx(2.1927, abs=1e-4),
        "mos": None,
        "baseline": False,
        "note": "GPU: error (the delegate did not parse its split ops), scored by CPU",
    }


def test_opinions_stand_in_the_rows_of_the_scored_table(printed: Any) -> None:
    rows = json.loads(printed("leaderboard", "--challenge", ISP, "--json"))
    opinions = [row["mos"] for row in rows]
    assert opinions == [2.5, 2.8, 3.0, 3.0, 3.1, 3.1, 2.3, None, 3.0, 2.2, 2.8, 3.0, None, None, None, None, None]


@pytest.mark.parametrize("name", ALL)
def test_csv_says_what_json_says(printed: Any, name: str) -> None:
    rows = json.loads(printed("leaderboard", "--challenge", name, "--json"))
    read = list(csv.DictReader(io.StringIO(printed("leaderboard", "--challenge", name, "--csv"))))
    assert read == [{key: "" if value is None else str(value) for key, value in _lower(row).items()} for row in rows]


def _lower(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"baseline": str(row["baseline"]).lower()}


def test_words_that_a_spreadsheet_would_run_are_marked(printed: Any, config: Path) -> None:
    write(config, SIXTH.replace('"Second"', '"=1+1"'))
    assert "\n2,'=1+1," in printed("leaderboard", "--challenge", "sixth", "--csv")


def test_a_leaderboard_prints_digits_as_the_report_does(printed: Any) -> None:
    lines = printed("leaderboard", "--challenge", "mai2021-quantized-super-resolution").splitlines()
    winner = next(line for line in lines if "Aselsan" in line)
    wanted = "1 Aselsan Research deepernewbie Keras / TensorFlow 67 29.58 0.86 0.18 0.0093 1278 44.85 28.5 51.02 51.02"
    assert " ".join(winner.split()).startswith(wanted)


def test_both_tracks_of_the_isp_challenge_are_printed(printed: Any) -> None:
    text = printed("leaderboard", "--challenge", ISP)
    assert "Table 1 of the report, ranked by the score" in text
    assert "Table 2 of the report, ranked by MOS" in text


def test_one_track_can_be_asked_for(printed: Any) -> None:
    assert "Table 1" not in printed("leaderboard", "--challenge", ISP, "--track", "mos")
    rows = json.loads(printed("leaderboard", "--challenge", ISP, "--track", "mos", "--json"))
    assert [row["mos"] for row in rows] == [3.1, 3.1, 3.0, 3.0, 3.0, 3.0, 2.8, 2.8, 2.5, 2.3, 2.2]


def test_markdown_and_latex_have_a_line_for_each_row(printed: Any) -> None:
    assert len(printed("leaderboard", "--challenge", VIDEO, "--markdown").splitlines()) == 2 + 5
    assert len(printed("leaderboard", "--challenge", VIDEO, "--latex").splitlines()) == 6 + 5


@pytest.mark.parametrize(
    ("platform", "environ", "folder"),
    [
        ("linux", {"HOME": "/h"}, "/h/.config/maistudio/challenges"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/maistudio/challenges"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "relative"}, "/h/.config/maistudio/challenges"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Preferences/maistudio/challenges"),
        ("win32", {"HOME": "/h"}, "/h/AppData/Local/maistudio/challenges"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/maistudio/challenges"),
    ],
)
def test_challenges_lie_beside_the_windows_settings(platform: str, environ: dict[str, str], folder: str) -> None:
    assert challenges_folder(environ, platform) == Path(folder)


def test_challenges_folder_is_where_the_window_keeps_its_settings() -> None:
    assert challenges_folder(os.environ) == settings_path().parent / "challenges"
