"""How honest and how quick timing is: beside a bare loop of LiteRT, by its own events, and around its ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from timing_beside import beside_a_bare_loop

from maistudio.imaging import load
from maistudio.jobs.open import hash_file, open_model
from maistudio.jobs.profile import ProfileRequest, profile
from maistudio.jobs.progress import finish
from maistudio.library.library import open_library
from maistudio.resources import sample_models
from maistudio.runtime.children import Children
from maistudio.runtime.session import Session
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration

ONE_THREAD = [
    "challenge/Algolzw__NCNet__model.tflite",
    "challenge/ECNUSR__PureConvSR-AIM2022__trial24__model.tflite",
    "challenge/Feynman1999__MAI-VSR-Diggers__ckpt__model.tflite",
    "challenge/NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3_time.tflite",
    "challenge/Zheng222__IMDN__TF_model__imdn_rtc_time.tflite",
    "challenge/mv-lab__AISP__mai22-learnedisp__model.tflite",
    "large/sr_abpn_x3_360x640_fp32.tflite",
    "large/sr_abpn_x3_360x640_int8.tflite",
]
"""The challenges' networks of a fixed size."""


def sample() -> Path:
    """The bundled ABPN ×3 at 640×360."""
    return next(path for path in sample_models() if path.name.startswith("abpn"))


@pytest.mark.parametrize("name", ["large/mobilenetv2_224_fp32.tflite", "large/sr_abpn_x3_360x640_int8.tflite"])
def test_medians_are_within_2_percent_of_a_bare_loop(real_file: Callable[[str], Path], name: str) -> None:
    runs = 200 if "mobilenet" in name else 20
    beside = beside_a_bare_loop(real_file(name), runs, turns=5)
    print(f"\n{name}: {min(beside.ours):.0f} µs, bare {min(beside.bare):.0f} µs, {100 * (beside.ratio - 1):+.2f} %")
    assert 0.98 < beside.ratio < 1.02


@pytest.mark.parametrize("name", ONE_THREAD)
def test_events_explain_95_percent_of_the_time_at_one_thread(
    tmp_path: Path, real_file: Callable[[str], Path], name: str
) -> None:
    request = ProfileRequest(real_file(name), Configuration(threads=1), Limits(20, 0, 600), with_ops=True)
    with open_library(tmp_path) as library, Children() as children:
        run = finish(profile(request, library, children))
    assert run.ops is not None
    print(f"\n{name}: {100 * run.ops.explained:.2f} %")
    assert 0.95 <= run.ops.explained <= 1.001


def test_a_session_spends_90_percent_of_100_pictures_in_inference_and_decoding(tmp_path: Path) -> None:
    texture = np.random.default_rng(2).integers(0, 256, (360, 640, 3), np.uint8)
    for place in range(100):
        cv2.imwrite(str(tmp_path / f"{place:03}.png"), np.roll(texture, place, axis=1))
    decoding = inference = 0.0
    with Children() as children, Session.open(sample(), Configuration(threads=1), children=children) as session:
        began = time.perf_counter()
        for path in sorted(tmp_path.glob("*.png")):
            before = time.perf_counter()
            pixels = load(path).pixels
            decoding += time.perf_counter() - before
            session.run([pixels[np.newaxis]])
            inference += session.wall_us / 1e6
        whole = time.perf_counter() - began
    print(
        f"\n{whole:.2f} s, inference {inference:.2f} s, decoding {decoding:.2f} s: {(inference + decoding) / whole:.1%}"
    )
    assert (inference + decoding) / whole >= 0.9


def test_a_warm_child_adds_less_than_100_ms_to_a_run(tmp_path: Path) -> None:
    opened, sha256 = finish(open_model(sample())), finish(hash_file(sample()))
    request = ProfileRequest(
        sample(), Configuration(), Limits(5, 0, 60, warmup_seconds=0), opened=opened, sha256=sha256
    )
    with open_library(tmp_path) as library, Children(keep_warm=True) as children:
        children.warm_up()
        finish(profile(request, library, children))  # the window has run something before
        time.sleep(2)  # the next child comes up
        began = time.perf_counter()
        run = finish(profile(request, library, children))
        whole_ms = (time.perf_counter() - began) * 1e3
    litert_ms = ((run.init_us or 0) + (run.first_us or 0) + sum(run.samples.wall_us)) / 1e3
    print(f"\n{whole_ms:.1f} ms, {litert_ms:.1f} of them in LiteRT: {whole_ms - litert_ms:.1f} ms are ours")
    assert whole_ms - litert_ms < 100
