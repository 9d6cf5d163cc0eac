"""The set-up knows which packages carry the libraries that Qt misses."""

from __future__ import annotations

from pathlib import Path

import pytest
import qt_libraries
import system_packages
from qt_libraries import (
    has_fonts,
    missing_for_window,
    not_found,
    packages_for,
    provide_qt_libraries,
    read_table,
)
from system_packages import Packages, SetupError, install_commands

LDD = """\
/v/PySide6/Qt/plugins/platforms/libqoffscreen.so:
\tlinux-vdso.so.1 (0x00007ffe)
\tlibQt6Gui.so.6 => /v/PySide6/Qt/lib/libQt6Gui.so.6 (0x00007f)
\tlibEGL.so.1 => not found
\tlibX11.so.6 => not found
/v/PySide6/Qt/lib/libQt6Svg.so.6:
\tlibEGL.so.1 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
"""


def test_missing_libraries_are_read_from_ldd() -> None:
    assert not_found(LDD) == {"libEGL.so.1", "libX11.so.6"}


def test_nothing_is_missing_where_ldd_finds_all() -> None:
    assert not_found("\tlibc.so.6 => /lib/libc.so.6 (0x00007f)\n") == set()


def test_packages_are_named_once_for_debian_and_fedora() -> None:
    assert packages_for(["libxcb-shape.so.0", "libxcb-shm.so.0", "libEGL.so.1"]) == Packages(
        debian=("libegl1", "libxcb-shape0", "libxcb-shm0"), fedora=("libglvnd-egl", "libxcb")
    )


def test_a_library_without_a_known_package_is_named() -> None:
    with pytest.raises(SetupError, match=r"libmystery\.so\.7"):
        packages_for(["libmystery.so.7"])


def test_the_table_gives_every_library_both_packages() -> None:
    table = read_table(qt_libraries.TABLE.read_text(encoding="utf-8"))
    assert all(debian and fedora for debian, fedora in table.values())


def test_the_commands_to_run_are_given_for_both_families() -> None:
    assert install_commands(Packages(("libegl1",), ("libglvnd-egl",))).splitlines() == [
        "  Debian, Ubuntu:  sudo apt-get install libegl1",
        "  Fedora:          sudo dnf install libglvnd-egl",
    ]


@pytest.fixture
def linker(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """A dynamic linker that misses the libraries listed under a file's name."""
    missing: dict[str, set[str]] = {}

    def missing_libraries(files) -> set[str]:
        return set().union(*(missing.get(Path(file).name, set()) for file in files))

    monkeypatch.setattr(qt_libraries, "missing_libraries", missing_libraries)
    return missing


def test_without_a_display_its_libraries_are_not_asked_for(linker: dict[str, set[str]], tmp_path: Path) -> None:
    _plugins(tmp_path, "libqxcb.so")
    linker.update({"libqoffscreen.so": {"libX11.so.6"}, "libqxcb.so": {"libxcb-cursor.so.0"}})
    assert missing_for_window(tmp_path, {}) == ("libX11.so.6",)


def test_on_an_x_display_its_libraries_are_asked_for(linker: dict[str, set[str]], tmp_path: Path) -> None:
    _plugins(tmp_path, "libqxcb.so")
    linker["libqxcb.so"] = {"libxcb-cursor.so.0"}
    assert missing_for_window(tmp_path, {"DISPLAY": ":0"}) == ("libxcb-cursor.so.0",)


def test_one_of_two_displays_is_enough(linker: dict[str, set[str]], tmp_path: Path) -> None:
    _plugins(tmp_path, "libqxcb.so", "libqwayland.so")
    linker["libqxcb.so"] = {"libxcb-cursor.so.0"}
    assert missing_for_window(tmp_path, {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}) == ()


def test_an_ordinary_user_is_told_the_packages(
    linker: dict[str, set[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "is_debian_root", lambda: False)
    linker["libqoffscreen.so"] = {"libGL.so.1"}
    with pytest.raises(SetupError, match=r"libGL\.so\.1.*\n.*apt-get install libgl1\n.*dnf install libglvnd-glx"):
        provide_qt_libraries(tmp_path, {})


def test_root_on_debian_installs_the_packages(
    linker: dict[str, set[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []

    def apt_install(packages) -> None:
        installed.extend(packages)
        linker.clear()

    monkeypatch.setattr(system_packages, "is_debian_root", lambda: True)
    monkeypatch.setattr(system_packages, "apt_install", apt_install)
    monkeypatch.setattr(qt_libraries, "has_fonts", lambda folders: True)
    linker["libqoffscreen.so"] = {"libGL.so.1"}
    provide_qt_libraries(tmp_path, {})
    assert installed == ["libgl1"]


def test_what_installing_did_not_bring_is_named(
    linker: dict[str, set[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "is_debian_root", lambda: True)
    monkeypatch.setattr(system_packages, "apt_install", lambda packages: None)
    linker["libqoffscreen.so"] = {"libGL.so.1"}
    with pytest.raises(SetupError, match=r"still misses libGL\.so\.1"):
        provide_qt_libraries(tmp_path, {})


def test_fonts_are_found_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "Sans.ttf").touch()
    assert has_fonts([tmp_path / "none", tmp_path])


def test_a_folder_without_outline_fonts_has_none(tmp_path: Path) -> None:
    (tmp_path / "README").touch()
    assert not has_fonts([tmp_path])


def _plugins(pyside: Path, *names: str) -> None:
    folder = pyside / "Qt" / "plugins" / "platforms"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()
