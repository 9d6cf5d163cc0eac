"""VMAF-NEG through ffmpeg, and every way that can fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from measured_pictures import texture

from maistudio.errors import MeasureError
from maistudio.imaging import vmaf
from maistudio.imaging.vmaf import VMAF_NEG, vmaf_neg, why_no_vmaf

needs_ffmpeg = pytest.mark.skipif(why_no_vmaf() is not None, reason=str(why_no_vmaf()))
posix_only = pytest.mark.skipif(os.name != "posix", reason="stands in for ffmpeg with a shell script")

PICTURE = texture(144, 176)


def measured(picture: np.ndarray, reference: np.ndarray) -> float:
    score = vmaf_neg(picture, reference)
    assert score is not None
    return score


def sharpened(picture: np.ndarray, by: float) -> np.ndarray:
    return cv2.addWeighted(picture, 1 + by, cv2.GaussianBlur(picture, (0, 0), 1.5), -by, 0)


@needs_ffmpeg
def test_an_identical_picture_scores_97() -> None:
    assert vmaf_neg(PICTURE, PICTURE) == pytest.approx(97.43, abs=0.1)  # the model's value for no loss and no motion


@needs_ffmpeg
def test_more_blur_is_a_lower_score() -> None:
    scores = [measured(cv2.GaussianBlur(PICTURE, (0, 0), sigma), PICTURE) for sigma in (0.5, 0.8, 1.2, 2.0)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[-1] > 20


@needs_ffmpeg
def test_sharpening_alone_lifts_vmaf_and_hardly_neg(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = texture(240, 320)
    soft = cv2.GaussianBlur(reference, (0, 0), 0.6)
    sharp = sharpened(soft, 0.5)
    neg = [measured(picture, reference) for picture in (soft, sharp)]
    monkeypatch.setattr(vmaf, "VMAF_NEG", replace(VMAF_NEG, model="vmaf_v0.6.1"))
    plain = [measured(picture, reference) for picture in (soft, sharp)]
    assert plain[1] - plain[0] > 8
    assert neg[1] - neg[0] < 0.5 * (plain[1] - plain[0])


@needs_ffmpeg
def test_the_second_picture_is_the_reference() -> None:
    soft = cv2.GaussianBlur(PICTURE, (0, 0), 1.2)
    assert measured(PICTURE, soft) - measured(soft, PICTURE) > 10


@needs_ffmpeg
def test_only_luma_counts() -> None:
    """17.88 more of red and 5.315 less of green leave BT.709's luma as it is, but for their rounding."""
    recoloured = PICTURE.astype(np.float64)
    recoloured[:, :, 0] += 0.7152 * 25
    recoloured[:, :, 1] -= 0.2126 * 25
    within = (recoloured >= 0) & (recoloured <= 255)
    recoloured = np.where(within.all(axis=2, keepdims=True), recoloured, PICTURE)
    assert measured(np.rint(recoloured).astype(np.uint8), PICTURE) > 96


def test_white_is_235_and_black_is_16() -> None:
    black_and_white = np.zeros((3, 2, 3), np.uint8)
    black_and_white[:, 1] = 255
    assert vmaf._frame(black_and_white)[:6] == bytes([16, 235] * 3)


@pytest.mark.parametrize(("channel", "luma"), [(0, 16 + 0.2126 * 219), (1, 16 + 0.7152 * 219), (2, 16 + 0.0722 * 219)])
def test_luma_is_bt_709_s(channel: int, luma: float) -> None:
    pixel = np.zeros((1, 1, 3), np.uint8)
    pixel[:, :, channel] = 255
    assert vmaf._frame(pixel)[0] == round(luma)


@needs_ffmpeg
@pytest.mark.parametrize("size", [(143, 176), (144, 175), (143, 175), (17, 17), (17, 90), (90, 17)])
def test_odd_sizes_are_measured(size: tuple[int, int]) -> None:
    reference = PICTURE[: size[0], : size[1]]
    assert 30 < measured(cv2.GaussianBlur(reference, (0, 0), 0.8), reference) < 97


@needs_ffmpeg
@pytest.mark.parametrize("size", [(16, 90), (90, 16), (1, 1)])
def test_a_picture_too_small_has_none(size: tuple[int, int]) -> None:
    assert vmaf_neg(PICTURE[: size[0], : size[1]], PICTURE[: size[0], : size[1]]) is None
    assert why_no_vmaf(*size) == "VMAF needs pictures of 17×17 pixels or more"


@needs_ffmpeg
def test_a_picture_too_large_has_none() -> None:
    huge = np.broadcast_to(np.uint8(7), (8000, 5001))
    assert vmaf_neg(huge, huge) is None
    assert why_no_vmaf(8000, 5000) is None
    assert why_no_vmaf(8000, 5001) == "VMAF is measured up to 40 megapixels: crop the pictures"


@needs_ffmpeg
def test_grey_and_16_bits_and_floats_are_measured_alike() -> None:
    grey = PICTURE[:, :, 1]
    soft = cv2.GaussianBlur(grey, (0, 0), 1)
    score = measured(soft, grey)
    assert vmaf_neg(np.dstack([soft] * 3), np.dstack([grey] * 3)) == score
    assert vmaf_neg(soft.astype(np.uint16) * 257, grey.astype(np.float32)) == score
    assert vmaf_neg(soft[:, :, None], grey) == score


