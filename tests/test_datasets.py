"""Datasets recognised on disk, each layout chosen at every level. The files are empty: none may be opened."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from maistudio.challenges import folders
from maistudio.challenges.datasets import Dataset, Scene, recognise
from maistudio.challenges.layouts import Layout
from maistudio.errors import DatasetError

DIV2K = Layout("div2k", "DIV2K, ×3", "DIV2K_{split}_LR_bicubic/X3/{scene}x3.png", "DIV2K_{split}_HR/{scene}.png")
DIV2K_X4 = Layout("div2k-4", "DIV2K, ×4", "DIV2K_{split}_LR_bicubic/X4/{scene}x4.png", "DIV2K_{split}_HR/{scene}.png")
REDS = Layout(
    "reds",
    "REDS",
    "{split}/{split}_sharp_bicubic/X4/{clip}/{frame}.png",
    "{split}/{split}_sharp/{clip}/{frame}.png",
)
DENOISING = Layout("denoising", "MAI denoising", "{split}/original/{scene}.jpg", "{split}/denoised/{scene}.jpg")
NOISY_SHARP = Layout("noisy-sharp", "Re-cropped pairs", "noisy/{scene}.jpeg", "sharp/{scene}.jpeg")
CROPPED = Layout("cropped", "Crops", "{set}_cropped_noi{level}/{scene}.png", "{set}_cropped_{kind}/{scene}.png")
ULTRAISP = Layout(
    "ultraisp", "UltraISP", "raw_images/{split}/mediatek_raw/{scene}.png", "raw_images/{split}/fujifilm/{scene}.png"
)
ZURICH = Layout("zurich", "Zurich", "{split}/huawei_raw/{scene}.png", "{split}/canon/{scene}.jpg")
PHOTOS = Layout("photos", "Photos", "photos/{scene}.png", None)
LAYOUTS = (DIV2K, DIV2K_X4, REDS, DENOISING, NOISY_SHARP, CROPPED, ULTRAISP, ZURICH)


def make(root: Path, *files: str) -> Path:
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def make_div2k(root: Path) -> Path:
    make(root, *(f"DIV2K_train_LR_bicubic/X3/{n:04}x3.png" for n in (1, 2, 3)))
    make(root, *(f"DIV2K_train_HR/{n:04}.png" for n in (1, 2, 3)))
    make(root, *(f"DIV2K_valid_LR_bicubic/X3/{n:04}x3.png" for n in (801, 802)))
    return make(root, *(f"DIV2K_valid_HR/{n:04}.png" for n in (801, 802)))


def make_reds(root: Path) -> Path:
    for split, clips in (("train", ("000", "001")), ("val", ("000",)), ("test", ("000",))):
        for clip in clips:
            frames = [f"{clip}/{frame:08}.png" for frame in range(3)]
            make(root, *(f"{split}/{split}_sharp_bicubic/X4/{frame}" for frame in frames))
            if split != "test":
                make(root, *(f"{split}/{split}_sharp/{frame}" for frame in frames))
    return root


def make_ultraisp(root: Path) -> Path:
    for split in ("train", "val"):
        make(root, *(f"{split}/{folder}/{n}.png" for folder in ("mediatek_raw", "fujifilm") for n in range(11)))
    return root


def names(dataset: Dataset) -> list[str]:
    return [f"{scene.split}/{scene.name}" for scene in dataset.scenes]


def files(scenes: Iterable[Scene], root: Path) -> list[tuple[list[str], list[str]]]:
    return [
        ([str(path.relative_to(root)) for path in scene.inputs], [str(path.relative_to(root)) for path in scene.truths])
        for scene in scenes
    ]


def reasons(dataset: Dataset, root: Path) -> dict[str, str]:
    return {str(one.path.relative_to(root)): one.reason for one in dataset.unmatched}


# Each layout, chosen at every level.

TRAIN, VALID = ["train/0001", "train/0002", "train/0003"], ["valid/0801", "valid/0802"]


@pytest.mark.parametrize(
    ("chosen", "scenes"),
    [
        ("", TRAIN + VALID),
        ("DIV2K", TRAIN + VALID),
        ("DIV2K/DIV2K_train_LR_bicubic", TRAIN),
        ("DIV2K/DIV2K_train_LR_bicubic/X3", TRAIN),
        ("DIV2K/DIV2K_train_HR", TRAIN),
        ("DIV2K/DIV2K_valid_LR_bicubic/X3", VALID),
        ("DIV2K/DIV2K_valid_HR", VALID),
    ],
)
def test_div2k_is_recognised_at_every_level(tmp_path: Path, chosen: str, scenes: list[str]) -> None:
    root = make_div2k(tmp_path / "DIV2K")
    dataset = recognise(tmp_path / chosen, LAYOUTS)
    assert (dataset.layout, dataset.root, dataset.unmatched) == (DIV2K, root, ())
    assert names(dataset) == scenes
    assert dataset.splits == tuple(dict.fromkeys(scene.partition("/")[0] for scene in scenes))


def test_a_low_resolution_picture_goes_with_the_one_of_its_number(tmp_path: Path) -> None:
    make_div2k(tmp_path)
    scene = recognise(tmp_path, LAYOUTS).scenes[1]
    assert scene == Scene(
        "0002",
        (tmp_path / "DIV2K_train_LR_bicubic/X3/0002x3.png",),
        (tmp_path / "DIV2K_train_HR/0002.png",),
        "train",
    )


REDS_TRAIN = ["train/000", "train/001"]


@pytest.mark.parametrize(
    ("chosen", "scenes"),
    [
        ("", ["test/000", *REDS_TRAIN, "val/000"]),
        ("REDS", ["test/000", *REDS_TRAIN, "val/000"]),
        ("REDS/train", REDS_TRAIN),
        ("REDS/train/train_sharp", REDS_TRAIN),
        ("REDS/train/train_sharp/001", ["train/001"]),
        ("REDS/train/train_sharp_bicubic", REDS_TRAIN),
        ("REDS/train/train_sharp_bicubic/X4", REDS_TRAIN),
        ("REDS/train/train_sharp_bicubic/X4/001", ["train/001"]),
        ("REDS/val", ["val/000"]),
        ("REDS/test", ["test/000"]),
        ("REDS/test/test_sharp_bicubic/X4", ["test/000"]),
    ],
)
def test_reds_is_recognised_at_every_level(tmp_path: Path, chosen: str, scenes: list[str]) -> None:
    make_reds(tmp_path / "REDS")
    dataset = recognise(tmp_path / chosen, LAYOUTS)
    assert (dataset.layout, dataset.unmatched) == (REDS, ())
    assert names(dataset) == scenes


def test_a_clip_is_a_scene_with_its_frames_in_order(tmp_path: Path) -> None:
    make_reds(tmp_path)
    clip = next(scene for scene in recognise(tmp_path, LAYOUTS).scenes if (scene.split, scene.name) == ("train", "001"))
    frames = [f"001/{frame:08}.png" for frame in range(3)]
    assert files([clip], tmp_path) == [
        (
            [f"train/train_sharp_bicubic/X4/{frame}" for frame in frames],
            [f"train/train_sharp/{frame}" for frame in frames],
        )
    ]


def test_a_split_without_ground_truth_has_scenes_without(tmp_path: Path) -> None:
    make_reds(tmp_path)
    scene = recognise(tmp_path, LAYOUTS).scenes[0]
    assert (scene.split, len(scene.inputs), scene.truths) == ("test", 3, ())


def test_reds_unpacked_without_the_folders_of_its_splits_is_recognised(tmp_path: Path) -> None:
    make(tmp_path, "train_sharp/000/0.png", "train_sharp_bicubic/X4/000/0.png")
    dataset = recognise(tmp_path, LAYOUTS)
    assert (dataset.layout, names(dataset), len(dataset.scenes[0].truths)) == (REDS, ["train/000"], 1)


@pytest.mark.parametrize("chosen", ["", "d", "d/train", "d/train/original", "d/train/denoised"])
def test_denoising_pairs_are_recognised_at_every_level(tmp_path: Path, chosen: str) -> None:
    make(tmp_path / "d", *(f"train/{folder}/{n}.jpg" for folder in ("original", "denoised") for n in (1, 2, 10)))
    dataset = recognise(tmp_path / chosen, LAYOUTS)
    assert (dataset.layout, dataset.root, names(dataset)) == (
        DENOISING,
        tmp_path / "d",
        ["train/1", "train/2", "train/10"],
    )
    assert files(dataset.scenes[:1], tmp_path) == [(["d/train/original/1.jpg"], ["d/train/denoised/1.jpg"])]


@pytest.mark.parametrize("chosen", ["", "crops", "crops/noisy", "crops/sharp"])
def test_noisy_and_sharp_crops_are_recognised_at_every_level(tmp_path: Path, chosen: str) -> None:
    make(tmp_path / "crops", *(f"{side}/00000{n}.jpeg" for side in ("noisy", "sharp") for n in range(2)))
    dataset = recognise(tmp_path / chosen, LAYOUTS)
    assert (dataset.layout, dataset.root, dataset.splits) == (NOISY_SHARP, tmp_path / "crops", ())
    assert names(dataset) == ["/000000", "/000001"]


def test_folders_of_the_same_layout_beside_each_other_are_splits(tmp_path: Path) -> None:
    make(tmp_path, *(f"{split}/{side}/0.jpeg" for split in ("train", "val") for side in ("noisy", "sharp")))
    make(tmp_path, "val/noisy/1.jpeg")
    dataset = recognise(tmp_path, LAYOUTS)
    assert (dataset.root, dataset.splits, names(dataset)) == (tmp_path, ("train", "val"), ["train/0", "val/0"])
    assert list(reasons(dataset, tmp_path)) == ["val/noisy/1.jpeg"]


@pytest.mark.parametrize("chosen", ["", "sets", "sets/train_cropped_noisy", "sets/train_cropped_gt"])
def test_crops_go_with_the_folder_beside_theirs_whatever_its_name(tmp_path: Path, chosen: str) -> None:
    make(tmp_path / "sets", *(f"train_cropped_{kind}/{n}.png" for kind in ("noisy", "gt") for n in (1, 2)))
    dataset = recognise(tmp_path / chosen, LAYOUTS)
    assert (dataset.layout, dataset.unmatched) == (CROPPED, ())
    assert files(dataset.scenes[:1], tmp_path / "sets") == [(["train_cropped_noisy/1.png"], ["train_cropped_gt/1.png"])]


def test_several_levels_of_noise_share_their_ground_truth(tmp_path: Path) -> None:
    make(tmp_path, "a_cropped_noi10/1.png", "a_cropped_noi20/1.png", "a_cropped_gt/1.png")
    dataset = recognise(tmp_path, LAYOUTS)
    assert [scene.truths for scene in dataset.scenes] == [(tmp_path / "a_cropped_gt/1.png",)] * 2


def test_a_ground_truth_that_could_be_one_of_two_is_not_guessed(tmp_path: Path) -> None:
    make(tmp_path, "a_cropped_noi1/1.png", "a_cropped_gt/1.png", "a_cropped_den/1.png")
    make(tmp_path, "b_cropped_noi1/1.png", "b_cropped_gt/1.png")
    dataset = recognise(tmp_path, LAYOUTS)
    assert files(dataset.scenes, tmp_path) == [(["b_cropped_noi1/1.png"], ["b_cropped_gt/1.png"])]
    assert reasons(dataset, tmp_path) == {
        "a_cropped_den/1.png": "one of 2 pictures that could be the same ground truth",
        "a_cropped_gt/1.png": "one of 2 pictures that could be the same ground truth",
        "a_cropped_noi1/1.png": "2 pictures could be its ground truth",
    }


@pytest.mark.parametrize("above", ["raw_images", "renamed"])
@pytest.mark.parametrize(
    ("chosen", "splits"),
    [("", ("train", "val")), ("train", ("train",)), ("val/mediatek_raw", ("val",)), ("val/fujifilm", ("val",))],
)
def test_ultraisp_is_recognised_at_every_level_with_or_without_its_folder(
    tmp_path: Path, above: str, chosen: str, splits: tuple[str, ...]
) -> None:
    make_ultraisp(tmp_path / above)
    dataset = recognise(tmp_path / above / chosen, LAYOUTS)
    assert (dataset.layout, dataset.splits, dataset.unmatched) == (ULTRAISP, splits, ())
    assert [scene.name for scene in dataset.scenes] == [str(n) for n in range(11)] * len(splits)


def test_ultraisp_is_recognised_from_above_its_folder(tmp_path: Path) -> None:
    make_ultraisp(tmp_path / "isp/raw_images")
    assert len(recognise(tmp_path / "isp", LAYOUTS).scenes) == 22
    assert len(recognise(tmp_path, LAYOUTS).scenes) == 22


@pytest.mark.parametrize("chosen", ["", "zurich", "zurich/test", "zurich/test/huawei_raw", "zurich/test/canon"])
def test_zurich_is_recognised_at_every_level(tmp_path: Path, chosen: str) -> None:
    make(tmp_path / "zurich", "test/huawei_raw/0.png", "test/canon/0.jpg")
    dataset = recognise(tmp_path / chosen, LAYOUTS)
    assert (dataset.layout, dataset.root) == (ZURICH, tmp_path / "zurich")
    assert files(dataset.scenes, tmp_path / "zurich") == [(["test/huawei_raw/0.png"], ["test/canon/0.jpg"])]


def test_a_layout_without_ground_truth_has_inputs_alone(tmp_path: Path) -> None:
    make(tmp_path, "photos/1.png", "photos/2.png")
    dataset = recognise(tmp_path, [PHOTOS])
    assert [(scene.name, len(scene.inputs), scene.truths) for scene in dataset.scenes] == [("1", 1, ()), ("2", 1, ())]


# What has no partner.


def test_pictures_without_a_partner_are_listed_with_the_one_missing(tmp_path: Path) -> None:
    make_div2k(tmp_path)
    (tmp_path / "DIV2K_train_HR/0002.png").unlink()
    (tmp_path / "DIV2K_train_LR_bicubic/X3/0003x3.png").unlink()
    dataset = recognise(tmp_path, LAYOUTS)
    assert names(dataset) == ["train/0001", *VALID]
    assert reasons(dataset, tmp_path) == {
        "DIV2K_train_HR/0003.png": "no input: DIV2K_train_LR_bicubic/X3/0003x3.png is missing",
        "DIV2K_train_LR_bicubic/X3/0002x3.png": "no ground truth: DIV2K_train_HR/0002.png is missing",
    }


def test_frames_without_a_partner_are_listed_with_the_counts_of_their_clip(tmp_path: Path) -> None:
    make_reds(tmp_path)
    (tmp_path / "train/train_sharp/000/00000001.png").unlink()
    dataset = recognise(tmp_path / "train", LAYOUTS)
    assert files(dataset.scenes[:1], tmp_path / "train") == [
        (
            ["train_sharp_bicubic/X4/000/00000000.png", "train_sharp_bicubic/X4/000/00000002.png"],
            ["train_sharp/000/00000000.png", "train_sharp/000/00000002.png"],
        )
    ]
    (reason,) = reasons(dataset, tmp_path).values()
    assert reason.endswith("train_sharp/000/00000001.png is missing; its clip has 3 inputs and 2 ground truths")
    make(tmp_path, "train/train_sharp/001/3.png")
    reason = reasons(recognise(tmp_path / "train", LAYOUTS), tmp_path)["train/train_sharp/001/3.png"]
    assert reason.endswith("train_sharp_bicubic/X4/001/3.png is missing; its clip has 3 inputs and 4 ground truths")


def test_a_clip_without_ground_truth_in_a_split_that_has_some_is_listed(tmp_path: Path) -> None:
    make_reds(tmp_path)
    shutil.rmtree(tmp_path / "train/train_sharp/001")
    dataset = recognise(tmp_path / "train", LAYOUTS)
    assert names(dataset) == ["train/000"]
    assert len(dataset.unmatched) == 3


def test_a_picture_that_is_called_otherwise_is_listed(tmp_path: Path) -> None:
    make_div2k(tmp_path)
    make(tmp_path, "DIV2K_train_LR_bicubic/X3/cover.png", "DIV2K_train_HR/0001.jpg")
    assert reasons(recognise(tmp_path, LAYOUTS), tmp_path) == {
        "DIV2K_train_HR/0001.jpg": "its name is not like {scene}.png",
        "DIV2K_train_LR_bicubic/X3/cover.png": "its name is not like {scene}x3.png",
    }


def test_two_inputs_of_the_same_name_are_not_guessed_between(tmp_path: Path) -> None:
    make(tmp_path, "noisy/1.jpeg", "noisy/1.jpg", "noisy/2.jpeg", "sharp/1.jpeg", "sharp/2.jpeg")
    dataset = recognise(tmp_path, LAYOUTS)
    assert names(dataset) == ["/2"]
    assert reasons(dataset, tmp_path) == {
        "noisy/1.jpeg": "one of 2 pictures of the same name: remove all but one",
        "noisy/1.jpg": "one of 2 pictures of the same name: remove all but one",
    }


def test_inputs_and_ground_truths_may_share_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "shots/1_in.png", "shots/1_out.png", "shots/2_in.png", "shots/cover.png")
    dataset = recognise(tmp_path, [Layout("s", "Shots", "shots/{scene}_in.png", "shots/{scene}_out.png")])
    assert names(dataset) == ["/1"]
    assert list(reasons(dataset, tmp_path)) == ["shots/2_in.png", "shots/cover.png"]


def test_no_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_div2k(tmp_path)
    for opener in ("builtins.open", "io.open", "os.open"):
        monkeypatch.setattr(opener, None)
    assert len(recognise(tmp_path, LAYOUTS).scenes) == 5


def test_what_is_no_picture_is_ignored(tmp_path: Path) -> None:
    make_div2k(tmp_path)
    for name in ("Thumbs.db", ".DS_Store", "._0001.png", "readme.txt", "0001.npy", "noextension", "png"):
        make(tmp_path, f"DIV2K_train_HR/{name}", f"DIV2K_train_LR_bicubic/X3/{name}", name)
    make(tmp_path, ".cache/DIV2K_train_HR/0001.png")
    assert recognise(tmp_path, LAYOUTS).unmatched == ()


def test_suffixes_are_compared_without_case_and_spelling(tmp_path: Path) -> None:
    make(tmp_path, "train/original/1.JPG", "train/original/2.jpeg", "train/denoised/1.jpg", "train/denoised/2.JPEG")
    dataset = recognise(tmp_path, LAYOUTS)
    assert (names(dataset), dataset.unmatched) == (["train/1", "train/2"], ())


# Which one, of several.


def test_the_layout_with_most_pairs_counts(tmp_path: Path) -> None:
    make_div2k(tmp_path)
    make(tmp_path, *(f"DIV2K_{split}_LR_bicubic/X4/{n:04}x4.png" for split, n in (("train", 1), ("valid", 801))))
    assert recognise(tmp_path, [DIV2K_X4, DIV2K]).layout == DIV2K
    assert recognise(tmp_path / "DIV2K_train_LR_bicubic/X4", [DIV2K, DIV2K_X4]).layout == DIV2K_X4


def test_of_layouts_with_as_many_pairs_the_earlier_counts(tmp_path: Path) -> None:
    make(tmp_path, "DIV2K_t_LR_bicubic/X3/1x3.png", "DIV2K_t_LR_bicubic/X4/1x4.png", "DIV2K_t_HR/1.png")
    assert recognise(tmp_path, [DIV2K, DIV2K_X4]).layout == DIV2K
    assert recognise(tmp_path, [DIV2K_X4, DIV2K]).layout == DIV2K_X4


def test_a_layout_with_pairs_counts_before_one_without(tmp_path: Path) -> None:
    make(tmp_path, "data/lr/1.png", "data/hr/1.png")
    only_inputs = Layout("inputs", "Inputs", "data/lr/{scene}.png", None)
    assert recognise(tmp_path / "data", [only_inputs]).layout.id == "pairs"
    (tmp_path / "data/hr/1.png").unlink()
    assert recognise(tmp_path / "data", [only_inputs]).layout == only_inputs


def test_one_pair_counts_more_than_many_pictures_without_ground_truth(tmp_path: Path) -> None:
    make(tmp_path, *(f"photos/{n}.png" for n in range(3)), "noisy/1.jpeg", "sharp/1.jpeg")
    assert recognise(tmp_path, [PHOTOS, NOISY_SHARP]).layout == NOISY_SHARP


def test_without_ground_truth_the_nearest_level_counts(tmp_path: Path) -> None:
    make(tmp_path, "photos/1.png", "photos/photos/2.png", "photos/photos/3.png")
    assert names(recognise(tmp_path, [PHOTOS])) == ["/1"]


def test_a_dataset_without_ground_truth_is_found_from_above(tmp_path: Path) -> None:
    make(tmp_path, "data/photos/1.png")
    assert recognise(tmp_path, [PHOTOS]).root == tmp_path / "data"


def test_beside_a_dataset_with_pairs_one_without_does_not_count(tmp_path: Path) -> None:
    make_div2k(tmp_path / "DIV2K")
    make(tmp_path, "album/photos/1.png")
    assert recognise(tmp_path, [PHOTOS, DIV2K]).layout == DIV2K


def test_a_folder_deeper_than_the_layout_is_no_part_of_it(tmp_path: Path) -> None:
    make(tmp_path, "noisy/1.jpeg", "sharp/1.jpeg", "noisy/more/notes.txt")
    with pytest.raises(DatasetError, match="no dataset recognised"):
        recognise(tmp_path / "noisy/more", [NOISY_SHARP])


def test_different_layouts_beside_each_other_are_no_splits(tmp_path: Path) -> None:
    make(tmp_path, "one/noisy/1.jpeg", "one/sharp/1.jpeg", "two/a_cropped_noisy/1.png", "two/a_cropped_gt/1.png")
    with pytest.raises(DatasetError, match=r"choose one of one \(Re-cropped pairs\), two \(Crops\)"):
        recognise(tmp_path, [NOISY_SHARP, CROPPED])


def test_datasets_beside_each_other_are_to_be_chosen_from(tmp_path: Path) -> None:
    make_div2k(tmp_path / "DIV2K")
    make_reds(tmp_path / "REDS")
    with pytest.raises(DatasetError, match=r"holds 2 datasets: choose one of DIV2K \(DIV2K, ×3\), REDS \(REDS\)"):
        recognise(tmp_path, LAYOUTS)


def test_the_same_layout_twice_with_splits_of_its_own_is_to_be_chosen_from(tmp_path: Path) -> None:
    make_div2k(tmp_path / "old")
    make_div2k(tmp_path / "new")
    with pytest.raises(DatasetError, match="holds 2 datasets: choose one of new"):
        recognise(tmp_path, LAYOUTS)


def test_at_most_three_levels_up_are_searched(tmp_path: Path) -> None:
    deep = Layout("deep", "Deep", "a{scene}/b/c/d/{frame}.png", "t{scene}/b/c/d/{frame}.png")
    make(tmp_path, "a1/b/c/d/0.png", "t1/b/c/d/0.png")
    assert names(recognise(tmp_path / "a1/b/c", [deep])) == ["/1"]
    with pytest.raises(DatasetError, match="no dataset recognised"):
        recognise(tmp_path / "a1/b/c/d", [deep])


# Odd disks.


def test_nothing_recognised_says_what_was_looked_for(tmp_path: Path) -> None:
    make(tmp_path, "holiday/1.png")
    with pytest.raises(DatasetError) as refused:
        recognise(tmp_path, [DIV2K, REDS])
    assert str(refused.value) == (
        f"{tmp_path}: no dataset recognised (looked for DIV2K, ×3, REDS, pairs of folders such as lr and hr): choose "
        "the dataset's folder, or its inputs and its ground truths as two folders"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", r"missing: can't be listed \(No such file or directory\): choose"),
        ("file.png", r"file\.png: not a folder: choose the folder that holds the dataset"),
        ("nul\0", "embedded null"),
    ],
)
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str, message: str) -> None:
    make(tmp_path, "file.png")
    with pytest.raises(DatasetError, match=message):
        recognise(tmp_path / name, LAYOUTS)


def test_a_relative_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_div2k(tmp_path)
    monkeypatch.chdir(tmp_path / "DIV2K_train_HR")
    assert recognise(".", LAYOUTS).root == tmp_path
    assert recognise("../DIV2K_valid_HR/../DIV2K_train_HR", LAYOUTS).root == tmp_path


def closed(monkeypatch: pytest.MonkeyPatch, *closed_folders: Path) -> None:
    """As root may list every folder, the system's refusal is played."""
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if path in closed_folders:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", refusing)


