"""``maistudio challenges``: the challenges there are, shipped and the user's own."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable

from maistudio.challenges.catalogue import Catalogue, catalogue
from maistudio.cli.output import print_lines
from maistudio.errors import UsageError, clean
from maistudio.jobs.challenges import challenge_rows
from maistudio.jobs.text_tables import TextTable, aligned
from maistudio.jobs.user_folders import challenges_folder

NO_FOLDER = "your configuration folder (which needs HOME to be set)"
_HEADINGS = ("ID", "Year", "Task", "Scale", "C", "Runtime", "Convention")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON array, a row for each challenge")
    folder = challenges_folder(os.environ)
    parser.epilog = (
        f"A .toml file of your own in {clean(str(folder)) if folder else NO_FOLDER} adds a challenge; "
        "the shipped ones show how it is written."
    )


def run(args: argparse.Namespace) -> int:
    """Print the challenges. Raises UsageError after that where files of the user's own could not be read."""
    found = known_challenges()
    if args.json:
        print_lines([json.dumps(challenge_rows(found), indent=1, allow_nan=False, ensure_ascii=False)])
    else:
        print_lines(report(found))
    if found.faults:
        raise UsageError("; ".join(map(str, found.faults)))
    return 0


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
