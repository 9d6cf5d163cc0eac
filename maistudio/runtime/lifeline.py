"""A child process that doesn't outlive the program that started it, however that ends."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading


def die_with(lifeline: int) -> None:
    """End this process when the other end of the pipe is closed, as it is when the program that holds it dies.

    A thread sees it everywhere; on Linux a signal does too while native code holds Python's lock.
    """
    if sys.platform == "linux":
        die_by_signal(lifeline)

    def wait() -> None:
        with contextlib.suppress(OSError):
            os.read(lifeline, 1)
        os._exit(0)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def die_by_signal(lifeline: int) -> None:
    """Have the kernel end this process by SIGIO when the other end is closed. Linux only (fcntl(2), O_ASYNC)."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGIO})  # a mask is inherited
    _signal_at_end(lifeline, os.getpid())


def end_group_with(lifeline: int, leader: int) -> None:
    """Have the kernel end a program that knows nothing of it, and what it started, when the other end is closed.

    ``leader`` leads a process group of its own and was handed ``lifeline``. Does nothing but on Linux.
    """
    if sys.platform == "linux":
        _signal_at_end(lifeline, -leader)


def _signal_at_end(lifeline: int, owner: int) -> None:
    import fcntl

    fcntl.fcntl(lifeline, fcntl.F_SETOWN, owner)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
