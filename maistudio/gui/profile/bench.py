"""What the Profile pages of a window share: the children that run models, and the library of runs.

Every method but ``warm_up`` and ``close`` is a job, made to run off the interface thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from maistudio.errors import MaiStudioError
from maistudio.gui.profile.reading import Reading, outcome_of, read_run
from maistudio.jobs.open import open_model
from maistudio.jobs.plan import Outcome, run_plan
from maistudio.jobs.profile import ProfileRequest, profile
from maistudio.jobs.progress import Job, Progress
from maistudio.runtime.children import Children
from maistudio.timing.values import Engine, Run

if TYPE_CHECKING:
    from maistudio.jobs.comparison import Row
    from maistudio.library.library import Library
    from maistudio.library.summary import RunSummary

HISTORY_SHOWN = 500
"""Runs of one model that its history lists, the newest ones."""


class Bench:
    """One for each window. Nothing is started or opened before it is needed."""

    def __init__(self) -> None:
        self._children = Children(keep_warm=True)
        self._opening = threading.Lock()
        self._library: Library | None = None
        self.reasons: Mapping[Engine, str] | None = None  # why an engine can't run here; None while nobody has looked

    @property
    def children(self) -> Children:
        """What models are run in."""
        return self._children

    def warm_up(self) -> None:
        """Start the child that the first run will use. Where none can be started, the first run says why."""
        with contextlib.suppress(MaiStudioError):
            self._children.warm_up()

    def close(self) -> None:
        """End the children, also those that work."""
        self._children.close()
        with self._opening:
            if self._library is not None:
                self._library.close()
                self._library = None

    def profile(self, request: ProfileRequest) -> Job[Reading]:
        """Time a model; see ``jobs.profile``."""
        yield Progress("Opening the library")
        run = yield from profile(request, self.library(), self._children)
        return read_run(run)

    def plan(self, requests: Sequence[ProfileRequest]) -> Job[tuple[Outcome, ...]]:
        """Time one after the other; see ``jobs.plan``."""
        yield Progress("Opening the library")
        return (yield from run_plan(requests, self.library(), self._children))

    def compare(self, outcomes: Sequence[Outcome], baseline: int | None) -> Job[tuple[Row, ...]]:
        """Outcomes beside each other; see ``jobs.comparison``."""
        from maistudio.jobs.comparison import compare

        yield Progress("Comparing")
        return compare(outcomes, baseline)

    def outcomes(self, run_ids: Sequence[str]) -> Job[tuple[Outcome, ...]]:
        """Stored runs as outcomes, in this order, to be compared."""
        found: tuple[Outcome, ...] = ()
        for done, run_id in enumerate(run_ids):
            yield Progress("Reading the runs", done / len(run_ids))
            found = (*found, outcome_of(self.library().run(run_id)))
        return found

    def times(self, sha256: str) -> Job[Run | None]:
        """The newest run of a model that timed its ops; None without any, and without a library."""
        from maistudio.library.place import FILE_NAME, library_folder

        yield Progress("Reading the library")
        if not (library_folder() / FILE_NAME).is_file():
            return None
        runs = self.library().history(sha256, HISTORY_SHOWN)
        newest = next((run for run in runs if run.has_ops), None)
        return self.library().run(newest.id) if newest is not None else None

    def expect(self, request: ProfileRequest) -> Job[str]:
        """What to say of a request beforehand, "" where nothing is known."""
        from maistudio.jobs.expect import expectation

        shapes = request.configuration.shapes
        opened = request.opened or (yield from open_model(request.model, shapes))
        yield Progress("Estimating")
        return "" if opened.at_placeholder else expectation(opened, request.configuration).sentence

    def engines(self) -> Job[Mapping[Engine, str]]:
        """Why an engine can't run here, "" where it can."""
        from maistudio.jobs.engines import probe_engines

        return (yield from probe_engines(self._children))

    def history(self, sha256: str) -> Job[tuple[RunSummary, ...]]:
        """The runs of one model, newest first."""
        yield Progress("Reading the library")
        library = self.library()
        library.mark_interrupted()
        return library.history(sha256, HISTORY_SHOWN)

    def reading(self, run_id: str) -> Job[Reading]:
        """A stored run with its statistics."""
        yield Progress("Reading the run")
        return read_run(self.library().run(run_id))

    def delete(self, run_ids: Sequence[str]) -> Job[int]:
        """Delete stored runs; how many."""
        for done, run_id in enumerate(run_ids):
            yield Progress("Deleting", done / len(run_ids))
            self.library().delete(run_id)
        return len(run_ids)

    def library(self) -> Library:
        """The library, opened when it is first asked for. Raises LibraryError."""
        from maistudio.library.library import open_library

        with self._opening:
            if self._library is None:
                self._library = open_library()
            return self._library
