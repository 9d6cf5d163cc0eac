"""Children of a test's own making: scripts that speak the protocol until they do what is to be tested."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from maistudio.errors import MaiStudioError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import Child, last

_CHANNEL = """
import os, resource, signal, sys, time
from maistudio.runtime.protocol import VERSION, receive, send
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
requests, answers = os.fdopen(int(sys.argv[1]), "rb"), os.fdopen(int(sys.argv[2]), "wb")
def tell(number, **message):
    send(answers, {"id": number, **message})
def die(number):
    os.kill(os.getpid(), number)
    time.sleep(60)
"""
_HELLO = 'tell(0, result={"protocol": VERSION, "litert": "9.9", "why": ""})\n'


def silent_command(body: str) -> tuple[str, ...]:
    """The command of a child that runs ``body`` without a greeting; ``tell``, ``die`` and ``receive`` are there."""
    return (sys.executable, "-P", "-c", _CHANNEL + body)


def command(body: str) -> tuple[str, ...]:
    """The command of a child that greets and then runs ``body``."""
    return silent_command(_HELLO + body)


def after_request(body: str) -> tuple[str, ...]:
    """The command of a child that runs ``body`` once it was asked for something."""
    return command("request = receive(requests)\n" + body)


LISTENS = command("while (request := receive(requests)) is not None: tell(request['id'], result={})\n")
"""A child that answers everything with nothing."""


def asked(child: Child, bounds: Bounds | None = None) -> Any:
    """What comes of asking a child for something: the result, or the error's sentence."""
    try:
        return last(child.ask("run", {}, None, bounds))["result"]
    except MaiStudioError as error:
        return str(error)


def gone(pid: int) -> bool:
    """Whether a process has ended, be it reaped or not."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def wait_until(done: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something that is about to be; fails the test where it isn't."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds:g} s")
        time.sleep(0.01)