def test_a_folder_that_can_t_be_listed_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_div2k(tmp_path)
    closed(monkeypatch, tmp_path / "DIV2K_valid_HR")
    dataset = recognise(tmp_path, LAYOUTS)
    assert reasons(dataset, tmp_path) == {"DIV2K_valid_HR": "this folder can't be listed: Permission denied"}
    assert [scene.truths for scene in dataset.scenes if scene.split == "valid"] == [(), ()]


def test_a_chosen_folder_that_can_t_be_listed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed(monkeypatch, tmp_path)
    with pytest.raises(DatasetError, match=r"can't be listed \(Permission denied\): choose a folder that can be read"):
        recognise(tmp_path, LAYOUTS)


def test_a_folder_closed_halfway_in_a_pattern_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_reds(tmp_path)
    closed(monkeypatch, tmp_path / "train/train_sharp_bicubic/X4")
    assert reasons(recognise(tmp_path, LAYOUTS), tmp_path)["train/train_sharp_bicubic/X4"].endswith("Permission denied")


def test_what_can_t_be_listed_because_it_isn_t_there_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "train/original/1.jpg", "train/denoised/1.jpg", "lost/readme.txt")
    closed(monkeypatch, tmp_path / "lost/original")
    assert recognise(tmp_path, [DENOISING]).unmatched == ()


