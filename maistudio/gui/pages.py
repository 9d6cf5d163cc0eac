"""The pages of the window."""

from __future__ import annotations

from dataclasses import dataclass

from maistudio.errors import UsageError


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the window. ``missing`` says why it can't be chosen, empty when it can."""

    name: str
    title: str
    tip: str
    missing: str = ""


PAGES = (
    Page("graph", "Graph", "The network as a graph, with its details and tables"),
    Page("targets", "Targets", "What a phone's accelerator refuses, and why"),
    Page("compare", "Compare", "Pictures side by side with the ground truth", "not built yet"),
    Page("profile", "Profile", "How long the model takes on this machine, and which ops take it"),
    Page("score", "Score", "Challenge scores and the leaderboard", "not built yet"),
    Page("rate", "Rate", "Blind rating sessions", "not built yet"),
    Page("zoo", "Zoo", "Networks of the challenge reports, to build and open"),
)


def page_named(name: str) -> Page:
    """The page of this name. Raises UsageError when there is none, or when it is not built yet."""
    page = next((page for page in PAGES if page.name == name), None)
    ready = ", ".join(page.name for page in PAGES if not page.missing)
    if page is None:
        raise UsageError(f"--page {name}: there is no such page; use {ready}")
    if page.missing:
        raise UsageError(f"--page {name}: the {page.title} page is {page.missing}; use {ready}")
    return page
