"""``maistudio screenshot``: the words of its command line. The picture is the window's business."""

from __future__ import annotations

import argparse
from pathlib import Path

from maistudio.errors import UsageError

PAGES = ("graph", "targets", "compare", "profile", "score", "rate", "zoo")
SIDE_LEAST = 200
SIDE_LIMIT = 16_384
DIGITS_READ = 9
"""Python refuses to read a number of thousands of digits."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", nargs="?", help="a .tflite file; without one the empty window is shown")
    parser.add_argument("--page", choices=PAGES, default="graph", help="the page to show (default: graph)")
    parser.add_argument("--size", default="1600x1000", metavar="WIDTHxHEIGHT", help="pixels (default: 1600x1000)")
    parser.add_argument("--theme", choices=("dark", "light"), default="light", help="default: light")
    parser.add_argument(
        "-o", "--output", type=parse_output, required=True, metavar="FILE.png", help="the picture to write"
    )


def parse_size(text: str) -> tuple[int, int]:
    """Width and height in pixels from "1600x1000". Raises UsageError."""
    width, _, height = text.lower().replace("×", "x").partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise UsageError(f"--size {text}: write it as 1600x1000")
    if not all(len(side) <= DIGITS_READ and SIDE_LEAST <= int(side) <= SIDE_LIMIT for side in (width, height)):
        raise UsageError(f"--size {text}: each side must be from {SIDE_LEAST} to {SIDE_LIMIT:,} pixels")
    return int(width), int(height)


def parse_output(text: str) -> Path:
    """The path of a picture. Raises UsageError for one that doesn't end in .png."""
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise UsageError(f"--output {text}: the picture is written as PNG only; end the name with .png")
    return path
