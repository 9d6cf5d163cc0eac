"""How the graphs of all tabs look: which way they are drawn, and what the colours of their boxes mean."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph_bar import GraphBar
from maistudio.gui.settings import Settings
from maistudio.gui.style import Theme
from maistudio.gui.tabs import Tabs
from maistudio.gui.targets.checks import Checks
from maistudio.gui.targets.signs import sign_icon
from maistudio.gui.targets.words import trouble_text
from maistudio.targets.values import Verdict

ORIENTATIONS = ("vertical", "horizontal")
COLUMNS = ("wrapped", "strip")
SHOWN = ("shown", "hidden")


class GraphLook(QObject):
    """Draws the graphs of ``tabs`` as it was asked to, and says on ``bar`` what their colours mean.

    ``arranged`` comes when graphs are drawn another way. Boxes are coloured by their kinds, by their times
    (``heat_wanted``) or by their verdicts (``verdicts_wanted``).
    """

    arranged = Signal()

    def __init__(
        self, tabs: Tabs, bar: GraphBar, checks: Checks, settings: Settings, theme: Theme, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tabs, self._bar, self._checks, self._settings, self._theme = tabs, bar, checks, settings, theme
        self.arrangement = _remembered(settings)
        self.heat_wanted: bool = False
        self.verdicts_wanted: bool = False
        bar.target_chosen.connect(checks.look_at)
        checks.choice_changed.connect(self.shade)
        checks.current_changed.connect(self.shade)
        checks.known_changed.connect(self.shade)

    def turn(self) -> None:
        """Draw every graph the other way: from top to bottom, or from left to right."""
        vertical = self.arrangement.orientation == "vertical"
        self._arrange(replace(self.arrangement, orientation="horizontal" if vertical else "vertical"))

    def wrap(self) -> None:
        """Draw long graphs in columns, or as one strip."""
        self._arrange(replace(self.arrangement, wrapped=not self.arrangement.wrapped))

    def toggle_minimap(self) -> None:
        self._arrange(replace(self.arrangement, minimap=not self.arrangement.minimap))

    def toggle_legend(self) -> None:
        self._arrange(replace(self.arrangement, legend=not self.arrangement.legend))

    def toggle_heat(self) -> None:
        """Shade the boxes of graphs by their share of the time, or by their kind again."""
        self.heat_wanted = not self.heat_wanted
        self.verdicts_wanted = self.verdicts_wanted and not self.heat_wanted
        self.shade()

    def toggle_verdicts(self) -> None:
        """Colour the boxes of graphs by what a target makes of them, or by their kind again."""
        self.verdicts_wanted = not self.verdicts_wanted
        self.heat_wanted = self.heat_wanted and not self.verdicts_wanted
        if self.verdicts_wanted:
            self._checks.enable()
        self.shade()

    def shade(self) -> None:
        """Colour the graphs as is wanted."""
        for tab in self._tabs.all():
            tab.show_heat(self.heat_wanted)
            tab.show_verdicts(self._checks.current if self.verdicts_wanted else "")
        self.show_targets()

    def show_targets(self) -> None:
        """Offer the targets that the current model was checked on, or say how many of them don't run all of it."""
        tab, palette = self._tabs.current, self._theme.palette
        checked = tab.document.checked if tab is not None and tab.document is not None else None
        reports = checked.reports if checked is not None else ()
        offered = [(each.target, each.name, sign_icon(each.verdict, palette)) for each in reports]
        self._bar.show_targets(offered if self.verdicts_wanted else (), self._checks.current)
        told = "" if self.verdicts_wanted else trouble_text(reports)
        self._bar.show_trouble(told, sign_icon(Verdict.FAILS_AT_START, palette))

    def _arrange(self, arrangement: Arrangement) -> None:
        self.arrangement = arrangement
        for tab in self._tabs.all():
            tab.arrange(arrangement)
        _remember(self._settings, arrangement)
        self.arranged.emit()


def _remembered(settings: Settings) -> Arrangement:
    return Arrangement(
        "horizontal" if settings.word("orientation", ORIENTATIONS) == "horizontal" else "vertical",
        settings.word("columns", COLUMNS) == "wrapped",
        settings.word("minimap", SHOWN) == "shown",
        settings.word("legend", SHOWN) == "shown",
    )


def _remember(settings: Settings, arrangement: Arrangement) -> None:
    settings.put_word("orientation", arrangement.orientation)
    settings.put_word("columns", COLUMNS[0] if arrangement.wrapped else COLUMNS[1])
    settings.put_word("minimap", SHOWN[0] if arrangement.minimap else SHOWN[1])
    settings.put_word("legend", SHOWN[0] if arrangement.legend else SHOWN[1])
