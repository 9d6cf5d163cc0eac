"""``maistudio screenshot``: the real window in a picture, without a display, settings or a second window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from models import build_conv_net, build_no_ops
from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[1]


def screenshot(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "maistudio", "screenshot", "-o", str(folder / "window.png"), *arguments]
    environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
    environment |= {"XDG_CONFIG_HOME": str(folder / "config"), **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def picture(folder: Path) -> QImage:
    return QImage(str(folder / "window.png"))


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("models") / "net.tflite"
    path.write_bytes(build_conv_net())
    return str(path)


def test_a_picture_has_the_size_asked_for(tmp_path: Path, model: str) -> None:
    done = screenshot(tmp_path, model, "--size", "1280x800")
    assert (done.returncode, done.stderr) == (0, "")
    assert (picture(tmp_path).width(), picture(tmp_path).height()) == (1280, 800)


def test_a_dense_picture_has_the_size_asked_for_too(tmp_path: Path, model: str) -> None:
    screenshot(tmp_path, model, "--size", "2560x1600", QT_SCALE_FACTOR="2")
    assert (picture(tmp_path).width(), picture(tmp_path).height()) == (2560, 1600)


@pytest.mark.parametrize(("theme", "darkest", "lightest"), [("light", 200, 255), ("dark", 0, 60)])
def test_a_picture_has_the_theme_asked_for(tmp_path: Path, theme: str, darkest: int, lightest: int) -> None:
    screenshot(tmp_path, "--theme", theme)
    assert darkest <= picture(tmp_path).pixelColor(800, 900).lightness() <= lightest


def test_a_model_without_ops_has_a_picture(tmp_path: Path) -> None:
    (tmp_path / "empty.tflite").write_bytes(build_no_ops())
    assert screenshot(tmp_path, str(tmp_path / "empty.tflite")).returncode == 0


def test_a_refused_file_gives_a_sentence_and_no_picture(tmp_path: Path) -> None:
    (tmp_path / "page.tflite").write_text("<!DOCTYPE html><html></html>")
    done = screenshot(tmp_path, str(tmp_path / "page.tflite"))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "window.png").exists()


def test_a_page_that_is_not_built_is_refused(tmp_path: Path, model: str) -> None:
    done = screenshot(tmp_path, model, "--page", "score")
    assert (done.returncode, done.stderr) == (
        2,
        "maistudio: --page score: the Score page is not built yet; use graph, targets, profile, zoo\n",
    )


def test_the_zoo_has_a_picture_without_a_model(tmp_path: Path) -> None:
    done = screenshot(tmp_path, "--page", "zoo", "--size", "1000x650")
    assert (done.returncode, done.stderr) == (0, "")
    colours = {picture(tmp_path).pixelColor(x, 150).name() for x in range(70, 600)}
    assert len(colours) > 3


def test_a_size_too_small_for_the_window_is_refused(tmp_path: Path, model: str) -> None:
    done = screenshot(tmp_path, model, "--size", "200x200")
    assert done.returncode == 2
    assert "the window needs at least" in done.stderr


@pytest.mark.parametrize("name", ["window.jpg", "window"])
def test_a_picture_of_another_format_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    done = screenshot(tmp_path, "-o", str(tmp_path / name))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "end the name with .png" in done.stderr


def test_a_picture_that_cannot_be_written_is_refused(tmp_path: Path, model: str) -> None:
    (tmp_path / "window.png").mkdir()
    done = screenshot(tmp_path, model)
    assert done.returncode == 2
    assert "can't be written" in done.stderr


def test_settings_are_neither_read_nor_written(tmp_path: Path, model: str) -> None:
    (tmp_path / "config" / "maistudio").mkdir(parents=True)
    kept = tmp_path / "config" / "maistudio" / "window.ini"
    kept.write_text("[General]\ntheme=dark\ninspector=hidden\n")
    screenshot(tmp_path, model, "--theme", "light")
    assert kept.read_text() == "[General]\ntheme=dark\ninspector=hidden\n"
    assert picture(tmp_path).pixelColor(20, 900).lightness() > 200


@pytest.mark.skipif(sys.platform != "linux", reason="fonts come from fontconfig on Linux only")
def test_a_machine_without_fonts_is_told_so(tmp_path: Path, model: str) -> None:
    (tmp_path / "fonts.conf").write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    done = screenshot(tmp_path, model, FONTCONFIG_FILE=str(tmp_path / "fonts.conf"))
    assert done.returncode == 2
    assert "No fonts are installed" in done.stderr


def test_a_window_without_a_display_is_refused(tmp_path: Path, model: str) -> None:
    gone = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    environment = {key: value for key, value in os.environ.items() if key not in gone}
    done = subprocess.run(
        [sys.executable, "-m", "maistudio", model], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == (2 if sys.platform == "linux" else 0)


def test_a_platform_that_qt_lacks_is_refused_in_a_sentence(tmp_path: Path, model: str) -> None:
    done = screenshot(tmp_path, model, QT_QPA_PLATFORM="bogus")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "QT_QPA_PLATFORM is 'bogus'" in done.stderr


@pytest.mark.parametrize("size", ["99999x1000", "1000x" + "9" * 5000, "199x1000"])
def test_a_size_beyond_bounds_is_refused_in_a_sentence(tmp_path: Path, size: str) -> None:
    done = screenshot(tmp_path, "--size", size)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "each side must be from 200 to 16,384 pixels" in done.stderr
