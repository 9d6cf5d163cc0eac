"""The palettes: text can be read on every surface it stands on, and both reach Qt."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

from maistudio.gui.style import Theme, qt_palette, style_sheet
from maistudio.gui.theme import PALETTES, Palette
from maistudio.tflite.kinds import OpKind

READABLE = 4.5
"""WCAG 2.2, criterion 1.4.3: contrast of text."""
VISIBLE = 3.0
"""WCAG 2.2, criterion 1.4.11: contrast of what a control is known by."""

BOTH = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
ON_EVERY_SURFACE = pytest.mark.parametrize("surface", ["window", "surface", "raised", "canvas", "hover"])


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@BOTH
@ON_EVERY_SURFACE
@pytest.mark.parametrize("role", ["text", "muted_text", "warning", "error", "accent"])
def test_text_can_be_read_on_every_surface(palette: Palette, surface: str, role: str) -> None:
    assert contrast(getattr(palette, role), getattr(palette, surface)) >= READABLE


@BOTH
@pytest.mark.parametrize("kind", OpKind, ids=lambda kind: kind.name.lower())
def test_text_can_be_read_in_the_boxes_of_every_kind_of_op(palette: Palette, kind: OpKind) -> None:
    assert contrast(palette.text, palette.kinds[kind][0]) >= READABLE


@BOTH
def test_text_can_be_read_on_the_accent(palette: Palette) -> None:
    assert contrast(palette.accent_text, palette.accent) >= READABLE


@BOTH
@pytest.mark.parametrize("surface", ["window", "surface", "raised"])
def test_disabled_text_is_still_visible(palette: Palette, surface: str) -> None:
    assert contrast(palette.disabled_text, getattr(palette, surface)) >= VISIBLE


@BOTH
def test_the_keyboard_focus_is_visible(palette: Palette) -> None:
    assert contrast(palette.accent, palette.window) >= VISIBLE


@BOTH
def test_every_colour_is_written_with_six_digits(palette: Palette) -> None:
    colours = [getattr(palette, field.name) for field in fields(palette) if field.name not in ("name", "kinds")]
    colours += [colour for pair in palette.kinds.values() for colour in pair]
    assert [colour for colour in colours if not re.fullmatch("#[0-9a-f]{6}", colour)] == []


@BOTH
def test_every_kind_of_op_has_colours(palette: Palette) -> None:
    assert set(palette.kinds) == set(OpKind)


@BOTH
def test_qt_paints_text_in_the_palettes_own_colour(palette: Palette) -> None:
    assert qt_palette(palette).color(QPalette.ColorRole.Text) == QColor(palette.text)


@BOTH
def test_the_style_sheet_leaves_no_field_open(palette: Palette) -> None:
    assert "{p." not in style_sheet(palette)


def test_the_theme_chosen_is_the_one_in_use(qapp) -> None:
    theme = Theme(qapp, "system")
    theme.choose("dark")
    assert theme.palette.name == "dark"


def test_a_theme_that_follows_the_system_changes_with_it(qapp, monkeypatch) -> None:
    theme = Theme(qapp, "system")
    monkeypatch.setattr(type(qapp.styleHints()), "colorScheme", lambda hints: Qt.ColorScheme.Dark)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.palette.name == "dark"


def test_a_chosen_theme_stays_when_the_system_changes(qapp, monkeypatch) -> None:
    theme = Theme(qapp, "light")
    monkeypatch.setattr(type(qapp.styleHints()), "colorScheme", lambda hints: Qt.ColorScheme.Dark)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.palette.name == "light"
