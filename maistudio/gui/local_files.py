"""The files of this machine that are dragged or dropped."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl


def local_files(data: QMimeData) -> list[str]:
    """The paths among what is dragged."""
    return [_path(url) for url in data.urls() if url.isLocalFile()]


def _path(url: QUrl) -> str:
    """The path of a local file, also where its name is not UTF-8, which Qt replaces by U+FFFD."""
    path = url.toLocalFile()
    if "\ufffd" not in path:
        return path
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))
