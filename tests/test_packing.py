"""Frames and Bayer cells in channels: exact positions, round trips, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maistudio.errors import UsageError
from maistudio.imaging.channel_orders import ORDERS, ChannelOrder, order_named
from maistudio.imaging.packing import pack_bayer, pack_frames, unpack_bayer, unpack_frames

CELLS = np.array(
    [
        [1, 2, 10, 20],
        [3, 4, 30, 40],
    ],
    dtype=np.uint16,
)
"""Two cells, whose pixels count 1 to 4 row by row, and ten times that."""

TYPES = st.sampled_from([np.uint8, np.uint16, np.float32, np.float64, np.int32, np.bool_])


def shaped(dimensions: int, side: int = 4) -> st.SearchStrategy[tuple[int, ...]]:
    return hnp.array_shapes(min_dims=dimensions, max_dims=dimensions, max_side=side)


def test_ultraisp_packs_b_gb_r_gr_as_its_training_code_slices_them() -> None:
    raw = np.arange(24, dtype=np.uint16).reshape(4, 6)
    packed = pack_bayer(raw, order_named("ultraisp"))
    assert packed.shape == (2, 3, 4)
    for channel, sliced in enumerate((raw[1::2, 1::2], raw[0::2, 1::2], raw[0::2, 0::2], raw[1::2, 0::2])):
        np.testing.assert_array_equal(packed[..., channel], sliced)


@pytest.mark.parametrize(
    ("order", "first_cell"),
    [
        ("ultraisp", [4, 2, 1, 3]),
        ("raster", [1, 2, 3, 4]),
        ("columns", [1, 3, 2, 4]),
        ("clockwise", [1, 2, 4, 3]),
        ("rvidenet", [3, 4, 2, 1]),
    ],
)
def test_each_channel_takes_its_pixel_of_the_cell(order: str, first_cell: list[int]) -> None:
    packed = pack_bayer(CELLS, order_named(order))
    assert packed.tolist() == [[first_cell, [10 * value for value in first_cell]]]


def test_every_named_order_is_tested_above() -> None:
    assert [order.id for order in ORDERS] == ["ultraisp", "raster", "columns", "clockwise", "rvidenet"]


@pytest.mark.parametrize(
    ("order", "pattern", "colours"),
    [
        ("ultraisp", "RGGB", "BGRG"),
        ("ultraisp", "BGGR", "RGBG"),
        ("ultraisp", "GRBG", "GRGB"),
        ("ultraisp", "GBRG", "GBGR"),
        ("raster", "GRBG", "GRBG"),
        ("columns", "GRBG", "GBRG"),
        ("clockwise", "RGGB", "RGBG"),
        ("rvidenet", "GBRG", "RGBG"),
    ],
)
def test_a_channel_has_the_colour_of_its_pixel(order: str, pattern: str, colours: str) -> None:
    assert "".join(order_named(order).colours(pattern)) == colours


@given(data=st.data(), order=st.sampled_from(ORDERS), dtype=TYPES, shape=shaped(2))
def test_a_packed_mosaic_unpacks_to_itself(
    data: st.DataObject, order: ChannelOrder, dtype: type[np.generic], shape: tuple[int, int]
) -> None:
    raw = data.draw(hnp.arrays(dtype, (2 * shape[0], 2 * shape[1])))
    unpacked = unpack_bayer(pack_bayer(raw, order), order)
    np.testing.assert_array_equal(unpacked, raw)
    assert unpacked.dtype == raw.dtype


def test_a_mosaic_may_have_a_channel_axis_of_one() -> None:
    order = order_named("raster")
    np.testing.assert_array_equal(pack_bayer(CELLS[..., np.newaxis], order), pack_bayer(CELLS, order))


def test_frames_are_packed_one_after_the_other() -> None:
    red, green = [255, 0, 0], [0, 255, 0]
    frames = np.array([[[red, red]], [[green, red]]], dtype=np.uint8)
    assert pack_frames(frames).tolist() == [[[*red, *green], [*red, *red]]]


@given(data=st.data(), dtype=TYPES, shape=shaped(4))
def test_packed_frames_unpack_to_themselves(data: st.DataObject, dtype: type[np.generic], shape: Any) -> None:
    frames = data.draw(hnp.arrays(dtype, shape))
    packed = pack_frames(frames)
    assert packed.shape == (shape[1], shape[2], shape[0] * shape[3])
    unpacked = unpack_frames(packed, channels=shape[3])
    np.testing.assert_array_equal(unpacked, frames)
    assert (unpacked.dtype, unpacked.flags.c_contiguous) == (frames.dtype, True)


def test_frames_have_three_channels_unless_said_otherwise() -> None:
    assert unpack_frames(np.zeros((180, 320, 30), np.float32)).shape == (10, 180, 320, 3)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((3, 4), "needs an even height and width, not 3×4: crop it"),
        ((4, 3), "needs an even height and width, not 4×3"),
        ((4, 4, 3), "must be H×W with one channel, not 4×4×3"),
        ((4,), "must be H×W with one channel, not 4"),
        ((), "not a single value"),
        ((0, 4), "not 0×4"),
    ],
)
def test_what_is_no_mosaic_is_not_packed(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        pack_bayer(np.zeros(shape, np.uint16), order_named("raster"))


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 3), (4, 4, 8), (1, 4, 4, 4), (0, 4, 4)])
def test_what_has_not_four_channels_is_no_packed_mosaic(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="must be H×W×4, not"):
        unpack_bayer(np.zeros(shape, np.uint16), order_named("raster"))


@pytest.mark.parametrize("shape", [(4, 4, 3), (2, 3, 4, 4, 3), (0, 4, 4, 3), (2, 4, 4, 0)])
def test_what_is_no_stack_of_frames_is_not_packed(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="frames to pack must be N×H×W×C"):
        pack_frames(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(4, 4), (1, 4, 4, 3), (4, 0, 3)])
def test_packed_frames_have_three_dimensions(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="packed frames must be H×W×C"):
        unpack_frames(np.zeros(shape, np.uint8))


@pytest.mark.parametrize(("total", "channels"), [(10, 3), (4, 8), (6, 0), (6, -3)])
def test_channels_that_make_no_whole_frames_are_refused(total: int, channels: int) -> None:
    with pytest.raises(UsageError, match=f"{total} packed channels are no whole number of frames with {channels}"):
        unpack_frames(np.zeros((2, 2, total), np.uint8), channels)


def test_an_unknown_order_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no channel order bggr: choose one of ultraisp, raster, columns"):
        order_named("bggr")


def test_an_unknown_pattern_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no Bayer pattern RGBG: choose one of RGGB, BGGR, GRBG, GBRG"):
        order_named("raster").colours("RGBG")


def test_an_order_names_each_pixel_of_the_cell_once() -> None:
    with pytest.raises(UsageError, match="twice must name each pixel of a 2×2 cell once"):
        ChannelOrder("twice", "One pixel twice", ((0, 0), (0, 0), (1, 0), (1, 1)), "made up")
