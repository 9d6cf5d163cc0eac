"""How a child died, as part of a sentence."""

from __future__ import annotations

import signal

OUT_OF_MEMORY = ("bad_alloc", "out of memory", "cannot allocate memory", "failed to allocate")
"""What native code prints last where memory ran out."""
LONGEST_WORDS = 200
FROM_OUTSIDE = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
"""What people and service managers send, and no native code."""


def died(returncode: int | None, stage: str, log: str, came_up: bool = True) -> str:
    """The sentence for a child that is gone. ``returncode`` as subprocess has it: negative for a signal.

    ``came_up`` is whether it was ever ready to take a model.
    """
    last = log[-2000:].lower()
    if any(words in last for words in OUT_OF_MEMORY):
        return f"it ran out of memory while {stage}: give it smaller inputs, or close other programs"
    if returncode is not None and returncode == -signal.SIGKILL:
        return f"the system killed its process while {stage}, most likely for want of memory: close other programs"
    if returncode is not None and -returncode in FROM_OUTSIDE:
        return f"another program ended its process ({_how(returncode)}) while {stage}: run it again"
    if not came_up:
        return f"the process for running models ended ({_how(returncode)}) while {stage}: {_last_words(log)}"
    how = _how(returncode)
    return f"LiteRT died of it ({how}) while {stage}: the file may be damaged, or another engine may run it"


def stopped(stage: str) -> str:
    """The sentence for a child that was killed on purpose, or is asked for more after its end."""
    return f"its process was stopped while {stage}: open the model again"


def beyond(bound: str, stage: str) -> str:
    """The sentence for a child that passed a bound, such as ``the 600 s``."""
    return f"it passed {bound} it may take while {stage}, and was stopped: give it smaller inputs or a higher bound"


def gone_wrong(what: str, stage: str) -> str:
    """The sentence for a child that says what makes no sense."""
    return f"the process that runs it sent {what} while {stage}, and was stopped: try again"


def _last_words(log: str) -> str:
    lines = log.split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"it said {said[:LONGEST_WORDS]!r}" if said else "install ai-edge-litert again"


def _how(returncode: int | None) -> str:
    if returncode is None:
        return "it closed its channel"
    if returncode >= 0:
        return f"exit status {returncode}"
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"signal {-returncode}"
