"""What the tests of the zoo build: every network at a small size; and LiteRT's answers to what was built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litert import Refusal, litert_answers

from maistudio.jobs.build import Refused, build, order_for
from maistudio.jobs.kept_networks import BuiltFile
from maistudio.jobs.progress import finish
from maistudio.zoo.built import read_built
from maistudio.zoo.catalogue import find_network, shelves
from maistudio.zoo.forms import Form, Order
from maistudio.zoo.rows import Row

SMALL = (32, 48)
LIGHT_BYTES = 5 << 20

RUN = """
def answer(request):
    path, shape, white = request
    interpreter = Interpreter(path)
    source = interpreter.get_input_details()[0]
    if list(source["shape"]) != shape:
        interpreter.resize_tensor_input(source["index"], shape)
    interpreter.allocate_tensors()
    picture = numpy.random.default_rng(1).uniform(0, white, shape).astype(source["dtype"])
    interpreter.set_tensor(source["index"], picture)
    interpreter.invoke()
    result = interpreter.get_output_details()[0]
    made = interpreter.get_tensor(result["index"])
    finite = bool(numpy.isfinite(made.astype(numpy.float64)).all())
    return [list(made.shape), [source["dtype"].__name__, result["dtype"].__name__], finite, made.astype(float).sum()]
"""


@dataclass(frozen=True)
class Ran:
    """One run: the output's shape, the types at both ends, whether all values are finite, and their sum."""

    shape: tuple[int, ...]
    types: tuple[str, str]
    finite: bool
    total: float


def network_rows() -> tuple[Row, ...]:
    """A row for each builder, the first that has it."""
    rows = [row for shelf in shelves() for row in shelf.rows if row.name]
    return tuple({row.name: row for row in reversed(rows)}.values())


def light_rows(rows: Sequence[Row], most: int = LIGHT_BYTES) -> list[Row]:
    """Those whose file is not too large for what a test does with it."""
    built = read_built().networks
    return [row for row in rows if built[row.name].size_bytes <= most]


def small_size(row: Row) -> tuple[int, int]:
    """A small height and width that the network can take, no square."""
    height, width = (row.fitting(side) for side in SMALL)
    return height, width if width != height else width + row.multiple


def small_order(row: Row, form: Form | None = None) -> Order:
    return order_for(row.name, form, small_size(row))


def build_here(orders: Sequence[Order], cache: Path) -> dict[Order, BuiltFile]:
    """Built for real. Fails, with TensorFlow's reasons, where any is refused."""
    answers = finish(build(orders, cache))
    assert [f"{answer.order}: {answer.why}" for answer in answers if isinstance(answer, Refused)] == []
    return {answer.order: answer for answer in answers if isinstance(answer, BuiltFile)}


def run_all(files: Sequence[tuple[Path, Row]]) -> list[Ran | Refusal]:
    """Each file run by LiteRT on noise of its network's small size."""
    return [answer if isinstance(answer, Refusal) else _ran(answer) for answer in litert_answers(RUN, _requests(files))]


def _requests(files: Sequence[tuple[Path, Row]]) -> list[Any]:
    challenges = {shelf.challenge.id: shelf.challenge for shelf in shelves()}
    requests = []
    for path, row in files:
        challenge = challenges[row.challenge]
        requests.append([str(path), [1, *small_size(row), challenge.model.input[3]], row.white])
    return requests


def _ran(answer: list[Any]) -> Ran:
    shape, types, finite, total = answer
    return Ran(tuple(shape), tuple(types), finite, total)


def output_shape(row: Row) -> tuple[int, ...]:
    """What the challenge asks of the network at its small size."""
    form = find_network(row.name, shelves())[0].model
    height, width = small_size(row)
    return (1, height * form.output[1] // form.input[1], width * form.output[2] // form.input[2], form.output[3])
