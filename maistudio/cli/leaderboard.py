"""``maistudio leaderboard``: a challenge's published tables, with the score recomputed beside the printed one."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from maistudio.challenges.challenge import Challenge, Track
from maistudio.cli.challenges import known_challenges
from maistudio.cli.output import print_lines
from maistudio.errors import UsageError
from maistudio.jobs.challenges import leaderboard_rows, leaderboard_table
from maistudio.jobs.text_tables import aligned, as_latex, as_markdown

FORMULA_STARTS = ("=", "+", "-", "@")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--challenge", required=True, metavar="ID", help="its id, as `maistudio challenges` lists it")
    parser.add_argument(
        "--track", metavar="ID", help="one of its tables, such as score or mos; without: all as text, else the score's"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON array of rows")
    form.add_argument("--csv", action="store_true", help="print CSV")
    form.add_argument("--markdown", action="store_true", help="print a Markdown table")
    form.add_argument("--latex", action="store_true", help="print a LaTeX tabular with booktabs rules")


def run(args: argparse.Namespace) -> int:
    """Print the tables. Raises UsageError for a challenge or track that is not there."""
    challenge = known_challenges().named(args.challenge)
    tracks = chosen_tracks(challenge, args.track)
    if args.json:
        rows = leaderboard_rows(challenge, tracks[0])
        print_lines([json.dumps(rows, indent=1, allow_nan=False, ensure_ascii=False)])
    elif args.csv:
        print_lines(csv_lines(leaderboard_rows(challenge, tracks[0])))
    elif args.markdown:
        print_lines(as_markdown(leaderboard_table(challenge, tracks[0])))
    elif args.latex:
        print_lines(as_latex(leaderboard_table(challenge, tracks[0])))
    else:
        print_lines(report(challenge, tracks))
    return 0


def chosen_tracks(challenge: Challenge, name: str | None) -> tuple[Track, ...]:
    """The track of this id, or all, that of the score first. Raises UsageError for one that is not there."""
    scored = challenge.scored
    tracks = (scored, *(track for track in challenge.tracks if track is not scored))
    chosen = tracks if name is None else tuple(track for track in tracks if track.id == name)
    if not chosen:
        raise UsageError(f"--track {name}: {challenge.id} has {', '.join(track.id for track in tracks)}; choose one")
    return chosen


def report(challenge: Challenge, tracks: Iterable[Track]) -> Iterable[str]:
    """The tables one below the other, each under its title."""
    yield challenge.title
    yield f"Score: 2^(2·PSNR) / (C · runtime), C = {challenge.constant_text}, runtime = {challenge.runtime_label}"
    for track in tracks:
        yield ""
        yield f"{track.title} of the report, ranked by {'the score' if track.ranked_by == 'score' else 'MOS'}"
        yield from aligned(leaderboard_table(challenge, track))


def csv_lines(rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """RFC 4180 with the keys of the JSON rows as headings; unknown values are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else ())
    writer.writerows([_plain(value) for value in row.values()] for row in rows)
    return text.getvalue().splitlines()


def _plain(value: Any) -> Any:
    """A cell as CSV has it; words that a spreadsheet would run as a formula are marked as words."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
