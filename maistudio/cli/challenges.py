"""``maistudio challenges``: the challenges there are, shipped and the user's own."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable

from maistudio.challenges.catalogue import Catalogue, catalogue
from maistudio.cli.facts import add_listing_arguments, json_listing, print_listing
from maistudio.jobs.challenges import challenge_rows
from maistudio.jobs.text_tables import TextTable, aligned
from maistudio.jobs.user_folders import challenges_folder

_HEADINGS = ("ID", "Year", "Task", "Scale", "C", "Runtime", "Convention")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    form = "the shipped ones show how it is written"
    add_listing_arguments(parser, "challenge", challenges_folder(os.environ), form)


def run(args: argparse.Namespace) -> int:
    """Print the challenges. Raises UsageError after that where files of the user's own could not be read."""
    found = known_challenges()
    lines = json_listing(challenge_rows(found)) if args.json else report(found)
    return print_listing(lines, found.faults)


def known_challenges() -> Catalogue:
    """The shipped challenges and those in the user's folder."""
    return catalogue(challenges_folder(os.environ))


def report(found: Catalogue) -> Iterable[str]:
    rows = tuple(
        (
            challenge.id,
            str(challenge.year),
            challenge.task,
            f"×{challenge.scale}",
            challenge.constant_text,
            challenge.runtime_label,
            challenge.convention.id,
        )
        for challenge in found.challenges
    )
    return aligned(TextTable(_HEADINGS, (False, True, False, True, True, False, False), rows))
