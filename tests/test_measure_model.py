"""Measuring what a model makes of a folder of pictures: degraded, run, beside the original and the baseline."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from picture_models import developing, enlarging, two_inputs
from pictures import smooth

from maistudio.__main__ import main
from maistudio.challenges.catalogue import shipped_challenges
from maistudio.imaging.metrics import psnr, ssim
from maistudio.imaging.picture import Pixels
from maistudio.imaging.resize import imresize
from maistudio.jobs.degraded import degraded
from maistudio.tflite.draft import ModelDraft

pytest.importorskip("ai_edge_litert")

SR = "mai2022-quantized-super-resolution"
VIDEO = "mai2021-video-super-resolution"
DENOISING = "mai2021-denoising"
ISP = "mai2022-learned-isp"

Test = Callable[..., str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    return tmp_path


@pytest.fixture
def measure(capsys: pytest.CaptureFixture[str]) -> Test:
    """`maistudio zoo test … --images photos`: what it prints, on standard error where it is refused."""

    def told(*arguments: str, status: int = 0) -> str:
        assert main(["zoo", "test", *arguments, "--images", "photos"]) == status
        captured = capsys.readouterr()
        assert (captured.err == "") == (status == 0)
        return captured.out if status == 0 else captured.err

    return told


@pytest.fixture
def measured(measure: Test) -> Callable[..., Mapping[str, Any]]:
    return lambda *arguments: json.loads(measure(*arguments, "--json"))


def model(data: bytes) -> str:
    Path("model.tflite").write_bytes(data)
    return "model.tflite"


def photograph(name: str = "a.png", pixels: Pixels | None = None) -> Pixels:
    pixels = smooth(64, 82) if pixels is None else pixels
    assert cv2.imwrite(f"photos/{name}", pixels[..., ::-1])
    return pixels


def times(pixels: Pixels, scale: int) -> Pixels:
    return pixels.repeat(scale, axis=0).repeat(scale, axis=1)


def challenge(name: str) -> Any:
    return next(each for each in shipped_challenges() if each.id == name)


def test_an_enlarging_model_is_measured_beside_bicubic(measured) -> None:
    truth = photograph()[:63, :81]
    small = imresize(truth, 1 / 3)
    done = measured(model(enlarging(scale=3)), "--values", "0..255")
    (picture,) = done["pictures"]
    assert picture["psnr"] == pytest.approx(psnr(times(small, 3), truth))
    assert picture["ssim"] == pytest.approx(ssim(times(small, 3), truth))
    assert picture["baseline_psnr"] == pytest.approx(psnr(imresize(small, 3), truth))
    assert picture["baseline_ssim"] == pytest.approx(ssim(imresize(small, 3), truth))
    assert picture["psnr_gain"] == pytest.approx(picture["psnr"] - picture["baseline_psnr"])
    assert picture["size"] == [81, 63]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (enlarging(scale=3), SR),
        (enlarging(scale=3, size=(32, 48)), SR),
        (enlarging(scale=4, channels=30), VIDEO),
        (enlarging(scale=1), DENOISING),
        (developing(), ISP),
    ],
)
def test_what_a_model_is_for_is_told_by_its_ends(measured, data: bytes, found: str) -> None:
    photograph(pixels=smooth(160, 170))
    done = measured(model(data))
    assert (done["challenge"], done["recognised"]) == (found, True)


def test_means_are_those_of_the_pictures(measured) -> None:
    photograph("a.png")
    photograph("b.png", smooth(70, 50)[::-1].copy())
    done = measured(model(enlarging(scale=3)))
    for key in ("psnr", "ssim", "baseline_psnr", "psnr_gain"):
        assert done["mean"][key] == pytest.approx(np.mean([picture[key] for picture in done["pictures"]]))


def test_a_model_that_changes_nothing_gains_nothing_on_noise(measured) -> None:
    truth = photograph()
    done = measured(model(enlarging(scale=1)), "--challenge", DENOISING)
    (picture,) = done["pictures"]
    noisy = degraded(Path("photos/a.png"), challenge(DENOISING)).given.pixels
    assert picture["psnr"] == pytest.approx(psnr(noisy, truth))
    assert picture["psnr_gain"] == pytest.approx(0)
    assert done["recognised"] is False


def test_noise_depends_on_the_name_alone() -> None:
    photograph("a.png")
    photograph("b.png")
    first, again, other = (degraded(Path(f"photos/{name}.png"), challenge(DENOISING)) for name in "aab")
    assert np.array_equal(first.given.pixels, again.given.pixels)
    assert not np.array_equal(first.given.pixels, other.given.pixels)


def test_each_frame_of_a_clip_is_measured(measured) -> None:
    photograph(pixels=smooth(160, 170))
    pair = degraded(Path("photos/a.png"), challenge(VIDEO))
    done = measured(model(enlarging(scale=4, channels=30)), "--values", "0..255")
    frames = pair.given.pixels.reshape(*pair.given.size, 10, 3)
    expected = np.mean([psnr(times(frames[:, :, place], 4), pair.truth[place]) for place in range(10)])
    assert done["pictures"][0]["psnr"] == pytest.approx(expected)


def test_a_clip_pans_over_no_more_than_the_challenge_needs(measured) -> None:
    photograph(pixels=smooth(160, 3000))
    done = measured(model(enlarging(scale=4, channels=30)))
    assert done["pictures"][0]["size"][0] == 1280
    assert "the clip pans over the middle" in done["pictures"][0]["notes"][0]


def test_raw_counts_are_developed(measured) -> None:
    photograph()
    done = measured(model(developing()))
    assert (done["input_values"], done["convention"]["id"]) == ("counts", "float-isp")
    assert done["mean"]["psnr_gain"] < -3


def test_a_model_of_one_size_is_run_in_tiles(measured) -> None:
    photograph(pixels=smooth(240, 330))
    whole = measured(model(enlarging(scale=3)), "--values", "0..255")
    tiles = measured(model(enlarging(scale=3, size=(32, 48))), "--values", "0..255")
    assert tiles["pictures"][0]["tiles"] > 1
    assert "tiles of 48×32" in tiles["pictures"][0]["notes"][0]
    assert tiles["mean"]["psnr"] == pytest.approx(whole["mean"]["psnr"])


def test_a_quantized_model_gets_bytes_as_they_are(measured) -> None:
    photograph()
    done = measured(model(enlarging(scale=3, element_type="UINT8", quantization=quantized_ends())))
    assert done["input_values"] == "stored"
    assert done["mean"]["psnr"] > 15


def quantized_ends() -> Mapping[str, object]:
    from maistudio.tflite.draft import per_tensor

    return per_tensor(1.0, 0)


def test_what_is_told_names_challenge_degradation_baseline_and_convention(measure: Test) -> None:
    photograph()
    told = measure(model(enlarging(scale=3)), "--values", "0..255")
    assert f"{SR}, told by its input and output" in told
    assert "shrunk by MATLAB's bicubic, ×3" in told
    assert "bicubic enlargement" in told
    assert "RGB, 8 bits, shave 1" in told
    assert "a.png" in told
    assert told.splitlines()[-1].startswith("Mean")


def test_pictures_that_can_not_be_used_are_told_and_left_out(measure: Test) -> None:
    photograph()
    photograph("small.png", smooth(20, 20))
    Path("photos/broken.png").write_bytes(b"no picture")
    told = measure(model(enlarging(scale=3)), status=2)
    assert told.count("\n") == 2
    assert "broken.png: is not a picture" in told
    assert "small.png: is 20×20, and 48×48 are needed" in told


@pytest.mark.parametrize(
    ("data", "arguments", "sentence"),
    [
        (b"no model", (), "model.tflite"),
        (enlarging(scale=2), (), "its input and output fit no challenge: say what it is for with --challenge, one of"),
        (enlarging(scale=3), ("--challenge", VIDEO), "it takes 3 channels, and the challenge"),
        (enlarging(scale=1), ("--challenge", SR), "it made 27×21 of 27×21, and the challenge"),
        (enlarging(scale=3), ("--challenge", "mai2030"), "no challenge mai2030"),
        (enlarging(scale=3), ("--values", "much"), "--values much"),
        (two_inputs(), (), "it takes 2 inputs"),
    ],
)
def test_what_can_not_be_measured_is_told_in_a_sentence(
    measure: Test, data: bytes, arguments: tuple[str, ...], sentence: str
) -> None:
    photograph()
    told = measure(model(data), *arguments, status=2)
    assert sentence in told
    assert told.count("\n") == 1


def test_a_model_of_no_pictures_is_told(measure: Test) -> None:
    photograph()
    draft = ModelDraft()
    graph = draft.subgraph()
    graph.output(graph.input("in", "FLOAT32", (1, 10)))
    assert "takes no picture" in measure(model(draft.to_bytes()), status=2)


def test_a_folder_without_pictures_is_told(measure: Test) -> None:
    assert "photos: holds no pictures" in measure(model(enlarging(scale=3)), status=2)


def test_a_folder_of_small_pictures_is_told(measure: Test) -> None:
    photograph(pixels=smooth(20, 20))
    assert "holds no picture that can be used: photos/a.png: is 20×20" in measure(model(enlarging(scale=3)), status=2)


def test_a_folder_that_is_not_there_is_told(measure: Test) -> None:
    Path("photos").rmdir()
    assert "photos: can't be listed (No such file or directory)" in measure(model(enlarging(scale=3)), status=2)


def test_a_picture_that_comes_out_as_it_was_has_no_number(measured) -> None:
    photograph(pixels=np.full((48, 48, 3), 90, np.uint8))
    (picture,) = measured(model(enlarging(scale=3)), "--values", "0..255")["pictures"]
    assert (picture["psnr"], picture["baseline_psnr"], picture["psnr_gain"]) == (None, None, None)
    assert picture["ssim"] == pytest.approx(1)
