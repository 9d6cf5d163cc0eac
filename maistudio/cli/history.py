"""``maistudio history``: the timings that were stored."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maistudio.cli.numbers import whole
from maistudio.cli.output import print_lines
from maistudio.cli.profile import report
from maistudio.errors import UsageError, clean
from maistudio.jobs.progress import finish

if TYPE_CHECKING:
    from maistudio.library.library import Library
    from maistudio.library.summary import RunSummary
    from maistudio.timing.values import Run

MOST = 1_000_000
SHOWN = "20"
SHORT_ID = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", nargs="?", metavar="MODEL", help="a .tflite file; without: the timings of all models")
    parser.add_argument("--limit", default=SHOWN, metavar="N", help=f"the latest N; without: {SHOWN}")
    parser.add_argument("--run", metavar="ID", help="everything about one timing, by the beginning of its id")
    parser.add_argument("--json", action="store_true", help="print JSON: a list, or with --run an object")


def run(args: argparse.Namespace) -> int:
    """Print stored timings. Raises MaiStudioError for a file that can't be read, or an id of none or of several."""
    limit = whole("--limit", args.limit, 1, MOST)
    if args.run is not None and args.model is not None:
        raise UsageError("--run: an id needs no model; leave one of them away")
    from maistudio.jobs.open import hash_file
    from maistudio.library.library import open_library

    sha256 = None if args.model is None else finish(hash_file(Path(args.model)))
    with open_library() as library:
        library.mark_interrupted()
        if args.run is not None:
            print_lines(_one(library, args.run, args.json))
        else:
            found = library.history(sha256, limit)
            print_lines([_json(found)] if args.json else _table(found))
    return 0


def _one(library: Library, wanted: str, as_json: bool) -> Iterable[str]:
    from maistudio.timing.run_json import run_json

    ids = [each.id for each in library.history(None, MOST) if each.id.startswith(wanted)] if wanted else []
    if len(ids) != 1:
        count = f"{len(ids)} timings have ids that begin so" if ids else "no timing has an id that begins so"
        raise UsageError(f"--run {wanted}: {count}; see maistudio history")
    found = library.run(ids[0])
    if as_json:
        return [json.dumps(run_json(found), indent=1, allow_nan=False, ensure_ascii=False)]
    return [*report(found), *_log(found)]


def _log(found: Run) -> Iterable[str]:
    if found.log.strip():
        yield ""
        yield "What native code printed:"
        yield from map(clean, found.log.rstrip().splitlines())


def _table(found: Sequence[RunSummary]) -> Iterable[str]:
    from maistudio.jobs.comparison import milliseconds
    from maistudio.jobs.text_tables import TextTable, aligned

    if not found:
        return ["Nothing was timed yet: maistudio profile MODEL does."]
    headings = ("When", "Model", "Engine", "Threads", "Runs", "Median (ms)", "95 % interval", "Id", "Notes")
    numbers = (False, False, False, True, True, True, True, False, False)
    rows = []
    for each in found:
        times = ("-", "-", "-")
        if each.statistics is not None:
            low, high = map(milliseconds, each.statistics.ci95_us)
            times = (f"{each.statistics.runs:,}", milliseconds(each.statistics.median_us), f"{low} to {high}")
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.started))
        way = (each.configuration.engine.value, str(each.configuration.threads))
        rows.append((when, clean(each.model.name), *way, *times, each.id[:SHORT_ID], _notes(each)))
    return aligned(TextTable(headings, numbers, tuple(rows)))


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
