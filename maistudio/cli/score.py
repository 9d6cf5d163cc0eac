"""``maistudio score``: a challenge's score for a PSNR and a runtime, and the place it would have taken."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from math import ceil, floor, log10
from typing import Any

from maistudio.challenges.challenge import Challenge
from maistudio.challenges.score import Interval, place
from maistudio.cli.challenges import known_challenges
from maistudio.cli.numbers import number
from maistudio.cli.output import labelled, print_lines
from maistudio.errors import UsageError
from maistudio.jobs.challenges import margin_answer, score_answer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--challenge", required=True, metavar="ID", help="its id, as `maistudio challenges` lists it")
    parser.add_argument("--psnr", required=True, metavar="DB", help="PSNR in dB")
    parser.add_argument(
        "--runtime", required=True, metavar="MS", help="runtime in ms as the challenge counts it (video: per 10 frames)"
    )
    parser.add_argument("--psnr-margin", metavar="DB", help="the PSNR is known to plus or minus this")
    parser.add_argument("--runtime-margin", metavar="MS", help="the runtime is known to plus or minus this")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the score. Raises UsageError for an unknown challenge or numbers that have no score."""
    challenge = known_challenges().named(args.challenge)
    psnr, runtime = number("--psnr", args.psnr), number("--runtime", args.runtime)
    answer = score_answer(challenge, psnr, runtime)
    if args.psnr_margin is not None or args.runtime_margin is not None:
        psnrs = _around(psnr, "--psnr-margin", args.psnr_margin)
        runtimes = _around(runtime, "--runtime-margin", args.runtime_margin)
        answer |= margin_answer(challenge, psnrs, runtimes)
    print_lines([json.dumps(answer, indent=1, allow_nan=False)] if args.json else report(challenge, answer))
    return 0


def _around(middle: float, option: str, margin: str | None) -> Interval:
    width = 0.0 if margin is None else number(option, margin)
    if width < 0:
        raise UsageError(f"{option} {margin}: give a margin of 0 or more")
    return Interval(middle - width, middle + width)


def report(challenge: Challenge, answer: dict[str, Any]) -> Iterable[str]:
    psnr, runtime, unit = answer["psnr"], answer["runtime_ms"], challenge.runtime_unit
    yield labelled("Challenge", challenge.title)
    yield labelled("PSNR", f"{psnr:g} dB")
    yield labelled("Runtime", f"{runtime:g} {unit} on the {challenge.runtime_name(challenge.runtime_column)}")
    spread = f" ({_score(answer['score_low'])} to {_score(answer['score_high'])})" if "score_low" in answer else ""
    yield labelled("Score", f"{_score(answer['score'])}{spread}")
    yield labelled("Rank", _rank(challenge, answer))
    above = answer["next"]
    if above is not None:
        yield labelled("Next", f"{above['team']} with {_score(above['score'])}, reached with")
        yield labelled("", f"{_up(above['psnr_needed'])} dB at {runtime:g} {unit}, or")
        yield labelled("", f"{_down(above['runtime_ms_needed'])} {unit} at {psnr:g} dB")
    device = challenge.device
    yield labelled("Compares", f"with runtimes on {device.name}, {device.accelerator_name}, {device.delegate};")
    yield labelled("", "a runtime of another device has no place in this ranking")


def _rank(challenge: Challenge, answer: dict[str, Any]) -> str:
    best, worst = answer.get("rank_best"), answer.get("rank_worst")
    spread = f" ({best} to {worst})" if best != worst else ""
    level = place(challenge, answer["psnr"], answer["runtime_ms"]).level_with
    shared = f", level with {', '.join(level)}" if level else ""
    return f"{answer['rank']}{spread} of {answer['of']}{shared}"


def _score(value: float) -> str:
    return f"{value:.2f}" if 0.01 <= value < 1e7 or value == 0 else f"{value:.3g}"


def _up(psnr: float) -> str:
    """A PSNR rounded up, so that it is enough."""
    return f"{ceil(psnr * 100 - 1e-9) / 100:.2f}"


def _down(runtime: float) -> str:
    """A runtime rounded down, to two decimals or to four digits below 10, so that it is short enough."""
    decimals = max(2, 3 - floor(log10(runtime)))
    return f"{floor(runtime * 10**decimals + 1e-9) / 10**decimals:.15g}"
