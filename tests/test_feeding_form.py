"""What kind of pictures a model takes and gives, and pictures as its channels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pictures import noise, smooth

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.errors import ModelRunError, PictureError
from maistudio.imaging.packing import pack_bayer
from maistudio.imaging.picture import Meaning, Picture
from maistudio.jobs.feeding.channels import (
    EIGHT_BITS,
    FLOATS,
    SIXTEEN_BITS,
    Depth,
    Packed,
    depth_for,
    packed,
    pictures_of,
)
from maistudio.jobs.feeding.doubts import doubts
from maistudio.jobs.feeding.form import InputForm, Kind, input_form, output_form
from maistudio.jobs.feeding.tensors import Layout, picture_tensors
from maistudio.runtime.protocol import TensorSpec

ISP = next(each for each in shipped_challenges() if each.id == "mai2022-learned-isp")
SR = next(each for each in shipped_challenges() if each.id == "mai2022-quantized-super-resolution")


def spec(*shape: int, dtype: str = "float32", name: str = "x") -> TensorSpec:
    return TensorSpec(name, tuple(max(1, side) for side in shape), shape, dtype, 0.0, 0)


def form_of(*shape: int) -> InputForm:
    return input_form([spec(*shape)], ISP if 4 in shape else None)


@pytest.mark.parametrize(
    ("shape", "kind", "frames", "layout", "size"),
    [
        ((1, 360, 640, 3), Kind.RGB, 1, Layout.CHANNELS_LAST, (360, 640)),
        ((1, -1, -1, 3), Kind.RGB, 1, Layout.CHANNELS_LAST, None),
        ((-1, 720, 480, 3), Kind.RGB, 1, Layout.CHANNELS_LAST, (720, 480)),
        ((1, 3, 360, 640), Kind.RGB, 1, Layout.CHANNELS_FIRST, (360, 640)),
        ((1, 3, 3, 3), Kind.RGB, 1, Layout.CHANNELS_LAST, (3, 3)),
        ((1, 3, 360, 36), Kind.RGB, 1, Layout.CHANNELS_FIRST, (360, 36)),
        ((1, -1, -1, 1), Kind.GREY, 1, Layout.CHANNELS_LAST, None),
        ((1, 544, 960, 4), Kind.MOSAIC, 1, Layout.CHANNELS_LAST, (544, 960)),
        ((1, 180, 320, 30), Kind.FRAMES, 10, Layout.CHANNELS_LAST, (180, 320)),
        ((1, 30, 180, 320), Kind.FRAMES, 10, Layout.CHANNELS_FIRST, (180, 320)),
    ],
)
def test_an_input_is_known_by_its_shape(
    shape: tuple[int, ...], kind: Kind, frames: int, layout: Layout, size: tuple[int, int] | None
) -> None:
    form = form_of(*shape)
    assert (form.kind, form.frames, form.tensor.layout, form.tensor.fixed_size) == (kind, frames, layout, size)


def test_a_packed_mosaic_is_packed_as_the_challenge_says() -> None:
    mosaic = form_of(1, 544, 960, 4).mosaic
    assert mosaic is not None
    assert (mosaic.pattern, mosaic.order.id, mosaic.white_levels) == ("RGGB", "ultraisp", (1020, 1023, 4095, 4096))


@pytest.mark.parametrize("challenge", [None, SR])
def test_a_packed_mosaic_without_its_order_is_refused(challenge: Any) -> None:
    with pytest.raises(ModelRunError, match="--challenge mai2022-learned-isp"):
        input_form([spec(1, 544, 960, 4)], challenge)


@pytest.mark.parametrize("shape", [(1, 10), (1, 8, 8, 5), (8, 8, 3), (1, 8, 8, 600), (1, 2, 8, 8, 3)])
def test_an_input_that_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelRunError, match=r"its input x .* takes no picture"):
        input_form([spec(*shape)], None)


def test_an_input_of_texts_is_refused() -> None:
    with pytest.raises(ModelRunError, match="takes no picture"):
        input_form([spec(1, 8, 8, 3, dtype="string")], None)


def test_a_model_of_two_inputs_is_refused_with_their_names() -> None:
    with pytest.raises(ModelRunError, match=r"2 inputs \(a 1×8×8×3 float32, b 1×4 int32\)"):
        input_form([spec(1, 8, 8, 3, name="a"), spec(1, 4, dtype="int32", name="b")], None)


def test_the_first_output_that_is_a_picture_is_taken() -> None:
    outputs = [spec(1, 10, name="scores"), spec(1, -1, -1, 3, name="picture"), spec(1, 8, 8, 3, name="other")]
    found = output_form(outputs, [(1, 10), (1, 16, 16, 3), (1, 8, 8, 3)], form_of(1, 8, 8, 3))
    assert (found.spec.name, found.fixed_size) == ("picture", (16, 16))


@pytest.mark.parametrize(("shape", "input_shape"), [((1, 10), (1, 8, 8, 3)), ((1, 8, 8, 3), (1, 8, 8, 30))])
def test_outputs_without_the_pictures_are_refused(shape: tuple[int, ...], input_shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelRunError, match=r"gives no picture.* but x .*-o FILE\.npy"):
        output_form([spec(*shape)], [shape], form_of(*input_shape))


def test_channels_go_first_where_the_model_has_them_so() -> None:
    (tensor,) = picture_tensors([spec(1, 3, -1, -1)])
    pixels = smooth(5, 7)
    array = tensor.as_array(pixels)
    assert array.shape == tensor.shape_at((5, 7)) == (1, 3, 5, 7)
    assert np.array_equal(array[0, 2], pixels[..., 2])
    assert np.array_equal(tensor.as_pixels(array), pixels)


def test_a_fixed_batch_is_filled_with_the_picture() -> None:
    (tensor,) = picture_tensors([spec(2, 5, 7, 3)])
    array = tensor.as_array(smooth(5, 7))
    assert array.shape == tensor.shape_at((5, 7)) == (2, 5, 7, 3)
    assert np.array_equal(array[0], array[1])


def test_an_open_batch_takes_one_picture() -> None:
    (tensor,) = picture_tensors([spec(-1, 5, 7, 3)])
    assert tensor.as_array(smooth(5, 7)).shape == tensor.shape_at((5, 7)) == (1, 5, 7, 3)


def rgb(pixels: np.ndarray[Any, Any] | None = None) -> Picture:
    return Picture(smooth(6, 8) if pixels is None else pixels, Meaning.RGB, 255.0, "a.png", ("read",))


def grey() -> Picture:
    return Picture(smooth(6, 8, 1), Meaning.GREY, 255.0, "a.png", ("read",))


def test_a_picture_goes_in_as_it_is() -> None:
    picture = rgb()
    given = packed([picture], form_of(1, -1, -1, 3))
    assert given.pixels is picture.pixels
    assert (given.white, given.notes) == (255.0, ("read",))


def test_grey_fills_all_three_channels() -> None:
    given = packed([grey()], form_of(1, -1, -1, 3))
    assert np.array_equal(given.pixels, grey().pixels.repeat(3, axis=2))
    assert "grey was put into all three channels" in given.notes[1]


def test_colours_become_luma_for_a_model_of_grey() -> None:
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    given = packed([rgb(colours)], form_of(1, -1, -1, 1))
    assert given.pixels[0, :, 0].tolist() == [76, 150, 29]
    assert "luma" in given.notes[1]


def test_grey_goes_into_a_model_of_grey_as_it_is() -> None:
    given = packed([grey()], form_of(1, -1, -1, 1))
    assert np.array_equal(given.pixels, grey().pixels)
    assert given.notes == ("read",)


def test_frames_lie_one_after_the_other_in_the_channels() -> None:
    frames = [rgb(noise((4, 5, 3), seed=seed)) for seed in range(2)]
    given = packed(frames, form_of(1, -1, -1, 6))
    assert np.array_equal(given.pixels, np.concatenate([frame.pixels for frame in frames], axis=2))


def test_frames_of_grey_become_rgb() -> None:
    assert packed([grey(), grey()], form_of(1, -1, -1, 6)).pixels.shape == (6, 8, 6)


def mosaic(height: int, width: int) -> Picture:
    return Picture(noise((height, width, 1), np.uint16), Meaning.BAYER, 1023.0, "raw.png")


def test_a_mosaic_is_packed_in_the_order_of_the_challenge() -> None:
    form = form_of(1, -1, -1, 4)
    assert form.mosaic is not None
    picture = mosaic(4, 6)
    given = packed([picture], form)
    assert np.array_equal(given.pixels, pack_bayer(picture.pixels, form.mosaic.order))
    assert given.white == 1023.0


def test_an_odd_mosaic_is_cut_to_whole_cells() -> None:
    given = packed([mosaic(5, 7)], form_of(1, -1, -1, 4))
    assert given.pixels.shape == (2, 3, 4)
    assert given.notes == ("cut to 6×4, whole Bayer cells",)


def test_a_mosaic_of_less_than_a_cell_is_refused() -> None:
    with pytest.raises(PictureError, match="less than one Bayer cell"):
        packed([mosaic(1, 6)], form_of(1, -1, -1, 4))


@pytest.mark.parametrize(
    ("dtype", "white", "output", "suffix", "depth"),
    [
        (np.uint8, 255.0, "float32", ".png", EIGHT_BITS),
        (np.uint16, 65535.0, "float32", ".PNG", SIXTEEN_BITS),
        (np.uint16, 65535.0, "int16", ".tif", SIXTEEN_BITS),
        (np.uint16, 65535.0, "uint8", ".png", EIGHT_BITS),
        (np.uint16, 65535.0, "float32", ".jpg", EIGHT_BITS),
        (np.float32, 1.0, "float32", ".tiff", FLOATS),
        (np.float32, 1.0, "float32", ".png", SIXTEEN_BITS),
    ],
)
def test_results_are_as_deep_as_the_picture_where_that_can_be(
    dtype: Any, white: float, output: str, suffix: str, depth: Depth
) -> None:
    picture = Picture(np.zeros((2, 2, 3), dtype), Meaning.RGB, white, "a")
    assert depth_for(picture, spec(1, 2, 2, 3, dtype=output), suffix) == depth


def test_results_of_a_mosaic_have_8_bits() -> None:
    assert depth_for(mosaic(2, 2), spec(1, 2, 2, 3), ".png") == EIGHT_BITS


def test_results_are_told_apart_into_frames() -> None:
    pixels = noise((4, 5, 6))
    first, second = pictures_of(pixels, EIGHT_BITS, 2, "clip")
    assert np.array_equal(np.concatenate([first.pixels, second.pixels], axis=2), pixels)


@pytest.mark.parametrize(("channels", "meaning"), [(3, Meaning.RGB), (1, Meaning.GREY)])
def test_a_result_is_grey_or_rgb_by_its_channels(channels: int, meaning: Meaning) -> None:
    (picture,) = pictures_of(noise((4, 5, channels)), SIXTEEN_BITS, 1, "a")
    assert (picture.meaning, picture.white) == (meaning, 65535.0)


def lively() -> Packed:
    return Packed(np.clip(smooth(20, 20), 1, 254), 255.0)


def test_a_result_of_one_colour_raises_doubts() -> None:
    (doubt,) = doubts(lively(), np.full((20, 20, 3), (9, 90, 200), np.uint8), EIGHT_BITS)
    assert "all but one colour" in doubt


def test_a_result_clipped_for_the_most_part_raises_doubts() -> None:
    result = np.where(smooth(20, 20) > 100, 255, 3).astype(np.uint8)
    (doubt,) = doubts(lively(), result, EIGHT_BITS)
    assert "clipped at black or white" in doubt


@pytest.mark.parametrize(
    ("given", "result"),
    [
        (lively().pixels, lively().pixels),
        (np.full((9, 9, 3), 40, np.uint8), np.full((9, 9, 3), 40, np.uint8)),
        (np.where(smooth(9, 9) > 90, 255, 0).astype(np.uint8), np.where(smooth(9, 9) > 90, 255, 0).astype(np.uint8)),
    ],
)
def test_a_result_like_its_picture_raises_none(given: np.ndarray[Any, Any], result: np.ndarray[Any, Any]) -> None:
    assert list(doubts(Packed(given, 255.0), result, EIGHT_BITS)) == []
