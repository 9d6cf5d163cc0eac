"""``maistudio zoo``: list the reports' networks, build, train and measure them, and set them beside their reports."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maistudio.cli import zoo_test, zoo_train
from maistudio.cli.facts import json_listing
from maistudio.cli.output import print_lines
from maistudio.cli.telling import finish_told
from maistudio.cli.zoo_order import add_order_arguments, channels_of, ordered
from maistudio.jobs.text_tables import TextTable, aligned, as_markdown
from maistudio.jobs.user_folders import zoo_cache
from maistudio.jobs.zoo import STATUS_TEXT, Zoo, ZooRow, read_zoo, reported_text, row_values, zoo_table
from maistudio.save import check_new_file
from maistudio.tflite.text import bytes_text, count_text, shape_text
from maistudio.zoo.forms import Form

if TYPE_CHECKING:
    from maistudio.jobs.kept_networks import BuiltFile

UNTRAINED = "Its weights are seeded random numbers, not trained: sizes, ops and timings are true, pictures are not."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="zoo_verb", required=True, metavar="list|build|table|train|test")
    listing = verbs.add_parser("list", help="every row of the reports' result tables")
    table = verbs.add_parser("table", help="what was built beside what was reported")
    for verb in (listing, table):
        verb.add_argument("--challenge", metavar="ID", help="one challenge, as `maistudio challenges` lists it")
        verb.add_argument("--json", action="store_true", help="print a JSON array of rows")
    table.add_argument("--markdown", action="store_true", help="print Markdown tables")
    building = verbs.add_parser("build", help="write a network as a .tflite file; needs TensorFlow")
    building.add_argument("name", metavar="NAME", help="a name of `maistudio zoo list`, such as abpn")
    add_order_arguments(building)
    building.add_argument(
        "--twins", action="store_true", help="write FILE_none.tflite and FILE_none_float.tflite too, of open size"
    )
    building.add_argument("-o", "--output", required=True, metavar="FILE", help="the .tflite file to write")
    building.add_argument("--overwrite", action="store_true", help="replace other files that are there")
    building.add_argument("--json", action="store_true", help="print one JSON object")
    zoo_train.add_arguments(verbs.add_parser("train", help="train a network on a folder of pictures; needs TensorFlow"))
    zoo_test.add_arguments(verbs.add_parser("test", help="measure a model on a folder of pictures"))
    building.epilog = f"Without a form: as its team submitted it. {UNTRAINED}"


def run(args: argparse.Namespace) -> int:
    """Do what the second word says. Raises MaiStudioError for a challenge, name, shape or file that can't be used."""
    if args.zoo_verb in OWN_VERBS:
        return OWN_VERBS[args.zoo_verb](args)
    zoo = read_zoo(args.challenge)
    if args.json:
        print_lines(json_listing([row_values(row) for shelf in zoo.shelves for row in shelf.rows]))
    else:
        print_lines(listing(zoo) if args.zoo_verb == "list" else table(zoo, args.markdown))
    return 0


def listing(zoo: Zoo) -> Iterable[str]:
    """The rows of each report in its order: who, what it is called here, what it rests on, what was reported."""
    for shelf in zoo.shelves:
        accelerator = shelf.challenge.device.accelerator
        headings = ("Place", "Team", "Name", "Basis", "Size", "PSNR, dB", "SSIM", "CPU", accelerator)
        numbers = (True, False, False, False, True, True, True, True, True)
        yield f"{shelf.challenge.title} ({shelf.challenge.id}); runtimes in {shelf.challenge.runtime_unit}"
        yield from aligned(TextTable(headings, numbers, tuple(_listed(row) for row in shelf.rows)))
        yield ""
    yield "Basis: F, a fact, read in code or in the team's model; T, the report's text; I, a reconstruction."


def _listed(zoo_row: ZooRow) -> tuple[str, ...]:
    row = zoo_row.row
    basis = f"{row.basis}" if row.basis else STATUS_TEXT[row.status]
    reported = tuple(reported_text(row.entry, name) for name in ("size", "psnr", "ssim", "cpu_ms", "accelerator_ms"))
    return ("" if row.place is None else str(row.place), row.team, row.name, basis, *reported)


def table(zoo: Zoo, markdown: bool) -> Iterable[str]:
    """Built beside reported, and why sizes miss."""
    for shelf in zoo.shelves:
        yield f"{'## ' if markdown else ''}{shelf.challenge.title}; runtimes in {shelf.challenge.runtime_unit}"
        yield from [""] if markdown else []
        yield from (as_markdown if markdown else aligned)(zoo_table(shelf))
        notes = [f"* {row.row.team}: {row.row.misses}" for row in shelf.rows if row.row.misses]
        yield from ["", *notes] if markdown and notes else notes
        yield ""
    yield f"Built with TensorFlow {zoo.tensorflow}, as submitted, at the challenge's input size; 1 KiB = 1,024 bytes."
    yield "Parameters: those that are trained; a file may hold fixed ones too. Runtimes and PSNR: as reported."
    yield "Reported sizes are taken as KiB and MiB, which the reports call KB and MB. * says why one is over 15 % off."


def _build(args: argparse.Namespace) -> int:
    from maistudio.jobs.build import build_all, order_for, save_copy, twin_paths

    order = ordered(args.name, args.form, args.shape)
    target = Path(args.output)
    check_new_file(target, "model", overwrite=True)
    orders = {target: order}
    if args.twins:
        own, floats = twin_paths(target)
        orders[own] = order_for(args.name, order.form, dynamic=True)
        orders[floats] = order_for(args.name, Form.FP32, dynamic=True)
    for path in orders:
        check_new_file(path, "model", overwrite=True)
    built = finish_told(build_all(tuple(orders.values()), zoo_cache()), sys.stderr)
    for path, file in zip(orders, built, strict=True):
        save_copy(file, path, args.overwrite)
    values = [_values(path, file) for path, file in zip(orders, built, strict=True)]
    print_lines([json.dumps(values, indent=1, ensure_ascii=False)] if args.json else _told(values))
    return 0


OWN_VERBS = {"build": _build, "train": zoo_train.run, "test": zoo_test.run}


def _values(path: Path, built: BuiltFile) -> dict[str, Any]:
    order = built.order
    return {
        "file": str(path),
        "name": order.name,
        "form": order.form.value,
        "input": [1, order.height, order.width, channels_of(order.name)],
        "size_bytes": built.path.stat().st_size,
        "parameters": built.parameters,
        "tensorflow": built.tensorflow,
        "trained": False,
    }


def _told(files: Sequence[dict[str, Any]]) -> Iterable[str]:
    for each in files:
        shape = shape_text([-1 if size is None else size for size in each["input"]])
        size, parameters = bytes_text(each["size_bytes"]), count_text(each["parameters"])
        yield f"{each['file']}: {each['name']}, {each['form']}, {shape}, {size}, {parameters} parameters"
    yield f"Built with TensorFlow {files[0]['tensorflow']}. {UNTRAINED}"
