"""Challenge files: what a good one says, and what is said of a faulty one."""

from __future__ import annotations

import os
from pathlib import Path

import challenge_files
import pytest
from challenge_files import SIXTH, sixth, write

from maistudio.challenges.catalogue import catalogue, shipped_challenges
from maistudio.challenges.challenge import Challenge, Standing
from maistudio.challenges.layouts import Layout
from maistudio.challenges.read import read_challenge
from maistudio.errors import ChallengeFileError, UsageError
from maistudio.imaging.channel_orders import ULTRAISP

SHIPPED = shipped_challenges()


def test_the_five_challenges_of_the_reports_are_shipped() -> None:
    assert {challenge.id for challenge in SHIPPED} == {
        "mai2021-video-super-resolution",
        "mai2021-quantized-super-resolution",
        "mai2022-quantized-super-resolution",
        "mai2021-denoising",
        "mai2022-learned-isp",
    }


@pytest.mark.parametrize("challenge", SHIPPED, ids=lambda challenge: challenge.id)
def test_the_printed_constant_is_the_number(challenge: Challenge) -> None:
    factor, _, power = challenge.constant_text.rpartition("2^")
    assert challenge.constant == (int(factor.rstrip("·")) if factor else 1) * 2 ** int(power)


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("mai2021-video-super-resolution", (1, 180, 320, 30), (1, 720, 1280, 30)),
        ("mai2021-quantized-super-resolution", (1, 360, 640, 3), (1, 1080, 1920, 3)),
        ("mai2022-quantized-super-resolution", (1, 360, 640, 3), (1, 1080, 1920, 3)),
        ("mai2021-denoising", (1, 480, 720, 3), (1, 480, 720, 3)),
        ("mai2022-learned-isp", (1, 544, 960, 4), (1, 1088, 1920, 3)),
    ],
)
def test_a_shipped_challenge_has_its_shapes(name: str, given: tuple[int, ...], expected: tuple[int, ...]) -> None:
    model = catalogue(Path("nowhere")).named(name).model
    assert (model.input, model.output) == (given, expected)


@pytest.mark.parametrize("challenge", SHIPPED, ids=lambda challenge: challenge.id)
def test_scale_and_packing_lead_from_the_input_shape_to_the_output_shape(challenge: Challenge) -> None:
    _, height, width, channels = challenge.model.input
    packed = 2 if challenge.model.packing == "bayer" else 1
    factor = challenge.scale * packed
    assert challenge.model.output[1:3] == (height * factor, width * factor)
    assert channels == {"none": 3, "frames": 3 * challenge.model.frames, "bayer": 4}[challenge.model.packing]


def test_a_file_of_the_users_own_adds_a_challenge(tmp_path: Path) -> None:
    write(tmp_path)
    challenge = catalogue(tmp_path).named("sixth")
    assert challenge.title == "A sixth challenge"
    assert challenge.convention.border == 2  # of basicsr-y, at the challenge's scale
    assert challenge.layouts == (Layout("pairs", "Pairs", "noisy/{scene}.png", "clean/{scene}.png"),)


def test_a_folder_that_is_not_there_adds_nothing(tmp_path: Path) -> None:
    assert catalogue(tmp_path / "none").challenges == SHIPPED


def test_a_number_keeps_the_digits_it_was_written_with(tmp_path: Path) -> None:
    first = sixth(tmp_path).scored.entries[0]
    assert (first.text("psnr"), first.value("psnr")) == ("12.50", 12.5)


def test_words_in_a_column_of_numbers_stand_for_no_number(tmp_path: Path) -> None:
    old = sixth(tmp_path).scored.entries[3]
    assert (old.text("accelerator_ms"), old.value("accelerator_ms")) == ("Failed", None)


def test_a_size_in_megabytes_is_given_in_kilobytes_too() -> None:
    isp = catalogue(Path("nowhere")).named("mai2022-learned-isp")
    assert isp.scored.entries[0].size_kb == 14


def test_a_row_without_standing_is_ranked(tmp_path: Path) -> None:
    text = SIXTH.replace(', "standing"]', "]").replace(', "ranked"]', "]")
    text = text.replace(', "unranked"]', "]").replace(', "baseline"]', "]")
    assert {entry.standing for entry in read_challenge(write(tmp_path, text)).scored.entries} == {Standing.RANKED}


RANKED = """\
ranked_by = "score"
columns = ["team", \""""

BAYER = """\
packing = "bayer"
pattern = "RGGB"
channel_order = "ultraisp"
white_levels = [1023]"""


