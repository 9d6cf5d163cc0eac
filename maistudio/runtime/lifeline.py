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
    import fcntl

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGIO})  # a mask is inherited
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
