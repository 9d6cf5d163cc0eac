"""Which lints are silenced for which model, inside a transaction that the caller began."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable


def silence_lints(connection: sqlite3.Connection, model_path: str, lints: Iterable[str], at: float) -> None:
    """Keep lints quiet for a model; those that are already stay as they were."""
    connection.executemany(
        "INSERT OR IGNORE INTO silenced (model_path, lint, at) VALUES (?, ?, ?)",
        [(model_path, lint, at) for lint in lints],
    )


def unsilence_lints(connection: sqlite3.Connection, model_path: str, lints: Iterable[str]) -> None:
    """Tell of lints again; those that are not silenced are passed over."""
    connection.executemany(
        "DELETE FROM silenced WHERE model_path = ? AND lint = ?", [(model_path, lint) for lint in lints]
    )


def read_silenced(connection: sqlite3.Connection, model_path: str) -> frozenset[str]:
    """The lints that are silenced for a model."""
    rows = connection.execute("SELECT lint FROM silenced WHERE model_path = ?", (model_path,))
    return frozenset(str(row["lint"]) for row in rows)
