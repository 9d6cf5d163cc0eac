"""`maistudio challenges`, `score` and `leaderboard`."""

from __future__ import annotations

import csv
import io
import json
import os
import re
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


def test_a_row_of_challenges_holds_what_programs_read(printed: Any, config: Path) -> None:
    write(config)
    text = printed("challenges", "--json")
    assert json.loads(text)[-1] == {
        "id": "sixth",
        "title": "A sixth challenge",
        "year": 2026,
        "task": "image denoising",
        "scale": 2,
        "constant": 1048576,
        "constant_text": "2^20",
        "runtime_column": "GPU, ms",
        "device": "A phone",
        "accelerator": "A GPU",
        "delegate": "A delegate",
        "input": [1, 8, 8, 3],
        "output": [1, 16, 16, 3],
        "packing": "none",
        "convention": "basicsr-y",
        "targets": ["tflite-gpu-opencl"],
        "datasets": ["Pairs"],
        "tracks": ["score"],
        "report": "nobody et al.",
    }
    assert '"constant": 18446744073709551616,' in text  # 2^64 with all its digits


def test_challenges_prints_a_line_for_each(printed: Any) -> None:
    lines = printed("challenges").splitlines()
    assert len(lines) == 6
    assert lines[0] == (
        "ID                                  Year  Task                        Scale        C  Runtime                "
        "Convention"
    )
    assert lines[4] == (
        "mai2022-learned-isp                 2022  learned ISP                    ×1     2^40  GPU, ms                "
        "float-isp"
    )
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


def test_several_faulty_challenges_are_told_in_one_line(printed: Any, config: Path) -> None:
    write(config, "nonsense", "a.toml")
    write(config, "nonsense", "b.toml")
    told = printed("challenges", status=2)
    assert told.count("not valid TOML") == 2
    assert told.count("\n") == 1


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


@pytest.mark.parametrize("name", ALL)
def test_at_the_next_entrys_own_runtime_its_own_psnr_is_needed(printed: Any, name: str) -> None:
    """And at its PSNR its runtime: rounding to the safe side adds nothing to numbers that have two decimals."""
    for row in json.loads(printed("leaderboard", "--challenge", name, "--json")):
        if row["rank"] is not None:
            psnr, runtime = row["psnr"], row["runtime_used_ms"]
            poorer = printed("score", "--challenge", name, "--psnr", str(psnr - 0.0001), "--runtime", str(runtime))
            assert f" {psnr:.2f} dB at " in poorer
            slower = printed("score", "--challenge", name, "--psnr", str(psnr), "--runtime", str(runtime * 1.0001))
            assert re.search(rf" {runtime:g} ms.* at {psnr:g} dB\n", slower)


@pytest.mark.parametrize(
    ("psnr", "runtime", "needed"),
    [
        # The next entry's score is 2: 2^(2·PSNR) / (2^20 · 2) ms, and log2(2 · 2^20 · runtime) / 2 dB.
        ("11.6", "8", "4.594 ms at 11.6 dB"),  # 4.59479…
        ("9.3", "8", "0.1894 ms at 9.3 dB"),  # 0.189464…
        ("0", "8", "4.768e-07 ms at 0 dB"),  # 2^-21 = 4.76837…e-07
        ("24.3", "3e8", "203436033.84 ms at 24.3 dB"),  # 203436033.8489…
        ("11", "5", "11.67 dB at 5 ms"),  # 11.66096…
        ("11", "10", "12.17 dB at 10 ms"),  # 12.16096…
        ("11", "8", "12.00 dB at 8 ms"),
        ("11.5", "8", "4 ms at 11.5 dB"),
    ],
)
def test_what_is_needed_is_always_enough(printed: Any, config: Path, psnr: str, runtime: str, needed: str) -> None:
    write(config)
    assert f" {needed}" in printed("score", "--challenge", "sixth", "--psnr", psnr, "--runtime", runtime)


@pytest.mark.parametrize(
    ("psnr", "runtime", "score"),
    [
        ("9", "8", "0.03"),  # 2^-5 = 0.03125
        ("8", "8", "0.00781"),  # 2^-7 = 0.0078125
        ("21.5", "1", "8388608.00"),  # 2^23
        ("22", "1", "1.68e+07"),  # 2^24 = 16777216
        ("-200", "8", "4.62e-128"),  # 2^-423
    ],
)
def test_a_score_is_printed_with_two_decimals_or_three_digits(
    printed: Any, config: Path, psnr: str, runtime: str, score: str
) -> None:
    write(config)
    lines = printed("score", "--challenge", "sixth", f"--psnr={psnr}", "--runtime", runtime).splitlines()
    assert f"Score         {score}" in lines


