"""What a verb prints: lines on standard output, or one sentence where they can't be written."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from typing import TextIO

from maistudio.errors import ExportError

LABEL_WIDTH = 14


def labelled(label: str, text: str) -> str:
    """A line of a report: what it tells in a column of labels, then the text. An empty label continues the last."""
    return f"{label:<{LABEL_WIDTH}}{text}"


def print_lines(lines: Iterable[str]) -> None:
    """Print lines; characters that the output's encoding lacks are replaced.

    Raises ExportError where the output can't be written, BrokenPipeError where its reader has gone.
    """
    out = sys.stdout
    if out is None:  # closed by the shell: `>&-`
        raise ExportError("the output is closed: leave it open, or send it to a file")
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="replace")
    try:
        for line in lines:
            out.write(line + "\n")
        out.flush()
    except BrokenPipeError:
        forget(out)
        raise
    except OSError as error:
        forget(out)
        raise ExportError(f"the output can't be written ({error.strerror}): send it to another place") from None


def forget(stream: TextIO) -> None:
    """Let what is still buffered go nowhere: Python would fail on it again when it flushes at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
