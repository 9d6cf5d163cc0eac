"""What the command palette of the window offers: its actions, its tabs and the files opened last."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from maistudio.gui.actions import ACTIONS, keys_of
from maistudio.gui.commands import Command
from maistudio.gui.recent import GONE

if TYPE_CHECKING:
    from maistudio.gui.window import MainWindow


def commands_of(window: MainWindow) -> list[Command]:
    """As things are now, in the order in which they are shown before anything is typed."""
    made = [
        Command(
            f"{action.menu.rpartition('/')[2]}: {action.text}",
            action.unless(window) or keys_of(action),
            not action.unless(window),
            window.actions_by_id[action.id].trigger,
        )
        for action in ACTIONS
        if action.id != "commands"
    ]
    tabs = [Command(f"Tab: {tab.name}", "", True, partial(window.tabs.choose, tab)) for tab in window.tabs.all()]
    recent = [
        Command(
            f"Open recent: {Path(path).name}",
            GONE if path in window.recent.gone else str(Path(path).parent),
            path not in window.recent.gone,
            partial(window.open_files, [path]),
        )
        for path in window.settings.recent()
    ]
    return [*made, *tabs, *recent]
