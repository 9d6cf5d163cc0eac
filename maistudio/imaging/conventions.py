"""How a metric is measured: PSNR and SSIM differ by decibels between conventions, so each number carries its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from maistudio.errors import UsageError


class Colour(StrEnum):
    """Which channels are measured."""

    RGB = "RGB"
    LUMA = "Y"
    """BT.601 luma in 16..235: 16 + (65.481 R + 128.553 G + 24.966 B) / 255, for R, G, B in 0..255."""


class Rounding(StrEnum):
    """What happens to the values before they are measured."""

    UINT8 = "round and clip to 0..255"
    CLIP = "clip, no rounding"


@dataclass(frozen=True, slots=True)
class Window:
    """SSIM's Gaussian window: ``taps`` a side (odd), ``sigma`` in pixels.

    The map's outer ``margin`` pixels on each side are left out of the mean. With ``margin == taps // 2`` this is the
    'valid' region; with a smaller one the window reaches over the border, which mirrors with its outermost pixel
    repeated.
    """

    taps: int
    sigma: float
    margin: int


GAUSSIAN_11 = Window(taps=11, sigma=1.5, margin=5)
"""Wang, Bovik, Sheikh, Simoncelli: Image quality assessment, IEEE TIP 13(4), 2004, section III-C."""

ASSUMED_SCALE = 3
"""The factor of the quantized super-resolution challenges."""


@dataclass(frozen=True, slots=True)
class Convention:
    """A way to measure two pictures.

    ``shave`` pixels are cut off each side, and ``shave_per_scale`` more for each unit of ``scale``, the factor of
    super-resolution. ``peak`` is the value of white the metric is measured at (255 or 1.0). ``sample_covariance``:
    SSIM's variances are divided by N - 1 instead of N, N being an 11×11 window's 121 pixels. SSIM is the mean over
    the channels, with K1 = 0.01 and K2 = 0.03. ``source`` says where it comes from.
    """

    id: str
    title: str
    colour: Colour
    shave: int
    rounding: Rounding
    peak: float
    window: Window
    sample_covariance: bool
    source: str
    shave_per_scale: int = 0
    scale: int = ASSUMED_SCALE

    @property
    def border(self) -> int:
        """Pixels cut off each side, the scale's part included."""
        return self.shave + self.shave_per_scale * self.scale

    def at_scale(self, scale: int) -> Convention:
        """The same convention for pictures of a super-resolution by ``scale``. Raises UsageError below 1."""
        if scale < 1:
            raise UsageError(f"a scale of {scale} is none: give 1 or more")
        return replace(self, scale=scale)


DEFAULT = Convention(
    id="default",
    title="RGB, 8 bits, shave 1",
    colour=Colour.RGB,
    shave=1,
    rounding=Rounding.UINT8,
    peak=255.0,
    window=GAUSSIAN_11,
    sample_covariance=False,
    source="what participants of the Mobile AI challenges measure: RGB of the rounded picture, one pixel cut off",
)
CODALAB = Convention(
    id="codalab",
    title="CodaLab's scoring program of the NTIRE challenges",
    colour=Colour.RGB,
    shave=1,
    rounding=Rounding.UINT8,
    peak=255.0,
    window=Window(taps=13, sigma=1.5, margin=5),
    sample_covariance=False,
    source="the scoring program's myssim: scikit-image before 0.16, whose Gaussian filter is cut at 4 sigma",
)
BASICSR_Y = Convention(
    id="basicsr-y",
    title="BasicSR on luma",
    colour=Colour.LUMA,
    shave=0,
    rounding=Rounding.UINT8,
    peak=255.0,
    window=GAUSSIAN_11,
    sample_covariance=False,
    source="BasicSR's calculate_psnr and calculate_ssim with test_y_channel, crop_border = scale",
    shave_per_scale=1,
)
NTIRE17 = Convention(
    id="ntire17",
    title="NTIRE 2017 on DIV2K",
    colour=Colour.RGB,
    shave=6,
    rounding=Rounding.UINT8,
    peak=255.0,
    window=GAUSSIAN_11,
    sample_covariance=False,
    source="NTIRE_PeakSNR_imgs.m and NTIRE_SSIM_imgs.m: 6 + scale pixels cut off, mean over the RGB channels",
    shave_per_scale=1,
)
FLOAT_ISP = Convention(
    id="float-isp",
    title="Floats in 0..1, as learned ISPs are measured",
    colour=Colour.RGB,
    shave=0,
    rounding=Rounding.CLIP,
    peak=1.0,
    window=GAUSSIAN_11,
    sample_covariance=False,
    source="participants' code of the learned smartphone ISP challenges: clipped floats, nothing cut off",
)
PRESETS = (DEFAULT, CODALAB, BASICSR_Y, NTIRE17, FLOAT_ISP)


def convention_named(name: str) -> Convention:
    """The preset of this id. Raises UsageError for another."""
    for convention in PRESETS:
        if convention.id == name:
            return convention
    known = ", ".join(convention.id for convention in PRESETS)
    raise UsageError(f"there is no convention {name}: choose one of {known}")
