"""The graph as a file or on the clipboard, drawn off the interface thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from maistudio.errors import ExportError
from maistudio.gui.graph.export import graph_image, png_bytes, save_graph
from maistudio.gui.graph.scene import Scene
from maistudio.gui.model_tab import ModelTab
from maistudio.gui.theme import LIGHT
from maistudio.gui.work import Task, Work
from maistudio.jobs.progress import Job, Progress
from maistudio.save import save_bytes

FILTERS = {".svg": "SVG drawing (*.svg)", ".pdf": "PDF page (*.pdf)", ".png": "PNG picture (*.png)"}
SCALES = (2.0, 1.0)
"""Pixels of a picture per pixel of the graph at 100 %; the next one where the first would be too large."""


class Pictures(QObject):
    """Exports graphs in light colours, for paper. ``done`` carries a sentence for the status bar."""

    done = Signal(str)

    def __init__(self, window: QWidget, work: Work) -> None:
        super().__init__(window)
        self._window = window
        self._work = work

    def ask_to_export(self, tab: ModelTab, scene: Scene) -> None:
        """Ask where to save, then save."""
        dialog = QFileDialog(self._window, "Export graph")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(FILTERS.values()))
        dialog.setDefaultSuffix("svg")
        dialog.selectFile(str(Path(tab.path).with_suffix(".svg")))
        chosen = _Chosen(dialog, tab, scene, self)
        dialog.filterSelected.connect(chosen.follow_filter)
        dialog.accepted.connect(chosen.export)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, tab: ModelTab, scene: Scene, path: Path) -> Task:
        """Save the graph as the ending of ``path`` says; what fails is told in the tab."""
        task = self._work.start(f"Exporting {path.name}", _save(scene, path))
        task.succeeded.connect(self._saved)
        task.refused.connect(tab.say_error)
        return task

    def copy(self, tab: ModelTab, scene: Scene) -> Task:
        """Put the graph on the clipboard as a picture."""
        task = self._work.start("Copying the picture", _draw(scene))
        task.succeeded.connect(self._copied)
        task.refused.connect(tab.say_error)
        return task

    def _saved(self, path: Path) -> None:
        self.done.emit(f"Graph saved as {path}")

    def _copied(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self.done.emit(f"Picture copied, {image.width():,} × {image.height():,} pixels")


class _Chosen(QObject):
    """What a file dialog was opened for."""

    def __init__(self, dialog: QFileDialog, tab: ModelTab, scene: Scene, pictures: Pictures) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._tab = tab
        self._scene = scene
        self._pictures = pictures

    def follow_filter(self, name: str) -> None:
        """Give the file the ending of the filter that was chosen."""
        ending = next((ending for ending, text in FILTERS.items() if text == name), ".svg")
        self._dialog.setDefaultSuffix(ending[1:])
        for path in self._dialog.selectedFiles():
            self._dialog.selectFile(str(Path(path).with_suffix(ending)))

    def export(self) -> None:
        for path in self._dialog.selectedFiles():
            self._pictures.export(self._tab, self._scene, Path(path))


def _save(scene: Scene, path: Path) -> Job[Path]:
    yield Progress("Drawing the graph")
    if path.suffix.lower() != ".png":
        save_graph(scene, path)
        return path
    image = yield from _draw(scene)
    yield Progress("Writing the file")
    save_bytes(path, png_bytes(image), "the picture")
    return path


def _draw(scene: Scene) -> Job[QImage]:
    """The graph at the largest scale that is not too large."""
    yield Progress("Drawing the graph")
    for scale in SCALES[:-1]:
        try:
            return graph_image(scene, LIGHT, scale)
        except ExportError:
            continue
    return graph_image(scene, LIGHT, SCALES[-1])
