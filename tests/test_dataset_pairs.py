"""Pictures paired by their names alone."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maistudio.challenges.datasets import Dataset, pair, recognise
from maistudio.challenges.names import match_names
from maistudio.errors import DatasetError

STEMS = st.sets(st.text("0123456789ab_", min_size=1, max_size=6), min_size=1, max_size=12)


def make(root: Path, *files: str) -> Path:
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def paired(dataset: Dataset, root: Path) -> dict[str, tuple[str, str]]:
    return {
        scene.name: (str(scene.inputs[0].relative_to(root)), str(scene.truths[0].relative_to(root)))
        for scene in dataset.scenes
    }


def reasons(dataset: Dataset, root: Path) -> dict[str, str]:
    return {str(one.path.relative_to(root)): one.reason for one in dataset.unmatched}


# Names.


@given(STEMS)
def test_equal_names_belong_together(names: set[str]) -> None:
    assert match_names(names, names).partners == {name: name for name in names}


@given(names=STEMS, affix=st.text("xyz", min_size=1, max_size=4), at_end=st.booleans(), of_inputs=st.booleans())
def test_one_constant_affix_on_one_side_is_dropped(names: set[str], affix: str, at_end: bool, of_inputs: bool) -> None:
    longer = {name: name + affix if at_end else affix + name for name in names}
    if of_inputs:
        assert match_names(set(longer.values()), names).partners == {long: name for name, long in longer.items()}
    else:
        assert match_names(names, set(longer.values())).partners == longer


@given(inputs=STEMS, truths=STEMS)
@example(inputs={"1", "11"}, truths={"111", "1111"})
def test_whatever_is_paired_differs_by_one_affix_at_most(inputs: set[str], truths: set[str]) -> None:
    partners = match_names(inputs, truths).partners
    assert set(partners) <= inputs
    assert set(partners.values()) <= truths
    assert len(set(partners.values())) == len(partners)
    ordered = [sorted(both, key=len) for both in partners.items()]
    sides = {len(given) > len(true) for given, true in partners.items()}
    behind = {long.removeprefix(short) for short, long in ordered}
    before = {long.removesuffix(short) for short, long in ordered}
    one_affix = len(sides) <= 1 and min(len(behind), len(before)) <= 1
    assert one_affix or all(_numbers_in(given) & _numbers_in(true) for given, true in partners.items())


def _numbers_in(name: str) -> set[str]:
    """All that lies between two digits of a name, these included."""
    digits = [place for place, letter in enumerate(name) if letter.isdecimal()]
    return {name[first : last + 1] for first in digits for last in digits if first <= last}


@given(
    numbers=st.sets(st.integers(0, 999), min_size=2, max_size=9),
    width=st.integers(1, 4),
    affixes=st.lists(st.sampled_from(["", "lr_", "HR-", "a1b", "x"]), min_size=4, max_size=4),
)
def test_numbered_names_belong_together_whatever_stands_around_the_number(
    numbers: set[int], width: int, affixes: list[str]
) -> None:
    before, behind, true_before, true_behind = affixes
    expected = {f"{before}{n:0{width}}{behind}": f"{true_before}{n:0{width}}{true_behind}" for n in numbers}
    found = match_names(set(expected), set(expected.values()))
    assert found.ambiguous or found.partners == expected


def test_many_affixes_that_fit_as_well_are_not_all_tried() -> None:
    inputs = {f"{letter}_{number:05}" for letter in "ab" for number in range(2000)}
    start = time.perf_counter()
    assert match_names(inputs, {"a", "b"}).ambiguous
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("inputs", "truths"),
    [
        ({"cat", "car"}, {"dog", "dot"}),
        ({"lr_1", "lr_2", "lr_3"}, {"hr_3", "hr_4", "hr_5"}),
        ({"lr_1"}, {"hr_1"}),
        ({"lr_a", "lr_b"}, {"hr_a", "hr_b"}),
    ],
    ids=["chance", "few", "one", "letters"],
)
def test_names_that_share_too_little_are_not_guessed(inputs: set[str], truths: set[str]) -> None:
    assert match_names(inputs, truths).partners == {}


@pytest.mark.parametrize(
    ("inputs", "truths", "partners"),
    [
        ({"0001x3", "0002x3"}, {"0001", "0002"}, {"0001x3": "0001", "0002x3": "0002"}),
        ({"1x3", "11x3", "111x3"}, {"1", "11", "111"}, {"1x3": "1", "11x3": "11", "111x3": "111"}),
        ({"lr_1", "lr_2", "lr_3"}, {"1", "2", "4"}, {"lr_1": "1", "lr_2": "2"}),
        ({"1", "2"}, {"1_gt", "2_gt"}, {"1": "1_gt", "2": "2_gt"}),
        # As many equal as with an affix: equal ones count.
        ({"1", "2", "3"}, {"1", "2", "1x", "2x"}, {"1": "1", "2": "2"}),
        # More with an affix: then all of them have it.
        ({"1", "1a", "2a", "3a"}, {"1", "2", "3"}, {"1a": "1", "2a": "2", "3a": "3"}),
        # An affix that a half or fewer have is none.
        ({"a1", "b2"}, {"1", "3"}, {}),
        ({"a", "b"}, {"c", "d"}, {}),
        (set(), {"a"}, {}),
    ],
)
def test_the_affix_is_the_one_that_most_names_have(
    inputs: set[str], truths: set[str], partners: dict[str, str]
) -> None:
    found = match_names(inputs, truths)
    assert (found.partners, found.ambiguous) == (partners, False)


def test_two_affixes_that_fit_as_well_are_not_guessed_between() -> None:
    # "1" with an "a" in front or behind.
    found = match_names({"a1", "1a"}, {"1"})
    assert (found.partners, found.ambiguous) == ({}, True)


def test_two_affixes_that_pair_the_same_names_are_no_question() -> None:
    assert match_names({"aa"}, {"a"}).partners == {"aa": "a"}


# Two folders.


def test_two_folders_are_paired_whatever_their_names_and_suffixes(tmp_path: Path) -> None:
    make(tmp_path, "one/0010x3.PNG", "one/0009x3.png", "far/two/0009.jpg", "far/two/0010.tiff")
    dataset = pair(tmp_path / "one", tmp_path / "far/two")
    assert list(paired(dataset, tmp_path).items()) == [
        ("0009", ("one/0009x3.png", "far/two/0009.jpg")),
        ("0010", ("one/0010x3.PNG", "far/two/0010.tiff")),
    ]
    assert (dataset.layout.id, dataset.root, dataset.splits, dataset.unmatched) == ("pairs", tmp_path, (), ())


@given(inputs=STEMS, truths=STEMS)
def test_every_picture_is_in_a_scene_or_listed(
    tmp_path_factory: pytest.TempPathFactory, inputs: set[str], truths: set[str]
) -> None:
    root = tmp_path_factory.mktemp("pairs")
    everything = {f"x/{name}.png" for name in inputs} | {f"y/{name}.jpg" for name in truths}
    make(root, *everything)
    try:
        dataset = pair(root / "x", root / "y")
    except DatasetError:
        assert not match_names(inputs, truths).partners
        return
    in_scenes = [name for both in paired(dataset, root).values() for name in both]
    assert sorted([*in_scenes, *reasons(dataset, root)]) == sorted(everything)


def test_pictures_without_a_partner_are_listed_in_order(tmp_path: Path) -> None:
    make(tmp_path, "a/1.png", "a/2.png", "a/3.png", *(f"b/{n}.png" for n in (12, 2, 10, 1, 9, 11, 8)), "b/Thumbs.db")
    assert list(reasons(pair(tmp_path / "a", tmp_path / "b"), tmp_path).items()) == [
        ("a/3.png", f"no ground truth of its name in {tmp_path / 'b'}; 3 inputs, 7 ground truths"),
        *((f"b/{n}.png", f"no input of its name in {tmp_path / 'a'}; 3 inputs, 7 ground truths") for n in range(8, 13)),
    ]


def test_counts_are_said_where_they_differ_only(tmp_path: Path) -> None:
    make(tmp_path, "a/1.png", "a/2.png", "b/1.png", "b/3.png")
    assert set(reasons(pair(tmp_path / "a", tmp_path / "b"), tmp_path).values()) == {
        f"no ground truth of its name in {tmp_path / 'b'}",
        f"no input of its name in {tmp_path / 'a'}",
    }


def test_pictures_that_differ_in_their_suffix_alone_are_not_guessed_between(tmp_path: Path) -> None:
    make(tmp_path, "a/1.png", "a/1.jpg", "a/2.png", "b/1.png", "b/2.png")
    dataset = pair(tmp_path / "a", tmp_path / "b")
    assert list(paired(dataset, tmp_path)) == ["2"]
    assert reasons(dataset, tmp_path)["a/1.jpg"] == "one of 2 pictures named 1: remove all but one"
    assert set(reasons(dataset, tmp_path)) == {"a/1.jpg", "a/1.png", "b/1.png"}


def test_folders_of_clips_are_paired_frame_by_frame(tmp_path: Path) -> None:
    make(tmp_path, *(f"lq/{clip}/{n}.png" for clip in ("000_x4", "001_x4") for n in (9, 10, 11)))
    make(tmp_path, *(f"gt/{clip}/{n}.png" for clip in ("000", "001") for n in (9, 10)), "gt/002/9.png")
    dataset = pair(tmp_path / "lq", tmp_path / "gt")
    assert [(scene.name, [path.name for path in scene.truths]) for scene in dataset.scenes] == [
        ("000", ["9.png", "10.png"]),
        ("001", ["9.png", "10.png"]),
    ]
    assert dataset.scenes[1].inputs == (tmp_path / "lq/001_x4/9.png", tmp_path / "lq/001_x4/10.png")
    assert reasons(dataset, tmp_path) == {
        "gt/002/9.png": f"no input of its name in {tmp_path / 'lq'}; 0 inputs, 1 ground truths",
        "lq/000_x4/11.png": f"no ground truth of its name in {tmp_path / 'gt/000'}; 3 inputs, 2 ground truths",
        "lq/001_x4/11.png": f"no ground truth of its name in {tmp_path / 'gt/001'}; 3 inputs, 2 ground truths",
    }


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (("a/1.png", "b/2.png"), "no pictures could be paired by name .no ground truth of its name in"),
        (("a/a1.png", "a/1a.png", "b/1.png"), "the names fit in several ways"),
        (("a/1.txt", "b/1.txt"), "they hold no pictures"),
        (("a/x/1.png", "b/y/1.png"), "no pictures could be paired by name"),
        (("a/1.png",), "b: can't be listed"),
        (("a/1.png", "b"), "b: not a folder"),
    ],
)
def test_folders_with_nothing_to_pair_are_refused(tmp_path: Path, files: tuple[str, ...], message: str) -> None:
    make(tmp_path, *files)
    with pytest.raises(DatasetError, match=message):
        pair(tmp_path / "a", tmp_path / "b")


def test_a_folder_is_not_paired_with_itself(tmp_path: Path) -> None:
    make(tmp_path, "a/1.png")
    with pytest.raises(DatasetError, match="inputs and ground truths can't be the same folder: choose two"):
        pair(tmp_path / "a", tmp_path / "b/../a")


# One folder with two in it.


@pytest.mark.parametrize(
    ("inputs", "truths"),
    [("lr", "hr"), ("LR", "HR"), ("input", "gt"), ("noisy", "clean"), ("x", "y"), ("input_crops", "target_crops")],
)
@pytest.mark.parametrize("chosen", ["", "data", "data/{inputs}", "data/{truths}"])
def test_folders_named_as_inputs_and_truths_are_recognised(
    tmp_path: Path, inputs: str, truths: str, chosen: str
) -> None:
    make(tmp_path / "data", f"{inputs}/1.png", f"{truths}/1.jpg", "models/1.png")
    dataset = recognise(tmp_path / chosen.format(inputs=inputs, truths=truths), ())
    assert paired(dataset, tmp_path / "data") == {"1": (f"{inputs}/1.png", f"{truths}/1.jpg")}


def test_folders_that_hold_two_each_are_splits(tmp_path: Path) -> None:
    make(tmp_path, "val/lr/1.png", "val/hr/1.png", "train/lr/1.png", "train/hr/1.png", "notes/1.png")
    dataset = recognise(tmp_path, ())
    assert (dataset.root, dataset.splits) == (tmp_path, ("train", "val"))
    assert [(scene.split, scene.inputs[0].relative_to(tmp_path)) for scene in dataset.scenes] == [
        ("train", Path("train/lr/1.png")),
        ("val", Path("val/lr/1.png")),
    ]


def test_splits_may_hold_clips(tmp_path: Path) -> None:
    make(tmp_path, *(f"{split}/{side}/000/{n}.png" for split in ("a", "b") for side in ("lr", "hr") for n in (0, 1)))
    dataset = recognise(tmp_path, ())
    assert [(scene.split, scene.name, len(scene.truths)) for scene in dataset.scenes] == [
        ("a", "000", 2),
        ("b", "000", 2),
    ]


def test_a_folder_beside_the_two_is_not_part_of_the_dataset(tmp_path: Path) -> None:
    make(tmp_path, "lr/1.png", "hr/1.png", "models/1.png")
    with pytest.raises(DatasetError, match="no dataset recognised"):
        recognise(tmp_path / "models", ())


@pytest.mark.parametrize("third", ["input", "gt"])
def test_three_folders_that_could_be_meant_are_not_guessed_between(tmp_path: Path, third: str) -> None:
    make(tmp_path, "lr/1.png", "hr/1.png", f"{third}/1.png")
    with pytest.raises(DatasetError, match=r"could hold the inputs, .* the ground truths: choose the two folders"):
        recognise(tmp_path, ())


def test_two_folders_whose_pictures_don_t_match_are_no_dataset(tmp_path: Path) -> None:
    make(tmp_path, "lr/1.png", "hr/2.png")
    with pytest.raises(DatasetError, match=r"no dataset recognised \(looked for pairs of folders such as lr and hr\):"):
        recognise(tmp_path, ())


def test_a_closed_folder_is_listed_beside_the_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root may list every folder, the fault is put in."""
    make(tmp_path, "train/lr/1.png", "train/hr/1.png", "val/lr/1.png", "val/hr/1.png")
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if path == tmp_path / "val/hr":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", refusing)
    dataset = recognise(tmp_path, ())
    assert dataset.splits == ("train",)
    assert reasons(dataset, tmp_path)["val/hr"] == "this folder can't be listed: Permission denied"
