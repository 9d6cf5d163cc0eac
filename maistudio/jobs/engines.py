"""Which engines can run here, and why the others can't."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from maistudio.errors import MaiStudioError
from maistudio.jobs.progress import Job, Progress
from maistudio.resources import sample_models
from maistudio.steps import relayed
from maistudio.timing.values import Configuration, Engine

if TYPE_CHECKING:
    from maistudio.runtime.children import Children


def probe_engines(children: Children) -> Job[Mapping[Engine, str]]:
    """Try each engine on the sample model: empty for one that runs, else the sentence that says why not.

    All CPU engines come with LiteRT, so one stands for the three.
    """
    found = {}
    for engine in (Engine.XNNPACK, Engine.GPU):
        yield Progress("looking which engines run here")
        found[engine] = yield from _refusal(engine, children)
    cpu = found[Engine.XNNPACK]
    return {Engine.XNNPACK: cpu, Engine.BUILTIN: cpu, Engine.REFERENCE: cpu, Engine.GPU: cpu or found[Engine.GPU]}


def _refusal(engine: Engine, children: Children) -> Job[str]:
    from maistudio.runtime.session import Session

    model = sample_models()[0]
    opening = Session.open_steps(model, Configuration(engine), children=children)
    try:
        session = yield from relayed(opening, lambda stage: Progress(f"trying {engine}: {stage}"))
    except MaiStudioError as error:
        return str(error).removeprefix(f"{model}: ")
    session.close()
    return ""
