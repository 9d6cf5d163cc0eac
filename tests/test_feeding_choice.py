"""Which numbers stand for black and white, as something states it or a trial shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pictures import smooth

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.challenges.challenge import Challenge
from maistudio.errors import UsageError
from maistudio.jobs.feeding.choice import USUAL, by_scale, possible, stated_input
from maistudio.jobs.feeding.trial import Trial, contradicted, decided, tried
from maistudio.jobs.feeding.values import AS_STORED, BYTES, RAW_COUNTS, SIGNED, UNIT, Values, normalised
from maistudio.runtime.protocol import TensorSpec
from maistudio.tflite.model import TensorMetadata

FLOATS = TensorSpec("x", (1,), (1,), "float32", 0.0, 0)
UINT8 = replace(FLOATS, dtype="uint8", scale=0.97647059)


def challenge(task: str) -> Challenge:
    return next(each for each in shipped_challenges() if each.id == task)


SR = challenge("mai2022-quantized-super-resolution")
DENOISING = challenge("mai2021-denoising")
ISP = challenge("mai2022-learned-isp")
HALF_UNIT = TensorMetadata("x", normalization_mean=(127.5,), normalization_std=(127.5,))


def values_of(
    spec: TensorSpec, asked: str | None = None, of: Challenge | None = None, metadata: TensorMetadata | None = None
) -> Values | None:
    choice = stated_input(spec, asked, of, metadata)
    return None if choice is None else choice.values


def test_what_is_asked_for_comes_before_all() -> None:
    assert values_of(UINT8, "0..1", SR, HALF_UNIT) == UNIT


def test_the_challenge_comes_before_the_metadata() -> None:
    assert values_of(FLOATS, None, DENOISING, HALF_UNIT) == UNIT


def test_the_metadata_comes_before_the_scale() -> None:
    assert values_of(UINT8, None, None, HALF_UNIT) == SIGNED


def test_the_challenge_feeds_8_bits_as_they_are() -> None:
    assert values_of(UINT8, None, SR) == AS_STORED


def test_the_challenge_feeds_floats_on_its_range() -> None:
    assert values_of(FLOATS, None, SR) == BYTES


def test_the_challenge_of_raw_pictures_feeds_counts() -> None:
    assert values_of(FLOATS, None, ISP) == RAW_COUNTS


def test_floats_state_nothing() -> None:
    assert values_of(FLOATS) is None


@pytest.mark.parametrize(
    "metadata",
    [
        TensorMetadata("x"),
        TensorMetadata("x", normalization_mean=(1.0,)),
        TensorMetadata("x", normalization_mean=(1.0,), normalization_std=(0.0,)),
        TensorMetadata("x", normalization_mean=(float("nan"),), normalization_std=(1.0,)),
    ],
)
def test_metadata_without_a_usable_normalisation_states_nothing(metadata: TensorMetadata) -> None:
    assert values_of(FLOATS, None, None, metadata) is None


def test_a_normalisation_for_each_channel_is_kept() -> None:
    metadata = TensorMetadata("x", normalization_mean=(1.0, 2.0, 3.0), normalization_std=(4.0, 5.0, 6.0))
    assert values_of(FLOATS, None, None, metadata) == normalised((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))


@pytest.mark.parametrize(
    ("dtype", "scale", "zero_point", "values"),
    [
        ("uint8", 1.0, 0, BYTES),
        ("uint8", 0.97647059, 0, BYTES),
        ("uint8", 0.8, 0, BYTES),
        ("int8", 1.0, -128, BYTES),
        ("uint8", 1 / 255, 0, UNIT),
        ("int8", 0.9 / 255, -128, UNIT),
        ("uint8", 1 / 128, 128, SIGNED),
        ("int8", 1 / 128, 0, SIGNED),
        ("int16", 255 / 32767, 0, BYTES),
        ("uint8", 0.0, 0, BYTES),
        ("int32", 0.0, 0, BYTES),
    ],
)
def test_a_scale_states_the_range(dtype: str, scale: float, zero_point: int, values: Values) -> None:
    choice = by_scale(replace(FLOATS, dtype=dtype, scale=scale, zero_point=zero_point))
    assert choice is not None
    assert choice.values == values


@pytest.mark.parametrize(
    ("dtype", "scale", "zero_point"),
    [("int16", 1 / 32768, 0), ("uint8", 5.0, 0), ("uint8", 0.02, 114), ("int8", 0.0, 0)],
)
def test_an_unusual_scale_states_nothing(dtype: str, scale: float, zero_point: int) -> None:
    assert by_scale(replace(FLOATS, dtype=dtype, scale=scale, zero_point=zero_point)) is None


def test_an_int16_of_one_may_hold_either_sign() -> None:
    assert list(possible(replace(FLOATS, dtype="int16", scale=1 / 32768))) == [UNIT, SIGNED]


def test_any_range_is_possible_where_none_fits() -> None:
    assert possible(replace(FLOATS, dtype="uint8", scale=5.0)) == USUAL


def picture() -> np.ndarray[Any, Any]:
    return smooth(40, 60).astype(np.float32) / 255


def enlarged(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return pixels.repeat(2, axis=0).repeat(2, axis=1)


@pytest.mark.parametrize(
    ("output", "values"),
    [(enlarged(picture()), UNIT), (enlarged(picture()) * 255, BYTES), (enlarged(picture()) * 2 - 1, SIGNED)],
)
def test_an_output_is_on_the_range_on_which_it_fits_the_picture(output: np.ndarray[Any, Any], values: Values) -> None:
    assert tried(picture(), BYTES, output, FLOATS, USUAL).output == values


def test_the_range_of_the_input_is_kept_where_a_black_picture_tells_nothing() -> None:
    black = np.zeros((8, 8, 3), np.float32)
    assert tried(black, UNIT, black + 0.01, FLOATS, (UNIT, BYTES)).output == UNIT


def test_a_grey_output_is_compared_with_the_mean_of_the_colours() -> None:
    grey = picture().mean(axis=2, keepdims=True)
    assert tried(picture(), UNIT, grey, FLOATS, (UNIT,)).decibels > 100


def test_packed_frames_are_compared_by_one_in_their_middle() -> None:
    frames = np.concatenate([np.zeros_like(picture()), picture(), np.zeros_like(picture())], axis=2)
    wrong = frames.copy()
    wrong[..., :3] = 1
    assert tried(frames, UNIT, wrong, FLOATS, (UNIT,)).decibels > 100


def test_only_the_middle_of_a_large_picture_is_compared() -> None:
    large = np.zeros((1000, 900, 3), np.float32)
    output = large.copy()
    output[:300] = output[:, :300] = output[700:] = output[:, 700:] = 1
    assert tried(large, UNIT, output, FLOATS, (UNIT,)).decibels > 100


def trial(values: Values, decibels: float, level: float = 0.0, output: Values | None = None) -> Trial:
    return Trial(values, output or values, decibels, np.full((4, 4, 3), level, np.float32))


def test_the_range_that_comes_nearest_is_taken() -> None:
    values, output = decided([trial(BYTES, 12.0), trial(UNIT, 30.0, 0.5, output=BYTES), trial(SIGNED, 20.0, 0.9)])
    assert (values.values, output.values) == (UNIT, BYTES)


def test_the_choice_names_what_every_range_came_to() -> None:
    values, _ = decided([trial(BYTES, 12.0), trial(UNIT, 30.04, 0.5)])
    assert values.why.endswith("0..255 12.0 dB, 0..1 30.0 dB")


@pytest.mark.parametrize(("first", "second"), [(30.0, 28.0), (41.0, 40.0)])
def test_a_small_lead_decides_nothing(first: float, second: float) -> None:
    with pytest.raises(UsageError, match=r"--values.*0\.\.1"):
        decided([trial(UNIT, first, 0.5), trial(SIGNED, second, 0.9)])


def test_less_of_a_lead_will_do_for_a_good_result() -> None:
    values, _ = decided([trial(SIGNED, 44.0, 0.9), trial(UNIT, 46.0, 0.5)])
    assert values.values == UNIT


def test_any_range_will_do_where_all_give_the_same() -> None:
    values, _ = decided([trial(BYTES, 46.0, 0.5), trial(UNIT, 46.1, 0.5005), trial(SIGNED, 46.0, 0.5)])
    assert values.values == BYTES


def test_a_trial_that_contradicts_is_told() -> None:
    (note,) = contradicted(BYTES, [trial(BYTES, 12.0), trial(UNIT, 30.0, 0.5)])
    assert note.startswith("--values 0..1 suits this model better")


@pytest.mark.parametrize(("stated", "other"), [(UNIT, 12.0), (BYTES, 29.0)])
def test_a_trial_that_agrees_or_is_undecided_is_not(stated: Values, other: float) -> None:
    assert list(contradicted(stated, [trial(BYTES, other), trial(UNIT, 30.0, 0.5)])) == []
