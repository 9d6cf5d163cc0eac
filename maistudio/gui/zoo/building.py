"""Building what the Zoo page is asked for: one network after the other, those kept from before at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from maistudio.errors import MaiStudioError
from maistudio.gui.work import Task, Work
from maistudio.gui.zoo.forge import Forge, Found, Wish

LOOK_LANE, BUILD_LANE = "zoo look", "zoo"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for the page, with a button ``verb`` that calls ``do`` where both are given."""

    level: Literal["note", "warning", "error"]
    sentence: str
    verb: str = ""
    do: Callable[[], object] | None = None


class Building(QObject):
    """``open_asked`` carries a built file that is to be opened, ``told`` what to say.

    ``changed`` comes when something begins, goes on or ends.
    """

    changed = Signal()
    told = Signal(object)
    open_asked = Signal(str)

    def __init__(self, forge: Forge, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._forge = forge
        self._work = work
        self._going: dict[Wish, Task] = {}
        self._building: list[Wish] = []

    @property
    def current(self) -> tuple[Wish, Task] | None:
        """What is built now, if anything is."""
        return (self._building[0], self._going[self._building[0]]) if self._building else None

    @property
    def waiting(self) -> int:
        """How many networks wait for their turn."""
        return max(len(self._building) - 1, 0)

    def ask(self, wish: Wish) -> None:
        """Build a network, or take what was built before; then open it, or write the copy that is wished for."""
        if wish in self._going:
            self.told.emit(Told("note", f"{wish.name} is being built already: wait for it."))
            return
        task = self._work.start(f"Looking for {wish.name}", self._forge.look(wish), LOOK_LANE)
        task.succeeded.connect(partial(self._found, wish))
        self._follow(wish, task)

    def cancel(self) -> None:
        """Stop what is built now; its child process ends and nothing of it is kept."""
        if (current := self.current) is not None:
            current[1].cancel()

    def _follow(self, wish: Wish, task: Task) -> None:
        self._going[wish] = task
        task.refused.connect(self._refuse)
        task.failed.connect(partial(self._fail, wish))
        task.progressed.connect(self.changed)
        task.ended.connect(partial(self._over, wish, task))

    def _found(self, wish: Wish, found: Found) -> None:
        if found.path is not None:
            self._deliver(wish, found.path)
            return
        task = self._work.start(f"Building {wish.name}", self._forge.build(found.order, wish), BUILD_LANE)
        task.succeeded.connect(partial(self._deliver, wish))
        self._building.append(wish)
        self._follow(wish, task)
        self.changed.emit()

    def _deliver(self, wish: Wish, path: Path) -> None:
        if wish.copy is None:
            self.open_asked.emit(str(path))
        else:
            opened = partial(self.open_asked.emit, str(wish.copy))
            self.told.emit(Told("note", f"{wish.name} was saved as {wish.copy}.", "Open", opened))

    def _refuse(self, error: MaiStudioError) -> None:
        self.told.emit(Told("error", str(error)))

    def _fail(self, wish: Wish, error: BaseException) -> None:
        sentence = f"Building {wish.name} met an unexpected error ({type(error).__name__}); the report has its trace"
        self.told.emit(Told("error", sentence))

    def _over(self, wish: Wish, task: Task) -> None:
        if self._going.get(wish) is task:
            del self._going[wish]
            if wish in self._building:
                self._building.remove(wish)
            self.changed.emit()
