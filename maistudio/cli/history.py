"""``maistudio history``: the timings that were stored."""

from __future__ import annotations

import argparse
import contextlib
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maistudio.cli.numbers import whole
from maistudio.cli.output import complain, print_lines
from maistudio.cli.timing_report import report
from maistudio.errors import LibraryError, UsageError, clean
from maistudio.jobs.progress import finish
from maistudio.tflite.text import plural

if TYPE_CHECKING:
    from maistudio.library.library import Library
    from maistudio.library.summary import Listing, RunSummary
    from maistudio.timing.values import Configuration, Run

MOST = 1_000_000
SHOWN = "20"
SHORT_ID = 8
MOST_NAMED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", nargs="?", metavar="MODEL", help="a .tflite file; without: the timings of all models")
    parser.add_argument("--limit", default=SHOWN, metavar="N", help=f"the latest N; without: {SHOWN}")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--run", metavar="ID", help="everything about one timing, by the beginning of its id")
    one.add_argument("--delete", metavar="ID", help="delete one timing, by the beginning of its id")
    parser.add_argument("--json", action="store_true", help="print JSON: a list, or with --run an object")


def run(args: argparse.Namespace) -> int:
    """Print stored timings, or delete one. What can't be read of them is left out, which a line of stderr says.

    Raises MaiStudioError for a file that can't be read, or an id of none or of several.
    """
    limit = whole("--limit", args.limit, 1, MOST)
    for option, wanted in (("--run", args.run), ("--delete", args.delete)):
        if wanted is not None and args.model is not None:
            raise UsageError(f"{option}: an id needs no model; leave one of them away")
    if args.delete is not None:
        if args.json:
            raise UsageError("--delete: it prints no JSON; leave --json away")
        print_lines([_delete(args.delete)])
        return 0
    from maistudio.jobs.open import hash_file
    from maistudio.library.library import open_to_read

    sha256 = None if args.model is None else finish(hash_file(Path(args.model)))
    with open_to_read() as library:
        with contextlib.suppress(LibraryError):  # where nothing can be written, there is still something to read
            library.mark_interrupted()
        if args.run is not None:
            print_lines(_one(library, args.run, args.json))
        else:
            found = library.listing(sha256, limit)
            print_lines([_json(found.runs)] if args.json else _table(found))
            if found.unreadable:
                complain(_left_out(found.unreadable))
    return 0


def _one(library: Library, wanted: str, as_json: bool) -> Iterable[str]:
    from maistudio.timing.run_json import run_json

    found = library.run(_id(library, "--run", wanted))
    if as_json:
        return [json.dumps(run_json(found), indent=1, allow_nan=False, ensure_ascii=False)]
    return [*report(found), *_log(found)]


def _delete(wanted: str) -> str:
    """Delete a timing, also one that can't be read; what was deleted."""
    from maistudio.library.library import open_library

    with open_library() as library:
        run_id = _id(library, "--delete", wanted)
        try:
            found = library.run(run_id)
            what = f"of {_when(found.started)}, {found.model.name}, {_way(found.configuration)}"
        except LibraryError:
            what = "that could not be read"
        library.delete(run_id)
    return clean(f"Deleted the timing {run_id} {what}.")


def _id(library: Library, option: str, wanted: str) -> str:
    """The one id that begins so. Raises UsageError."""
    ids = library.ids(wanted) if wanted else ()
    if len(ids) != 1:
        count = f"{len(ids)} timings have ids that begin so" if ids else "no timing has an id that begins so"
        raise UsageError(f"{option} {wanted}: {count}; see maistudio history")
    return ids[0]


def _left_out(ids: Sequence[str]) -> str:
    named = ", ".join(ids[:MOST_NAMED]) + (f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else "")
    them = "it is left out" if len(ids) == 1 else "they are left out"
    return f"{plural(len(ids), 'timing')} can't be read ({named}): {them}; maistudio history --delete ID removes one"


def _log(found: Run) -> Iterable[str]:
    if found.log.strip():
        yield ""
        yield "What native code printed:"
        yield from map(clean, found.log.rstrip().splitlines())


def _table(found: Listing) -> Iterable[str]:
    from maistudio.jobs.comparison import milliseconds
    from maistudio.jobs.text_tables import TextTable, aligned

    if not found.runs:
        return [] if found.unreadable else ["Nothing was timed yet: maistudio profile MODEL does."]
    headings = ("When", "Model", "Engine", "Threads", "Runs", "Median (ms)", "95 % interval", "Id", "Notes")
    numbers = (False, False, False, True, True, True, True, False, False)
    rows = []
    for each in found.runs:
        times = ("-", "-", "-")
        if each.statistics is not None:
            low, high = map(milliseconds, each.statistics.ci95_us)
            times = (f"{each.statistics.runs:,}", milliseconds(each.statistics.median_us), f"{low} to {high}")
        way = (each.configuration.engine.value, str(each.configuration.threads))
        rows.append((_when(each.started), clean(each.model.name), *way, *times, each.id[:SHORT_ID], _notes(each)))
    return aligned(TextTable(headings, numbers, tuple(rows)))


def _when(started: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(started))


def _way(configuration: Configuration) -> str:
    return f"{configuration.engine}, {plural(configuration.threads, 'thread')}"


def _notes(each: RunSummary) -> str:
    status = [] if each.status.value == "done" else [each.status.value]
    return ", ".join([*status, *(flag.id.replace("_", " ") for flag in each.flags)])


def _json(found: Sequence[RunSummary]) -> str:
    return json.dumps([_object(each) for each in found], indent=1, allow_nan=False, ensure_ascii=False)


def _object(each: RunSummary) -> dict[str, Any]:
    times = each.statistics
    return {
        "id": each.id,
        "started": each.started,
        "status": each.status.value,
        "error": each.error,
        "model": each.model.name,
        "path": each.model.path,
        "sha256": each.model.sha256,
        "device": each.machine.name,
        "engine": each.configuration.engine.value,
        "threads": each.configuration.threads,
        "preset": each.preset,
        "runs": times.runs if times else 0,
        "median_us": times.median_us if times else None,
        "ci95_us": list(times.ci95_us) if times else None,
        "init_us": each.init_us,
        "peak_rss_bytes": each.peak_rss_bytes,
        "runtime_version": each.runtime_version,
        "flags": [{"id": flag.id, "reason": flag.reason} for flag in each.flags],
    }
