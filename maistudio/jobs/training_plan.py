"""What a network is to learn, from what a person asks and the challenge's recipe: pictures, patches, steps, rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maistudio.errors import PictureError, UsageError
from maistudio.jobs.feeding.sources import pictures_in
from maistudio.jobs.tasks import task_of
from maistudio.zoo.catalogue import find_network, shelves
from maistudio.zoo.forms import Form, Order
from maistudio.zoo.rows import Row
from maistudio.zoo.training.degrade import photograph_size
from maistudio.zoo.training.lesson import Lesson
from maistudio.zoo.training.pictures import Skipped, usable
from maistudio.zoo.training.recipes import recipe_for

HELD_OUT_PART = 10
"""One picture of so many is held out to validate on where no others are named."""
MOST_HELD_OUT = 10
SEED = 2021


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks of a training; None for what the recipe says."""

    images: Path
    validation: Path | None = None
    steps: int | None = None
    patch: int | None = None
    batch: int | None = None
    rate: float | None = None
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class Plan:
    """A lesson, the pictures that were left out of it, and whether those to validate on were held out of the folder."""

    lesson: Lesson
    skipped: tuple[Skipped, ...]
    held_out: bool


def plan_training(order: Order, asked: Asked) -> Plan:
    """The lesson for one file of the zoo. Reads the headers of all pictures.

    Raises UsageError for a network that isn't there and for numbers that it can't learn with, PictureError where there
    are too few pictures.
    """
    challenge, row = find_network(order.name, shelves())
    if order.height is None or order.width is None:
        raise UsageError(f"{order.name}: a training writes a file of one size: give --shape HxW, and --twins for more")
    recipe, task = recipe_for(challenge.id), task_of(challenge)
    patch, steps = _patch(row, asked.patch, recipe.patch), asked.steps or recipe.steps
    frames = challenge.model.frames
    size = photograph_size(task, patch, patch, scale=challenge.scale, frames=frames)
    images, skipped = _usable(asked.images, size)
    if asked.validation is None:
        images, validation = _held_out(asked.images, images)
    else:
        validation, unusable = _usable(asked.validation, size)
        skipped += unusable
        _check_apart(asked.validation, images, validation)
    lesson = Lesson(
        name=order.name,
        task=task,
        scale=challenge.scale,
        frames=frames,
        white=row.white,
        images=tuple(map(str, images)),
        validation=tuple(map(str, validation)),
        patch=patch,
        batch=asked.batch or recipe.batch,
        steps=steps,
        learning_rate=asked.rate or recipe.learning_rate,
        halvings=recipe.halvings,
        quantized_steps=-(-recipe.quantized_steps * steps // recipe.steps) if order.form is Form.INT8 else 0,
        form=order.form,
        height=order.height,
        width=order.width,
        seed=asked.seed,
    )
    return Plan(lesson, skipped, asked.validation is None)


def _patch(row: Row, asked: int | None, usual: int) -> int:
    """The side of a patch: as asked, else the usual one or what the network takes next to it."""
    least = _up(row.least, row.multiple)
    if asked is None:
        return max(least, _up(usual, row.multiple))
    if asked < least or asked % row.multiple:
        multiples = f"multiples of {row.multiple}, " if row.multiple > 1 else ""
        raise UsageError(f"--patch {asked}: {row.name} takes {multiples}{least} or more")
    return asked


def _up(side: int, multiple: int) -> int:
    return -(-side // multiple) * multiple


def _usable(folder: Path, least: tuple[int, int]) -> tuple[tuple[Path, ...], tuple[Skipped, ...]]:
    """The pictures of a folder that are no smaller, by their headers, and those that can't be used.

    Raises PictureError for a folder that can't be listed, and where no picture of it can be used.
    """
    found, skipped = usable([path.absolute() for path in pictures_in(folder)], least)
    if not found:
        raise PictureError(folder, f"holds no picture that can be used: {skipped[0].reason}")
    return tuple(Path(each.path) for each in found), skipped


def _held_out(folder: Path, images: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Pictures to learn from, and pictures to validate on, which are spread evenly over the folder."""
    if len(images) < 2:
        raise PictureError(
            folder, "holds a single picture that can be used, and one more is needed to validate on: --validation DIR"
        )
    count = max(1, min(MOST_HELD_OUT, len(images) // HELD_OUT_PART))
    validation = tuple(images[(2 * place + 1) * len(images) // (2 * count)] for place in range(count))
    return tuple(path for path in images if path not in validation), validation


def _check_apart(folder: Path, images: Sequence[Path], validation: Sequence[Path]) -> None:
    """Raise UsageError where pictures to validate on are also learned from."""
    known = {path.resolve() for path in images}
    for path in validation:
        if path.resolve() in known:
            raise UsageError(
                f"--validation {folder}: {path.name} is learned from, too: name another folder, or leave it away"
            )
