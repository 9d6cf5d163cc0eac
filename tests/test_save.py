"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maistudio.errors import ExportError
from maistudio.save import save_bytes


def test_the_content_is_written(tmp_path: Path) -> None:
    save_bytes(tmp_path / "a.bin", b"new", "the file")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.bin": b"new"}


def test_a_file_that_was_there_survives_a_failed_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")

    def fill_the_disk(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill_the_disk)
    with pytest.raises(ExportError, match="No space left on device"):
        save_bytes(tmp_path / "a.bin", b"new", "the file")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.bin": b"old"}


def test_a_folder_is_no_place_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError, match="choose another place"):
        save_bytes(tmp_path / "folder", b"new", "the file")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    # Opened for reading first, so that nobody waits for the other side.
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        save_bytes(tmp_path / "pipe", b"new", "the file")
        assert (os.read(reader, 100), (tmp_path / "pipe").is_fifo()) == (b"new", True)
    finally:
        os.close(reader)


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.bin").write_bytes(b"old")
    (tmp_path / "link.bin").symlink_to(tmp_path / "real.bin")
    save_bytes(tmp_path / "link.bin", b"new", "the file")
    assert (tmp_path / "link.bin").is_symlink()
    assert (tmp_path / "real.bin").read_bytes() == b"new"


def test_a_name_as_long_as_the_system_allows_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 127)
    save_bytes(path, b"new", "the file")
    assert path.read_bytes() == b"new"


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a.bin").touch(0o600)
    save_bytes(tmp_path / "a.bin", b"new", "the file")
    assert (tmp_path / "a.bin").stat().st_mode & 0o777 == 0o600


def test_the_top_of_the_file_system_is_no_place_for_a_file() -> None:
    with pytest.raises(ExportError, match="Is a directory"):
        save_bytes(Path("/"), b"new", "the file")
