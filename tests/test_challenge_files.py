"""Challenge files: what a good one says, and what is said of a faulty one."""

from __future__ import annotations

import os
from pathlib import Path

import challenge_files
import pytest
from challenge_files import SIXTH, sixth, write

from maistudio.challenges.catalogue import catalogue, shipped_challenges
from maistudio.challenges.challenge import Challenge, Device, ModelForm, Standing
from maistudio.challenges.layouts import Layout
from maistudio.challenges.read import read_challenge
from maistudio.errors import FactsFileError, UsageError
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


@pytest.mark.parametrize(
    ("name", "device", "values", "runtime", "convention", "mean_over"),
    [
        (
            "mai2021-video-super-resolution",
            ("OPPO Find X2", "Qualcomm Snapdragon 865", "Adreno 650", "TensorFlow Lite GPU delegate"),
            (0, 255),
            "GPU, ms per 10 frames",
            "default",
            "frames",
        ),
        (
            "mai2021-quantized-super-resolution",
            (
                "Synaptics VS680 Evaluation Kit",
                "Synaptics VS680",
                "VeriSilicon NPU of the VS680",
                "Synaptics' TFLite delegate",
            ),
            (0, 255),
            "NPU, ms",
            "default",
            "pictures",
        ),
        (
            "mai2022-quantized-super-resolution",
            (
                "Synaptics VS680 Evaluation Kit",
                "Synaptics VS680",
                "VeriSilicon NPU of the VS680",
                "Synaptics' SyNAP toolkit",
            ),
            (0, 255),
            "NPU, ms",
            "default",
            "pictures",
        ),
        (
            "mai2021-denoising",
            ("Samsung Exynos 2100", "Samsung Exynos 2100", "Mali-G78", "Samsung Eden delegate"),
            (0, 1),
            "GPU, ms",
            "default",
            "pictures",
        ),
        (
            "mai2022-learned-isp",
            ("Snapdragon 8 Gen 1", "Qualcomm Snapdragon 8 Gen 1", "Adreno 730", "TensorFlow Lite GPU delegate"),
            None,
            "GPU, ms",
            "float-isp",
            "pictures",
        ),
    ],
)
def test_a_shipped_challenge_says_what_section_2_of_its_report_says(
    name: str,
    device: tuple[str, ...],
    values: tuple[float, float] | None,
    runtime: str,
    convention: str,
    mean_over: str,
) -> None:
    challenge = catalogue(Path("nowhere")).named(name)
    found = challenge.device
    assert (found.name, found.soc, found.accelerator_name, found.delegate) == device
    assert (challenge.model.values, challenge.runtime_label) == (values, runtime)
    assert (challenge.convention.id, challenge.mean_over) == (convention, mean_over)


def test_the_learned_isp_takes_the_mosaic_as_ultraisp_packs_it() -> None:
    model = catalogue(Path("nowhere")).named("mai2022-learned-isp").model
    assert (model.pattern, model.channel_order, model.white_levels) == ("RGGB", ULTRAISP, (1020, 1023, 4095, 4096))


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


@pytest.mark.parametrize("text", ["1.2.3·2^20", "about a million", "2^20 or so", "1·2^20", "0.5·2^21", "2 ^ 20"])
def test_a_constant_may_be_printed_otherwise(tmp_path: Path, text: str) -> None:
    assert sixth(tmp_path, 'constant_text = "2^20"', f'constant_text = "{text}"').constant_text == text


BAYER = """\
packing = "bayer"
pattern = "RGGB"
channel_order = "ultraisp"
white_levels = [1023]"""


def _with_mosaic() -> str:
    return SIXTH.replace("[1, 8, 8, 3]", "[1, 4, 4, 4]").replace('packing = "none"', BAYER)


