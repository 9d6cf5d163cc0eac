"""`maistudio metrics A.png B.png`."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from maistudio.__main__ import main
from maistudio.cli.metrics import report
from maistudio.imaging.conventions import DEFAULT, PRESETS
from maistudio.imaging.metrics import ms_ssim, psnr, ssim
from maistudio.imaging.picture import Meaning, Picture
from maistudio.imaging.reading import load
from maistudio.imaging.vmaf import why_no_vmaf
from maistudio.jobs import measure as job
from maistudio.jobs.measure import measure, on_range, vmaf_json
from maistudio.jobs.progress import finish

HEIGHT, WIDTH = 180, 200


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str, status: int = 0) -> str:
        assert main(["metrics", *arguments]) == status
        captured = capsys.readouterr()
        assert (captured.err == "") == (status == 0)
        return captured.out if status == 0 else captured.err

    return run


def picture(seed: int = 1, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Smooth colours with some noise, H×W×3."""
    rows, columns = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(seed).integers(-20, 20, (height, width, 3))
    base = np.stack([rows, columns, rows + columns], axis=-1) * 255 / (height + width)
    clipped: np.ndarray[Any, np.dtype[np.uint8]] = np.clip(base + noise, 0, 255).astype(np.uint8)
    return clipped


def write(name: str, rgb: np.ndarray[Any, Any], swap: bool = True) -> str:
    """A picture in the working folder; ``swap`` for OpenCV, which takes BGR."""
    assert cv2.imwrite(name, rgb[..., ::-1] if swap and rgb.ndim == 3 else rgb)
    return name


def one_brighter() -> tuple[str, str]:
    """Two pictures that differ by 1 everywhere."""
    base = np.clip(picture(), 0, 254)
    return write("a.png", base + 1), write("b.png", base)


def test_a_difference_of_one_everywhere_is_48_decibels(folder: Path, told: Any) -> None:
    answer = json.loads(told(*one_brighter(), "--json"))
    assert answer["psnr"] == pytest.approx(20 * math.log10(255))
    assert 0.99 < answer["ssim"] < 1
    assert 0.99 < answer["ms_ssim"] < 1
    assert answer["identical"] is False


def test_the_keys_are_those_that_programs_read(folder: Path, told: Any) -> None:
    answer = json.loads(told(*one_brighter(), "--json"))
    assert list(answer)[:6] == ["psnr", "ssim", "ms_ssim", "vmaf_neg", "convention", "identical"]


def test_the_default_convention_is_the_one_of_that_name(folder: Path, told: Any) -> None:
    assert json.loads(told(*one_brighter(), "--json"))["convention"]["id"] == "default"


def test_a_convention_is_told_with_everything_a_number_depends_on(folder: Path, told: Any) -> None:
    convention = json.loads(told(*one_brighter(), "--convention", "codalab", "--scale", "4", "--json"))["convention"]
    assert convention.pop("vmaf") == vmaf_json()
    assert convention == {
        "id": "codalab",
        "title": "CodaLab's scoring program of the NTIRE challenges",
        "colour": "RGB",
        "shave": 1,
        "scale": None,
        "rounding": "round and clip to 0..255",
        "peak": 255.0,
        "window": {"shape": "Gaussian", "taps": 13, "sigma": 1.5, "margin": 5},
        "sample_covariance": False,
        "source": "the scoring program's myssim: scikit-image before 0.16, whose Gaussian filter is cut at 4 sigma",
    }


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_each_number_is_measured_under_the_convention(folder: Path, told: Any, preset: Any) -> None:
    base = picture()
    worse = cv2.GaussianBlur(base, (9, 9), 2)
    answer = json.loads(told(write("a.png", worse), write("b.png", base), "--convention", preset.id, "--json"))
    assert answer["psnr"] == pytest.approx(psnr(worse, base, preset))
    assert answer["ssim"] == pytest.approx(ssim(worse, base, preset))
    assert answer["ms_ssim"] == pytest.approx(ms_ssim(worse, base, preset))


