"""What real compilers say of a model is kept in the library, by the model's bytes, and found there again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from maistudio.errors import LibraryError
from maistudio.jobs.open import OpenedModel, hash_opened
from maistudio.jobs.progress import Job
from maistudio.library.compiles import StoredCompile
from maistudio.library.library import open_if_there, open_library
from maistudio.targets.values import Compiled


def keep_compile(opened: OpenedModel, prover: str, compiled: Compiled, folder: Path | None = None) -> Job[Compiled]:
    """Store what a compiler said, in the library in ``folder``, by default the user's.

    The result is what it said; where that can't be stored its note says why. Raises as ``hash_opened``.
    """
    sha256 = yield from hash_opened(opened)
    try:
        with open_library(folder) as library:
            library.keep_compile(sha256, StoredCompile(prover, time.time(), compiled))
    except LibraryError as error:
        return with_note(compiled, f"this could not be stored: {error}")
    return compiled


def kept_compiles(opened: OpenedModel, sha256: str = "", folder: Path | None = None) -> Job[Mapping[str, Compiled]]:
    """What each compiler said of a model when it was last asked, by prover; the note says when that was.

    ``sha256`` spares the hashing where the caller has it. Raises LibraryError where the library can't be read, else as
    ``hash_opened``.
    """
    library = open_if_there(folder)
    if library is None or opened.given:  # compilers are only asked about the shapes in the file
        return {}
    with library:
        found = library.compiles(sha256 or (yield from hash_opened(opened)))
    return {stored.prover: _dated(stored) for stored in found if _fits(stored.compiled, opened)}


def with_note(compiled: Compiled, more: str) -> Compiled:
    """What a compiler said, with one thing more that a person should know."""
    return replace(compiled, note=f"{compiled.note}; {more}" if compiled.note else more)


def _dated(stored: StoredCompile) -> Compiled:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(stored.at))
    return with_note(stored.compiled, f"asked on {when}")


def _fits(compiled: Compiled, opened: OpenedModel) -> bool:
    """Whether it speaks of ops that there are."""
    counts = [len(graph.ops) for graph in opened.model.subgraphs]
    return all(0 <= subgraph < len(counts) and 0 <= op < counts[subgraph] for subgraph, op in compiled.ops)
