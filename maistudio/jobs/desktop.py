"""Register the program with the user's Linux desktop, without root, and take that back.

Files go where the XDG Base Directory and Shared MIME-info specifications have a user's own: a desktop entry, two icons
and the type of .tflite files under the data folder, and the program that opens them in mimeapps.list.
"""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from maistudio.errors import ExportError, UsageError
from maistudio.jobs.desktop_entry import desktop_entry
from maistudio.jobs.mimeapps import with_default, without_default
from maistudio.jobs.user_folders import UserFolders
from maistudio.resources import resource_path
from maistudio.save import replace_content

MIME_TYPE = "application/x-tflite"
ENTRY = "maistudio.desktop"
TOOL_SECONDS = 60

_DEFAULTS = "mimeapps.list"
_ENTRY_FILE = f"applications/{ENTRY}"
_COPIES = {
    "mime/packages/maistudio.xml": "desktop/maistudio.xml",
    "icons/hicolor/scalable/apps/maistudio.svg": "icons/maistudio.svg",
    "icons/hicolor/scalable/mimetypes/application-x-tflite.svg": "icons/application-x-tflite.svg",
}


@dataclass(frozen=True, slots=True)
class _Cache:
    """What a tool of the desktop derives from the files in a folder."""

    tool: tuple[str, ...]
    folder: str
    sources: str
    derived: tuple[str, ...]
    without_tool: str


_CACHES = (
    _Cache(
        tool=("update-mime-database",),
        folder="mime",
        sources="packages/*.xml",
        derived=(
            "XMLnamespaces",
            "aliases",
            "generic-icons",
            "globs",
            "globs2",
            "icons",
            "magic",
            "mime.cache",
            "subclasses",
            "treemagic",
            "types",
            "version",
            "application/x-tflite.xml",
        ),
        without_tool="the type of .tflite files is not known until it has run (package shared-mime-info)",
    ),
    _Cache(
        tool=("update-desktop-database", "--quiet"),
        folder="applications",
        sources="**/*.desktop",
        derived=("mimeinfo.cache",),
        without_tool="menus of other programs to open a file may not offer MAI Studio (package desktop-file-utils)",
    ),
)
_ICON_CACHE = "icons/hicolor/icon-theme.cache"


def start_command(interpreter: str) -> tuple[str, ...]:
    """The command that starts this program from any folder.

    Raises UsageError where the program runs from a source tree that is not installed.
    """
    try:
        importlib.metadata.version("maistudio")
    except importlib.metadata.PackageNotFoundError:
        raise UsageError(
            f"MAI Studio is not installed in {interpreter}, so the desktop could not start it: "
            "run `make run` or `pip install .` in its folder first"
        ) from None
    # -P: a module beside the opened file must not be taken for one of ours.
    return interpreter, "-P", "-m", "maistudio"


def install(folders: UserFolders, command: tuple[str, ...]) -> list[str]:
    """Register ``command`` as the program for .tflite files. Returns what was done, a sentence each.

    Raises ExportError, before anything is written, where something other than a file is in the way.
    """
    template = resource_path(f"desktop/{ENTRY}").read_text(encoding="utf-8")
    contents = {_ENTRY_FILE: _encoded(desktop_entry(template, command))}
    contents |= {target: resource_path(source).read_bytes() for target, source in _COPIES.items()}
    try:
        _check_places(folders)
        for target, content in contents.items():
            _write(folders.data / target, content)
        _set_default(folders.config)
        wrote = [f"Wrote {folders.data / target}" for target in contents]
        chosen = f"MAI Studio opens {MIME_TYPE} by default, in {folders.config / _DEFAULTS}"
        return [*wrote, chosen, *_refresh(folders.data)]
    except OSError as error:
        raise _cannot_write(error) from error


