"""The networks that were built before: a folder for each recipe, in it a file and its facts for each order."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from maistudio.errors import ExportError
from maistudio.save import save_bytes
from maistudio.zoo.forms import Order
from maistudio.zoo.recipe import recipe

OLD_SECONDS = 30 * 86400.0
FACTS = "what is known of a built network"


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A built network: its file among those kept, its trained parameters, and the TensorFlow that wrote it."""

    order: Order
    path: Path
    parameters: int
    tensorflow: str


class KeptNetworks:
    """What is kept under ``cache`` for the TensorFlow and the zoo of today.

    Raises RuntimeMissingError without TensorFlow.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self.folder = cache / recipe()

    def prepare(self) -> None:
        """See that something can be kept. Raises ExportError, which names the folder, where nothing can."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.folder, prefix=".", suffix=".part"):
                pass
        except OSError as error:
            raise self.unwritable(error) from None

    def find(self, order: Order) -> BuiltFile | None:
        """What was built of an order before, where it is still whole."""
        path = self.folder / order.file_name
        try:
            facts = json.loads(self._facts_file(order).read_text(encoding="utf-8"))
            if facts["sha256"] != _sha256(path):
                return None
            return BuiltFile(order, path, int(facts["parameters"]), str(facts["tensorflow"]))
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None

    def keep(self, order: Order, made: Path, parameters: int, tensorflow: str) -> None:
        """Take in a file: whole or not at all, its facts last. Raises ExportError where it can't be written."""
        path = self.folder / order.file_name
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            if path.is_dir():
                shutil.rmtree(path)
            shutil.copyfile(made, part)
            part.replace(path)
        except OSError as error:
            raise self.unwritable(error) from None
        finally:
            with contextlib.suppress(OSError):
                part.unlink()
        facts = {"sha256": _sha256(path), "parameters": parameters, "tensorflow": tensorflow}
        save_bytes(self._facts_file(order), json.dumps(facts).encode(), FACTS)

    def clear_old(self) -> None:
        """Remove what other recipes made and nobody touched for a month."""
        with contextlib.suppress(OSError):
            for other in self._cache.iterdir():
                if other != self.folder and other.is_dir() and time.time() - other.stat().st_mtime > OLD_SECONDS:
                    shutil.rmtree(other, ignore_errors=True)

    def unwritable(self, error: OSError) -> ExportError:
        """The sentence for a folder that can't be written."""
        do = "make room there" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "name another with XDG_CACHE_HOME"
        return ExportError(f"{self.folder}: built networks can't be kept there ({error.strerror}): {do}")

    def _facts_file(self, order: Order) -> Path:
        return self.folder / f"{order.file_name}.json"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
