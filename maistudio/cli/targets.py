"""``maistudio targets``: the targets there are, shipped and the user's own."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable

from maistudio.cli.facts import add_listing_arguments, json_listing, print_listing
from maistudio.jobs.check_json import target_values
from maistudio.jobs.text_tables import TextTable, aligned
from maistudio.jobs.user_folders import targets_folder
from maistudio.targets.catalogue import Catalogue, catalogue

SAYS = {"source": "the delegate's source", "documents": "documents", "candidate": "the vendor's compiler decides"}
PROVERS = {"xnnpack": "LiteRT", "litert-gpu": "LiteRT's GPU accelerator", "vela": "Vela"}
_HEADINGS = ("ID", "Name", "Version", "Says", "Proved by")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    form = "resources/targets/README.md says how it is written"
    add_listing_arguments(parser, "target", targets_folder(os.environ), form)


def run(args: argparse.Namespace) -> int:
    """Print the targets. Raises UsageError after that where files of the user's own could not be read."""
    found = known_targets()
    lines = json_listing(list(map(target_values, found.targets))) if args.json else report(found)
    return print_listing(lines, found.faults)


def known_targets() -> Catalogue:
    """The shipped targets and those in the user's folder."""
    return catalogue(targets_folder(os.environ))


def report(found: Catalogue) -> Iterable[str]:
    rows = tuple(
        (target.id, target.name, target.version, SAYS[target.says], PROVERS.get(target.prover, target.prover))
        for target in found.targets
    )
    return aligned(TextTable(_HEADINGS, (False,) * len(_HEADINGS), rows))