def test_people_see_the_same_numbers(folder: Path, told: Any) -> None:
    pair = write("a.png", cv2.GaussianBlur(picture(), (9, 9), 2)), write("b.png", picture())
    answer = json.loads(told(*pair, "--json"))
    vmaf = "not measured" if answer["vmaf_neg"] is None else f"{answer['vmaf_neg']:.2f}"
    assert told(*pair).splitlines()[:4] == [
        f"PSNR          {answer['psnr']:.4f} dB",
        f"SSIM          {answer['ssim']:.6f}",
        f"MS-SSIM       {answer['ms_ssim']:.6f}",
        f"VMAF-NEG      {vmaf}",
    ]


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            (),
            [
                "Convention    default: RGB, 8 bits, shave 1",
                "              RGB, round and clip to 0..255, peak 255, 1 px cut off each side",
                "              SSIM: Gaussian of 11 taps, sigma 1.5, population covariance, mean of channels",
            ],
        ),
        (
            ("--convention", "ntire17", "--scale", "4"),
            [
                "Convention    ntire17: NTIRE 2017 on DIV2K",
                "              RGB, round and clip to 0..255, peak 255, 10 px cut off each side (scale 4)",
                "              SSIM: Gaussian of 11 taps, sigma 1.5, population covariance, mean of channels",
            ],
        ),
        (
            ("--convention", "float-isp"),
            [
                "Convention    float-isp: Floats in 0..1, as learned ISPs are measured",
                "              RGB, clip, no rounding, peak 1, 0 px cut off each side",
                "              SSIM: Gaussian of 11 taps, sigma 1.5, population covariance, mean of channels",
            ],
        ),
        (
            ("--convention", "codalab"),
            [
                "Convention    codalab: CodaLab's scoring program of the NTIRE challenges",
                "              RGB, round and clip to 0..255, peak 255, 1 px cut off each side",
                "              SSIM: Gaussian of 13 taps, sigma 1.5, population covariance, mean of channels",
            ],
        ),
    ],
    ids=["default", "ntire17", "float-isp", "codalab"],
)
def test_people_see_the_convention(folder: Path, told: Any, arguments: tuple[str, ...], lines: list[str]) -> None:
    assert told(*one_brighter(), *arguments).splitlines()[4:7] == lines


def test_sample_covariance_is_said_to_be_one(folder: Path) -> None:
    sample = replace(DEFAULT, sample_covariance=True)
    a, b = one_brighter()
    measured = finish(measure(Path(a), Path(b), sample))
    assert any("sample covariance" in line for line in report(measured, scale_given=False))


def test_vmaf_is_explained_where_it_was_measured(folder: Path, told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    explained = "              VMAF-NEG: model vmaf_v0.6.1neg, BT.709 limited luma in 8 bits, the whole picture"
    monkeypatch.setattr(job, "why_no_vmaf", lambda height, width: None)
    monkeypatch.setattr(job, "vmaf_neg", lambda a, b: 97.43)
    lines = told(*one_brighter()).splitlines()
    assert "VMAF-NEG      97.43" in lines
    assert explained in lines
    monkeypatch.setattr(job, "why_no_vmaf", lambda height, width: "no VMAF here")
    lines = told(*one_brighter()).splitlines()
    assert "VMAF-NEG      not measured" in lines
    assert "Notes         no VMAF here" in lines
    assert explained not in lines


def test_vmaf_is_given_the_picture_then_the_reference_on_0_to_255(
    folder: Path, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    monkeypatch.setattr(job, "why_no_vmaf", lambda height, width: given.append((height, width)))
    monkeypatch.setattr(job, "vmaf_neg", lambda a, b: given.append((a, b)))
    base = np.clip(picture(), 0, 254)
    bright = write("a.tiff", ((base + 1) / 255).astype(np.float32))
    told(bright, write("b.png", base), "--convention", "float-isp")
    size, (a, b) = given
    assert size == (HEIGHT, WIDTH)
    assert np.allclose(a, base + 1.0, atol=1e-3)
    assert np.array_equal(b, base)


def with_alpha(name: str, rgb: np.ndarray[Any, Any]) -> str:
    """A PNG whose alpha channel is opaque, which is noted when it is left out."""
    return write(name, np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])[..., [2, 1, 0, 3]], swap=False)


def test_notes_name_the_picture_they_are_of(folder: Path, told: Any) -> None:
    a, b = with_alpha("a.png", picture()), with_alpha("b.png", 255 - picture())
    noted = "alpha channel dropped: every pixel is opaque"
    assert json.loads(told(a, b, "--json"))["notes"][:2] == [f"a.png: {noted}", f"b.png: {noted}"]
    lines = told(a, b).splitlines()
    assert f"Notes         a.png: {noted}" in lines
    assert f"              b.png: {noted}" in lines


def test_a_note_is_told_once(folder: Path, told: Any) -> None:
    name = with_alpha("a.png", picture())
    notes = json.loads(told(name, name, "--json"))["notes"]
    assert len(set(notes)) == len(notes)


def test_names_can_not_steer_the_terminal(folder: Path, told: Any) -> None:
    name = with_alpha("a.png", picture())
    Path(name).rename("a\x9b31m\x1b[31m.png")
    for form in ((), ("--json",)):
        assert not {"\x1b", "\x9b"} & set(told("a\x9b31m\x1b[31m.png", write("b.png", picture()), *form))


def test_pixels_that_fill_their_type_are_measured_as_they_are() -> None:
    for pixels in (picture(), picture().astype(np.uint16) * 257):
        whole = Picture(pixels, Meaning.RGB, float(np.iinfo(pixels.dtype).max), "a.png")
        assert on_range(whole, 255.0) is pixels