def test_a_runtime_is_printed_with_the_unit_and_device_that_count(printed: Any, config: Path) -> None:
    video = printed("score", "--challenge", VIDEO, "--psnr", "27.9", "--runtime", "150").splitlines()
    assert video[1:3] == ["PSNR          27.9 dB", "Runtime       150 ms per 10 frames on the GPU"]
    write(config, SIXTH.replace('"accelerator_ms"', '"cpu_ms"'))
    by_cpu = printed("score", "--challenge", "sixth", "--psnr", "12", "--runtime", "8")
    assert "Runtime       8 ms on the CPU\n" in by_cpu


def test_people_see_the_interval_behind_the_score(printed: Any) -> None:
    options = ("--psnr", "25", "--psnr-margin", "0.5", "--runtime", "2")
    assert "Score         8.00 (4.00 to 16.00)\n" in printed("score", "--challenge", VIDEO, *options)


def test_without_margins_there_is_no_interval(printed: Any) -> None:
    assert " to " not in printed("score", "--challenge", VIDEO, "--psnr", "25", "--runtime", "2")


def test_one_margin_is_enough(printed: Any) -> None:
    options = ("--psnr", "25", "--runtime", "3", "--runtime-margin", "1", "--json")
    answer = json.loads(printed("score", "--challenge", VIDEO, *options))
    assert (answer["score_low"], answer["score_high"]) == (4, 8)


def test_a_margin_of_0_leaves_the_score(printed: Any) -> None:
    options = ("--psnr", "25", "--psnr-margin", "0", "--runtime", "4", "--json")
    answer = json.loads(printed("score", "--challenge", VIDEO, *options))
    assert (answer["score_low"], answer["score_high"]) == (4, 4)


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
        (("score", "--challenge", VIDEO, "--psnr", "٣٠", "--runtime", "1"), "--psnr ٣٠: give a number"),
        (
            ("score", "--challenge", VIDEO, "--psnr", "30", "--runtime", "1e-310", "--json"),
            "a runtime of 1e-310 ms has",
        ),
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
        (("leaderboard", "--challenge", VIDEO, "--track", ""), f"--track : {VIDEO} has score; choose one"),
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


def row_of(printed: Any, name: str, rank: int | None, team: str) -> dict[str, Any]:
    rows = json.loads(printed("leaderboard", "--challenge", name, "--json"))
    return next(row for row in rows if (row["rank"], row["team"]) == (rank, team))


def test_drops_are_those_from_float_to_integers(printed: Any) -> None:
    winner = row_of(printed, "mai2021-quantized-super-resolution", 1, "Aselsan Research")
    assert (winner["psnr_drop"], winner["ssim_drop"]) == (0.18, 0.0093)


def test_a_size_printed_in_megabytes_is_told_in_kilobytes(printed: Any) -> None:
    assert row_of(printed, ISP, 1, "MiAlgo")["size_kb"] == 14


def test_a_late_row_is_no_baseline(printed: Any) -> None:
    assert row_of(printed, "mai2021-quantized-super-resolution", None, "MCG")["baseline"] is False


def test_a_dash_for_a_framework_stands_for_none(printed: Any) -> None:
    assert row_of(printed, "mai2022-quantized-super-resolution", None, "ABPN")["framework"] == ""


def test_runtimes_and_sizes_without_fractions_are_whole_numbers(printed: Any) -> None:
    text = printed("leaderboard", "--challenge", VIDEO, "--json")
    assert '"cpu_ms": 916,' in text
    assert '"size_kb": 230,' in text


def test_opinions_stand_in_the_rows_of_the_scored_table(printed: Any) -> None:
    rows = json.loads(printed("leaderboard", "--challenge", ISP, "--json"))
    opinions = [row["mos"] for row in rows]
    assert opinions == [2.5, 2.8, 3.0, 3.0, 3.1, 3.1, 2.3, None, 3.0, 2.2, 2.8, 3.0, None, None, None, None, None]


@pytest.mark.parametrize("name", ALL)
def test_csv_says_what_json_says(printed: Any, name: str) -> None:
    rows = json.loads(printed("leaderboard", "--challenge", name, "--json"))
    read = list(csv.DictReader(io.StringIO(printed("leaderboard", "--challenge", name, "--csv"))))
    assert read == [{key: "" if value is None else str(value) for key, value in _lower(row).items()} for row in rows]


