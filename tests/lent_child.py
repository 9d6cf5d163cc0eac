"""One child that serves many sessions in turn: a test that only loads models needn't wait for a process."""

from __future__ import annotations

from maistudio.runtime.child import Child
from maistudio.runtime.children import Children


class LentChild(Children):
    """Hands out the same child as long as it lives. It holds one model at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._child: Child | None = None

    def take(self) -> Child:
        if self._child is None or not self._child.alive:
            self.close()
            self._child = Child()
        return self._child

    def give_back(self, child: Child) -> None:
        pass

    def close(self) -> None:
        if self._child is not None:
            self._child.close()
        self._child = None
