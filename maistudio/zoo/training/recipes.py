"""How the networks of each challenge are trained where nobody says otherwise: ``resources/zoo/training.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from maistudio.errors import UsageError
from maistudio.resources import resource_path
from maistudio.toml.fields import Fields, as_number, facts_text, read_fields

FILE = "zoo/training.toml"
MOST_PATCH, MOST_BATCH, MOST_STEPS = 1024, 1024, 10_000_000
_KEYS = (
    "challenge", "patch", "batch", "learning_rate", "steps", "halvings", "quantized_steps", "reported", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a ``Lesson`` is made of, for the networks of one challenge. ``patch`` is in the network's input pixels.

    ``reported`` says how the report's teams trained, and ``source`` where that stands and what was scaled down.
    """

    challenge: str
    patch: int
    batch: int
    learning_rate: float
    steps: int
    halvings: tuple[float, ...]
    quantized_steps: int
    reported: str
    source: str


def recipe_for(challenge: str) -> Recipe:
    """Raises UsageError for a challenge without one, FactsFileError where the shipped file is broken."""
    recipes = {recipe.challenge: recipe for recipe in read_recipes()}
    if challenge not in recipes:
        raise UsageError(f"nothing is known of training for {challenge}: choose one of {', '.join(recipes)}")
    return recipes[challenge]


def read_recipes() -> tuple[Recipe, ...]:
    """All of them, in the file's order."""
    path = resource_path(FILE)
    fields = read_fields(path, facts_text(path, "training"))
    fields.known_only(("recipe",))
    return tuple(_recipe(table) for table in fields.tables("recipe"))


def _recipe(fields: Fields) -> Recipe:
    fields.known_only(_KEYS)
    return Recipe(
        fields.text("challenge"),
        fields.whole("patch", 1, MOST_PATCH),
        fields.whole("batch", 1, MOST_BATCH),
        _rate(fields),
        fields.whole("steps", 1, MOST_STEPS),
        tuple(_shares(fields, "halvings")),
        fields.whole("quantized_steps", 0, MOST_STEPS),
        fields.text("reported"),
        fields.text("source"),
    )


def _rate(fields: Fields) -> float:
    rate = as_number(fields.value("learning_rate"))
    if rate is None or not 0 < rate < 1:
        raise fields.wrong(("learning_rate",), '"learning_rate" must be a number between 0 and 1')
    return float(rate)


def _shares(fields: Fields, name: str) -> Iterator[float]:
    shares = fields.value(name)
    if not isinstance(shares, list):
        raise fields.wrong((name,), f'"{name}" must be a list of numbers between 0 and 1')
    for place, share in enumerate(map(as_number, shares)):
        if share is None or not 0 < share < 1:
            raise fields.wrong((name, place), f'"{name}" must hold numbers between 0 and 1')
        yield float(share)
