"""The strip with the tabs of a page's results."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabBar, QWidget


def tab_header(tabs: QTabBar, titles: Sequence[str], parent: QWidget) -> QFrame:
    """A strip that holds ``tabs``, one for each of the titles."""
    tabs.setDrawBase(False)
    tabs.setExpanding(False)
    tabs.setAccessibleName("Results")
    for title in titles:
        tabs.addTab(title)
    header = QFrame(parent)
    header.setObjectName("paneHeader")
    row = QHBoxLayout(header)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(tabs)
    return header