def test_csv_of_a_table_without_rows_is_empty(printed: Any, config: Path) -> None:
    write(config, f"{SIXTH.partition('rows = [')[0]}rows = []\n")
    assert printed("leaderboard", "--challenge", "sixth", "--csv").strip() == ""
    assert json.loads(printed("leaderboard", "--challenge", "sixth", "--json")) == []


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


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        (VIDEO, "KB | PSNR | SSIM | CPU, ms per 10 frames | GPU, ms per 10 frames | Speed-up"),
        (
            "mai2021-quantized-super-resolution",
            "KB | PSNR | SSIM | Δ PSNR | Δ SSIM | CPU, ms | NPU, ms | Speed-up",
        ),
        (ISP, "MB | PSNR | SSIM | CPU, ms | GPU, ms"),
    ],
)
def test_columns_are_headed_as_in_the_report(printed: Any, name: str, headings: str) -> None:
    heading = printed("leaderboard", "--challenge", name, "--markdown").splitlines()[0]
    first, last = "| Rank | Team | Author | Framework | Model size,", "| Final score | Recomputed | Note |"
    assert heading == f"{first} {headings} {last}"


def test_opinions_have_no_recomputed_score_and_no_empty_column_of_notes(printed: Any) -> None:
    table = printed("leaderboard", "--challenge", ISP, "--track", "mos", "--markdown").splitlines()
    assert table[0] == "| Rank | Team | Author | Framework | Model size, MB | PSNR | SSIM | MOS |"


def test_numbers_are_set_to_the_right_and_words_to_the_left(printed: Any) -> None:
    columns = printed("leaderboard", "--challenge", VIDEO, "--markdown").splitlines()[1].strip("| ").split(" | ")
    assert columns == ["---:", "---", "---", "---", *["---:"] * 8, "---"]


def test_a_leaderboard_begins_with_what_the_score_is(printed: Any) -> None:
    lines = printed("leaderboard", "--challenge", VIDEO).splitlines()
    assert lines[0] == "Mobile AI 2021: real-time video super-resolution"
    assert lines[1] == "Score: 2^(2·PSNR) / (C · runtime), C = 2^46, runtime = GPU, ms per 10 frames"


OPINIONS = """
[[track]]
id = "mos"
title = "Opinions"
ranked_by = "mos"
columns = ["team", "mos"]
rows = [["First", 4.5]]

"""


@pytest.mark.parametrize(
    ("form", "first"),
    [
        ("--json", '"score": 4.0'),
        ("--csv", "1,First,,,,12.5,"),
        ("--markdown", "| 1 | First | 12.50 |"),
        ("--latex", "1 & First & 12.50 &"),
    ],
)
def test_other_programs_get_the_scores_table_wherever_it_stands(
    printed: Any, config: Path, form: str, first: str
) -> None:
    write(config, SIXTH.replace("[[track]]", f"{OPINIONS}[[track]]"))
    assert first in printed("leaderboard", "--challenge", "sixth", form)


def test_the_scores_table_is_printed_first(printed: Any, config: Path) -> None:
    write(config, SIXTH.replace("[[track]]", f"{OPINIONS}[[track]]"))
    text = printed("leaderboard", "--challenge", "sixth")
    assert text.index("Table 1 of the report") < text.index("Opinions of the report")


def test_an_opinion_belongs_to_the_model_of_the_same_size(printed: Any, config: Path) -> None:
    rows = SIXTH.replace('"score", "standing"', '"size_kb", "standing"').replace("4.00", "10")
    rated = OPINIONS.replace('"team", "mos"', '"team", "psnr", "size_kb", "mos"')
    rated = rated.replace('"First", 4.5', '"first", 12.5, SIZE, 4.5')
    write(config, rows + rated.replace("SIZE", "10"))
    assert row_of(printed, "sixth", 1, "First")["mos"] == 4.5
    write(config, rows + rated.replace("SIZE", "11"))
    assert row_of(printed, "sixth", 1, "First")["mos"] is None


def test_two_forms_at_once_are_refused(printed: Any) -> None:
    told = printed("leaderboard", "--challenge", VIDEO, "--json", "--csv", status=2)
    assert told == "maistudio: argument --csv: not allowed with argument --json: see maistudio leaderboard --help\n"


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


def test_without_a_home_there_are_the_shipped_challenges(printed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert len(printed("challenges").splitlines()) == 6


def test_challenges_folder_is_where_the_window_keeps_its_settings() -> None:
    assert challenges_folder(os.environ) == settings_path().parent / "challenges"
