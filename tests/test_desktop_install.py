"""`maistudio install-desktop` registers the program for the user, and `--remove` leaves nothing behind."""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from maistudio.cli import install_desktop
from maistudio.errors import ExportError, UsageError
from maistudio.jobs.desktop import install, remove, start_command
from maistudio.jobs.user_folders import UserFolders, user_folders

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="registers with Linux desktops only")

COMMAND = ("/opt/maistudio/bin/python", "-P", "-m", "maistudio")


@pytest.fixture
def folders(tmp_path: Path) -> UserFolders:
    data, config = tmp_path / "data", tmp_path / "config"
    data.mkdir()
    config.mkdir()
    return UserFolders(data, config)


@pytest.fixture
def no_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without any desktop tool."""
    monkeypatch.setattr(shutil, "which", lambda name: None)


def _tree(folders: UserFolders) -> dict[str, bytes]:
    roots = (folders.data, folders.config)
    found = [path for root in roots for path in root.rglob("*")]
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in found}


def test_the_entry_icons_and_type_are_written(folders: UserFolders, no_tools: None) -> None:
    install(folders, COMMAND)
    files = {path.relative_to(folders.data).as_posix() for path in folders.data.rglob("*") if path.is_file()}
    assert files == {
        "applications/maistudio.desktop",
        "icons/hicolor/scalable/apps/maistudio.svg",
        "icons/hicolor/scalable/mimetypes/application-x-tflite.svg",
        "mime/packages/maistudio.xml",
    }


def test_a_missing_tool_is_told_with_what_it_means(folders: UserFolders, no_tools: None) -> None:
    done = "\n".join(install(folders, COMMAND))
    assert "update-mime-database is not on this system: the type of .tflite files is not known until it has run" in done


def test_a_failing_tool_is_told_with_its_words(
    folders: UserFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "update-mime-database"
    tool.write_text("#!/bin/sh\necho 'disk on fire' >&2\nexit 1\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    done = "\n".join(install(folders, COMMAND))
    assert f"update-mime-database failed on {folders.data / 'mime'}: disk on fire" in done


def test_a_tool_that_cannot_be_started_is_told(
    folders: UserFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "update-mime-database"
    tool.write_text("#!/no/such/shell\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    done = "\n".join(install(folders, COMMAND))
    assert f"update-mime-database failed on {folders.data / 'mime'}: No such file" in done


def test_installing_twice_is_installing_once(folders: UserFolders, no_tools: None) -> None:
    install(folders, COMMAND)
    once = _tree(folders)
    install(folders, COMMAND)
    assert _tree(folders) == once


def test_removing_leaves_an_empty_home_empty(folders: UserFolders) -> None:
    install(folders, COMMAND)
    remove(folders)
    assert _tree(folders) == {}


def test_removing_keeps_what_others_registered(folders: UserFolders) -> None:
    others = {
        folders.data / "applications" / "other.desktop": "[Desktop Entry]\nType=Application\nName=Other\nExec=true\n",
        folders.data / "icons" / "hicolor" / "scalable" / "apps" / "other.svg": "<svg/>",
        folders.config / "mimeapps.list": "[Default Applications]\napplication/x-tflite=other.desktop\n",
    }
    for path, text in others.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    install(folders, COMMAND)
    remove(folders)
    assert {path: path.read_text(encoding="utf-8") for path in others} == others


def test_removing_twice_says_that_nothing_is_there(folders: UserFolders) -> None:
    assert remove(folders) == ["MAI Studio is not registered here; nothing was changed"]


@pytest.mark.skipif(sys.platform == "win32", reason="no folder is read-only for its owner on Windows")
def test_a_folder_in_the_way_is_told_in_a_sentence(folders: UserFolders, no_tools: None) -> None:
    (folders.data / "applications").write_text("a file", encoding="utf-8")
    with pytest.raises(ExportError, match=r"cannot write .*applications"):
        install(folders, COMMAND)


IN_THE_WAY = ["applications/maistudio.desktop", "icons/hicolor/scalable/apps/maistudio.svg"]


@pytest.mark.parametrize("name", IN_THE_WAY)
def test_before_anything_is_written_a_folder_in_place_of_a_file_is_told(folders: UserFolders, name: str) -> None:
    (folders.data / name).mkdir(parents=True)
    before = _tree(folders)
    with pytest.raises(ExportError, match=f"{name} is a folder, not a file: move it away"):
        install(folders, COMMAND)
    assert _tree(folders) == before


@pytest.fixture
def piped(folders: UserFolders) -> UserFolders:
    """Folders where the list of default programs is a pipe, which nobody writes to."""
    os.mkfifo(folders.config / "mimeapps.list")
    return folders


def _run_installer(folders: UserFolders, *arguments: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"XDG_DATA_HOME": str(folders.data), "XDG_CONFIG_HOME": str(folders.config)}
    command = [sys.executable, "-m", "maistudio", "install-desktop", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


@ON_LINUX
@pytest.mark.parametrize("arguments", [[], ["--remove"]])
def test_a_pipe_in_place_of_a_file_is_told_and_not_waited_for(piped: UserFolders, arguments: list[str]) -> None:
    done = _run_installer(piped, *arguments)
    assert done.returncode == 2
    assert done.stderr == (
        f"maistudio: {piped.config / 'mimeapps.list'} is a pipe or device, not a file: move it away, then try again\n"
    )


@ON_LINUX
def test_before_a_pipe_is_told_nothing_is_written(piped: UserFolders) -> None:
    _run_installer(piped)
    assert list(piped.data.iterdir()) == []


@contextlib.contextmanager
def _files_at_most(size: int) -> Iterator[None]:
    """As on a full disk, no file grows over ``size`` bytes."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@ON_LINUX
