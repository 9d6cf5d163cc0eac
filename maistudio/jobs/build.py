"""Build networks of the zoo into .tflite files, in a child process, each kept for the next time."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from maistudio.challenges.challenge import Challenge
from maistudio.errors import ExportError, ModelRunError, RuntimeMissingError, UsageError
from maistudio.jobs.kept_networks import BuiltFile, KeptNetworks
from maistudio.jobs.progress import Job, Progress
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import own_command
from maistudio.runtime.program import run_steps
from maistudio.runtime.scratch import scratch_folder
from maistudio.save import check_new_file, save_bytes
from maistudio.steps import relayed
from maistudio.zoo.catalogue import find_network, shelves
from maistudio.zoo.forms import Form, Order
from maistudio.zoo.rows import Row
from maistudio.zoo.tensorflow_here import HOW_TO_INSTALL
from maistudio.zoo.workshop import ANSWERS, ORDERS, PROGRESS

MOST_SIDE = 8192
BUILD_SECONDS = 3600.0
BUILD_AGAIN = "build it again, with other programs closed where memory is short"
INSTALL_AGAIN = f"install it anew with {HOW_TO_INSTALL}"


@dataclass(frozen=True, slots=True)
class Refused:
    """An order that could not be carried out, and why."""

    order: Order
    why: str


def order_for(name: str, form: Form | None = None, size: tuple[int, int] | None = None, dynamic: bool = False) -> Order:
    """A network as its team submitted it, but for what is asked: another form, height and width, or an open size.

    Raises UsageError for a name that isn't there and for a size that the network can't take.
    """
    challenge, row = find_network(name, shelves())
    _, height, width, _ = challenge.model.input
    height, width = size or (height, width)
    if not (0 < height <= MOST_SIDE and 0 < width <= MOST_SIDE):
        raise UsageError(f"{name}: {height}×{width} is no size to build for: choose 1 to {MOST_SIDE:,} a side")
    fitting = tuple(row.fitting(side) for side in (height, width))
    if fitting != (height, width):
        why = f"height and width must be multiples of {row.multiple}" if row.multiple > 1 else "it needs"
        least = f"{' and' if row.multiple > 1 else ''} {row.least} or more a side" if row.least > 1 else ""
        near = "×".join(map(str, fitting))
        raise UsageError(f"{name} can't take {height}×{width}, for {why}{least}: choose {near}")
    form = form or row.form
    return Order(name, form, None, None) if dynamic else Order(name, form, height, width)


def build(orders: Sequence[Order], cache: Path) -> Job[tuple[BuiltFile | Refused, ...]]:
    """Build what isn't kept yet in ``cache``; the answers stand in the order of the orders.

    Closing it ends the child; what was built until then is not kept. Raises RuntimeMissingError without a TensorFlow
    that works, ModelRunError where the child dies, ExportError where the cache can't be written.
    """
    yield Progress("looking for what was built before", 0.0)
    kept = KeptNetworks(cache)
    missing = [order for order in dict.fromkeys(orders) if kept.find(order) is None]
    refused: dict[Order, Refused] = {}
    if missing:
        kept.prepare()
        try:
            with scratch_folder("zoo") as folder:
                answers = yield from _built(folder, missing)
                refused = _keep(folder, kept, missing, answers)
        except OSError as error:
            place = f"{gettempdir()}, where networks are built"
            raise ExportError(f"{place}, can't be written ({error.strerror}): name another with TMPDIR") from None
        kept.clear_old()
    return tuple(_answer(kept, order, refused) for order in orders)


def build_all(orders: Sequence[Order], cache: Path) -> Job[tuple[BuiltFile, ...]]:
    """The same, but raises ModelRunError where TensorFlow refuses one."""
    built = []
    for answer in (yield from build(orders, cache)):
        if isinstance(answer, Refused):
            raise ModelRunError(f"{answer.order.name} can't be built as {answer.order.form}: {answer.why}")
        built.append(answer)
    return tuple(built)


def build_one(order: Order, cache: Path) -> Job[BuiltFile]:
    """The same for one order."""
    (built,) = yield from build_all([order], cache)
    return built


def kept_file(order: Order, cache: Path) -> BuiltFile | None:
    """What was built of an order before, None where nothing was. Raises RuntimeMissingError without TensorFlow."""
    return KeptNetworks(cache).find(order)


def twin_paths(path: Path) -> tuple[Path, Path]:
    """Where the twins of open size of a model lie: the one of its own form, and the float one."""
    return path.with_stem(f"{path.stem}_none"), path.with_stem(f"{path.stem}_none_float")


def save_copy(built: BuiltFile, path: Path, overwrite: bool = True) -> None:
    """Put a built model where the user wants it.

    Raises ExportError where it can't be written, UsageError where another file is there that is not to be replaced.
    """
    try:
        data = built.path.read_bytes()
        is_there = path.is_file() and path.read_bytes() == data
    except OSError as error:
        raise ExportError(f"{error.filename}: can't be read ({error.strerror}): choose another place") from None
    check_new_file(path, "model", overwrite or is_there)
    save_bytes(path, data, "the model")


def _built(folder: Path, orders: Sequence[Order]) -> Generator[Progress, None, dict[str, Any]]:
    """The child's answers; its files lie in the folder."""
    known = shelves()
    values = [_plain(order, *find_network(order.name, known)) for order in orders]
    (folder / ORDERS).write_text(json.dumps(values), encoding="utf-8")
    steps = run_steps(own_command("_workshop", str(folder)), "", Bounds(wall_seconds=BUILD_SECONDS), folder)
    ended = yield from relayed(steps, lambda _: _progress(folder))
    try:
        answers: dict[str, Any] = json.loads((folder / ANSWERS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ModelRunError(f"building {orders[0].name} {ended.why}: {BUILD_AGAIN}", ended.words) from None
    if "failure" in answers:
        raise RuntimeMissingError(f"TensorFlow does not work here ({answers['failure']}): {INSTALL_AGAIN}")
    return answers


def _plain(order: Order, challenge: Challenge, row: Row) -> dict[str, Any]:
    return {
        "name": order.name,
        "form": order.form,
        "height": order.height,
        "width": order.width,
        "pictures": challenge.model.input[1:3] if order.dynamic else (order.height, order.width),
        "white": row.white,
        "frames": challenge.model.frames,
        "file": order.file_name,
    }


def _progress(folder: Path) -> Progress:
    try:
        told = json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
        return Progress(str(told["stage"]), float(told["done"]))
    except (OSError, ValueError, KeyError):
        return Progress("starting", 0.0)


def _keep(
    folder: Path, kept: KeptNetworks, orders: Sequence[Order], answers: Mapping[str, Any]
) -> dict[Order, Refused]:
    """Move what was built to where it is kept; returns what was refused."""
    refused = {}
    for order, answer in zip(orders, answers["answers"], strict=True):
        if "refusal" in answer:
            refused[order] = Refused(order, answer["refusal"])
        else:
            kept.keep(order, folder / order.file_name, answer["parameters"], answers["tensorflow"])
    return refused


def _answer(kept: KeptNetworks, order: Order, refused: Mapping[Order, Refused]) -> BuiltFile | Refused:
    if order in refused:
        return refused[order]
    return kept.find(order) or Refused(order, "what was built is gone again: build it once more")