def test_counts_below_their_white_level_are_scaled_to_the_peak() -> None:
    counts = np.array([[[0], [1023], [2046]]], np.uint16)
    scaled = on_range(Picture(counts, Meaning.BAYER, 1023.0, "a.png"), 255.0)
    assert scaled.dtype == np.float32
    assert scaled.tolist() == [[[0.0], [255.0], [510.0]]]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_each_convention_is_told_with_the_number(folder: Path, told: Any, preset: Any) -> None:
    found = json.loads(told(*one_brighter(), "--convention", preset.id, "--json"))["convention"]
    assert (found["id"], found["colour"], found["peak"]) == (preset.id, preset.colour.value, preset.peak)
    assert found["shave"] == preset.border
    assert found["window"]["taps"] == preset.window.taps


def test_a_conventions_border_grows_with_the_scale(folder: Path, told: Any) -> None:
    found = json.loads(told(*one_brighter(), "--convention", "ntire17", "--scale", "4", "--json"))["convention"]
    assert (found["shave"], found["scale"]) == (10, 4)
    widest = json.loads(told(*one_brighter(), "--convention", "ntire17", "--scale", "16", "--json"))["convention"]
    assert (widest["shave"], widest["scale"]) == (22, 16)


def test_an_assumed_scale_is_said_to_be_one(folder: Path, told: Any) -> None:
    pair = one_brighter()
    assert "scale 3, assumed" in told(*pair, "--convention", "basicsr-y")
    assert "assumed" not in told(*pair, "--convention", "basicsr-y", "--scale", "3")
    assert "assumed" not in told(*pair)


def test_luma_and_rgb_give_different_numbers(folder: Path, told: Any) -> None:
    base = np.clip(picture(), 0, 250)
    redder = base.copy()
    redder[..., 0] += 5
    pair = write("a.png", redder), write("b.png", base)
    rgb = json.loads(told(*pair, "--json"))["psnr"]
    luma = json.loads(told(*pair, "--convention", "basicsr-y", "--json"))["psnr"]
    # An MSE of 25 in one of three channels, and of (5 · 65.481 / 255)² in luma.
    assert rgb == pytest.approx(10 * math.log10(255**2 / (25 / 3)))
    assert luma == pytest.approx(20 * math.log10(255 / (5 * 65.481 / 255)))


def test_identical_pictures_have_no_finite_psnr(folder: Path, told: Any) -> None:
    name = write("a.png", picture())
    answer = json.loads(told(name, name, "--json"))
    assert (answer["psnr"], answer["identical"], answer["ssim"]) == (None, True, 1.0)
    assert "infinite: nothing that was measured differs" in told(name, name)


def test_sixteen_bits_are_measured_like_eight(folder: Path, told: Any) -> None:
    a, b = one_brighter()
    eight = json.loads(told(a, b, "--json"))
    wide = [write(f"wide-{name}", load(Path(name)).pixels.astype(np.uint16) * 257) for name in (a, b)]
    sixteen = json.loads(told(*wide, "--json"))
    assert sixteen["psnr"] == pytest.approx(eight["psnr"])
    assert sixteen["ssim"] == pytest.approx(eight["ssim"], abs=1e-6)


def test_a_float_picture_counts_its_white_as_one(folder: Path, told: Any) -> None:
    base = np.clip(picture(), 0, 254)
    a = write("a.tiff", ((base + 1) / 255).astype(np.float32))
    for convention in ("default", "float-isp"):
        answer = json.loads(told(a, write("b.png", base), "--convention", convention, "--json"))
        assert answer["psnr"] == pytest.approx(20 * math.log10(255))


def ten_bits() -> tuple[str, str]:
    """Ten-bit values in 16-bit files that differ by 4 everywhere."""
    base = np.clip(picture(), 0, 254).astype(np.uint16) * 4
    return write("a10.png", base + 4), write("b10.png", base)


def test_fewer_bits_stored_in_16_are_not_guessed(folder: Path, told: Any) -> None:
    error = told(*ten_bits(), status=2)
    assert "a10.png and b10.png: their 16 bits are used up to 1,0" in error
    assert "say where white is, such as --white 1023" in error


def test_white_can_be_said(folder: Path, told: Any) -> None:
    answer = json.loads(told(*ten_bits(), "--white", "1020", "--json"))
    assert answer["psnr"] == pytest.approx(20 * math.log10(255))


def test_a_dark_pair_is_measured_when_white_is_said_to_be_65535(folder: Path, told: Any) -> None:
    assert json.loads(told(*ten_bits(), "--white", "65535", "--json"))["psnr"] > 50