def test_a_packed_mosaic_has_its_pattern_order_and_white_levels(tmp_path: Path) -> None:
    model = read_challenge(write(tmp_path, _with_mosaic())).model
    assert (model.pattern, model.channel_order, model.white_levels) == ("RGGB", ULTRAISP, (1023,))


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('id = "sixth"', "", 1, 'the file lacks the key "id": add it'),
        ('id = "sixth"', 'id = "No Spaces"', 1, "may hold lower-case letters"),
        ("year = 2026", "year = 2026.5", 3, '"year" must be a whole number from 1900 to 2999'),
        ("year = 2026", "year = true", 3, '"year" must be a whole number'),
        ("scale = 2", "scale = true", 6, '"scale" must be a whole number from 1 to 16'),
        ("scale = 2", "scale = 0", 6, '"scale" must be a whole number from 1 to 16'),
        ("scale = 2", "scal = 2", 6, 'there is no key "scal" here'),
        ("scale = 2", "scale = = 2", 6, "not valid TOML (Invalid value): mend this line"),
        ('["tflite-gpu-opencl"]', "[1]", 7, '"targets" must hold texts'),
        ('["tflite-gpu-opencl"]', '"x"', 7, '"targets" must be a list of texts'),
        ('soc = "A chip"\n', "", 9, '[device] lacks the key "soc": add it'),
        ('soc = "A chip"', "soc = 5", 11, '"soc" must be text in quotes'),
        ('soc = "A chip"', 'soc = " "', 11, '"soc" must not be empty'),
        ("[1, 8, 8, 3]", "[1, 8, 8]", 17, '"input" must be a list of 4 numbers'),
        ("[1, 8, 8, 3]", "[1, 8, 8, 3, 3]", 17, '"input" must be a list of 4 numbers'),
        ("[1, 16, 16, 3]", "[1, 16, 16]", 18, '"output" must be a list of 4 numbers'),
        ("[1, 8, 8, 3]", "[1, 8, 8, -3]", 17, '"input" must hold whole numbers from 1'),
        ("[1, 8, 8, 3]", "[true, 8, 8, 3]", 17, '"input" must hold whole numbers from 1'),
        ("[1, 8, 8, 3]", "[\n1,\n8, 0, 3]", 19, '"input" must hold whole numbers from 1'),
        ('["tflite-gpu-opencl"]', '["a",\n" "]', 8, '"targets" must hold texts in quotes'),
        ('["tflite-gpu-opencl"]', '["a",\n"b\\t"]', 8, '"targets" must not hold the character U+0009'),
        ('"team", "psnr"', '"team",\n"psn"', 45, 'there is no column "psn"'),
        ('"team", "psnr"', '"team",\n"psnr", "psnr"', 45, 'the column "psnr" stands there twice'),
        ('["Second", 12', '["Second",\n[12]', 49, 'the cell of "psnr" must be a number'),
        ('["Second", 12', '["Second",\n201', 49, 'the cell of "psnr" must be from'),
        ('["Second", 12', '["Second",\n"\\n"', 49, 'the cell of "psnr" must not hold the character U+000A'),
        ('["Second", 12', '["Second", -1e31', 48, 'the cell of "psnr" must be a number'),
        ('2.00, "ranked"]', '2.00,\n"winner"]', 49, 'the standing "winner" is none of'),
        ("[device]", '[device]\n"pr\\u0069ce" = 1', 9, 'there is no key "price" here'),
        ("[0, 255]", "[0, 0]", 19, '"values" must be a range'),
        ("[0, 255]", "[0, 128, 255]", 19, '"values" must be a range'),
        ("[0, 255]", '"raw"', 19, '"values" must be a range'),
        (
            'packing = "none"',
            BAYER.replace("[1023]", "[65536]"),
            23,
            '"white_levels" must hold whole numbers from 1 to 655',
        ),
        ('packing = "none"', BAYER.replace("[1023]", "5"), 23, '"white_levels" must be a list of whole numbers'),
        ("constant = 1048576", "constant = 1e99999999999999999999", 1, "not valid TOML"),
        ("[score]", "[score", 30, "not valid TOML (Expected ']' at the end of a table declaration)"),
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
        ('"A sixth challenge"', '"A \\u001b[31m"', 2, '"title" must not hold the character U+001B'),
        ('["Second"', '["Sec\\u202eond"', 48, 'the cell of "team" must not hold the character U+202E'),
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
        ('["Second", 12, 8', '["Second", 12, -8', 48, 'the cell of "accelerator_ms" must be from 1e-06 to 1e+12'),
        ('["Second", 12', '["Second", 201', 48, 'the cell of "psnr" must be from -200 to 200'),
        ('["Second", 12', '["Second", "12.0"', 48, 'the cell of "psnr" is "12.0" in quotes, which counts as words'),
        ('12, 8, 2.00, "ranked"]', '12, 8, "ranked"]', 48, "a row must be a list of 5 cells"),
        ('["Second", 12', '["Second", [12]', 48, 'the cell of "psnr" must be a number, or text in quotes'),
        ('["Second", 12', "[2, 12", 48, 'the cell of "team" must be text in quotes'),
        ('["Second", 12', '["Second", inf', 48, 'the cell of "psnr" must be a number'),
        ('["Second", 12', '["Second", 1e-999999999', 48, 'the cell of "psnr" must be a number'),
        ('["Second", 12', '["Second", 1e31', 48, 'the cell of "psnr" must be a number'),
        ('2.00, "ranked"]', '2.00, "winner"]', 48, 'the standing "winner" is none of ranked, unranked, baseline'),
        ("12.50, 8", "200.5, 8", 46, 'the cell of "psnr" must be from -200 to 200'),
        ("12.50, 8", "-200.5, 8", 46, 'the cell of "psnr" must be from -200 to 200'),
        ("12.50, 8", "12.50, 0", 46, 'the cell of "accelerator_ms" must be from 1e-06 to 1e+12'),
        ("12.50, 8", "12.50, 1e13", 46, 'the cell of "accelerator_ms" must be from 1e-06 to 1e+12'),
        ("12.50, 8", f"0x1{'0' * 26}, 8", 46, 'the cell of "psnr" must be a number'),
        ("12.50, 8", "true, 8", 46, 'the cell of "psnr" must be a number'),
        ('columns = ["team"', "columns = [1", 44, '"columns" must hold texts in quotes'),
        ('title = "Table 1"\n', "", 40, '[[track]] lacks the key "title": add it'),
        ("[1, 16, 16, 3]", "[1, 15, 16, 3]", 18, '"output" must be 16×16 by the input, the scale and the packing'),
        ("[1, 16, 16, 3]", "[1, 16, 24, 3]", 18, '"output" must be 16×16 by the input'),
        ("[1, 16, 16, 3]", "[1, 16, 16.0, 3]", 18, '"output" must hold whole numbers from 1 to 1048576'),
        (
            'packing = "none"',
            'packing = "frames"\nframes = 10',
            17,
            '"input" must have 30 channels with packing "frames"',
        ),
        ('packing = "none"', BAYER, 17, '"input" must have 4 channels with packing "bayer"'),
        ('packing = "none"', 'packing = "none"\nframes = 10', 21, 'there is no key "frames" here'),
        ('packing = "none"', 'packing = "frames"\nframes = 1001', 21, '"frames" must be a whole number from 1 to 1000'),
        ('packing = "none"', f"{BAYER}\nframes = 10", 24, 'there is no key "frames" here'),
        ('"A phone"', '"A \\u001b[31mphone"', 10, '"name" must not hold the character U+001B'),
        ('"tflite-gpu-opencl"', '"tflite\\n"', 7, '"targets" must not hold the character U+000A'),
        ('"Second"', '"Sec\\u202eond"', 48, 'the cell of "team" must not hold the character U+202E'),
        ('"Failed"', '"Fai\\u007fled"', 49, 'the cell of "accelerator_ms" must not hold the character U+007F'),
        ("noisy/{scene}.png", "{scene}.png", 34, "the pattern {scene}.png must have a folder before its file name"),
        ("[device]", "[device]\nprice = 1", 10, 'there is no key "price" here: use name, soc,'),
        ("[metric]", "[metric]\nprice = 1", 23, 'there is no key "price" here: use convention, mean_over'),
        ("[runtime]", "[runtime]\nprice = 1", 27, 'there is no key "price" here: use column, unit'),
        ("[score]", "[score]\nprice = 1", 31, 'there is no key "price" here: use constant, constant_text'),
        ("[[dataset]]", "[[dataset]]\nprice = 1", 35, 'there is no key "price" here: use id, title, input, truth'),
        ("[[track]]", "[[track]]\nprice = 1", 41, 'there is no key "price" here: use id, title, ranked_by,'),
        ('"image denoising"', f"{'a.' * 1001}a", 4, "a key or row with more than 1,000 dots: shorten this line"),
    ],
)
def test_a_faulty_file_is_told_with_line_and_reason(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    with pytest.raises(FactsFileError) as raised:
        sixth(tmp_path, old, new)
    assert f"sixth.toml, line {line}: " in str(raised.value)
    assert reason in str(raised.value)


def test_the_largest_numbers_are_taken(tmp_path: Path) -> None:
    first = sixth(tmp_path, '"First", 12.50, 8, 4.00', '"First", -200, 1e12, 1e30').scored.entries[0]
    assert (first.value("psnr"), first.runtime_used, first.value("score")) == (-200, 1e12, 1e30)
    model = read_challenge(write(tmp_path, _with_mosaic().replace("[1023]", "[65535]"))).model
    assert model.white_levels == (65535,)


def test_a_challenge_is_what_its_file_says(tmp_path: Path) -> None:
    challenge = sixth(tmp_path, "values = [0, 255]", "values = [-1, 2.5]")
    assert (challenge.title, challenge.year, challenge.task) == ("A sixth challenge", 2026, "image denoising")
    assert (challenge.report, challenge.scale, challenge.targets) == ("nobody et al.", 2, ("tflite-gpu-opencl",))
    assert challenge.device == Device("A phone", "A chip", "GPU", "A GPU", "A delegate")
    assert challenge.model == ModelForm((1, 8, 8, 3), (1, 16, 16, 3), (-1.0, 2.5))
    assert (challenge.convention.id, challenge.mean_over) == ("basicsr-y", "pictures")
    assert (challenge.constant, challenge.constant_text, challenge.runtime_label) == (2**20, "2^20", "GPU, ms")


@pytest.mark.parametrize("identifier", ["a", "0.b_c-1", "a" * 80])
def test_an_id_may_hold_letters_digits_and_marks(tmp_path: Path, identifier: str) -> None:
    assert sixth(tmp_path, '"sixth"', f'"{identifier}"').id == identifier


@pytest.mark.parametrize("identifier", [".a", "-a", "a b", "a/b", "a" * 81, "ä"])
def test_an_id_may_hold_nothing_else(tmp_path: Path, identifier: str) -> None:
    with pytest.raises(FactsFileError, match='line 1: "id" may hold lower-case letters'):
        sixth(tmp_path, '"sixth"', f'"{identifier}"')


def test_a_number_is_printed_without_an_exponent(tmp_path: Path) -> None:
    assert (
        sixth(tmp_path, '"First", 12.50, 8', '"First", 12.50, 8e3').scored.entries[0].text("accelerator_ms") == "8000"
    )


def test_what_the_file_says_of_a_row_is_no_cell_of_the_table(tmp_path: Path) -> None:
    track = sixth(tmp_path).scored
    assert track.columns == ("team", "psnr", "accelerator_ms", "score")
    assert tuple(track.entries[0].cells) == track.columns


def test_rows_are_scored_by_the_challenges_runtime_unless_they_say_otherwise(tmp_path: Path) -> None:
    rows = """["a", 9, 5, 6, ""], ["b", 9, 5, 6, "-"], ["c", 9, 5, 6, "accelerator"], ["d", 9, 5, 6, "cpu"]"""
    head = SIXTH.partition("columns = ")[0].replace('column = "accelerator_ms"', 'column = "cpu_ms"')
    text = f'{head}columns = ["team", "psnr", "cpu_ms", "accelerator_ms", "scored_by"]\nrows = [{rows}]\n'
    challenge = read_challenge(write(tmp_path, text))
    assert [entry.runtime_used for entry in challenge.scored.entries] == [5, 5, 6, 5]
    assert challenge.runtime_label == "CPU, ms"


def test_a_size_in_megabytes_has_no_dust_in_kilobytes(tmp_path: Path) -> None:
    """1.001 times 1000 is 1000.9999999999999 in floats."""
    text = SIXTH.replace('"score", "standing"', '"size_mb", "standing"').replace("8, 4.00", "8, 1.001")
    assert read_challenge(write(tmp_path, text)).scored.entries[0].size_kb == 1001


SECOND_TRACK = """
[[track]]
id = "second"
title = "Table 2"
ranked_by = "mos"
columns = ["team", "mos"]
rows = []
"""


def test_a_challenge_may_have_a_track_of_opinions(tmp_path: Path) -> None:
    tracks = read_challenge(write(tmp_path, SIXTH + SECOND_TRACK)).tracks
    assert [(track.id, track.ranked_by) for track in tracks] == [("score", "score"), ("second", "mos")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (SIXTH.partition("[[track]]")[0] + SECOND_TRACK, 41, 'one [[track]] must have ranked_by = "score"'),
        (
            SIXTH + SECOND_TRACK.replace('mos"]', 'psnr", "accelerator_ms"]').replace("mos", "score"),
            40,
            'one [[track]] must have ranked_by = "score"',
        ),
        (SIXTH.partition("rows = [")[0] + "rows = 1", 45, '"rows" must be a list of rows'),
        (SIXTH.replace('"accelerator_ms"', '"cpu_ms"').replace("12.50, 8", "12.50, -8"), 46, 'the cell of "cpu_ms"'),
        ("dataset = [1]\n" + SIXTH.partition("[[dataset]]")[0], 1, '"dataset" must be tables: begin each with'),
        (SIXTH + "[score", 51, "not valid TOML"),
        (SIXTH.partition("[[track]]")[0], 1, 'one [[track]] must have ranked_by = "score"'),
        (SIXTH + SECOND_TRACK.replace("second", "score"), 53, 'the id "score" stands there twice: rename one'),
        (
            SIXTH + '[[dataset]]\nid = "pairs"\ntitle = "P"\ninput = "a/{scene}"',
            52,
            'the id "pairs" stands there twice',
        ),
    ],
    ids=["no score", "two scores", "no rows", "cpu", "no tables", "no end", "no track", "same track", "same dataset"],
)
def test_tracks_and_datasets_must_fit_each_other(tmp_path: Path, text: str, line: int, reason: str) -> None:
    with pytest.raises(FactsFileError) as raised:
        read_challenge(write(tmp_path, text))
    assert f"line {line}: {reason}" in str(raised.value)


