"""Every real model is drawn: each subgraph, open and closed, both ways, without overlaps or wires through boxes."""

from __future__ import annotations

import pytest
from graph_measures import labels_on_boxes, overlaps, wires_through_boxes
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from real_models import ReadableModels

from maistudio.gui.graph.ink import ink_of
from maistudio.gui.graph.layout import Orientation
from maistudio.gui.graph.metrics import layout_wires
from maistudio.gui.graph.paint import ScenePainter
from maistudio.gui.graph.scene import Choice, Scene, Wish, fulfil
from maistudio.gui.theme import LIGHT
from maistudio.tflite.model import Model
from maistudio.tflite.shapes import resolve_shapes

pytestmark = pytest.mark.usefixtures("qapp")
FOLDERS = ("challenge", "hard", "large", "delegate-cases")
LARGEST = 1000
"""Ops of the largest model that is not left to the slow tests."""


@pytest.fixture(scope="module", params=FOLDERS)
def folder_of_models(request: pytest.FixtureRequest, readable_models: ReadableModels) -> list[Model]:
    """The models of a folder but for the largest."""
    models = [model for _, model in readable_models(request.param) if model.op_count <= LARGEST]
    assert models
    return models


def scenes(model: Model, orientation: Orientation) -> list[Scene]:
    """Every subgraph as it is first shown, with all groups closed, and whole."""
    shapes = resolve_shapes(model).tensors
    made: list[Scene] = []
    for graph in model.subgraphs:
        choice = Choice(graph.index, orientation=orientation)
        apart = Choice(graph.index, orientation=orientation, unpacking_apart=True, wrapped=False)
        made.append(fulfil(Wish(model, shapes[graph.index], QFont(), choice, None, "first")))
        made.append(fulfil(Wish(model, shapes[graph.index], QFont(), choice, made[-1].groups, "all")))
        made.append(fulfil(Wish(model, shapes[graph.index], QFont(), apart, made[-1].groups)))
    return made


def faults(scene: Scene) -> tuple[int, int, int]:
    wires = layout_wires(scene.diagram, scene.fonts, scene.width)
    return overlaps(scene.layout), wires_through_boxes(scene.layout, wires), labels_on_boxes(scene.layout)


@pytest.mark.parametrize("orientation", ["vertical", "horizontal"])
def test_every_model_is_laid_out_without_a_fault(folder_of_models: list[Model], orientation: Orientation) -> None:
    found = {
        (model.path, scene.choice): faults(scene) for model in folder_of_models for scene in scenes(model, orientation)
    }
    assert {key: counted for key, counted in found.items() if any(counted)} == {}


def test_every_op_of_every_model_has_a_box(folder_of_models: list[Model]) -> None:
    for model in folder_of_models:
        for scene in scenes(model, "vertical"):
            assert -1 not in scene.diagram.box_of_op, model.path


@pytest.mark.parametrize("scale", [0.3, 0.8])
def test_every_model_is_painted(folder_of_models: list[Model], scale: float) -> None:
    """The box in the middle of the list stands for all."""
    for model in folder_of_models:
        for scene in scenes(model, "vertical"):
            if scene.rects:
                inside = painted(scene, scene.rects[len(scene.rects) // 2].adjusted(4, 4, -4, -4), scale)
                assert inside != blank(inside.size()), model.path


def painted(scene: Scene, rect: QRectF, scale: float) -> QImage:
    """A part of a scene, painted among the rest."""
    image = blank((rect.size() * scale).toSize())
    painter = QPainter(image)
    ScenePainter(ink_of(LIGHT)).paint(painter, scene, rect.topLeft(), scale, scene.bounds)
    painter.end()
    return image


def blank(size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.canvas))
    return image


@pytest.mark.slow
@pytest.mark.parametrize("orientation", ["vertical", "horizontal"])
def test_the_largest_models_are_laid_out_without_a_fault(
    readable_models: ReadableModels, orientation: Orientation
) -> None:
    largest = [model for _, model in readable_models("large") if model.op_count > LARGEST]
    assert largest
    for model in largest:
        assert [faults(scene) for scene in scenes(model, orientation)] == [(0, 0, 0)] * 3, model.path
