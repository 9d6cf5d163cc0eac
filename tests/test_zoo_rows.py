"""Every row of the five result tables is in the zoo, in the table's order, and says what stands behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.challenges.challenge import Challenge
from maistudio.errors import FactsFileError, UsageError
from maistudio.jobs.zoo import TOLERANCE, ZooRow, read_zoo, row_values
from maistudio.zoo.catalogue import find_network, shelves
from maistudio.zoo.forms import Form
from maistudio.zoo.read import read_rows
from maistudio.zoo.rows import Basis, Row, Status

ROWS = [row for shelf in shelves() for row in shelf.rows]
BUILT = [row for row in ROWS if row.status is Status.BUILT]
NOT_DESCRIBED = {"221B", "svnit ntnu", "CVML", "TieGuoDun Team"}
CLASSICAL = {"A+ regression", "Bicubic Upscaling"}
BY_NAME = {
    zoo_row.row.name: zoo_row for shelf in read_zoo().shelves for zoo_row in reversed(shelf.rows) if zoo_row.row.name
}


@pytest.mark.parametrize("challenge", shipped_challenges(), ids=lambda challenge: challenge.id)
def test_the_rows_are_those_of_the_result_table_in_its_order(challenge: Challenge) -> None:
    (shelf,) = shelves(challenge.id)
    assert tuple(row.entry for row in shelf.rows if row.entry) == challenge.scored.entries


def test_only_teams_that_the_reports_do_not_describe_are_said_to_be_so() -> None:
    assert {row.team for row in ROWS if row.status is Status.NOT_DESCRIBED} == NOT_DESCRIBED


def test_only_classical_methods_are_said_to_be_so() -> None:
    assert {row.team for row in ROWS if row.status is Status.CLASSICAL} == CLASSICAL


def test_a_network_that_the_text_alone_describes_comes_after_the_table() -> None:
    (shelf,) = shelves("mai2022-quantized-super-resolution")
    assert [row.team for row in shelf.rows if row.entry is None] == [shelf.rows[-1].team] == ["Noahtcv"]


def test_places_count_the_ranked_rows_alone() -> None:
    (shelf,) = shelves("mai2021-quantized-super-resolution")
    assert [row.place for row in shelf.rows] == [1, 2, 3, None, 4, 5, None, 6, 7, 8, 9, None]


def test_abpn_stands_in_two_tables() -> None:
    assert len([row for row in BUILT if row.name == "abpn"]) == 2


def test_no_other_builder_stands_twice_in_one_table() -> None:
    for shelf in shelves():
        names = [row.name for row in shelf.rows if row.name]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["abpn", "xlsr", "ncnet", "evsrnet", "tinyvsrnet"])
def test_networks_go_by_their_own_names(name: str) -> None:
    assert find_network(name, shelves())[1].name == name


@pytest.mark.parametrize("row", BUILT, ids=lambda row: f"{row.challenge}-{row.name}")
def test_a_network_says_what_it_is_and_where_that_is_from(row: Row) -> None:
    assert row.basis is not None
    assert len(row.architecture) > 20
    assert len(row.source) > 10


@pytest.mark.parametrize("row", BUILT, ids=lambda row: f"{row.challenge}-{row.name}")
def test_quantized_challenges_get_int8_and_the_others_floats(row: Row) -> None:
    floats = {Form.FP32, Form.DYNAMIC_RANGE} if row.name == "tinyvsrnet" else {Form.FP32}
    assert row.form in ({Form.INT8} if "quantized" in row.challenge else floats)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_network_was_measured(name: str) -> None:
    built = BY_NAME[name].built
    assert built is not None
    assert built.form is BY_NAME[name].row.form
    assert built.drawing


@pytest.mark.parametrize(
    "zoo_row",
    [each for shelf in read_zoo().shelves for each in shelf.rows if each.off is not None],
    ids=lambda each: f"{each.row.challenge}-{each.row.name}",
)
def test_a_size_is_near_the_reported_one_or_the_row_says_by_how_much_it_misses(zoo_row: ZooRow) -> None:
    assert zoo_row.off is not None
    misses = zoo_row.row.misses
    if abs(zoo_row.off) <= TOLERANCE:
        assert misses == ""
    else:
        assert f"{abs(round(100 * zoo_row.off))} %" in misses


def test_what_was_reported_goes_with_a_row_in_all_its_tables() -> None:
    (shelf,) = read_zoo("mai2022-learned-isp").shelves
    values = next(row_values(row) for row in shelf.rows if row.row.team == "HITZST01")
    reported = values["reported"]
    assert (reported["psnr"], reported["ssim"], reported["accelerator_ms"], reported["mos"]) == (
        23.89,
        0.8666,
        34.3,
        3.0,
    )
    assert reported["size_mb"] == 0.06


def test_words_of_a_table_stay_words() -> None:
    (shelf,) = read_zoo("mai2021-video-super-resolution").shelves
    assert row_values(shelf.rows[3])["reported"]["accelerator_ms"] == "Error"


def test_another_challenge_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no challenge mai2023: choose one of mai2021-denoising,"):
        shelves("mai2023")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("zebra9", "no network zebra9: `maistudio zoo list` has them all"),
        ("ABPN", "did you mean abpn"),
        ("nc_net", "did you mean ncnet"),
        ("Diggers", "did you mean diggers"),
        ("mcg", "did you mean abpn"),
        ("221b", "221B can't be built, for the report does not describe it"),
        ("A+ regression", "can't be built, for it is a classical method"),
    ],
)
def test_another_network_is_refused_with_what_may_be_meant(name: str, sentence: str) -> None:
    with pytest.raises(UsageError) as told:
        find_network(name, shelves())
    assert sentence in str(told.value)


VIDEO = shipped_challenges()[2]
ROW = '[[row]]\nteam = "{}"\nname = "a"\nbasis = "T"\nsource = "section 4"\narchitecture = "one convolution"\n'
BICUBIC = '[[row]]\nteam = "Bicubic Upscaling"\nstatus = "classical"\n'
TEAMS = ("Diggers", "ZTE VIP", "Rainbow", "Noah_TerminalVision")


def text(*rows: str) -> str:
    return "\n".join((f'challenge = "{VIDEO.id}"', *rows))


WHOLE = text(*(ROW.format(team) for team in TEAMS), BICUBIC)


def read_text(tmp_path: Path, content: str) -> tuple[Row, ...]:
    path = tmp_path / "zoo.toml"
    path.write_text(content, encoding="utf-8")
    return read_rows(path, VIDEO)


def test_a_file_is_read(tmp_path: Path) -> None:
    rows = read_text(tmp_path, WHOLE + ROW.format("Other") + "in_table = false\nmultiple = 8\nleast = 16\nwhite = 1\n")
    assert [row.team for row in rows] == [*TEAMS, "Bicubic Upscaling", "Other"]
    assert rows[0].basis is Basis.TEXT
    assert (rows[5].entry, rows[5].multiple, rows[5].least, rows[5].white) == (None, 8, 16, 1)
    assert (rows[0].multiple, rows[0].least, rows[0].white) == (1, 1, 255)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (text(*(ROW.format(team) for team in TEAMS)), "line 1: the table has 5 rows"),
        (text(*(ROW.format(team) for team in TEAMS[::-1]), BICUBIC), 'line 3: row 1 of the table is of "Diggers"'),
        (WHOLE + ROW.format("More"), "the table has only 5 rows: remove this, or say in_table = false"),
        (WHOLE.replace('name = "a"', 'name = "A b"', 1), '"name" may hold lower-case letters'),
        (WHOLE.replace('basis = "T"', 'basis = "X"', 1), '"basis" is "X": use one of F, T, I'),
        (WHOLE.replace('source = "section 4"', "", 1), 'lacks the key "source"'),
        (WHOLE.replace('basis = "T"', 'basis = "T"\nsize = 3', 1), 'no key "size" here'),
        (WHOLE.replace('basis = "T"', 'basis = "T"\nform = "int4"', 1), '"form" is "int4"'),
        (WHOLE.replace('basis = "T"', 'basis = "T"\nmultiple = 0', 1), '"multiple" must be a whole number from 1'),
        (WHOLE.replace(VIDEO.id, "other"), f'"challenge" is not {VIDEO.id}'),
        ("challenge = [", "not valid TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(FactsFileError) as told:
        read_text(tmp_path, content)
    assert sentence in str(told.value)
