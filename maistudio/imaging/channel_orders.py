"""In which order the pixels of a Bayer cell become channels: named ones, each with the code that packs so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from maistudio.errors import UsageError

Position: TypeAlias = tuple[int, int]
"""Row and column in a Bayer cell of 2×2 pixels, each 0 or 1."""

CELL: tuple[Position, ...] = ((0, 0), (0, 1), (1, 0), (1, 1))


class Pattern(StrEnum):
    """The colours of a mosaic's top left four pixels, at the positions of CELL."""

    RGGB = "RGGB"
    BGGR = "BGGR"
    GRBG = "GRBG"
    GBRG = "GBRG"


@dataclass(frozen=True, slots=True)
class ChannelOrder:
    """Which pixel of each 2×2 cell of a mosaic becomes which of four channels.

    ``positions`` holds each of CELL's once, in the order of the channels. ``source`` names the code that packs so.
    """

    id: str
    title: str
    positions: tuple[Position, Position, Position, Position]
    source: str

    def __post_init__(self) -> None:
        if sorted(self.positions) != list(CELL):
            raise UsageError(
                f"the channel order {self.id} must name each pixel of a 2×2 cell once, not {self.positions}"
            )

    def colours(self, pattern: str) -> tuple[str, str, str, str]:
        """The colour of each channel, "R", "G" or "B", for a mosaic of ``pattern``. Raises UsageError for another.

        Both greens are "G": code disagrees on which of them is called Gr and which Gb.
        """
        if pattern not in tuple(Pattern):
            raise UsageError(f"there is no Bayer pattern {pattern}: choose one of {', '.join(Pattern)}")
        first, second, third, fourth = (pattern[CELL.index(position)] for position in self.positions)
        return first, second, third, fourth


ULTRAISP = ChannelOrder(
    id="ultraisp",
    title="B, Gb, R, Gr of the UltraISP and PyNET training code",
    positions=((1, 1), (0, 1), (0, 0), (1, 0)),
    source="extract_bayer_channels in load_dataset.py of aiff22/PyNET, which calls the green in red's row Gb",
)
RASTER = ChannelOrder(
    id="raster",
    title="Row by row: R, Gr, Gb, B for RGGB",
    positions=((0, 0), (0, 1), (1, 0), (1, 1)),
    source="mosaic in unprocessing/unprocess.py of google-research, pack_raw in utils.py of mv-lab/AISP",
)
COLUMNS = ChannelOrder(
    id="columns",
    title="Column by column: R, G below, G beside, B for RGGB",
    positions=((0, 0), (1, 0), (0, 1), (1, 1)),
    source="load_raw_png in utils.py of mv-lab/AISP, for the Zurich RAW to RGB dataset",
)
CLOCKWISE = ChannelOrder(
    id="clockwise",
    title="Clockwise from the top left: R, Gr, B, Gb for RGGB",
    positions=((0, 0), (0, 1), (1, 1), (1, 0)),
    source="pack_raw in test_Sony.py of Learning to See in the Dark, pack_rggb_raw in utils.py of cao-cong/RViDeNet",
)
RVIDENET = ChannelOrder(
    id="rvidenet",
    title="From the bottom left against the clock: R, Gr, B, Gb for GBRG",
    positions=((1, 0), (1, 1), (0, 1), (0, 0)),
    source="pack_gbrg_raw in utils.py of cao-cong/RViDeNet, for the CRVD dataset",
)
ORDERS = (ULTRAISP, RASTER, COLUMNS, CLOCKWISE, RVIDENET)


def order_named(name: str) -> ChannelOrder:
    """The channel order of this id. Raises UsageError for another."""
    for order in ORDERS:
        if order.id == name:
            return order
    raise UsageError(f"there is no channel order {name}: choose one of {', '.join(order.id for order in ORDERS)}")
