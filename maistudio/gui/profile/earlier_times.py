"""The times of ops that an earlier run of a model measured, read when the model is opened."""

from __future__ import annotations

from maistudio.gui.document import Document
from maistudio.gui.profile.bench import Bench
from maistudio.gui.profile.words import run_text
from maistudio.gui.work import Work
from maistudio.timing.values import Run


def read_earlier_times(document: Document, bench: Bench, work: Work) -> None:
    """Give ``document`` the times of the newest run that has any, unless it has some before they are read.

    Without a library that can be read there are none; the Profile page says why.
    """
    sha256 = document.sha256
    if not sha256 or document.timing is not None:
        return

    def take(run: Run | None) -> None:
        if run is not None and document.timing is None and document.sha256 == sha256:
            document.set_timing(run.ops, run_text(run))

    work.start("Looking for earlier timings", bench.times(sha256)).succeeded.connect(take)
