"""The graph of a window as a picture: in a file, or on the clipboard."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawings import colours, pdf_fills, pdf_texts
from PySide6.QtGui import QGuiApplication, QImage

from maistudio.gui.theme import LIGHT
from maistudio.tflite.kinds import OpKind

pytest_plugins = ["window_fixtures"]

CONVOLUTION = LIGHT.kinds[OpKind.CONVOLUTION][0]
"""The first op of the model is one."""


@pytest.fixture
def tab(open_model_tab):
    return open_model_tab()


@pytest.fixture
def exported(window, tab, qtbot, tmp_path: Path):
    """Exports the graph under a name and gives the file."""

    def export(name: str) -> Path:
        task = window.pictures.export(tab, tab.graph.scene, tmp_path / name)
        with qtbot.waitSignal(task.succeeded, timeout=60_000):
            pass
        return tmp_path / name

    return export


def first_op_colours(tab, image: QImage) -> set[str]:
    scene = tab.graph.scene
    return colours(image, scene.rects[scene.diagram.box_of_op[0]], image.width() / scene.bounds.width())


def test_an_exported_png_shows_the_graph(tab, exported) -> None:
    assert CONVOLUTION in first_op_colours(tab, QImage(str(exported("graph.PNG"))))


def test_an_exported_pdf_shows_the_graph(tab, exported) -> None:
    data = exported("graph.pdf").read_bytes()
    assert CONVOLUTION in pdf_fills(data)
    assert pdf_texts(data) > tab.document.opened.model.op_count


def test_an_exported_svg_shows_the_graph(tab, exported) -> None:
    elements = list(ElementTree.parse(exported("graph.svg")).getroot().iter())
    assert CONVOLUTION in {element.get("fill") for element in elements}
    assert "Conv2D" in {"".join(each.itertext()).strip() for each in elements if each.tag.endswith("text")}


def test_an_exported_svg_has_the_name_of_its_file_as_title(exported) -> None:
    root = ElementTree.parse(exported("my graph.svg")).getroot()
    assert [element.text for element in root.iter() if element.tag.endswith("title")] == ["my graph"]


def test_a_copied_picture_shows_the_graph(window, tab, qtbot) -> None:
    with qtbot.waitSignal(window.pictures.done, timeout=60_000):
        window.actions_by_id["copy-picture"].trigger()
    assert CONVOLUTION in first_op_colours(tab, QGuiApplication.clipboard().image())


def test_a_picture_is_in_light_colours_whatever_the_theme(window, tab, exported) -> None:
    window.choose_theme("dark")
    assert CONVOLUTION in first_op_colours(tab, QImage(str(exported("graph.png"))))
