"""Build networks of the zoo into .tflite files, in a child process, each kept for the next time."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maistudio.challenges.challenge import Challenge
from maistudio.errors import ExportError, ModelRunError, UsageError
from maistudio.jobs.progress import Job, Progress
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import own_command
from maistudio.runtime.program import Ended, run_steps
from maistudio.runtime.scratch import scratch_folder
from maistudio.save import check_new_file, save_bytes
from maistudio.steps import relayed
from maistudio.zoo.catalogue import find_network, shelves
from maistudio.zoo.forms import Form, Order
from maistudio.zoo.recipe import recipe
from maistudio.zoo.rows import Row
from maistudio.zoo.workshop import ANSWERS, ORDERS, PROGRESS

MOST_SIDE = 8192
BUILD_SECONDS = 3600.0
OLD_SECONDS = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A built network: its file among those kept, its trained parameters, and the TensorFlow that wrote it."""

    order: Order
    path: Path
    parameters: int
    tensorflow: str


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
    if height % row.multiple or width % row.multiple:
        raise UsageError(f"{name}: it halves its input, so height and width must be multiples of {row.multiple}")
    if min(height, width) < row.least:
        raise UsageError(f"{name}: {height}×{width} is too small for it: choose {row.least} or more a side")
    form = form or row.form
    return Order(name, form, None, None) if dynamic else Order(name, form, height, width)


def build(orders: Sequence[Order], cache: Path) -> Job[tuple[BuiltFile | Refused, ...]]:
    """Build what isn't kept yet in ``cache``; the answers stand in the order of the orders.

    Closing it ends the child; what was built until then is not kept. Raises RuntimeMissingError without TensorFlow,
    ModelRunError where the child dies, ExportError where the cache can't be written.
    """
    yield Progress("looking for what was built before", 0.0)
    kept = cache / recipe()
    missing = [order for order in dict.fromkeys(orders) if _kept(kept, order) is None]
    refused: dict[Order, Refused] = {}
    if missing:
        try:
            with scratch_folder("zoo") as folder:
                answers = yield from _built(folder, missing)
                refused = _keep(folder, kept, missing, answers)
            _clear_old(cache, kept)
        except OSError as error:
            raise ExportError(f"{kept}: networks can't be built there ({error.strerror}): make room") from None
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
    return _kept(cache / recipe(), order)


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
        raise ModelRunError(f"building {orders[0].name} ended early: {_last_words(ended)}", ended.words) from None
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


def _last_words(ended: Ended) -> str:
    lines = [line.strip() for line in ended.words.splitlines() if line.strip()]
    return lines[-1] if lines else f"exit status {ended.returncode}"


def _keep(folder: Path, kept: Path, orders: Sequence[Order], answers: Mapping[str, Any]) -> dict[Order, Refused]:
    """Move what was built to where it is kept, its facts last; returns what was refused."""
    kept.mkdir(parents=True, exist_ok=True)
    refused = {}
    for order, answer in zip(orders, answers["answers"], strict=True):
        if "refusal" in answer:
            refused[order] = Refused(order, answer["refusal"])
            continue
        part = kept / f".{order.file_name}.part"
        shutil.copyfile(folder / order.file_name, part)
        part.replace(kept / order.file_name)
        facts = {"parameters": answer["parameters"], "tensorflow": answers["tensorflow"]}
        save_bytes(_facts_file(kept, order), json.dumps(facts).encode(), "what is known of a built network")
    return refused


def _facts_file(kept: Path, order: Order) -> Path:
    return kept / f"{order.file_name}.json"


def _kept(kept: Path, order: Order) -> BuiltFile | None:
    """What was built before, where it is still whole."""
    path = kept / order.file_name
    try:
        facts = json.loads(_facts_file(kept, order).read_text(encoding="utf-8"))
        return BuiltFile(order, path, int(facts["parameters"]), str(facts["tensorflow"])) if path.is_file() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _answer(kept: Path, order: Order, refused: Mapping[Order, Refused]) -> BuiltFile | Refused:
    if order in refused:
        return refused[order]
    return _kept(kept, order) or Refused(order, "what was built is gone again: build it once more")


def _clear_old(cache: Path, kept: Path) -> None:
    """Remove what other versions built and nobody touched for a month."""
    with contextlib.suppress(OSError):
        for other in cache.iterdir():
            if other != kept and other.is_dir() and time.time() - other.stat().st_mtime > OLD_SECONDS:
                shutil.rmtree(other, ignore_errors=True)
