"""The targets there are: those shipped with the program, and the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from maistudio.errors import FactsFileError, MaiStudioError
from maistudio.resources import resource_path
from maistudio.targets.profile import Target
from maistudio.targets.read import read_target
from maistudio.toml.folder import named, read_folder


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The targets that could be read, shipped ones first, and what is wrong with files that could not."""

    targets: tuple[Target, ...]
    faults: tuple[MaiStudioError, ...] = ()

    def named(self, name: str) -> Target:
        """The target of this id. Raises UsageError, which names the ids there are, for another."""
        return named(name, "target", self.targets, self.faults)


def shipped_targets(only: Sequence[str] = ()) -> tuple[Target, ...]:
    """The targets under ``resources/targets``, by id; ``only`` those named, where any are."""
    folder = resource_path("targets")
    files = [file for file in sorted(folder.glob("*.toml")) if not only or file.stem in only]
    read = (read_target(file, lambda name: folder / f"{name}.toml") for file in files)
    return tuple(target for target in read if target is not None)


def catalogue(folder: Path | None) -> Catalogue:
    """The shipped targets and those of ``*.toml`` in the user's ``folder``, which need not be there.

    A user's file may extend one of its folder or a shipped one. A faulty file is left out and told among the
    faults, as is a folder that can't be listed.
    """
    shipped = shipped_targets()
    taken = {target.id for target in shipped}

    def read(file: Path) -> Target | None:
        if file.stem in taken:
            raise FactsFileError(file, 1, f'a target "{file.stem}" is shipped with the program: rename the file')
        return read_target(file, partial(_extended, file.parent))

    own, faults = read_folder(folder, read)
    return Catalogue((*shipped, *own), tuple(faults))


def _extended(folder: Path, name: str) -> Path:
    own = folder / f"{Path(name).name}.toml"
    return own if own.exists() else resource_path("targets") / f"{Path(name).name}.toml"