def test_a_packed_mosaic_has_its_pattern_order_and_white_levels(tmp_path: Path) -> None:
    model = sixth(tmp_path, 'packing = "none"', BAYER).model
    assert (model.pattern, model.channel_order, model.white_levels) == ("RGGB", ULTRAISP, (1023,))


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('id = "sixth"', "", 1, 'the file lacks the key "id": add it'),
        ('id = "sixth"', 'id = "No Spaces"', 1, "may hold lower-case letters"),
        ("year = 2026", "year = 2026.5", 3, '"year" must be a whole number from 1900 to 2999'),
        ("year = 2026", "year = true", 3, '"year" must be a whole number'),
        ("scale = 2", "scale = 0", 6, '"scale" must be a whole number from 1 to 16'),
        ("scale = 2", "scal = 2", 6, 'there is no key "scal" here'),
        ("scale = 2", "scale = = 2", 6, "not valid TOML (Invalid value): mend this line"),
        ('["tflite-gpu-opencl"]', "[1]", 7, '"targets" must hold texts'),
        ('["tflite-gpu-opencl"]', '"x"', 7, '"targets" must be a list of texts'),
        ('soc = "A chip"\n', "", 9, '[device] lacks the key "soc": add it'),
        ('soc = "A chip"', "soc = 5", 11, '"soc" must be text in quotes'),
        ('soc = "A chip"', 'soc = " "', 11, '"soc" must not be empty'),
        ("[1, 8, 8, 3]", "[1, 8, 8]", 17, '"input" must be a list of 4 numbers'),
        ("[1, 8, 8, 3]", "[1, 8, 8, -3]", 17, '"input" must hold whole numbers from 1'),
        ("[0, 255]", "[255, 0]", 19, '"values" must be a range'),
        ("[0, 255]", "[0, nan]", 19, '"values" must be a range'),
        ("[0, 255]", '"counts"', 19, '"values" must be a range such as [0, 255], or "raw counts"'),
        ('packing = "none"', 'packing = "zip"', 20, '"packing" is "zip": use one of none, frames, bayer'),
        ('packing = "none"', 'packing = "bayer"', 16, '[model] lacks the key "pattern"'),
        ('packing = "none"', BAYER.replace("ultra", "un"), 22, "there is no channel order unisp: choose one"),
        ('packing = "none"', BAYER.replace("RGGB", "RGB"), 21, '"pattern" is "RGB": use one of RGGB'),
        ('packing = "none"', BAYER.replace("[1023]", "[0]"), 23, '"white_levels" must hold whole numbers from 1'),
        ('"basicsr-y"', '"mine"', 23, "there is no convention mine: choose one of default,"),
        ('column = "accelerator_ms"', 'column = "gpu"', 27, '"column" is "gpu": use one of cpu_ms, accelerator_ms'),
        ("constant = 1048576", "constant = 0", 31, '"constant" must be a number from 1 to 1e+30'),
        ("constant = 1048576", "constant = inf", 31, '"constant" must be a number from 1 to 1e+30'),
        ("constant = 1048576", 'constant = "2^20"', 31, '"constant" must be a number from 1 to 1e+30'),
        ("constant = 1048576", "constant = 5", 31, '"constant" is not 2^20, its "constant_text": mend one of them'),
        ("constant = 1048576", "constant = 0x" + "f" * 9000, 31, '"constant" must be a number from 1'),
        ('"A sixth challenge"', '"A \\u001b[31m"', 2, '"title" holds control characters: write it without'),
        ('["Second"', '["Sec\\u202eond"', 48, 'the cell of "team" holds control characters'),
        ("year = 2026", "x" + ".x" * 60 + " = 1", 1, "not valid TOML"),
        ("noisy/{scene}.png", "noisy/{a}{b}{c}{d}.png", 34, "has more than 3 placeholders in one name"),
        ("noisy/{scene}.png", "x/" * 300 + "{scene}.png", 34, "a pattern must have at most 400 characters"),
        ("[score]", "[[score]]", 30, '"score" must be a table: begin it with [score]'),
        ("[[dataset]]", "[dataset]", 34, '"dataset" must be tables: begin each with [[dataset]]'),
        (f"{RANKED}psnr", f"{RANKED.replace('score', 'mos')}mos", 40, 'one [[track]] must have ranked_by = "score"'),
        ('"team", "psnr"', '"team", "psn"', 44, 'there is no column "psn": use team, author'),
        ('"team", "psnr"', '"team", "team"', 44, 'the column "team" stands there twice'),
        ('columns = ["team"', 'columns = ["author"', 44, 'the column "team" is missing'),
        (f"{RANKED}psnr", f"{RANKED}ssim", 44, 'the column "psnr" is missing, by which score ranks: add it'),
        ('"accelerator_ms", "score"', '"cpu_ms", "score"', 44, 'the column "accelerator_ms" is missing'),
        ('["Second", 12, 8', '["Second", 12, -8', 48, 'the cell of "accelerator_ms" is -8, and it is 1e-09 to 1e+12'),
        ('["Second", 12', '["Second", 201', 48, 'the cell of "psnr" is 201, and it is -200 to 200: mend it'),
        ('["Second", 12', '["Second", "12.0"', 48, 'the cell of "psnr" is "12.0" in quotes, which counts as words'),
        ('12, 8, 2.00, "ranked"]', '12, 8, "ranked"]', 48, "a row must be a list of 5 cells"),
        ('["Second", 12', '["Second", [12]', 48, 'the cell of "psnr" must be a number, or text in quotes'),
        ('["Second", 12', "[2, 12", 48, 'the cell of "team" must be text in quotes'),
        ('["Second", 12', '["Second", inf', 48, 'the cell of "psnr" must be a number'),
        ('["Second", 12', '["Second", 1e-999999999', 48, 'the cell of "psnr" must be a number'),
        ('["Second", 12', '["Second", 1e31', 48, 'the cell of "psnr" must be a number'),
        ('2.00, "ranked"]', '2.00, "winner"]', 48, 'the standing "winner" is none of ranked, unranked, baseline'),
    ],
)
def test_a_faulty_file_is_told_with_line_and_reason(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    with pytest.raises(ChallengeFileError) as raised:
        sixth(tmp_path, old, new)
    assert f"sixth.toml, line {line}: " in str(raised.value)
    assert reason in str(raised.value)


def test_what_a_row_was_scored_by_is_checked(tmp_path: Path) -> None:
    with pytest.raises(ChallengeFileError, match='line 46: scored_by must be "cpu" or "accelerator"'):
        sixth(tmp_path, '"standing"]', '"scored_by"]')


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "not UTF-8 text: save it as UTF-8"),
        (b"", 'the file lacks the key "'),
        (b"x = 1" + b"0" * 5000, "not valid TOML"),
        (b"x = " + b"[" * 5000, "not valid TOML"),
        (b"\0" * (2 << 20), "not a challenge file (a text file of up to 1 MiB)"),
    ],
    ids=["not utf-8", "empty", "long number", "deep", "large"],
)
def test_what_is_no_challenge_file_at_all_is_told(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    with pytest.raises(ChallengeFileError) as raised:
        read_challenge(path)
    assert reason in str(raised.value)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not a challenge file" in str(catalogue(tmp_path).faults[0])


def test_a_file_with_windows_line_ends_is_read_and_its_lines_counted(tmp_path: Path) -> None:
    path = tmp_path / "sixth.toml"
    path.write_bytes(SIXTH.replace("year = 2026", "year = 1").replace("\n", "\r\n").encode())
    with pytest.raises(ChallengeFileError, match=r"line 3: "):
        read_challenge(path)


def test_a_folder_that_can_not_be_listed_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (fault,) = catalogue(tmp_path / "file").faults
    assert str(fault) == f"{tmp_path / 'file'}: can't be listed (Not a directory): mend or remove it"


def test_a_user_without_a_home_has_the_shipped_challenges() -> None:
    assert catalogue(None).challenges == SHIPPED


def test_a_faulty_file_hides_no_other_challenge(tmp_path: Path) -> None:
    write(tmp_path, "nonsense", "a.toml")
    write(tmp_path, name="b.toml")
    found = catalogue(tmp_path)
    assert [challenge.id for challenge in found.challenges[5:]] == ["sixth"]
    assert [isinstance(fault, ChallengeFileError) and fault.line for fault in found.faults] == [1]


def test_an_id_can_be_taken_once(tmp_path: Path) -> None:
    write(tmp_path, name="a.toml")
    write(tmp_path, name="b.toml")
    write(tmp_path, SIXTH.replace('"sixth"', '"mai2021-denoising"'), "c.toml")
    told = [str(fault) for fault in catalogue(tmp_path).faults]
    assert 'b.toml, line 1: the id "sixth" is taken by a.toml: choose another' in told[0]
    assert 'c.toml, line 1: the id "mai2021-denoising" is shipped with the program' in told[1]


def test_an_unknown_challenge_is_told_with_those_there_are(tmp_path: Path) -> None:
    write(tmp_path, "nonsense", "a.toml")
    with pytest.raises(UsageError, match="there is no challenge seventh: choose one of mai2021-denoising") as raised:
        catalogue(tmp_path).named("seventh")
    assert "(not read: " in str(raised.value)


def test_the_files_fixture_is_a_good_one(tmp_path: Path) -> None:
    assert challenge_files.sixth(tmp_path).scored.entries
