"""What a verb prints: lines on standard output, sentences of what went wrong on standard error."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable
from typing import TextIO

from maistudio.errors import ExportError, clean

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


def complain(sentence: str) -> None:
    """A sentence of what went wrong, on standard error; see ``tell``."""
    tell(sys.stderr, f"maistudio: {clean(sentence)}\n")


def tell(stream: TextIO | None, text: str) -> None:
    """Write beside the results, at once, where there is a stream (``2>&-`` leaves none) and it can be written.

    Where it can't, the text is lost, and nothing else is: neither the work nor its status.
    """
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            forget(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads what is told there."""
    return stream is not None and not stream.closed and stream.isatty()


def forget(stream: TextIO) -> None:
    """Let what is still buffered go nowhere: Python would fail on it again when it flushes at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
