"""Which network, in which form and at which size: what the verbs of the zoo that write a model share."""

from __future__ import annotations

import argparse

from maistudio.errors import UsageError
from maistudio.zoo.catalogue import find_network, shelves
from maistudio.zoo.forms import Form, Order

OPEN = "open"
MOST_DIGITS = 9
FORMS = {
    Form.FP32: "float32",
    Form.FP16: "float16 weights",
    Form.INT8: "full int8 with uint8 input and output",
    Form.DYNAMIC_RANGE: "int8 weights, float32 activations",
}


def add_order_arguments(parser: argparse.ArgumentParser) -> None:
    """The form, as one option each, and ``--shape``."""
    form = parser.add_mutually_exclusive_group()
    for each, says in FORMS.items():
        form.add_argument(f"--{each}", dest="form", action="store_const", const=each, help=says)
    parser.add_argument(
        "--shape",
        metavar="1x360x640x3",
        help=f"the input's shape, or height and width as 360x640, or {OPEN} for a size that is left open; "
        "without: the challenge's",
    )


def ordered(name: str, form: Form | None, shape: str | None) -> Order:
    """The order for a network in a form and at a shape as written. Raises UsageError."""
    from maistudio.jobs.build import order_for

    if shape is None:
        return order_for(name, form)
    if shape == OPEN:
        return order_for(name, form, dynamic=True)
    sizes = shape.replace("×", "x").split("x")
    if len(sizes) not in (2, 4) or not all(map(_is_side, sizes)):
        raise UsageError(f"--shape {shape}: write it as 1x360x640x3, as 360x640, or as {OPEN}")
    numbers = [int(size) for size in sizes]
    order = order_for(name, form, (numbers[-3], numbers[-2]) if len(sizes) == 4 else (numbers[0], numbers[1]))
    channels = channels_of(name)
    if len(sizes) == 4 and (numbers[0], numbers[3]) != (1, channels):
        raise UsageError(f"--shape {shape}: {name} takes one input of {channels} channels: write 1xHxWx{channels}")
    return order


def _is_side(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS


def channels_of(name: str) -> int:
    """How many channels go into a network."""
    return find_network(name, shelves())[0].model.input[3]
