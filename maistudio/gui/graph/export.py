"""The graph as a picture in a file: SVG and PDF as drawings, PNG as pixels, always with every detail."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QFontInfo, QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter

from maistudio.errors import ExportError
from maistudio.gui.graph.ink import ink_of
from maistudio.gui.graph.paint import ScenePainter
from maistudio.gui.graph.scene import Scene
from maistudio.gui.theme import LIGHT, Palette
from maistudio.save import save_bytes

PAPER = replace(LIGHT, canvas="#ffffff")
"""The light palette on white."""

MOST_PIXELS = 120_000_000
"""A larger PNG takes more memory than most programs open it with."""
LONGEST_SIDE = 32_767
"""Qt paints no larger picture."""
POINTS_PER_PIXEL = 0.75
"""A scene pixel is 1/96 inch on paper, a point 1/72."""
LONGEST_PAGE = 14_400.0
"""Points; PDF readers show no larger page, so a larger graph is drawn smaller."""
PDF_RESOLUTION = 1200


def save_graph(scene: Scene, path: Path, palette: Palette = PAPER, scale: float = 2.0) -> None:
    """Write the whole graph to ``path``, as its ending says: .svg, .pdf or .png.

    ``scale`` is PNG pixels per scene pixel. Raises ExportError where the file can't be written, the PNG would be too
    large, or the ending is none of these.
    """
    ending = path.suffix.lower()
    if ending == ".svg":
        save_bytes(path, svg_bytes(scene, palette, path.stem), "the picture")
    elif ending == ".pdf":
        save_bytes(path, pdf_bytes(scene, palette, path.stem), "the picture")
    elif ending == ".png":
        save_bytes(path, png_bytes(graph_image(scene, palette, scale)), "the picture")
    else:
        raise ExportError(f"{path}: a graph is saved as .svg, .pdf or .png; give the file one of these endings")


def png_bytes(image: QImage) -> bytes:
    """A picture as the content of a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(data.data())


def graph_image(scene: Scene, palette: Palette = PAPER, scale: float = 2.0) -> QImage:
    """The whole graph as pixels. Raises ExportError where it would be too large."""
    width, height = math.ceil(scene.bounds.width() * scale), math.ceil(scene.bounds.height() * scale)
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise ExportError(
            f"The picture would be {width:,} × {height:,} pixels, too large to open; "
            "save it as SVG or PDF, close some groups, or choose a smaller scale"
        )
    image = QImage(width, height, QImage.Format.Format_RGB32)
    ink = ink_of(palette)
    image.fill(ink.canvas)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    ScenePainter(ink).paint(painter, scene, QPointF(0, 0), 1.0, scene.bounds)
    painter.end()
    return image


def svg_bytes(scene: Scene, palette: Palette = PAPER, title: str = "") -> bytes:
    """The whole graph as an SVG drawing with texts as texts."""
    from PySide6.QtSvg import QSvgGenerator

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    generator.setResolution(96)
    generator.setSize(QSize(math.ceil(scene.bounds.width()), math.ceil(scene.bounds.height())))
    generator.setViewBox(scene.bounds)
    painter = QPainter(generator)
    _draw(painter, scene, palette)
    painter.end()
    return _with_families(bytes(data.data()), scene)


def _with_families(svg: bytes, scene: Scene) -> bytes:
    """The drawing with font families that other programs know: the one Qt found, then any sans-serif."""
    family = QFontInfo(scene.fonts.detail).family().replace('"', "").replace("&", "and")
    return re.sub(rb'font-family="[^"]*"', f'font-family="{family}, sans-serif"'.encode(), svg)


def pdf_bytes(scene: Scene, palette: Palette = PAPER, title: str = "") -> bytes:
    """The whole graph on one PDF page of its own size."""
    points = QSizeF(scene.bounds.size()) * POINTS_PER_PIXEL
    shrink = min(1.0, LONGEST_PAGE / max(points.width(), points.height()))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("MAI Studio")
    writer.setResolution(PDF_RESOLUTION)
    writer.setPageSize(QPageSize(points * shrink, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
    painter = QPainter(writer)
    scale = shrink * POINTS_PER_PIXEL * PDF_RESOLUTION / 72
    painter.scale(scale, scale)
    _draw(painter, scene, palette)
    painter.end()
    return bytes(data.data())


def _draw(painter: QPainter, scene: Scene, palette: Palette) -> None:
    ink = ink_of(palette)
    painter.fillRect(QRectF(scene.bounds), ink.canvas)
    ScenePainter(ink, vector=True).paint(painter, scene, QPointF(0, 0), 1.0, scene.bounds)
