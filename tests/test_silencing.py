"""Silencing advice for a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from maistudio.errors import LibraryError, UsageError
from maistudio.jobs.silence import silence, silenced, unsilence
from maistudio.library.library import Library
from maistudio.library.migrations import shipped_migrations


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the library lies."""
    return tmp_path / "library"


def test_what_is_silenced_stays_silenced(folder: Path, tmp_path: Path) -> None:
    silence(tmp_path / "a.tflite", ["odd-channels", "large-kernels"], folder)
    assert silenced(tmp_path / "a.tflite", folder) == {"odd-channels", "large-kernels"}


def test_another_model_is_not_silenced(folder: Path, tmp_path: Path) -> None:
    silence(tmp_path / "a.tflite", ["odd-channels"], folder)
    assert silenced(tmp_path / "b.tflite", folder) == frozenset()


def test_a_model_is_known_by_its_place_however_it_is_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence(tmp_path / "a.tflite", ["odd-channels"], folder)
    monkeypatch.chdir(tmp_path)
    assert silenced("sub/../a.tflite", folder) == {"odd-channels"}


def test_silencing_twice_is_silencing_once(folder: Path, tmp_path: Path) -> None:
    for _ in range(2):
        silence(tmp_path / "a.tflite", ["odd-channels", "odd-channels"], folder)
    assert silenced(tmp_path / "a.tflite", folder) == {"odd-channels"}


def test_what_is_unsilenced_is_told_again_and_the_rest_is_not(folder: Path, tmp_path: Path) -> None:
    silence(tmp_path / "a.tflite", ["odd-channels", "large-kernels"], folder)
    unsilence(tmp_path / "a.tflite", ["odd-channels", "output-scale"], folder)
    assert silenced(tmp_path / "a.tflite", folder) == {"large-kernels"}


def test_unsilencing_one_model_leaves_others_silenced(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        silence(tmp_path / name, ["odd-channels"], folder)
    unsilence(tmp_path / "a", ["odd-channels"], folder)
    assert silenced(tmp_path / "b", folder) == {"odd-channels"}


@pytest.mark.parametrize("change", [silence, unsilence])
@pytest.mark.parametrize("name", ["no-such-lint", "refused-", ""])
def test_an_id_that_no_lint_has_is_refused(change: object, name: str, folder: Path, tmp_path: Path) -> None:
    assert callable(change)
    with pytest.raises(UsageError, match=f"there is no lint '{name}': choose of output-scale, "):
        change(tmp_path / "a.tflite", ["odd-channels", name], folder)
    assert silenced(tmp_path / "a.tflite", folder) == frozenset()


@pytest.mark.parametrize("name", ["refused-SPLIT", "fails-SPLIT"])
def test_what_a_target_refuses_can_be_silenced(name: str, folder: Path, tmp_path: Path) -> None:
    silence(tmp_path / "a.tflite", [name], folder)
    assert silenced(tmp_path / "a.tflite", folder) == {name}


def test_asking_makes_no_library(folder: Path, tmp_path: Path) -> None:
    assert silenced(tmp_path / "a.tflite", folder) == frozenset()
    assert not folder.exists()


def test_without_a_home_nothing_is_silenced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAISTUDIO_LIBRARY", raising=False)
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: Path("~/.local/share/maistudio"))
    assert silenced(tmp_path / "a.tflite") == frozenset()


def test_a_damaged_library_is_told(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    (folder / "library.db").write_bytes(b"not a database" * 100)
    with pytest.raises(LibraryError, match="not a library of MAI Studio"):
        silenced(tmp_path / "a.tflite", folder)


def test_a_library_of_before_takes_silenced_lints(folder: Path, tmp_path: Path) -> None:
    Library.open(folder / "library.db", shipped_migrations()[:1]).close()
    silence(tmp_path / "a.tflite", ["odd-channels"], folder)
    assert silenced(tmp_path / "a.tflite", folder) == {"odd-channels"}
