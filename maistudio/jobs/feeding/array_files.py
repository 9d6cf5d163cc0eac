"""What a model gives, as NumPy's own files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from maistudio.tflite.text import list_text

ARRAYS = frozenset({".npy", ".npz"})
"""Suffixes of files that take what a model gives as it gives it."""
NPZ = ".npz"
MEMBER = ".npy"
SEPARATORS = "/\\"
LONGEST_KEY = 200


def array_file(outputs: Mapping[str, NDArray[Any]], suffix: str) -> bytes:
    """A NumPy file's bytes: the first output as ``.npy``, all of them under ``keys_of`` their names as ``.npz``.

    Texts are stored as byte strings; nothing needs ``allow_pickle`` to be read.
    """
    file = io.BytesIO()
    if suffix.lower() != NPZ:
        _write(file, next(iter(outputs.values())))
        return file.getvalue()
    # np.savez takes names as keywords, where "file" and "allow_pickle" are its own
    with zipfile.ZipFile(file, "w") as archive:
        for key, array in zip(keys_of(outputs), outputs.values(), strict=True):
            with archive.open(key + MEMBER, "w", force_zip64=True) as member:
                _write(member, array)
    return file.getvalue()


def keys_of(names: Iterable[str]) -> tuple[str, ...]:
    """A key of its own for each name, one that is also a safe name of a file in a zip.

    Plain names are kept. Others have ``_`` for path separators and for what can't be printed, are cut to LONGEST_KEY
    characters, and numbered where that would make two equal.
    """
    names = tuple(names)
    taken = {name for name in names if _safe(name) == name}
    keys = []
    for name in names:
        safe = key = _safe(name)
        number = 2
        while key != name and key in taken:
            key, number = f"{safe}_{number}", number + 1
        taken.add(key)
        keys.append(key)
    return tuple(keys)


def renamed(names: Iterable[str], suffix: str) -> Iterator[str]:
    """A note where outputs have other keys in an ``.npz`` than their names."""
    names = tuple(names)
    pairs = zip(names, keys_of(names), strict=True) if suffix.lower() == NPZ else ()
    others = [f"{key} for {name[:LONGEST_KEY]}" for name, key in pairs if key != name]
    if others:
        yield f"some outputs have other names in the file: {list_text(others)}"


def _safe(name: str) -> str:
    kept = "".join("_" if c in SEPARATORS or not c.isprintable() else c for c in name[:LONGEST_KEY])
    if kept.endswith(MEMBER):  # np.load can't tell the key "x.npy" from the file of the key "x"
        kept = f"{kept.removesuffix(MEMBER)}_npy"
    return kept or "_"


def _write(file: Any, array: NDArray[Any]) -> None:
    plain = array.astype(np.bytes_) if array.dtype.kind == "O" else array
    npy.write_array(file, plain, allow_pickle=False)
