"""The child process: does what it is asked for, one request after the other, until nobody asks any more.

It runs native code that may crash, hang or print; nothing here needs to survive that. Its channel is two pipes of its
own; what native code prints, to standard output or error, is kept by the other side as a log.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from maistudio.errors import MaiStudioError, ModelRunError, RuntimeMissingError, UsageError
from maistudio.runtime.lifeline import die_with
from maistudio.runtime.protocol import (
    LARGEST_MESSAGE,
    VERSION,
    Message,
    ProtocolError,
    receive,
    refs_from,
    refs_json,
    send,
    specs_json,
)

Tell = Callable[[Message], None]

TELL_SECONDS = 0.1
LINE_BUFFERED = 1
"""C's _IOLBF in glibc."""


@dataclass(slots=True)
class Work:
    """What this child works on: the arenas arrays come and go in, and the model it has loaded.

    ``loaded`` is None after what left no memory for it; what was ``wanted`` is loaded again when it is needed.
    """

    to_child: int
    from_child: int
    wanted: Any = None
    loaded: Any = None


def main(arguments: Sequence[str]) -> int:
    """Serve. ``arguments`` are descriptors: requests, answers, both arenas, the lifeline. Raises UsageError."""
    try:
        requests_from, answers_to, to_child, from_child, lifeline = map(int, arguments)
    except ValueError:
        raise UsageError("_worker is started by MAI Studio itself: start MAI Studio without it") from None
    die_with(lifeline)
    _print_by_lines()
    with os.fdopen(requests_from, "rb") as requests, os.fdopen(answers_to, "wb") as answers:
        send(answers, {"id": 0, "stage": "loading LiteRT"})
        send(answers, {"id": 0, "result": {"protocol": VERSION, **_litert()}})
        work = Work(to_child, from_child)
        while (request := receive(requests)) is not None:
            _serve(request, work, answers)
    return 0


def _serve(request: Message, work: Work, answers: BinaryIO) -> None:
    def tell(message: Message) -> None:
        send(answers, {**message, "id": request["id"]})

    try:
        result = REQUESTS[str(request.get("do"))](request, work, tell)
        if len(json.dumps(result)) > LARGEST_MESSAGE:
            raise ModelRunError("it has more to say of its inputs and outputs than fits a message: shorten their names")
        tell({"result": result})
    except (ProtocolError, BrokenPipeError):
        raise
    except RuntimeMissingError as error:
        tell({"error": str(error), "missing": True})
    except MaiStudioError as error:
        tell({"error": str(error)})
    except Exception as error:  # noqa: BLE001  LiteRT raises what it likes
        from maistudio.runtime.refusals import LITERTS, refusal

        # The log gets LiteRT's words in full, and where it was for a fault of this program.
        traceback.print_exception(error, limit=0 if isinstance(error, LITERTS) else None)
        tell({"error": refusal(error)})


def _load(request: Message, work: Work, tell: Tell) -> Mapping[str, Any]:
    from maistudio.runtime.loading import Wanted

    return _prepare(Wanted.from_message(request, work.to_child), work, tell)


def _resize(request: Message, work: Work, tell: Tell) -> Mapping[str, Any]:
    from maistudio.runtime.loading import shapes_from

    return _prepare(work.wanted.at(shapes_from(request)), work, tell)


def _prepare(wanted: Any, work: Work, tell: Tell) -> Mapping[str, Any]:
    """Load what is wanted, afresh: a model that has run at other sizes would keep their memory.

    Where that fails, what was wanted before still is.
    """
    work.loaded = None
    started = time.perf_counter_ns()
    loaded, work.wanted = _loaded_as(wanted, tell)
    work.loaded = loaded
    return {
        "init_us": (time.perf_counter_ns() - started) / 1e3,
        "inputs": specs_json(loaded.inputs()),
        "outputs": specs_json(loaded.outputs()),
        "notes": list(loaded.notes),
    }


def _loaded_as(wanted: Any, tell: Tell) -> tuple[Any, Any]:
    from maistudio.runtime.loading import load

    return load(wanted, lambda stage: tell({"stage": stage}))


def _loaded(work: Work, tell: Tell) -> Any:
    """The model, loaded again where it had to make room."""
    if work.loaded is None:
        work.loaded, work.wanted = _loaded_as(work.wanted, tell)
    return work.loaded


def _run(request: Message, work: Work, tell: Tell) -> Mapping[str, Any]:
    loaded = _loaded(work, tell)
    loaded.feed(work.to_child, refs_from(request["arrays"]))
    tell({"stage": "running it"})
    started = time.perf_counter_ns()
    loaded.invoke()
    ended = time.perf_counter_ns()
    return {"arrays": refs_json(loaded.give(work.from_child)), "wall_us": (ended - started) / 1e3}


def _measure(request: Message, work: Work, tell: Tell) -> Mapping[str, Any]:
    from maistudio.runtime.measuring import limits_from, measure

    return measure(_loaded(work, tell), limits_from(request), tell)


def _profile(request: Message, work: Work, tell: Tell) -> Mapping[str, Any]:
    from maistudio.runtime.measuring import limits_from
    from maistudio.runtime.op_profiling import profile_ops
    from maistudio.timing.kernels import raw_profile_json

    tell({"stage": "timing its ops"})
    work.loaded = None  # there may not be memory for it twice
    told = time.monotonic()

    def on_run(runs: int, elapsed_s: float) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            tell({"runs": runs, "elapsed_s": elapsed_s})

    wanted = work.wanted
    return raw_profile_json(profile_ops(wanted.model, wanted.configuration, limits_from(request), on_run))


def _prove(request: Message, work: Work, tell: Tell) -> Mapping[str, Any]:
    """What a real compiler makes of a model: XNNPACK, or the GPU's, of the whole or of some ops alone."""
    from maistudio.runtime.loading import Wanted

    wanted = Wanted.from_message(request, work.to_child)
    if request["prover"] == "xnnpack":
        from maistudio.runtime.delegation import what_xnnpack_took

        return what_xnnpack_took(wanted, lambda stage: tell({"stage": stage}))
    from maistudio.runtime.gpu_compile import compile_ops, compile_whole

    if "ops" in request:
        return compile_ops(wanted, request["ops"], request["known"], tell, work.from_child)
    return compile_whole(wanted, tell, work.from_child)


REQUESTS: Mapping[str, Callable[[Message, Work, Tell], Mapping[str, Any]]] = {
    "load": _load,
    "resize": _resize,
    "run": _run,
    "measure": _measure,
    "profile": _profile,
    "prove": _prove,
}


def _litert() -> Mapping[str, Any]:
    """Import what every request needs; LiteRT's version, or None and why there is none."""
    try:
        from importlib.metadata import version

        import ai_edge_litert.interpreter  # noqa: F401
        import numpy  # noqa: F401

        return {"litert": version("ai-edge-litert"), "why": ""}
    except Exception as error:  # noqa: BLE001  a broken wheel fails in many ways
        return {"litert": None, "why": f"{type(error).__name__}: {error}"}


def _print_by_lines() -> None:
    """What is printed is to be seen while the child works, and after it was killed."""
    import ctypes

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    with contextlib.suppress(OSError, ValueError, AttributeError):  # elsewhere C calls it by another name
        libc = ctypes.CDLL(None)
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, LINE_BUFFERED, 0)
