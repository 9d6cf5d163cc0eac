"""Which system libraries Qt misses here, and the packages that carry them (qt_libraries.tsv)."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from system_packages import Packages, SetupError, install_commands, install_or_explain, is_debian_root

TABLE = Path(__file__).with_name("qt_libraries.tsv")

# What the window and its pictures load off screen, under the PySide6 folder.
OFFSCREEN = (
    "Qt/lib/libQt6Widgets.so.6",
    "Qt/lib/libQt6Svg.so.6",
    "Qt/lib/libQt6Network.so.6",
    "Qt/plugins/platforms/libqoffscreen.so",
    "Qt/plugins/iconengines/libqsvgicon.so",
    "Qt/plugins/imageformats/libqsvg.so",
)
# The platform plugin of each kind of display, by the environment variable that names the display.
PLATFORMS = {"DISPLAY": "Qt/plugins/platforms/libqxcb.so", "WAYLAND_DISPLAY": "Qt/plugins/platforms/libqwayland*.so"}

FONT_PACKAGES = Packages(("fonts-dejavu-core",), ("dejavu-sans-fonts",))


def provide_qt_libraries(pyside: Path, environ: Mapping[str, str]) -> None:
    """See that Qt can draw: install what is missing as root on Debian, else raise SetupError with the packages."""
    missing = missing_for_window(pyside, environ)
    if missing:
        need = f"Qt needs system libraries that are missing here: {', '.join(missing)}."
        install_or_explain(need, packages_for(missing))
        left = missing_for_window(pyside, environ)
        if left:
            raise SetupError(f"Qt still misses {', '.join(left)}; install the packages that carry them.")
    if not has_fonts(font_folders(environ)):
        need = "There is no font in the usual folders, so Qt may draw no text."
        if is_debian_root():
            install_or_explain(need, FONT_PACKAGES)
        else:
            print(f"{need}\n{install_commands(FONT_PACKAGES)}", flush=True)


def missing_for_window(pyside: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The libraries missing off screen and for the displays that ``environ`` names, sorted.

    Of several displays one is enough, as Qt tries them in turn.
    """
    lacking = missing_libraries(pyside / name for name in OFFSCREEN)
    by_display = [
        missing_libraries(pyside.glob(pattern)) for variable, pattern in PLATFORMS.items() if environ.get(variable)
    ]
    return tuple(sorted(lacking | min(by_display, key=len, default=set())))


def missing_libraries(files: Iterable[Path]) -> set[str]:
    """The libraries that the dynamic linker does not find for these files, by soname."""
    present = [str(file) for file in files if file.exists()]
    if not present:
        return set()
    output = subprocess.run(["ldd", *present], capture_output=True, text=True, check=False).stdout
    return not_found(output)


def not_found(ldd_output: str) -> set[str]:
    """The sonames that ldd's output calls "not found"."""
    return set(re.findall(r"^\s*(\S+) => not found", ldd_output, flags=re.MULTILINE))


def packages_for(libraries: Iterable[str]) -> Packages:
    """The packages that carry these libraries; raise SetupError for one that the table lacks."""
    carriers = read_table(TABLE.read_text(encoding="utf-8"))
    wanted = sorted(libraries)
    unknown = [library for library in wanted if library not in carriers]
    if unknown:
        raise SetupError(f"Qt needs {', '.join(unknown)}; install the packages of your system that carry them.")
    pairs = [carriers[library] for library in wanted]
    return Packages(
        tuple(sorted({debian for debian, _ in pairs})),
        tuple(sorted({fedora for _, fedora in pairs})),
    )


def read_table(text: str) -> dict[str, tuple[str, str]]:
    """qt_libraries.tsv as library → (Debian package, Fedora package)."""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {library: (debian, fedora) for library, debian, fedora in rows}


def font_folders(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Where fontconfig looks for fonts unless told otherwise."""
    home = Path(environ.get("HOME") or "/nonexistent")
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), data / "fonts", home / ".fonts"


def has_fonts(folders: Iterable[Path]) -> bool:
    """Whether any outline font lies in these folders."""
    suffixes = {".ttf", ".otf", ".ttc", ".pfb"}
    return any(
        Path(name).suffix.lower() in suffixes for folder in folders for _, _, names in os.walk(folder) for name in names
    )