def test_one_dark_picture_of_16_bits_is_measured(folder: Path, told: Any) -> None:
    bright = write("bright.png", picture().astype(np.uint16) * 257)
    assert json.loads(told(ten_bits()[0], bright, "--json"))["psnr"] < 20


def test_floats_beyond_one_are_not_guessed(folder: Path, told: Any) -> None:
    base = np.clip(picture(), 0, 254).astype(np.float32)
    pair = write("a.tiff", base + 1), write("b.tiff", base)
    assert "a.tiff: its values reach 25" in told(*pair, status=2)
    assert json.loads(told(*pair, "--white", "255", "--json"))["psnr"] == pytest.approx(20 * math.log10(255))


def test_huge_floats_are_refused_without_a_warning(folder: Path, told: Any) -> None:
    huge = write("a.tiff", np.full((20, 20, 3), 3e38, np.float32))
    assert "--white" in told(huge, huge, status=2)
    assert "holds NaN or infinite values" in told(huge, huge, "--white", "1", status=2)


def test_a_name_can_not_steer_the_terminal(folder: Path, told: Any) -> None:
    palette = Image.fromarray(picture()).quantize(16)
    palette.save("x\x1b[31m.png")
    text = told("x\x1b[31m.png", "x\x1b[31m.png")
    assert "\x1b" not in text
    assert "expanded from a palette" in text


def test_small_pictures_are_measured_as_far_as_they_go(folder: Path, told: Any) -> None:
    tiny = picture(height=40, width=40)
    answer = json.loads(told(write("a.png", tiny), write("b.png", 255 - tiny), "--json"))
    assert answer["psnr"] is not None
    assert answer["ssim"] is not None
    assert answer["ms_ssim"] is None
    assert "MS-SSIM needs pictures of 163×163 pixels or more under this convention" in answer["notes"]
    wider = json.loads(told("a.png", "b.png", "--convention", "ntire17", "--json"))["notes"]
    assert "MS-SSIM needs pictures of 179×179 pixels or more under this convention" in wider


def test_pictures_too_small_for_ssim_still_have_a_psnr(folder: Path, told: Any) -> None:
    tiny = picture(height=8, width=8)
    answer = json.loads(told(write("a.png", tiny), write("b.png", 255 - tiny), "--json"))
    assert answer["psnr"] is not None
    assert answer["ssim"] is None
    assert any(note.startswith("SSIM needs pictures of 13×13 pixels or more") for note in answer["notes"])
    assert not any(note.startswith("MS-SSIM") for note in answer["notes"])
    assert "SSIM          not measured" in told("a.png", "b.png").splitlines()


@pytest.mark.skipif(why_no_vmaf() is not None, reason=f"{why_no_vmaf()}")
def test_vmaf_is_measured_where_it_can_be(folder: Path, told: Any) -> None:
    clean = picture()
    blurred = cv2.GaussianBlur(clean, (9, 9), 3)
    same = json.loads(told(write("a.png", clean), write("b.png", clean), "--json"))["vmaf_neg"]
    worse = json.loads(told(write("a.png", blurred), "b.png", "--json"))
    assert worse["vmaf_neg"] < same <= 100
    assert worse["convention"]["vmaf"]["model"] == "vmaf_v0.6.1neg"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("missing.png", "b.png"), "missing.png: "),
        (("wide.png", "b.png"), "the pictures differ in size, 201×180 and 200×180 pixels"),
        (("grey.png", "b.png"), "one picture is grey and the other has three channels"),
        (("text.png", "b.png"), "text.png: "),
        (("b.png", "b.png", "--convention", "mine"), "there is no convention mine: choose one of default, codalab"),
        (("b.png", "b.png", "--scale", "x"), "--scale x: give a whole number from 1 to 16"),
        (("b.png", "b.png", "--white", "0"), "--white 0: give the value of white, such as 1023"),
        (("b.png", "b.png", "--white", "x"), "--white x: give a number"),
        (("b.png", "b.png", "--scale", "9" * 5000), "--scale 999"),
        (("b.png", "b.png", "--scale", "0"), "--scale 0: give a whole number from 1 to 16"),
        (("b.png", "b.png", "--scale", "17"), "--scale 17: give a whole number from 1 to 16"),
        (("dot.png", "dot.png"), "nothing is left of 2×2 pixels once 1 pixels are cut off each side"),
    ],
)
def test_what_can_not_be_measured_is_one_sentence(
    folder: Path, told: Any, arguments: tuple[str, ...], sentence: str
) -> None:
    write("b.png", picture())
    write("wide.png", picture(width=WIDTH + 1))
    write("grey.png", picture()[..., 0])
    write("dot.png", picture(height=2, width=2))
    Path("text.png").write_text("no picture", encoding="utf-8")
    error = told(*arguments, status=2)
    assert error.startswith(f"maistudio: {sentence}")
    assert error.count("\n") == 1
