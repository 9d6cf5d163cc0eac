"""The zip that packs files such as labels behind a model, and how to take one out of it safely."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import SEEK_CUR, SEEK_END, SEEK_SET, BytesIO
from struct import Struct
from struct import error as struct_error
from typing import TYPE_CHECKING

from maistudio.errors import ArchiveError
from maistudio.tflite.flatbuffer import CorruptField
from maistudio.tflite.model import AssociatedFile
from maistudio.tflite.source import Source

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

READ_LIMIT = 64 * 2**20
"""Most bytes of one packed file that are unpacked unless the caller asks for more."""

_DIRECTORY_LIMIT = 2 * 2**20
_PIECE = 2**20
_FILES_LIMIT = 10_000
_NAME_LIMIT = 120
_END = Struct("<4s4H2IH")
_END_MAGIC = b"PK\x05\x06"
_LONGEST_COMMENT = 65_535
_ENCRYPTED = 1
_METHODS = (0, 8)  # stored and deflated: the ones unpacked piece by piece
_WINDOWS_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def list_files(source: Source) -> tuple[AssociatedFile, ...]:
    """The files packed behind the model, in the zip's order; none where no zip ends the file.

    ``size`` is what the zip claims a file unpacks to. A name packed twice is listed twice.
    Raises CorruptField where a zip is there but its directory can't be read, StaleFileError where the file
    changed since it was opened.
    """
    if not _ends_in_zip(source):
        return ()
    with _opened(source) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        return tuple(AssociatedFile(name=entry.filename, size=entry.file_size) for entry in entries)


def read_file(source: Source, name: str, limit_bytes: int = READ_LIMIT) -> bytes:
    """The content of one packed file.

    Raises ArchiveError where it is missing, packed twice, encrypted, damaged or larger than ``limit_bytes``,
    StaleFileError where the file changed since it was opened.
    """
    try:
        if not _ends_in_zip(source):
            raise ArchiveError(f"{source.path}: no files are packed in this model")
        with _opened(source) as archive:
            entry = _only_entry(archive, source, name)
            _check_entry(entry, source, limit_bytes)
            with archive.open(entry) as packed:
                content = b"".join(iter(lambda: packed.read(_PIECE), b""))
    except CorruptField as error:
        raise ArchiveError(f"{source.path}: the packed file {name!r} can't be read ({error})") from None
    if len(content) != entry.file_size:
        raise ArchiveError(
            f"{source.path}: the packed file {name!r} unpacks to another size than it claims; pack it again"
        )
    return content


def safe_name(name: str) -> str:
    """A packed file's name made fit to save under: the last part alone, without characters any system refuses.

    Never empty, never a path, at most 120 characters with the extension kept.
    """
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*')
    kept = kept.strip(" .")
    if _WINDOWS_DEVICES.match(kept):
        kept = f"_{kept}"
    if len(kept) > _NAME_LIMIT:
        stem, dot, extension = kept.rpartition(".")
        ending = dot + extension if stem and len(extension) <= 16 else ""
        kept = kept[: _NAME_LIMIT - len(ending)] + ending
    return kept or "file"


def append_files(model: bytes, files: Mapping[str, bytes]) -> bytes:
    """``model`` with ``files`` packed behind it, the same bytes for the same input."""
    import zipfile

    packed = BytesIO()
    packed.write(model)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def _size(source: Source) -> int:
    return source.identity.size if source.held is None else len(source.held)


def _ends_in_zip(source: Source) -> bool:
    """Whether a zip's end record stands at the very end of the file, its comment reaching exactly to it.

    Looked for from the back; the four magic bytes alone also occur in weights.
    """
    size = _size(source)
    tail_size = min(size, _END.size + _LONGEST_COMMENT)
    tail = source.read(size - tail_size, tail_size)
    place = tail.rfind(_END_MAGIC)
    while place >= 0:
        if place + _END.size <= len(tail):
            comment = _END.unpack_from(tail, place)[7]
            if place + _END.size + comment == len(tail):
                return True
        place = tail.rfind(_END_MAGIC, 0, place)
    return False


@contextmanager
def _opened(source: Source) -> Iterator[ZipFile]:
    """The zip; whatever goes wrong while it is in use becomes CorruptField."""
    # Few models have a zip, and importing its module costs 15 ms.
    import zipfile
    import zlib

    faults = (
        zipfile.BadZipFile, zlib.error, struct_error, EOFError, ValueError, IndexError, OverflowError,
        NotImplementedError, RuntimeError, OSError,
    )  # fmt: skip
    try:
        with zipfile.ZipFile(_Reader(source)) as archive:
            if len(archive.filelist) > _FILES_LIMIT:
                raise CorruptField(f"its directory lists {len(archive.filelist):,} files; at most 10,000 are read")
            yield archive
    except faults as error:
        raise CorruptField(f"the appended zip is damaged: {str(error) or type(error).__name__}") from None


def _only_entry(archive: ZipFile, source: Source, name: str) -> ZipInfo:
    found = [entry for entry in archive.infolist() if entry.filename == name]
    if not found:
        raise ArchiveError(f"{source.path}: no file {name!r} is packed in this model")
    if len(found) > 1:
        raise ArchiveError(
            f"{source.path}: {name!r} is packed {len(found)} times; unzip the model to choose between them"
        )
    return found[0]


def _check_entry(entry: ZipInfo, source: Source, limit_bytes: int) -> None:
    where = f"{source.path}: the packed file {entry.filename!r}"
    if entry.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"{where} is encrypted; unzip the model with its password")
    if entry.compress_type not in _METHODS:
        raise ArchiveError(f"{where} is packed by a method other than deflate; unzip the model with another program")
    if entry.file_size > limit_bytes:
        raise ArchiveError(
            f"{where} unpacks to {entry.file_size:,} bytes, more than the {limit_bytes:,} read here; "
            "unzip the model to get it"
        )


class _Reader:
    """The model file as the file object ``zipfile`` reads, refusing single reads larger than any sane directory."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._size = _size(source)
        self._place = 0

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        place = {SEEK_SET: 0, SEEK_CUR: self._place, SEEK_END: self._size}[whence] + offset
        if place < 0:
            raise OSError("an offset points before the start of the file")
        self._place = place
        return place

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._place)
        wanted = left if size < 0 else min(size, left)
        if wanted > _DIRECTORY_LIMIT:
            raise OSError(f"its directory claims {wanted:,} bytes")
        piece = self._source.read(self._place, wanted)
        self._place += len(piece)
        return piece
