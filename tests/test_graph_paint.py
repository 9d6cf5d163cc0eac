"""Painting: what is drawn at which zoom, in which colours; and the graph as SVG, PDF and PNG."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawings import colours, pdf_fills, pdf_texts
from graph_models import Net, block_net, chain_net, scene_of
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from maistudio.errors import ExportError
from maistudio.gui.graph.export import PAPER, graph_image, pdf_bytes, save_graph, svg_bytes
from maistudio.gui.graph.highlight import Highlight, highlight_box, highlight_wire
from maistudio.gui.graph.hits import box_at, wire_at
from maistudio.gui.graph.ink import ink_of
from maistudio.gui.graph.layout import Orientation
from maistudio.gui.graph.paint import ScenePainter
from maistudio.gui.graph.scene import Scene
from maistudio.gui.theme import DARK, LIGHT, Palette
from maistudio.tflite.kinds import OpKind
from maistudio.tflite.model import Op

pytestmark = pytest.mark.usefixtures("qapp")

DRAWN_KINDS = (OpKind.CONVOLUTION, OpKind.ELEMENTWISE, OpKind.ACTIVATION)
"""The kinds of ops in ``block_net``."""


def painted(scene: Scene, scale: float = 1.0, palette: Palette = LIGHT, highlight: Highlight | None = None,
            density: float = 1.0) -> QImage:  # fmt: skip
    """The whole scene at a zoom."""
    size = scene.bounds.size() * scale * density
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(density)
    image.fill(QColor(palette.canvas))
    painter = QPainter(image)
    ScenePainter(ink_of(palette)).paint(painter, scene, QPointF(0, 0), scale, scene.bounds, highlight)
    painter.end()
    return image


def colour(image: QImage, x: float, y: float, scale: float = 1.0) -> str:
    return image.pixelColor(int(x * scale), int(y * scale)).name()


def box_named(scene: Scene, key: str) -> int:
    return [box.key for box in scene.diagram.boxes].index(key)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_box_has_the_colour_of_its_kind(palette: Palette) -> None:
    scene = scene_of(block_net(1))
    rect = scene.rects[box_named(scene, "op:0")]
    fill = palette.kinds[OpKind.CONVOLUTION][0]
    assert colour(painted(scene, palette=palette), rect.right() - 3, rect.bottom() - 3) == fill


def test_from_far_a_box_is_a_plain_patch_of_the_stronger_colour() -> None:
    scene = scene_of(block_net(1))
    rect = scene.rects[box_named(scene, "op:0")]
    assert colours(painted(scene, 0.1), rect.adjusted(12, 12, -12, -12), 0.1) == {LIGHT.kinds[OpKind.CONVOLUTION][1]}


def test_at_a_middling_zoom_a_box_has_its_title_and_nothing_else() -> None:
    scene = scene_of(block_net(1))
    rect = scene.rects[box_named(scene, "op:0")]
    image = painted(scene, 0.5)
    assert len(colours(image, rect.adjusted(30, 25, -30, -25), 0.5)) > 2
    assert colours(image, QRectF(rect.x() + 3, rect.bottom() - 14, rect.width() - 6, 8), 0.5) == {
        LIGHT.kinds[OpKind.CONVOLUTION][0]
    }


def test_up_close_a_box_has_its_options_too() -> None:
    scene = scene_of(block_net(1))
    rect = scene.rects[box_named(scene, "op:0")]
    assert len(colours(painted(scene), QRectF(rect.x() + 8, rect.bottom() - 18, 80, 12))) > 2


def test_up_close_wires_have_their_shapes() -> None:
    scene = scene_of(chain_net(3))
    label = scene.layout.labels[1]
    assert label is not None
    assert len(colours(painted(scene), QRectF(*label))) > 3
    assert colours(painted(scene, 0.5), QRectF(*label), 0.5) == {LIGHT.canvas}


def test_what_a_selection_leaves_aside_fades() -> None:
    net = Net()
    source = net.input()
    net.output(net.op("RELU", [source]), net.op("TANH", [source]))
    scene = scene_of(net)
    lit, aside = (scene.rects[box_named(scene, key)] for key in ("op:0", "op:1"))
    image = painted(scene, highlight=highlight_box(scene, box_named(scene, "op:0")))
    fill = LIGHT.kinds[OpKind.ACTIVATION][0]
    assert fill in colours(image, lit)
    assert fill not in colours(image, aside)


def test_up_and_downstream_have_colours_of_their_own() -> None:
    scene = scene_of(chain_net(3))
    image = painted(scene, highlight=highlight_box(scene, box_named(scene, "op:1")))
    before, after = (scene.layout.routes[wire][0] for wire in (1, 2))
    assert colour(image, before[0][0], before[0][1] + 6) == LIGHT.edge_upstream
    assert LIGHT.edge_downstream in {colour(image, after[0][0], after[0][1] + y) for y in range(20)}
    assert LIGHT.canvas in {colour(image, after[0][0], after[0][1] + y) for y in range(2, 20)}, "dashed"


def test_a_selected_wire_is_drawn_in_the_selection_colour() -> None:
    scene = scene_of(chain_net(3))
    image = painted(scene, highlight=highlight_wire(scene, 1))
    x, y = scene.layout.routes[1][0][0]
    assert colour(image, x, y + 8) == LIGHT.selection


def test_lines_are_as_thick_on_a_dense_screen() -> None:
    scene = scene_of(chain_net(3))
    x, y = scene.layout.routes[1][0][0]
    image = painted(scene, density=2.0)
    across = [image.pixelColor(int(2 * x) + dx, int(2 * y) + 10).name() for dx in range(-4, 5)]
    assert across.count(LIGHT.edge) == 2


def test_an_edge_against_the_flow_is_marked() -> None:
    net = Net()
    first, second = net.tensor(), net.tensor()
    net.ops += [Op(0, "RELU", 1, (second,), (first,)), Op(1, "ABS", 1, (first,), (second,))]
    scene = scene_of(net)
    assert len(scene.against) == 1
    assert LIGHT.error in colours(painted(scene), scene.bounds)


@pytest.mark.parametrize("orientation", ["vertical", "horizontal"])
@pytest.mark.parametrize("scale", [0.05, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_zoom_and_orientation_is_painted(orientation: Orientation, scale: float, palette: Palette) -> None:
    scene = scene_of(block_net(4, "block"), frozenset({"/block1#1"}), orientation)
    assert len(colours(painted(scene, scale, palette, highlight_box(scene, 2)), scene.bounds, scale)) > 3


def test_a_point_in_a_box_hits_it() -> None:
    scene = scene_of(chain_net(3))
    assert [box_at(scene, rect.center()) for rect in scene.rects] == list(range(len(scene.rects)))


def test_a_point_between_boxes_hits_none() -> None:
    assert box_at(scene_of(chain_net(3)), QPointF(2, 2)) == -1


def test_a_point_on_a_painted_curve_hits_its_wire() -> None:
    net = Net()
    source = net.input()
    net.output(net.op("RELU", [source]), net.op("TANH", [source]))
    scene = scene_of(net)
    route = scene.layout.routes[0][0]
    (ax, ay), (bx, by) = next((a, b) for a, b in pairwise(route) if a[0] != b[0] and a[1] != b[1])
    assert wire_at(scene, QPointF((ax + bx) / 2, (ay + by) / 2), 5.0) == 0


@pytest.fixture
def svg() -> ElementTree.Element:
    return ElementTree.fromstring(svg_bytes(scene_of(block_net(2)), title="block net"))


def test_an_svg_keeps_its_texts_as_texts(svg: ElementTree.Element) -> None:
    texts = {"".join(element.itertext()).strip() for element in svg.iter() if element.tag.endswith("text")}
    assert {"Conv2D", "weights 3×3×3×3", "1×8×8×3"} <= texts


def test_an_svg_names_fonts_that_other_programs_know(svg: ElementTree.Element) -> None:
    (family,) = {element.get("font-family") for element in svg.iter()} - {None}
    assert family is not None
    assert family.endswith(", sans-serif")


def test_the_lines_of_an_svg_grow_with_it(svg: ElementTree.Element) -> None:
    assert not [element for element in svg.iter() if element.get("vector-effect") == "non-scaling-stroke"]


def test_an_svg_has_a_title(svg: ElementTree.Element) -> None:
    assert [element.text for element in svg.iter() if element.tag.endswith("title")] == ["block net"]


def test_an_svg_fills_its_boxes(svg: ElementTree.Element) -> None:
    fills = {element.get("fill") for element in svg.iter()}
    assert {PAPER.kinds[kind][0] for kind in DRAWN_KINDS} <= fills


def test_an_svg_is_as_large_as_the_graph(svg: ElementTree.Element) -> None:
    bounds = scene_of(block_net(2)).bounds
    _, _, width, height = (float(number) for number in svg.attrib["viewBox"].split())
    assert (width, height) == pytest.approx((bounds.width(), bounds.height()), abs=0.1)


def test_a_pdf_page_is_as_large_as_the_graph() -> None:
    scene = scene_of(block_net(2))
    data = pdf_bytes(scene)
    assert data.startswith(b"%PDF-")
    box = data.split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert float(box[2]) == pytest.approx(scene.bounds.width() * 0.75, abs=1)


def test_a_pdf_fills_its_boxes() -> None:
    assert {PAPER.kinds[kind][0] for kind in DRAWN_KINDS} <= pdf_fills(pdf_bytes(scene_of(block_net(2))))


def test_a_pdf_keeps_its_texts_as_texts() -> None:
    assert pdf_texts(pdf_bytes(scene_of(block_net(2)))) > pdf_texts(pdf_bytes(scene_of(block_net(1)))) > 0


def test_a_graph_too_long_for_a_pdf_page_is_drawn_smaller() -> None:
    scene = scene_of(chain_net(3))
    long = replace(scene, bounds=QRectF(0, 0, 400, 40_000))
    box = pdf_bytes(long).split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert float(box[3]) <= 14_400


def test_a_png_has_the_asked_pixels() -> None:
    scene = scene_of(chain_net(3))
    image = graph_image(scene, scale=3.0)
    assert image.width() == pytest.approx(scene.bounds.width() * 3, abs=1)
    assert image.height() == pytest.approx(scene.bounds.height() * 3, abs=1)


def test_a_picture_for_paper_is_on_white() -> None:
    image = graph_image(scene_of(chain_net(3)))
    assert image.pixelColor(1, 1).name() == PAPER.canvas == "#ffffff"


def test_a_png_that_would_be_too_large_is_refused_in_a_sentence() -> None:
    with pytest.raises(ExportError, match="too large to open; save it as SVG or PDF"):
        graph_image(scene_of(chain_net(3)), scale=200.0)


def test_a_picture_for_paper_has_every_box_where_it_stands() -> None:
    scene = scene_of(block_net(1))
    image = graph_image(scene, scale=2.0)
    for key, kind in (("op:0", OpKind.CONVOLUTION), ("op:2", OpKind.ELEMENTWISE), ("op:3", OpKind.ACTIVATION)):
        assert PAPER.kinds[kind][0] in colours(image, scene.rects[box_named(scene, key)], 2.0)


def test_a_png_is_saved_with_the_pixels_of_the_picture(tmp_path: Path) -> None:
    scene = scene_of(chain_net(3))
    save_graph(scene, tmp_path / "graph.png")
    assert QImage(str(tmp_path / "graph.png")).convertToFormat(QImage.Format.Format_RGB32) == graph_image(scene)


def test_a_pdf_is_saved_with_its_boxes(tmp_path: Path) -> None:
    save_graph(scene_of(block_net(1)), tmp_path / "graph.PDF")
    assert {PAPER.kinds[kind][0] for kind in DRAWN_KINDS} <= pdf_fills((tmp_path / "graph.PDF").read_bytes())


def test_an_svg_is_saved_under_the_name_of_its_file(tmp_path: Path) -> None:
    save_graph(scene_of(block_net(1)), tmp_path / "my graph.svg")
    root = ElementTree.parse(tmp_path / "my graph.svg").getroot()
    assert [element.text for element in root.iter() if element.tag.endswith("title")] == ["my graph"]


def test_an_unknown_ending_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"saved as \.svg, \.pdf or \.png"):
        save_graph(scene_of(chain_net(3)), tmp_path / "graph.jpg")


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="can't be written there"):
        save_graph(scene_of(chain_net(3)), tmp_path / "nowhere" / "graph.svg")
