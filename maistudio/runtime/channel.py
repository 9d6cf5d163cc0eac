"""What this program shares with one child process: two pipes, two arenas and the lifeline."""

from __future__ import annotations

import contextlib
import os
from typing import BinaryIO, cast

from maistudio.runtime.arena import new_arena

STANDARD = 3
"""Descriptors below are standard input, output and error, which a child has of its own."""


class Channel:
    """The descriptors of both sides. ``handed`` are the child's, as its arguments name them."""

    def __init__(self) -> None:
        """Raises OSError where there are no more descriptors."""
        self._open: set[int] = set()
        try:
            self.to_child, self.from_child = self._kept(new_arena()), self._kept(new_arena())
            requests_from, requests_to = self._pipe()
            answers_from, answers_to = self._pipe()
            alive, self._lifeline = self._pipe()
        except OSError:
            self.close()
            raise
        self.handed = (requests_from, answers_to, self.to_child, self.from_child, alive)
        self._child_alone = (requests_from, answers_to, alive)
        self.requests: BinaryIO = self._stream(requests_to, "wb")
        self.answers: BinaryIO = self._stream(answers_from, "rb")
        """Read and closed by one thread."""

    def handed_over(self) -> None:
        """Close what only the child has use for, once it has started."""
        for descriptor in self._child_alone:
            self._close(descriptor)

    def close(self) -> None:
        """Close all but ``answers``. May be called again."""
        if hasattr(self, "requests"):
            with contextlib.suppress(OSError):  # what nobody read any more
                self.requests.close()
        for descriptor in tuple(self._open):
            self._close(descriptor)

    def _pipe(self) -> tuple[int, int]:
        ends = os.pipe()
        self._open.update(ends)
        return self._above(ends[0]), self._above(ends[1])

    def _kept(self, descriptor: int) -> int:
        self._open.add(descriptor)
        return self._above(descriptor)

    def _above(self, descriptor: int) -> int:
        """The same by a number past the standard ones, which are free where this program was started without them."""
        if descriptor >= STANDARD:
            return descriptor
        import fcntl

        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, STANDARD)
        self._close(descriptor)
        self._open.add(moved)
        return moved

    def _stream(self, descriptor: int, mode: str) -> BinaryIO:
        self._open.discard(descriptor)
        return cast("BinaryIO", os.fdopen(descriptor, mode))

    def _close(self, descriptor: int) -> None:
        if descriptor in self._open:
            self._open.discard(descriptor)
            os.close(descriptor)
