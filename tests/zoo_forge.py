"""Stands in for what builds the zoo: made-up networks of real tables, and builds that can be held up."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from models import build_conv_net

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.challenges.challenge import Challenge, Entry
from maistudio.errors import MaiStudioError
from maistudio.gui.zoo.cards import Gallery
from maistudio.gui.zoo.forge import Found, Wish
from maistudio.gui.zoo.reading import read_gallery
from maistudio.jobs.progress import Job, Progress
from maistudio.jobs.zoo import Zoo, ZooRow, ZooShelf
from maistudio.zoo.built import Built
from maistudio.zoo.drawing import Bar
from maistudio.zoo.forms import Form, Order
from maistudio.zoo.rows import Basis, Row, Status

COMMAND = "pip install tensorflow"
MISSING = f"TensorFlow isn't on this machine: install it with {COMMAND}"
SR, ISP = "mai2021-quantized-super-resolution", "mai2022-learned-isp"


def chain(columns: int) -> tuple[Bar, ...]:
    """Convolutions one after the other with a skip connection every third, the last one three times as high."""
    bars = [Bar("convolution", at, 0, 0.0, 16 + at, (at - 1,) if at else ()) for at in range(columns - 1)]
    bars = [replace(bar, after=(*bar.after, at - 3)) if at % 3 == 0 and at else bar for at, bar in enumerate(bars)]
    return (*bars, Bar("layout and shape", columns - 1, 0, 1.58, 3, (columns - 2,)))


def shelf_of(challenge: Challenge) -> ZooShelf:
    """A row for each of the challenge's table: networks built and measured, the others by their place."""
    rows, place = [], 0
    for number, entry in enumerate(challenge.scored.entries):
        ranked = entry.standing.value == "ranked"
        place += ranked
        rows.append(zoo_row(challenge, entry, number, place if ranked else None))
    return ZooShelf(challenge, tuple(rows))


def zoo_row(challenge: Challenge, entry: Entry, number: int, place: int | None) -> ZooRow:
    status = {1: Status.NOT_DESCRIBED, 3: Status.CLASSICAL}.get(number, Status.BUILT)
    row = Row(challenge.id, entry.team, place, entry, status)
    if status is not Status.BUILT:
        return ZooRow(row, None)
    form = Form.INT8 if "quantized" in challenge.task else Form.FP32
    row = replace(
        row,
        name=f"net_{challenge.year}_{number}",
        basis=Basis.TEXT,
        source="section 4",
        architecture="residual blocks of 32 channels" if number == 2 else "anchor and depth-to-space",
        form=form,
        multiple=4,
        misses="32 % larger: the report leaves the width open" if number == 0 else "",
    )
    built = Built(form, 90_000, 21_947, 5_000_000_000, 20, chain(150 if number == 2 else 8))
    also = (entry,) if challenge.id == ISP else ()
    return ZooRow(row, built, also)


def made_up_zoo() -> Zoo:
    wanted = {SR, ISP}
    return Zoo(tuple(shelf_of(each) for each in shipped_challenges() if each.id in wanted), "2.21")


class FakeForge:
    """Has the methods of ``Forge``. Builds end when ``let_go`` is set, as it is at first; a ``refusal`` fails them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.let_go = threading.Event()
        self.let_go.set()
        self.missing = ""
        self.refusal = ""
        self.read_refusal = ""
        self.size_refusal = ""
        self.kept: set[Order] = set()
        self.built: list[Order] = []
        self.stopped: list[str] = []
        self.threads: set[str] = set()

    def read(self) -> Job[Gallery]:
        yield Progress("Reading the zoo")
        self.threads.add(threading.current_thread().name)
        if self.read_refusal:
            raise MaiStudioError(self.read_refusal)
        return read_gallery(made_up_zoo(), self.missing, COMMAND)

    def look(self, wish: Wish) -> Job[Found]:
        yield Progress("Looking")
        if self.size_refusal:
            raise MaiStudioError(self.size_refusal)
        path = self._write(wish.order, wish) if wish.order in self.kept else None
        return Found(wish.order, path)

    def build(self, order: Order, wish: Wish) -> Job[Path]:
        self.built.append(order)
        self.threads.add(threading.current_thread().name)
        try:
            yield Progress(f"building {order.name}", 0.25)
            while not self.let_go.wait(0.005):
                yield Progress("converting", 0.5)
        except GeneratorExit:
            self.stopped.append(order.name)
            raise
        if self.refusal:
            raise MaiStudioError(self.refusal)
        self.kept.add(order)
        return self._write(order, wish)

    def _write(self, order: Order, wish: Wish) -> Path:
        path = self.folder / order.file_name
        path.write_bytes(build_conv_net())
        if wish.copy is not None:
            wish.copy.write_bytes(path.read_bytes())
        return path
