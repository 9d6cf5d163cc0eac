"""Files packed behind a model: found, listed, taken out, and refused in a sentence where that isn't safe."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from struct import pack

import models
import pytest
from described import PACKED_FILES, build_with_metadata
from hypothesis import given, settings
from hypothesis import strategies as st
from real_models import ManifestRow

from maistudio.errors import ArchiveError, StaleFileError
from maistudio.tflite.archive import append_files, list_files, read_file, safe_name
from maistudio.tflite.flatbuffer import CorruptField
from maistudio.tflite.source import Identity, Source

MODEL = models.build_outside()


def held(data: bytes) -> Source:
    return Source(Path("model.tflite"), Identity(0, 0, len(data), 0), data)


def on_disk(path: Path, data: bytes) -> Source:
    """A source that reads the file piece by piece, as large models are read."""
    path.write_bytes(data)
    return Source(path, Identity.of(path.stat()), None)


def zipped(fill: Callable[[zipfile.ZipFile], None]) -> bytes:
    file = io.BytesIO()
    file.write(MODEL)
    with zipfile.ZipFile(file, "a") as packed:
        fill(packed)
    return file.getvalue()


def test_packed_files_are_listed_with_their_sizes() -> None:
    files = list_files(held(append_files(MODEL, PACKED_FILES)))
    assert [(file.name, file.size) for file in files] == [(name, len(data)) for name, data in PACKED_FILES.items()]


def test_packed_files_come_out_as_they_went_in() -> None:
    source = held(append_files(MODEL, PACKED_FILES))
    assert {name: read_file(source, name) for name in PACKED_FILES} == PACKED_FILES


def test_packed_files_are_read_from_a_file_that_is_not_held(tmp_path: Path) -> None:
    large = bytes(range(256)) * 20_000
    source = on_disk(tmp_path / "model.tflite", append_files(MODEL, {"large": large}))
    assert read_file(source, "large") == large


def test_packed_files_have_no_date_but_the_zip_s_first() -> None:
    with zipfile.ZipFile(io.BytesIO(append_files(MODEL, PACKED_FILES))) as packed:
        assert [entry.date_time for entry in packed.infolist()] == [(1980, 1, 1, 0, 0, 0)] * 2


def test_the_reader_lists_packed_files_as_the_metadata_describes_them() -> None:
    labels, notes = models.read_bytes(build_with_metadata()).associated_files
    assert (labels.name, labels.description, labels.type) == ("labels.txt", "What it may show", "tensor axis labels")
    assert (notes.name, notes.type) == ("notes.txt", "descriptions")


@pytest.mark.parametrize(
    "tail",
    [b"", b"not a zip", b"PK\5\6", b"PK\5\6" + b"\xff" * 18, b"PK\5\6" + b"\0" * 18 + b"weights", b"PK\3\4" * 100],
    ids=["nothing", "other bytes", "magic alone", "impossible comment", "end record inside", "local headers"],
)
def test_bytes_behind_a_model_that_are_no_zip_pack_nothing(tail: bytes) -> None:
    assert list_files(held(MODEL + tail)) == ()


def test_looking_for_a_zip_reads_only_the_end_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = on_disk(tmp_path / "model.tflite", b"\0" * 2**20)
    read: list[int] = []
    whole = Source.read

    def counted(self: Source, offset: int, size: int) -> bytes:
        read.append(size)
        return whole(self, offset, size)

    monkeypatch.setattr(Source, "read", counted)
    assert list_files(source) == ()
    assert sum(read) <= 64 * 2**10 + 22


def test_a_comment_behind_the_directory_does_not_hide_it() -> None:
    def fill(packed: zipfile.ZipFile) -> None:
        packed.writestr("labels.txt", "cat")
        packed.comment = b"written by hand"

    assert [file.name for file in list_files(held(zipped(fill)))] == ["labels.txt"]


def test_folders_are_not_listed() -> None:
    def fill(packed: zipfile.ZipFile) -> None:
        packed.writestr("labels/", "")
        packed.writestr("labels/en.txt", "cat")

    assert [file.name for file in list_files(held(zipped(fill)))] == ["labels/en.txt"]


def test_a_directory_that_points_outside_the_file_is_a_fault() -> None:
    end = bytearray(append_files(MODEL, PACKED_FILES))
    end[-22 + 12 : -22 + 16] = (2**31).to_bytes(4, "little")
    with pytest.raises(CorruptField, match="the appended zip is damaged"):
        list_files(held(bytes(end)))


def test_a_directory_larger_than_any_is_not_read(tmp_path: Path) -> None:
    data = bytearray(append_files(b"\0" * (4 * 2**20), PACKED_FILES))
    data[-22 + 12 : -22 + 16] = (3 * 2**20).to_bytes(4, "little")
    with pytest.raises(CorruptField, match="its directory claims 3,145,728 bytes"):
        list_files(on_disk(tmp_path / "model.tflite", bytes(data)))


def listed_often(times: int) -> Source:
    """A model with one packed file that its directory lists ``times`` times."""
    data = append_files(MODEL, {"a": b""})
    directory, end = data.rfind(b"PK\1\2"), data.rfind(b"PK\5\6")
    records = data[directory:end] * times
    place = int.from_bytes(data[end + 16 : end + 20], "little")
    return held(data[:directory] + records + pack("<4s4H2IH", b"PK\5\6", 0, 0, times, times, len(records), place, 0))


def test_ten_thousand_packed_files_are_listed() -> None:
    assert len(list_files(listed_often(10_000))) == 10_000


def test_more_packed_files_are_a_fault() -> None:
    with pytest.raises(CorruptField, match="lists 10,001 files; at most 10,000 are read"):
        list_files(listed_often(10_001))


def test_a_model_without_a_zip_has_no_file_to_read() -> None:
    with pytest.raises(ArchiveError, match=r"model\.tflite: no files are packed in this model"):
        read_file(held(MODEL), "labels.txt")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ArchiveError, match=r"no file 'other\.txt' is packed"):
        read_file(held(append_files(MODEL, PACKED_FILES)), "other.txt")


def test_a_file_packed_twice_is_listed_twice_and_not_guessed_at() -> None:
    def fill(packed: zipfile.ZipFile) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            packed.writestr("labels.txt", "cat")
            packed.writestr("labels.txt", "dog")

    source = held(zipped(fill))
    assert len(list_files(source)) == 2
    with pytest.raises(ArchiveError, match=r"'labels\.txt' is packed 2 times"):
        read_file(source, "labels.txt")


def test_an_encrypted_file_is_refused() -> None:
    data = bytearray(append_files(MODEL, {"labels.txt": b"cat"}))
    data[data.rfind(b"PK\1\2") + 8] |= 1
    with pytest.raises(ArchiveError, match="is encrypted"):
        read_file(held(bytes(data)), "labels.txt")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_unpacked_in_bounds_are_refused(method: int) -> None:
    pytest.importorskip("bz2")
    pytest.importorskip("lzma")
    data = zipped(lambda packed: packed.writestr("labels.txt", "cat", method))
    with pytest.raises(ArchiveError, match="other than deflate"):
        read_file(held(data), "labels.txt")


def test_a_file_that_claims_more_than_the_limit_is_refused() -> None:
    source = held(append_files(MODEL, {"zeros": bytes(10**6)}))
    with pytest.raises(ArchiveError, match="unpacks to 1,000,000 bytes, more than the 999,999"):
        read_file(source, "zeros", limit_bytes=999_999)


@pytest.mark.parametrize("claimed", [10, 2**31])
def test_a_file_of_another_size_than_claimed_is_refused(claimed: int) -> None:
    data = bytearray(append_files(MODEL, {"zeros": bytes(1000)}))
    directory = data.rfind(b"PK\1\2")
    data[directory + 24 : directory + 28] = claimed.to_bytes(4, "little")
    with pytest.raises(ArchiveError):
        read_file(held(bytes(data)), "zeros", limit_bytes=2**32)


def test_a_file_with_a_broken_checksum_is_refused() -> None:
    data = bytearray(append_files(MODEL, {"labels.txt": b"cat"}))
    data[data.rfind(b"PK\1\2") + 16] ^= 0xFF
    with pytest.raises(ArchiveError, match=r"'labels\.txt' can't be read"):
        read_file(held(bytes(data)), "labels.txt")


def test_a_changed_file_is_not_read(tmp_path: Path) -> None:
    source = on_disk(tmp_path / "model.tflite", append_files(MODEL, PACKED_FILES))
    (tmp_path / "model.tflite").write_bytes(append_files(MODEL, {"labels.txt": b"other labels than those"}))
    with pytest.raises(StaleFileError):
        read_file(source, "labels.txt")


PACKED = append_files(MODEL, PACKED_FILES)


@settings(max_examples=400)
@given(
    places=st.lists(st.integers(len(MODEL), len(PACKED) - 1), min_size=1, max_size=4),
    values=st.lists(st.integers(0, 255), min_size=4, max_size=4),
    cut=st.integers(len(MODEL), len(PACKED)),
)
def test_a_damaged_zip_is_listed_or_refused(places: list[int], values: list[int], cut: int) -> None:
    damaged = bytearray(PACKED)
    for place, value in zip(places, values, strict=False):
        damaged[place] = value
    for data in (bytes(damaged), bytes(damaged[:cut])):
        try:
            names = [file.name for file in list_files(held(data))]
        except CorruptField:
            continue
        for name in names:
            try:
                read_file(held(data), name, limit_bytes=2**20)
            except ArchiveError:
                continue


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("labels.txt", "labels.txt"),
        ("assets/en/labels.txt", "labels.txt"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("..", "file"),
        ("", "file"),
        ("a\0b\n:c?.txt", "abc.txt"),
        (".bashrc", "bashrc"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("étiquettes.txt", "étiquettes.txt"),
    ],
)
def test_a_packed_name_is_saved_under_a_plain_one(name: str, saved: str) -> None:
    assert safe_name(name) == saved


def test_a_long_name_keeps_its_ending() -> None:
    saved = safe_name("x" * 5000 + ".txt")
    assert (len(saved), saved[-5:]) == (120, "x.txt")


@given(name=st.text(max_size=300))
def test_a_saved_name_is_never_a_path(name: str) -> None:
    saved = safe_name(name)
    assert 0 < len(saved) <= 120
    assert saved not in {".", ".."}
    assert PurePosixPath(saved).name == PureWindowsPath(saved).name == saved
    assert saved.isprintable()


def test_real_models_pack_the_files_of_their_manifest(manifest_rows: Sequence[ManifestRow]) -> None:
    packing = 0
    for path, row in manifest_rows:
        found = re.search(r"zip-packed: ([^|]+)", row.get("tags", ""))
        expected = {name.strip() for name in found[1].split(",")} if found else set()
        assert {packed.name for packed in list_files(held(path.read_bytes()))} == expected, path
        packing += bool(expected)
    assert packing