def test_each_folder_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_div2k(tmp_path)
    listed: list[Path] = []
    scandir = os.scandir

    def counting(path: Path) -> object:
        listed.append(path)
        return scandir(path)

    monkeypatch.setattr("os.scandir", counting)
    recognise(tmp_path, [DIV2K_X4, DIV2K])
    listed.remove(tmp_path)  # once more, to see whether it can be listed
    assert len(listed) == len(set(listed))


def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    make_reds(tmp_path)
    (tmp_path / "train/train").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "train/train_sharp/000/00000003.png").symlink_to(tmp_path / "gone.png")
    (tmp_path / "train/train_sharp/000/00000004.png").symlink_to(tmp_path / "train/train_sharp/000/00000004.png")
    dataset = recognise(tmp_path, LAYOUTS)
    assert (dataset.splits, dataset.unmatched) == (("test", "train", "val"), ())


def test_names_may_hold_line_breaks_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    odd = [f"noisy/1\n2{os.fsdecode(bytes([255]))}.jpeg", f"sharp/1\n2{os.fsdecode(bytes([255]))}.jpeg"]
    make(tmp_path / "line\nbreak", *odd)
    dataset = recognise(tmp_path / "line\nbreak", LAYOUTS)
    assert (dataset.layout, names(dataset)) == (NOISY_SHARP, ["/1\n2\udcff"])


def test_a_disk_is_not_searched_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"{a}/{b}/0.txt" for a in range(5) for b in range(5)))
    monkeypatch.setattr(folders, "MOST_FOLDERS", 20)
    with pytest.raises(DatasetError, match="more than 20 folders: choose the dataset's own folder"):
        recognise(tmp_path, LAYOUTS)


@pytest.mark.slow
def test_100_000_files_are_listed_in_seconds(tmp_path: Path) -> None:
    """Measured at 1.2 s; the bound leaves room for a busy machine."""
    make(tmp_path, *(f"train/{side}/{n:06}.png" for side in ("mediatek_raw", "fujifilm") for n in range(50_000)))
    start = time.perf_counter()
    assert len(recognise(tmp_path, LAYOUTS).scenes) == 50_000
    assert time.perf_counter() - start < 6
