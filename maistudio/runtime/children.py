"""The children of this program: each serves one job and then ends; one waits, ready, for the next."""

from __future__ import annotations

import contextlib
import threading
import weakref
from types import TracebackType
from typing import Self

from maistudio.errors import MaiStudioError, ModelRunError
from maistudio.runtime.child import Child


class Children:
    """Hands out fresh children. Safe to use from several threads.

    A child is never used twice, so no job finds memory, threads or caches of another in it.
    """

    def __init__(self, keep_warm: bool = False) -> None:
        """``keep_warm`` starts a child ahead of each need, as a window wants it."""
        self._keep_warm = keep_warm
        self._lock = threading.Lock()
        self._spare: Child | None = None
        self._busy: weakref.WeakSet[Child] = weakref.WeakSet()
        self._closed = False

    def warm_up(self) -> None:
        """Start the child that waits, if there is none. It costs some 0.4 s of CPU: not while something is timed."""
        with self._lock, contextlib.suppress(MaiStudioError):  # it would only have saved time
            if self._keep_warm and not self._closed and not self._busy and self._spare is None:
                self._spare = Child()

    def take(self) -> Child:
        """A child that has served nobody. Raises ModelRunError where none can be started, or after ``close``."""
        with self._lock:
            if self._closed:
                raise ModelRunError("no model is run any more: MAI Studio is about to end")
            child, self._spare = self._spare, None
            if child is not None and not child.alive:
                child.close()
                child = None
            child = child or Child()
            self._busy.add(child)
        return child

    def give_back(self, child: Child) -> None:
        """End a child whose job is over, and start the next one that waits when no job is left."""
        with self._lock:
            self._busy.discard(child)
        child.close()
        self.warm_up()

    def close(self) -> None:
        """End all children, also those that work."""
        with self._lock:
            self._closed = True
            spare, self._spare = self._spare, None
            busy = list(self._busy)
        for child in busy:
            child.kill()
        if spare is not None:
            spare.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