def test_what_a_row_was_scored_by_is_checked(tmp_path: Path) -> None:
    with pytest.raises(FactsFileError, match='line 46: scored_by must be "cpu" or "accelerator"'):
        sixth(tmp_path, '"standing"]', '"scored_by"]')


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "not UTF-8 text: save it as UTF-8"),
        (b"", 'the file lacks the key "'),
        (b"x = 1" + b"0" * 5000, "not valid TOML"),
        (b"x = " + b"[" * 5000, "not valid TOML"),
        (b"#" * ((1 << 18) + 1), "not a challenge file (a text file of up to 256 KiB)"),
    ],
    ids=["not utf-8", "empty", "long number", "deep", "large"],
)
def test_what_is_no_challenge_file_at_all_is_told(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    with pytest.raises(FactsFileError) as raised:
        read_challenge(path)
    assert reason in str(raised.value)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not a challenge file" in str(catalogue(tmp_path).faults[0])


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "sixth.toml"
    path.write_text(SIXTH, encoding="utf-8-sig")
    assert read_challenge(path).id == "sixth"


def test_a_file_that_can_not_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to(tmp_path / "nowhere")
    assert "link.toml, line 1: can't be read (No such file or directory)" in str(catalogue(tmp_path).faults[0])


@pytest.mark.parametrize("depth", range(480, 500))
def test_what_is_nested_too_deep_is_told_at_any_depth(tmp_path: Path, depth: int) -> None:
    with pytest.raises(FactsFileError, match=r'nested too deep|there is no key "x"'):
        read_challenge(write(tmp_path, f"x = {'[' * depth}{']' * depth}"))


def test_a_file_with_windows_line_ends_is_read_and_its_lines_counted(tmp_path: Path) -> None:
    path = tmp_path / "sixth.toml"
    path.write_bytes(SIXTH.replace("year = 2026", "year = 1").replace("\n", "\r\n").encode())
    with pytest.raises(FactsFileError, match=r"line 3: "):
        read_challenge(path)


def test_a_folder_that_can_not_be_listed_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (fault,) = catalogue(tmp_path / "file").faults
    assert str(fault) == f"{tmp_path / 'file'}: can't be listed (Not a directory): mend or remove it"


def test_a_user_without_a_home_has_the_shipped_challenges() -> None:
    assert catalogue(None).challenges == SHIPPED


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    assert read_challenge(write(tmp_path, SIXTH + "#" * ((1 << 18) - len(SIXTH.encode())))).id == "sixth"


def test_other_files_in_the_folder_are_no_challenges(tmp_path: Path) -> None:
    write(tmp_path, "my notes", "notes.txt")
    assert catalogue(tmp_path).faults == ()


def test_a_faulty_file_hides_no_other_challenge(tmp_path: Path) -> None:
    write(tmp_path, "nonsense", "a.toml")
    write(tmp_path, name="b.toml")
    found = catalogue(tmp_path)
    assert [challenge.id for challenge in found.challenges[5:]] == ["sixth"]
    assert [isinstance(fault, FactsFileError) and fault.line for fault in found.faults] == [1]


def test_an_id_can_be_taken_once(tmp_path: Path) -> None:
    write(tmp_path, name="a.toml")
    write(tmp_path, name="b.toml")
    write(tmp_path, "# mine\n" + SIXTH.replace('"sixth"', '"mai2021-denoising"'), "c.toml")
    told = [str(fault) for fault in catalogue(tmp_path).faults]
    assert 'b.toml, line 1: the id "sixth" is taken by a.toml: choose another' in told[0]
    assert 'c.toml, line 2: the id "mai2021-denoising" is shipped with the program' in told[1]


def test_an_unknown_challenge_is_told_with_those_there_are(tmp_path: Path) -> None:
    write(tmp_path, "nonsense", "a.toml")
    with pytest.raises(UsageError, match="there is no challenge seventh: choose one of mai2021-denoising") as raised:
        catalogue(tmp_path).named("seventh")
    assert "(not read: " in str(raised.value)


def test_the_files_fixture_is_a_good_one(tmp_path: Path) -> None:
    assert challenge_files.sixth(tmp_path).scored.entries
