"""Examples to learn from: what each task's degradation is said to be, measured; and batches that a step alone tells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.errors import PictureError, UsageError
from maistudio.imaging.conventions import FLOAT_ISP
from maistudio.imaging.metrics import psnr
from maistudio.imaging.packing import unpack_frames
from maistudio.imaging.resize import imresize
from maistudio.zoo.forms import Form
from maistudio.zoo.representative import representative
from maistudio.zoo.training import shelf
from maistudio.zoo.training.baseline import baseline
from maistudio.zoo.training.batches import Batches
from maistudio.zoo.training.camera import BLACK_COUNT, GAINS, LARGEST_COUNT, TO_SRGB, encoded, linear
from maistudio.zoo.training.degrade import example, photograph_size
from maistudio.zoo.training.developed import demosaicked, developed
from maistudio.zoo.training.held_out import held_out
from maistudio.zoo.training.lesson import Lesson, Task
from maistudio.zoo.training.mosaic import counts_of
from maistudio.zoo.training.noise import STRONG, Noise, noisy, with_noise
from maistudio.zoo.training.pans import FASTEST, LOBES, clip, path, room, shrunk
from maistudio.zoo.training.patches import FLAT, WAYS, detail, turned
from maistudio.zoo.training.pictures import photograph_of
from maistudio.zoo.training.values import output_white

BLUE_CHANNEL, BESIDE_RED, RED_CHANNEL, BELOW_RED = range(4)
"""The challenge's channels: B, the green in red's row, R, the green in blue's row."""

SCALES = {Task.SR: 3, Task.VIDEO: 4}


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