def remove(folders: UserFolders) -> list[str]:
    """Take back what ``install`` did. Returns what was done, a sentence each; raises as ``install``."""
    targets = [folders.data / target for target in (_ENTRY_FILE, *_COPIES)]
    try:
        _check_places(folders)
        present = [target for target in targets if target.exists()]
        for target in present:
            target.unlink()
        default_removed = _unset_default(folders.config)
        refreshed = _refresh(folders.data) if present else []
        for target in present:
            _remove_empty_folders(target.parent, folders.data)
    except OSError as error:
        raise _cannot_write(error) from error
    if not present and not default_removed:
        return ["MAI Studio is not registered here; nothing was changed"]
    unset = [f"MAI Studio no longer opens {MIME_TYPE} by default"] if default_removed else []
    return [*(f"Removed {target}" for target in present), *unset, *refreshed]


def _check_places(folders: UserFolders) -> None:
    """Raises ExportError where a folder, pipe or device lies in place of a file; a pipe would be waited for."""
    targets = (folders.data / target for target in (_ENTRY_FILE, *_COPIES))
    for path in (*targets, folders.config / _DEFAULTS):
        if path.exists() and not path.is_file():
            kind = "folder" if path.is_dir() else "pipe or device"
            raise ExportError(f"{path} is a {kind}, not a file: move it away, then try again")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        replace_content(path, content)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _set_default(config: Path) -> None:
    """By our own hand: `xdg-mime default` forgets the user's earlier choice, and `--remove` has to bring it back."""
    path = config / _DEFAULTS
    _write(path, _encoded(with_default(_read(path), MIME_TYPE, ENTRY)))


def _unset_default(config: Path) -> bool:
    path = config / _DEFAULTS
    before = _read(path)
    after = without_default(before, MIME_TYPE, ENTRY)
    if after == before:
        return False
    if after:
        _write(path, _encoded(after))
    else:
        path.unlink()
    return True


def _read(path: Path) -> str:
    """The text of a file, none where there is no file; ``_encoded`` brings back its bytes, whatever they are."""
    return path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else ""


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _refresh(data: Path) -> list[str]:
    """Let the desktop's tools read the folders anew; drop what they derived from files that are all gone."""
    done = [sentence for cache in _CACHES for sentence in _refresh_cache(cache, data / cache.folder)]
    hicolor = data / "icons/hicolor"
    if hicolor.exists():
        # A change of the folder's time is what tells desktops to look for new icons.
        hicolor.touch()
    if (data / _ICON_CACHE).exists():
        done += _run_tool(("gtk-update-icon-cache", "-q", "-f", "-t"), hicolor, "old icons show until it has run")
    return done


def _refresh_cache(cache: _Cache, folder: Path) -> list[str]:
    if any(folder.glob(cache.sources)):
        return _run_tool(cache.tool, folder, cache.without_tool)
    for name in cache.derived:
        (folder / name).unlink(missing_ok=True)
        _remove_empty_folders((folder / name).parent, folder)
    return []


def _run_tool(tool: tuple[str, ...], folder: Path, without_tool: str) -> list[str]:
    name = tool[0]
    if shutil.which(name) is None:
        return [f"{name} is not on this system: {without_tool}"]
    try:
        ran = subprocess.run([*tool, str(folder)], capture_output=True, text=True, check=False, timeout=TOOL_SECONDS)
    except OSError as error:
        return [f"{name} failed on {folder}: {error.strerror}"]
    except subprocess.TimeoutExpired:
        return [f"{name} did not end within {TOOL_SECONDS} s on {folder}: look what lies there, then run it again"]
    if ran.returncode:
        return [f"{name} failed on {folder}: {ran.stderr.strip() or f'exit status {ran.returncode}'}"]
    return [f"Ran {name} on {folder}"]


def _remove_empty_folders(folder: Path, top: Path) -> None:
    """Remove ``folder`` and the folders above it as far as they are empty, ``top`` excepted."""
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _cannot_write(error: OSError) -> ExportError:
    return ExportError(f"cannot write {error.filename}: {error.strerror}; see that the folder is yours and not full")
