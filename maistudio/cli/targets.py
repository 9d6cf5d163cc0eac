"""``maistudio targets``: the targets there are, shipped and the user's own."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable

from maistudio.cli.output import print_lines
from maistudio.errors import UsageError, clean
from maistudio.jobs.check_json import target_values
from maistudio.jobs.text_tables import TextTable, aligned
from maistudio.jobs.user_folders import targets_folder
from maistudio.targets.catalogue import Catalogue, catalogue

NO_FOLDER = "your configuration folder (which needs HOME to be set)"
SAYS = {"source": "the delegate's source", "documents": "documents", "candidate": "the vendor's compiler decides"}
PROVERS = {"xnnpack": "LiteRT", "litert-gpu": "LiteRT's GPU accelerator", "vela": "Vela"}
_HEADINGS = ("ID", "Name", "Version", "Says", "Proved by")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON array, an object for each target")
    folder = targets_folder(os.environ)
    parser.epilog = (
        f"A .toml file of your own in {clean(str(folder)) if folder else NO_FOLDER} adds a target; "
        "resources/targets/README.md says how it is written."
    )


def run(args: argparse.Namespace) -> int:
    """Print the targets. Raises UsageError after that where files of the user's own could not be read."""
    found = known_targets()
    if args.json:
        rows = [target_values(target) for target in found.targets]
        print_lines([json.dumps(rows, indent=1, allow_nan=False, ensure_ascii=False)])
    else:
        print_lines(report(found))
    if found.faults:
        raise UsageError("; ".join(map(str, found.faults)))
    return 0


def known_targets() -> Catalogue:
    """The shipped targets and those in the user's folder."""
    return catalogue(targets_folder(os.environ))


def report(found: Catalogue) -> Iterable[str]:
    rows = tuple(
        (target.id, target.name, target.version, SAYS[target.says], PROVERS.get(target.prover, target.prover))
        for target in found.targets
    )
    return aligned(TextTable(_HEADINGS, (False,) * len(_HEADINGS), rows))