@cache
def scene(height: int, width: int) -> np.ndarray:
    """A picture as soft as a photograph: one with the spectrum of natural ones, enlarged."""
    (values,) = representative(-(-height // 2), -(-width // 2), 3, 255.0, samples=1)
    return imresize(np.rint(values[0]).astype(np.uint8), size=(height, width))


def noise_picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    """No two patches of it are alike."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def written(path: Path, pixels: np.ndarray) -> str:
    assert cv2.imwrite(str(path), pixels[..., ::-1] if pixels.ndim == 3 else pixels)
    return str(path)


def lesson(task: Task = Task.SR, images: Sequence[str] = (), **changes: object) -> Lesson:
    values: dict[str, object] = {
        "name": "abpn",
        "task": task,
        "scale": SCALES.get(task, 1),
        "frames": 10 if task is Task.VIDEO else 1,
        "white": 1023.0 if task is Task.ISP else 255.0,
        "images": tuple(images),
        "validation": (),
        "patch": 8,
        "batch": 4,
        "steps": 30,
        "learning_rate": 1e-3,
        "halvings": (0.5,),
        "quantized_steps": 0,
        "form": Form.FP32,
        "height": 16,
        "width": 16,
        "seed": 1,
    }
    return Lesson(**{**values, **changes})  # type: ignore[arg-type]


# Super-resolution


def place_in(whole: np.ndarray, part: np.ndarray) -> tuple[int, int] | None:
    """Where ``part`` stands in ``whole``, value by value."""
    height, width = part.shape[:2]
    starts = np.argwhere((whole[: len(whole) - height + 1, : whole.shape[1] - width + 1] == part[0, 0]).all(axis=-1))
    for top, left in starts.tolist():
        if (whole[top : top + height, left : left + width] == part).all():
            return top, left
    return None


def test_patches_of_sr_are_cut_aligned_from_the_whole_shrunk_picture(tmp_path: Path) -> None:
    photograph = noise_picture(61, 82)
    small = imresize(photograph[:60, :81], 1 / 3)
    images = [written(tmp_path / "a.png", photograph)]
    inputs, targets = held_out(lesson(images=images), images)
    seen = set()
    for low, high in zip(inputs, targets, strict=True):
        found = place_in(small, low)
        assert found is not None
        seen.add(found)
        top, left = 3 * found[0], 3 * found[1]
        np.testing.assert_array_equal(high, photograph[top : top + 24, left : left + 24])
    assert len(seen) > 16


def test_patches_in_batches_are_turned_and_mirrored_together(tmp_path: Path) -> None:
    photograph = noise_picture(60, 81)
    small = imresize(photograph, 1 / 3)
    images = [written(tmp_path / "a.png", photograph)]
    batches = Batches(lesson(images=images, batch=16), images)
    ways = set()
    for step in range(4):
        for low, high in zip(*batches.at(step), strict=True):
            (found,) = (
                (place, way)
                for way in range(WAYS)
                if (place := place_in(np.ascontiguousarray(turned(small, way)), low)) is not None
            )
            (top, left), way = found
            large = turned(photograph, way)
            np.testing.assert_array_equal(high, large[3 * top : 3 * top + 24, 3 * left : 3 * left + 24])
            ways.add(way)
    assert ways == set(range(WAYS))


def test_a_patch_at_the_border_is_what_the_border_of_the_shrunk_picture_is(tmp_path: Path) -> None:
    photograph = noise_picture(24, 24)
    images = [written(tmp_path / "a.png", photograph)]
    inputs, targets = held_out(lesson(images=images), images, count=1)
    np.testing.assert_array_equal(inputs[0], imresize(photograph, 1 / 3))
    np.testing.assert_array_equal(targets[0], photograph)


def test_the_eight_ways_are_eight() -> None:
    picture = noise_picture(5, 5)
    assert len({turned(picture, way).tobytes() for way in range(WAYS)}) == WAYS


# Video


@given(st.sampled_from([2, 3, 4]), st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_frames_are_shrunk_as_imresize_does(scale: int, height: int, width: int, seed: int) -> None:
    framed = noise_picture((height + 4) * scale, (width + 4) * scale, seed)
    low = shrunk(framed.astype(np.float32), scale)
    wanted = imresize(framed, 1 / scale)[2:-2, 2:-2]
    if scale == 3:
        np.testing.assert_allclose(low, wanted, atol=1)
        assert (low == wanted).mean() > 0.9
    else:
        np.testing.assert_array_equal(low, wanted)


def waves(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """A picture known between its pixels, too: up to half of the highest frequency that pixels hold."""
    red = 60 * np.sin(1.5 * rows) + 50 * np.cos(0.7 * columns)
    green = 100 * np.sin(0.9 * rows + 1.1 * columns)
    blue = 60 * np.cos(1.5 * columns) + 40 * np.sin(0.1 * rows)
    return 127.5 + np.stack(np.broadcast_arrays(red, green, blue), axis=-1)


@pytest.mark.parametrize("seed", range(4))
def test_each_frame_of_a_pan_is_the_photograph_from_between_its_pixels(seed: int) -> None:
    side = 40 + room(4, 10)
    rows, columns = np.mgrid[0:side, 0:side]
    photograph = np.rint(waves(rows, columns)).astype(np.uint8)
    low, high = clip(photograph, np.random.default_rng(seed), 10, 4)
    starts = path(np.random.default_rng(seed), 10)
    assert low.shape == (10, 10, 10, 3)
    assert high.shape == (10, 40, 40, 3)
    inner_rows, inner_columns = np.mgrid[0:40, 0:40]
    for frame, (top, left) in zip(high, starts, strict=True):
        wanted = waves(inner_rows + top + 8, inner_columns + left + 8)
        assert np.abs(frame - wanted).max() < 3
        assert np.abs(frame - wanted).mean() < 0.8
    steps = np.diff(np.array(starts), axis=0)
    np.testing.assert_allclose(steps, np.broadcast_to(steps[0], steps.shape), atol=1e-9)
    assert np.abs(steps).max() <= FASTEST
    assert not np.allclose(steps, np.rint(steps), atol=0.01)


@given(st.integers(0, 2**32), st.integers(1, 12))
def test_a_path_stays_within_the_room(seed: int, frames: int) -> None:
    ways = np.array(path(np.random.default_rng(seed), frames))
    assert ways.min() >= LOBES
    assert ways.max() <= LOBES + FASTEST * (frames - 1)


# Noise


@pytest.mark.parametrize("level", [64, 128, 192])
def test_noise_has_the_mean_and_deviation_it_is_said_to_have(level: int, random: np.random.Generator) -> None:
    values = noisy(np.full((500, 500, 3), level, np.uint8), random).astype(np.float64)
    wanted = 255 * STRONG.deviation(level / 255)
    assert values.mean() == pytest.approx(level, abs=0.5)
    assert values.std() == pytest.approx(wanted, rel=0.03)


def test_the_noise_is_25_of_255_at_mid_grey() -> None:
    assert 255 * STRONG.deviation(0.5) == pytest.approx(25, abs=0.1)


@pytest.mark.parametrize("level", [0, 3, 20, 128, 250, 255])
def test_noise_is_distributed_as_photons_and_electrons_are(level: int, random: np.random.Generator) -> None:
    count = 400_000
    values = noisy(np.full((count, 1, 1), level, np.uint8), random).ravel()
    photons = random.poisson(level / 255 * STRONG.photons, count) / STRONG.photons
    simulated = np.clip(np.rint(255 * (photons + STRONG.read * random.standard_normal(count))), 0, 255)
    ours, theirs = (np.bincount(each.astype(int), minlength=256).cumsum() / count for each in (values, simulated))
    assert np.abs(ours - theirs).max() < 0.005


def test_noise_of_neighbours_and_channels_is_independent(random: np.random.Generator) -> None:
    grey = noisy(np.full((400, 400, 3), 128, np.uint8), random).astype(np.float64) - 128
    pairs = [
        (grey[1:], grey[:-1]),
        (grey[:, 1:], grey[:, :-1]),
        (grey[..., 0], grey[..., 1]),
        (grey[..., 1], grey[..., 2]),
    ]
    for one, other in pairs:
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.01


def test_noise_of_a_sensor_grows_with_the_light(random: np.random.Generator) -> None:
    noise = Noise(photons=2000.0, read=0.002)
    for brightness in (0.0, 0.1, 0.5, 1.0):
        values = with_noise(np.full((400, 400), brightness, np.float32), random, noise)
        assert values.dtype == np.float32
        assert values.mean() == pytest.approx(brightness, abs=3e-4)
        assert values.std() == pytest.approx(noise.deviation(brightness), rel=0.02)


# Raw


@pytest.mark.parametrize(
    ("row", "column", "channel"),
    [(0, 0, RED_CHANNEL), (0, 1, BESIDE_RED), (1, 0, BELOW_RED), (1, 1, BLUE_CHANNEL)],
)
def test_each_pixel_of_a_cell_goes_to_its_channel(
    row: int, column: int, channel: int, random: np.random.Generator
) -> None:
    picture = np.zeros((4, 6, 3), np.uint8)
    picture[row::2, column::2] = 255
    counts = counts_of(picture, random, noise=None)
    assert counts.shape == (2, 3, 4)
    assert (counts[..., channel] > 2 * BLACK_COUNT).all()
    assert (np.delete(counts, channel, axis=-1) == BLACK_COUNT).all()


@pytest.mark.parametrize(
    ("colour", "channels"),
    [((255, 0, 0), {RED_CHANNEL}), ((0, 255, 0), {BESIDE_RED, BELOW_RED}), ((0, 0, 255), {BLUE_CHANNEL})],
)
def test_each_colour_is_seen_most_by_its_own_channel(
    colour: tuple[int, int, int], channels: set[int], random: np.random.Generator
) -> None:
    counts = counts_of(np.full((2, 2, 3), colour, np.uint8), random, noise=None)[0, 0]
    balanced = (counts - BLACK_COUNT) * np.array([GAINS["B"], 1, GAINS["R"], 1])
    assert set(np.flatnonzero(balanced > 0.5 * balanced.max())) == channels


def test_black_and_white_go_to_the_counts_said(random: np.random.Generator) -> None:
    picture = np.zeros((2, 4, 3), np.uint8)
    picture[:, 2:] = 255
    black, white = counts_of(picture, random, noise=None)[0]
    span = LARGEST_COUNT - BLACK_COUNT
    assert black.tolist() == [64, 64, 64, 64]
    np.testing.assert_allclose(white, [64 + span / 1.6, 1023, 64 + span / 2, 1023], atol=0.5)


def test_counts_are_whole_and_those_of_10_bits(random: np.random.Generator) -> None:
    counts = counts_of(scene(64, 64), random)
    assert counts.dtype == np.float32
    assert (counts == np.rint(counts)).all()
    assert counts.min() >= 0
    assert counts.max() <= 1023


def test_the_matrix_keeps_grey_grey_and_no_colour_is_seen_negative() -> None:
    np.testing.assert_allclose(TO_SRGB.sum(axis=1), 1)
    assert np.linalg.inv(TO_SRGB).min() >= 0


def test_the_tone_curve_is_undone_exactly() -> None:
    values = np.arange(256) / 255
    np.testing.assert_allclose(encoded(linear(values).astype(np.float32)), values, atol=1e-6)
    assert linear(np.array(0.5)) == pytest.approx(0.21404, abs=1e-5)


def test_the_plain_pipeline_gives_back_a_smooth_picture_without_noise(random: np.random.Generator) -> None:
    rows, columns = np.mgrid[0:128, 0:128]
    channels = [128 + 100 * np.sin((rows + shift * columns) / 30) for shift in (0.0, 0.5, 1.0)]
    picture = np.rint(np.stack(channels, axis=-1)).astype(np.uint8)
    found = developed(counts_of(picture, random, noise=None))
    assert psnr(found, picture / np.float32(255), FLOAT_ISP) > 48


def test_the_plain_pipeline_comes_near_a_natural_picture(random: np.random.Generator) -> None:
    given, wanted = example(Task.ISP, scene(256, 256), random, white=1023.0)
    assert 22 < psnr(baseline(Task.ISP, given, white=1023.0), wanted, FLOAT_ISP) < 40


def test_demosaicking_keeps_what_was_seen_and_is_right_on_planes() -> None:
    rows, columns = np.mgrid[0:8, 0:10].astype(np.float32)
    plane = np.stack([2 * rows + columns, 5 + columns, 3 * rows], axis=-1)
    mosaic = plane[..., 1].copy()
    mosaic[0::2, 0::2] = plane[0::2, 0::2, 0]
    mosaic[1::2, 1::2] = plane[1::2, 1::2, 2]
    np.testing.assert_allclose(demosaicked(mosaic)[1:-1, 1:-1], plane[1:-1, 1:-1], rtol=1e-6)
    np.testing.assert_array_equal(demosaicked(mosaic)[0::2, 0::2, 0], mosaic[0::2, 0::2])


def test_turned_patches_keep_the_pattern(tmp_path: Path) -> None:
    images = [written(tmp_path / "a.png", np.full((40, 40, 3), (200, 0, 0), np.uint8))]
    inputs, _ = Batches(lesson(Task.ISP, images=images, batch=32), images).at(0)
    balanced = (inputs - BLACK_COUNT) * np.array([GAINS["B"], 1, GAINS["R"], 1])
    assert (balanced.mean(axis=(1, 2)).argmax(axis=-1) == RED_CHANNEL).all()


# All tasks


@given(
    st.sampled_from(list(Task)),
    st.integers(1, 5),
    st.integers(1, 5),
    st.sampled_from([1.0, 255.0, 1023.0]),
    st.integers(1, 4),
)
def test_inputs_targets_and_baselines_have_the_sizes_and_ranges_said(
    task: Task, height: int, width: int, white: float, frames: int
) -> None:
    scale = SCALES.get(task, 1)
    frames = frames if task is Task.VIDEO else 1
    size = photograph_size(task, height, width, scale=scale, frames=frames)
    given, wanted = example(
        task, noise_picture(*size), np.random.default_rng(0), scale=scale, frames=frames, white=white
    )
    larger = 2 if task is Task.ISP else scale
    assert given.shape == (height, width, 4 if task is Task.ISP else 3 * frames)
    assert wanted.shape == (larger * height, larger * width, 3 * frames)
    assert given.dtype == wanted.dtype == np.float32
    assert 0 <= given.min() <= given.max() <= white
    assert 0 <= wanted.min() <= wanted.max() <= output_white(task, white)
    if task is Task.ISP and min(height, width) < 2:
        return
    found = baseline(task, given, scale=scale, white=white)
    assert found.shape == wanted.shape
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= output_white(task, white)


def test_the_baseline_of_sr_is_imresize(random: np.random.Generator) -> None:
    given, _ = example(Task.SR, scene(60, 60), random, scale=3, white=1.0)
    wanted = imresize(np.rint(given * 255).astype(np.uint8), 3)
    np.testing.assert_allclose(baseline(Task.SR, given, scale=3, white=1.0) * 255, wanted, atol=1e-3)


def test_the_baseline_of_video_is_imresize_frame_by_frame(random: np.random.Generator) -> None:
    given, _ = example(Task.VIDEO, scene(100, 100), random, scale=4, frames=3)
    found = unpack_frames(baseline(Task.VIDEO, given, scale=4))
    for frame, low in zip(found, unpack_frames(given), strict=True):
        np.testing.assert_array_equal(frame, imresize(low.astype(np.uint8), 4))


@pytest.mark.parametrize("task", list(Task))
def test_a_picture_too_small_is_refused_in_a_sentence(task: Task, random: np.random.Generator) -> None:
    with pytest.raises(UsageError, match="a picture of 0×1 is too small"):
        example(task, noise_picture(1, 1)[:, :0], random, scale=4)


# Batches


@pytest.fixture
def images(tmp_path: Path) -> list[str]:
    return [written(tmp_path / f"{place}.png", noise_picture(110, 120, place)) for place in range(5)]


@pytest.mark.parametrize("task", list(Task))
def test_a_batch_is_told_by_its_step_alone(task: Task, images: list[str]) -> None:
    chosen = lesson(task, images)
    batches = Batches(chosen, images)
    third = batches.at(3)
    batches.at(0)
    for again in (batches.at(3), Batches(chosen, images).at(3)):
        np.testing.assert_array_equal(again[0], third[0])
        np.testing.assert_array_equal(again[1], third[1])
    assert not np.array_equal(batches.at(4)[1], third[1])
    assert not np.array_equal(Batches(lesson(task, images, seed=2), images).at(3)[1], third[1])


@pytest.mark.parametrize("task", list(Task))
def test_a_batch_has_the_lessons_sizes(task: Task, images: list[str]) -> None:
    inputs, targets = Batches(lesson(task, images), images).at(0)
    larger = {Task.SR: 3, Task.VIDEO: 4, Task.DENOISE: 1, Task.ISP: 2}[task]
    frames = 10 if task is Task.VIDEO else 1
    assert inputs.shape == (4, 8, 8, 4 if task is Task.ISP else 3 * frames)
    assert targets.shape == (4, 8 * larger, 8 * larger, 3 * frames)
    assert inputs.dtype == targets.dtype == np.float32
    assert inputs.flags.c_contiguous
    assert targets.flags.c_contiguous


def test_too_many_pictures_for_the_memory_come_in_turns(images: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "STEPS_A_TURN", 2)
    chosen = lesson(images=images, batch=16)
    told: list[tuple[int, int]] = []
    batches = Batches(chosen, images, memory=2 * 110 * 120 * 3, tell=lambda done, of: told.append((done, of)))
    seen = [sources_of(batches.at(step)[1], images) for step in range(6)]
    assert [len(each) for each in seen] == [2, 2, 2, 2, 1, 1]
    assert set.union(*seen) == set(range(5))
    assert told == [(0, 2), (1, 2), (0, 2), (1, 2), (0, 1)]
    later = Batches(chosen, images, memory=2 * 110 * 120 * 3)
    np.testing.assert_array_equal(later.at(5)[0], batches.at(5)[0])
    np.testing.assert_array_equal(later.at(7)[0], batches.at(7)[0])
    assert sources_of(later.at(6)[1], images) == seen[0]


def sources_of(targets: np.ndarray, images: Sequence[str]) -> set[int]:
    """Which pictures the targets were cut from, by the pixels that lie in them."""
    known = {
        pixel.tobytes(): place for place, path in enumerate(images) for pixel in photograph_of(path).reshape(-1, 3)
    }
    return {known[pixel.tobytes()] for pixel in targets.astype(np.uint8)[:, 5, 5]}


def test_flat_patches_are_drawn_less_often(tmp_path: Path) -> None:
    picture = noise_picture(240, 240)
    picture[:, :120] = 128
    images = [written(tmp_path / "a.png", picture)]
    _, targets = Batches(lesson(Task.DENOISE, images, batch=400), images).at(0)
    flat = np.mean([detail(target) < FLAT for target in targets])
    assert 0.05 < flat < 0.2


def test_a_flat_picture_is_learned_from_all_the_same(tmp_path: Path) -> None:
    images = [written(tmp_path / "a.png", np.full((30, 30, 3), 9, np.uint8))]
    assert (Batches(lesson(images=images), images).at(0)[1] == 9).all()


def test_pictures_that_cannot_be_used_are_skipped_and_told(tmp_path: Path, images: list[str]) -> None:
    small = written(tmp_path / "small.png", noise_picture(20, 200))
    text = tmp_path / "text.png"
    text.write_text("no picture")
    cut = tmp_path / "cut.png"
    cut.write_bytes(Path(images[0]).read_bytes()[:-4000])
    given = [small, str(text), str(cut), *images]
    batches = Batches(lesson(images=given), given)
    batches.at(0)
    batches.at(1)
    assert {each.path for each in batches.skipped} == {small, str(text), str(cut)}
    reasons = {each.path: each.reason for each in batches.skipped}
    assert "is 200×20, smaller than a patch takes (24×24)" in reasons[small]
    assert all(path in reason for path, reason in reasons.items())


def test_no_picture_at_all_is_told_in_a_sentence(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.png")
    with pytest.raises(UsageError, match=r"none of 1 pictures can be used: .*missing\.png"):
        Batches(lesson(images=[missing]), [missing])
    with pytest.raises(UsageError, match="there are no pictures to learn from"):
        Batches(lesson(), [])
    with pytest.raises(UsageError, match=r"none of 1 pictures to validate on can be used: .*missing\.png"):
        held_out(lesson(), [missing])


def test_pictures_that_all_fail_to_decode_are_told_in_a_sentence(tmp_path: Path, images: list[str]) -> None:
    cut = tmp_path / "cut.png"
    cut.write_bytes(Path(images[0]).read_bytes()[:-4000])
    with pytest.raises(UsageError, match=r"none of 1 pictures can be used: .*cut\.png"):
        Batches(lesson(images=[str(cut)]), [cut]).at(0)
    with pytest.raises(UsageError, match="none of 1 pictures to validate on"):
        held_out(lesson(), [cut])


@pytest.mark.parametrize("task", list(Task))
def test_held_out_patches_are_fixed_and_spread_over_the_pictures(task: Task, images: list[str]) -> None:
    first, second = (held_out(lesson(task, images, seed=seed), images, count=10) for seed in (1, 2))
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    assert len(first[0]) == len(first[1]) == 10
    if task in (Task.SR, Task.DENOISE):
        assert sources_of(first[1], images) == set(range(5))
        assert sources_of(held_out(lesson(task, images), images, count=2)[1], images) == {0, 2}


# Reading


def test_photographs_are_read_as_8_bit_rgb(tmp_path: Path) -> None:
    colours = noise_picture(5, 6)
    np.testing.assert_array_equal(photograph_of(written(tmp_path / "rgb.png", colours)), colours)
    grey = photograph_of(written(tmp_path / "grey.png", colours[..., 0]))
    np.testing.assert_array_equal(grey, np.repeat(colours[..., :1], 3, axis=-1))
    deep = photograph_of(written(tmp_path / "deep.png", colours.astype(np.uint16) * 257))
    assert deep.dtype == np.uint8
    np.testing.assert_array_equal(deep, colours)


def test_a_file_that_is_no_picture_is_told(tmp_path: Path) -> None:
    with pytest.raises(PictureError):
        photograph_of(tmp_path / "missing.png")
