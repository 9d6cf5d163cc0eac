"""What the window remembers between starts, in one INI file. Anything unreadable in it counts as not set."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

LARGEST_FILE = 2**20
"""A settings file over this size in bytes was not written by this program."""

RECENT_KEPT = 12
LONGEST_PATH = 4096
TEXTS_KEPT = 200
LONGEST_TEXT = 200
DIGITS = 9


class Settings:
    """Words, numbers, bytes and the recent files by name. Without a ``path`` nothing is read or written.

    Neither is anything where something other than a file of at most ``LARGEST_FILE`` bytes lies there.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file = QSettings(str(path), QSettings.Format.IniFormat) if path and self._usable() else None

    def word(self, name: str, allowed: tuple[str, ...]) -> str:
        """The word kept under ``name``, or the first of ``allowed`` when it is none of them."""
        value = self._file.value(name) if self._file else None
        return value if isinstance(value, str) and value in allowed else allowed[0]

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        """The number kept under ``name``, within bounds; ``default`` when it is none."""
        value = self._file.value(name) if self._file else None
        if not isinstance(value, str) or not value.isdecimal() or len(value) > DIGITS:
            return default
        return min(max(int(value), lowest), highest)

    def state(self, name: str) -> QByteArray:
        """A geometry or splitter state, empty when there is none."""
        value = self._file.value(name) if self._file else None
        return QByteArray.fromBase64(value.encode()) if isinstance(value, str) else QByteArray()

    def texts(self, name: str) -> list[str]:
        """The words kept under ``name``, at most ``TEXTS_KEPT``; none when there are none."""
        value = self._file.value(name) if self._file else None
        kept = value if isinstance(value, list) else [value]
        return [text for text in kept if isinstance(text, str) and 0 < len(text) <= LONGEST_TEXT][:TEXTS_KEPT]

    def put_word(self, name: str, word: str) -> None:
        if self._file:
            self._file.setValue(name, word)

    def put_texts(self, name: str, texts: Sequence[str]) -> None:
        if self._file:
            self._file.setValue(name, list(texts))

    def put_number(self, name: str, number: int) -> None:
        if self._file:
            self._file.setValue(name, str(number))

    def put_state(self, name: str, state: QByteArray) -> None:
        if self._file:
            self._file.setValue(name, bytes(state.toBase64().data()).decode())

    def recent(self) -> list[str]:
        """The files opened last, newest first, at most ``RECENT_KEPT``."""
        value = self._file.value("recent") if self._file else None
        kept = value if isinstance(value, list) else [value]
        return list(islice((path for path in kept if isinstance(path, str) and _may_be_path(path)), RECENT_KEPT))

    def add_recent(self, path: str) -> None:
        self._put_recent([path, *(other for other in self.recent() if other != path)][:RECENT_KEPT])

    def clear_recent(self) -> None:
        self._put_recent([])

    def save(self) -> None:
        """Write now. A folder that can't be written is no reason to trouble anyone."""
        if self._file and self._usable():
            self._file.sync()

    def _usable(self) -> bool:
        """Whether the file, and the lock that Qt puts beside it, can be opened without waiting."""
        assert self._path is not None
        return _may_be_ours(self._path) and _may_be_ours(self._path.with_name(f"{self._path.name}.lock"))

    def _put_recent(self, paths: list[str]) -> None:
        if self._file:
            self._file.setValue("recent", paths)


def settings_path() -> Path:
    """The user's settings file, by the platform's convention (``~/.config/maistudio`` on Linux)."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(folder) / "maistudio" / "window.ini"


def _may_be_path(text: str) -> bool:
    return 0 < len(text) <= LONGEST_PATH


def _may_be_ours(path: Path) -> bool:
    """Whether nothing lies at ``path`` yet, or a file of bearable size: a pipe would be waited for without end."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST_FILE
