"""What the verbs share that list facts, shipped with the program and in files of the user's own."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from maistudio.cli.output import print_lines
from maistudio.errors import MaiStudioError, UsageError, clean

NO_FOLDER = "your configuration folder (which needs HOME to be set)"


def add_listing_arguments(parser: argparse.ArgumentParser, kind: str, folder: Path | None, form: str) -> None:
    """``--json``, and where files of one's own go; ``kind`` is "target", ``form`` says how such a file is written."""
    parser.add_argument("--json", action="store_true", help=f"print a JSON array, an object for each {kind}")
    parser.epilog = f"A .toml file of your own in {clean(str(folder)) if folder else NO_FOLDER} adds a {kind}; {form}."


def print_listing(lines: Iterable[str], faults: Sequence[MaiStudioError]) -> int:
    """Print a listing and return 0. Raises UsageError after that where files of the user's own could not be read."""
    print_lines(lines)
    if faults:
        raise UsageError("; ".join(map(str, faults)))
    return 0


def json_listing(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The rows as one JSON array."""
    return [json.dumps(rows, indent=1, allow_nan=False, ensure_ascii=False)]