def test_pictures_that_do_not_match_are_refused() -> None:
    with pytest.raises(MeasureError, match="differ in size"):
        vmaf_neg(PICTURE, PICTURE[1:])


@needs_ffmpeg
def test_nothing_is_written_to_the_streams_or_the_folder(
    capfd: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FFREPORT", "level=32")
    vmaf_neg(PICTURE, PICTURE)
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


# Without ffmpeg, or with one that fails.


def test_without_the_package_there_is_none_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    assert vmaf_neg(PICTURE, PICTURE) is None
    wanted = f"VMAF needs the package imageio-ffmpeg: install it with {sys.executable} -m pip install imageio-ffmpeg"
    assert why_no_vmaf() == wanted


@pytest.fixture
def ffmpeg_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """``ffmpeg_does("exit 3")``: a shell script stands in for ffmpeg, and has libvmaf."""

    def stand_in(script: str, *, libvmaf: bool = True) -> Path:
        path = tmp_path / "ffmpeg"
        told = "libvmaf AVOptions" if libvmaf else "Unknown filter"
        path.write_text(f'#!/bin/sh\ncase "$*" in *filter=libvmaf) echo "{told}"; exit 0;; esac\n{script}\n')
        path.chmod(0o700)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(path))
        monkeypatch.setattr(vmaf, "_executable", lambda: str(path))
        return path

    yield stand_in
    vmaf._has_libvmaf.cache_clear()


@posix_only
def test_an_ffmpeg_without_libvmaf_is_a_reason(ffmpeg_does) -> None:
    path = ffmpeg_does("exit 0", libvmaf=False)
    assert vmaf_neg(PICTURE, PICTURE) is None
    assert why_no_vmaf() == (
        f"{path} can't be run or was built without libvmaf: unset IMAGEIO_FFMPEG_EXE, or name an ffmpeg that has it "
        "there"
    )


@posix_only
def test_the_score_is_read_from_what_ffmpeg_says(ffmpeg_does, capfd: pytest.CaptureFixture) -> None:
    ffmpeg_does("cat >/dev/null; echo loud; echo louder >&2; echo '[Parsed_libvmaf_3 @ 0x1] VMAF score: 81.5' >&2")
    assert vmaf_neg(PICTURE, PICTURE) == 81.5
    assert capfd.readouterr() == ("", "")


@posix_only
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo first >&2; echo 'no such model' >&2; exit 3", "exit status 3, its last words: no such model"),
        ("exit 0", "exit status 0, its last words: nothing"),
        ("cat >/dev/null; echo 'VMAF score: nan' >&2", "its last words: VMAF score: nan"),
        ("cat >/dev/null; echo 'VMAF score: 81.5' >&2; exit 1", "exit status 1"),
        ("kill -SEGV $$", "exit status -11"),
        ("echo '\\033[31mred' >&2; exit 1", r"its last words: \\x1b\[31mred"),
    ],
)
def test_a_failing_ffmpeg_is_a_sentence(ffmpeg_does, script: str, message: str) -> None:
    ffmpeg_does(script)
    with pytest.raises(MeasureError, match=f"^ffmpeg gave no VMAF, .*{message}"):
        vmaf_neg(PICTURE, PICTURE)


@posix_only
def test_an_ffmpeg_that_is_gone_is_a_sentence(ffmpeg_does) -> None:
    path = ffmpeg_does("exit 0")
    assert why_no_vmaf() is None
    path.unlink()
    with pytest.raises(MeasureError, match="ffmpeg could not be started for VMAF: "):
        vmaf_neg(PICTURE, PICTURE)


@posix_only
def test_an_ffmpeg_that_hangs_is_ended(ffmpeg_does, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ffmpeg_does(f"echo $$ >{tmp_path / 'pid'}; exec sleep 60")
    monkeypatch.setattr(vmaf, "SECONDS", 0.5)
    with pytest.raises(MeasureError, match="ffmpeg took longer than 1 s for VMAF: try smaller pictures"):
        vmaf_neg(PICTURE, PICTURE)
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


MEASURE_FOR_SECONDS = """
import numpy as np
from maistudio.imaging.vmaf import vmaf_neg
picture = np.random.default_rng(0).integers(0, 256, (5000, 5000), dtype=np.uint8)
vmaf_neg(picture, picture)
"""


@needs_ffmpeg
@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_ffmpeg_is_left_when_this_process_is_ended(sent: signal.Signals) -> None:
    python = subprocess.Popen([sys.executable, "-c", MEASURE_FOR_SECONDS], stderr=subprocess.DEVNULL)
    ffmpeg = wait_for_child(python.pid)
    time.sleep(0.3)
    python.send_signal(sent)
    python.wait(timeout=30)
    ffmpeg.wait(timeout=30)  # what was read already is measured to its end, which nobody waits for


def wait_for_child(pid: int) -> psutil.Process:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for child in psutil.Process(pid).children():
            if "pipe:0" in child.cmdline():
                return child
        time.sleep(0.01)
    raise AssertionError("ffmpeg never started")
