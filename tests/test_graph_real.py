"""Every real model is drawn: each subgraph, open and closed, both ways, without overlaps or wires through boxes."""

from __future__ import annotations

from pathlib import Path

import pytest
from graph_measures import labels_on_boxes, overlaps, wires_through_boxes
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QImage, QPainter

from maistudio.errors import ModelFileError
from maistudio.gui.graph.ink import ink_of
from maistudio.gui.graph.layout import Orientation
from maistudio.gui.graph.metrics import layout_wires
from maistudio.gui.graph.paint import ScenePainter
from maistudio.gui.graph.scene import Choice, Scene, Wish, fulfil
from maistudio.gui.theme import LIGHT
from maistudio.tflite.model import Model
from maistudio.tflite.read import read_model
from maistudio.tflite.shapes import resolve_shapes

pytestmark = pytest.mark.usefixtures("qapp")
FOLDERS = ("challenge", "hard", "large", "delegate-cases")
LARGEST = 1000
"""Ops of the largest model that is not left to the slow tests."""


def readable(folder: Path, largest: int) -> list[Model]:
    """The models of a folder that can be read, up to a number of ops."""
    found = []
    for path in sorted(folder.glob("*.tflite")):
        try:
            model = read_model(path)
        except ModelFileError:
            continue
        if model.op_count <= largest:
            found.append(model)
    return found


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


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("orientation", ["vertical", "horizontal"])
def test_every_model_is_laid_out_without_a_fault(models_folder: Path, folder: str, orientation: Orientation) -> None:
    found = {
        (model.path, scene.choice): faults(scene)
        for model in readable(models_folder / folder, LARGEST)
        for scene in scenes(model, orientation)
    }
    assert found
    assert {key: counted for key, counted in found.items() if any(counted)} == {}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_op_of_every_model_has_a_box(models_folder: Path, folder: str) -> None:
    for model in readable(models_folder / folder, LARGEST):
        for scene in scenes(model, "vertical"):
            assert -1 not in scene.diagram.box_of_op, model.path


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("scale", [0.3, 0.8])
def test_every_model_is_painted(models_folder: Path, folder: str, scale: float) -> None:
    image = QImage(800, 600, QImage.Format.Format_RGB32)
    for model in readable(models_folder / folder, LARGEST):
        for scene in scenes(model, "vertical"):
            painter = QPainter(image)
            ScenePainter(ink_of(LIGHT)).paint(painter, scene, QPointF(0, 0), scale, scene.bounds)
            painter.end()


@pytest.mark.slow
@pytest.mark.parametrize("orientation", ["vertical", "horizontal"])
def test_the_largest_models_are_laid_out_without_a_fault(models_folder: Path, orientation: Orientation) -> None:
    for model in readable(models_folder / "large", 10_000):
        if model.op_count > LARGEST:
            assert [faults(scene) for scene in scenes(model, orientation)] == [(0, 0, 0)] * 3, model.path