def test_on_a_full_disk_the_file_is_named(folders: UserFolders, no_tools: None) -> None:
    with pytest.raises(ExportError, match=r"cannot write .*applications/maistudio\.desktop: "), _files_at_most(10):
        install(folders, COMMAND)


@ON_LINUX
def test_on_a_full_disk_the_list_of_defaults_stays_whole(folders: UserFolders, no_tools: None) -> None:
    listed = folders.config / "mimeapps.list"
    text = "# a comment\n" * 1000
    listed.write_text(text, encoding="utf-8")
    with pytest.raises(ExportError, match=r"cannot write .*mimeapps\.list: "), _files_at_most(len(text) // 2):
        install(folders, COMMAND)
    assert listed.read_text(encoding="utf-8") == text
    assert list(folders.config.iterdir()) == [listed]


@pytest.mark.parametrize(
    "content",
    [b"[Added Associations]\r\nimage/png=gimp.desktop;\r\n", bytes(range(256)), bytes(range(255, -1, -1)) * 3],
    ids=["crlf", "bytes", "more bytes"],
)
def test_removing_brings_the_list_of_defaults_back_byte_for_byte(
    folders: UserFolders, no_tools: None, content: bytes
) -> None:
    listed = folders.config / "mimeapps.list"
    listed.write_bytes(content)
    install(folders, COMMAND)
    remove(folders)
    assert listed.read_bytes() == content


def test_a_list_of_defaults_behind_a_link_is_written_where_it_lies(folders: UserFolders, no_tools: None) -> None:
    (folders.config / "dotfiles").mkdir()
    (folders.config / "dotfiles" / "mimeapps.list").write_text("[Added Associations]\n", encoding="utf-8")
    (folders.config / "mimeapps.list").symlink_to(folders.config / "dotfiles" / "mimeapps.list")
    install(folders, COMMAND)
    assert (folders.config / "mimeapps.list").is_symlink()
    assert "maistudio.desktop" in (folders.config / "dotfiles" / "mimeapps.list").read_text(encoding="utf-8")


def test_the_list_of_defaults_keeps_its_permissions(folders: UserFolders, no_tools: None) -> None:
    listed = folders.config / "mimeapps.list"
    listed.touch(mode=0o600)
    install(folders, COMMAND)
    assert listed.stat().st_mode & 0o777 == 0o600


def test_the_xdg_folders_are_used() -> None:
    assert user_folders({"XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c", "HOME": "/h"}) == UserFolders(
        Path("/d"), Path("/c")
    )


@pytest.mark.parametrize("environ", [{}, {"XDG_DATA_HOME": "relative", "XDG_CONFIG_HOME": ""}])
def test_without_absolute_xdg_folders_the_home_is_used(environ: dict[str, str]) -> None:
    assert user_folders({"HOME": "/h", **environ}) == UserFolders(Path("/h/.local/share"), Path("/h/.config"))


def test_the_interpreter_of_an_installed_program_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "1")
    assert start_command("/v/bin/python") == ("/v/bin/python", "-P", "-m", "maistudio")


def test_a_source_tree_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(UsageError, match="not installed in /v/bin/python"):
        start_command("/v/bin/python")


def test_other_systems_than_linux_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(UsageError, match="darwin"):
        install_desktop.run(argparse.Namespace(remove=False))
