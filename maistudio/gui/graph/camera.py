"""Where the view stands over a scene: plain arithmetic, apart from the widget that uses it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

FIT_MARGIN = 8.0
LARGEST = 4.0
FIT_LARGEST = 1.5
"""A small graph that is fitted grows to this zoom where there is room."""
SMALLEST = 0.01
READABLE = 0.5
"""A whole graph that fits at this zoom is shown whole at first."""
START = 0.75
"""The zoom at which a larger graph is entered at its input."""
OVERVIEW_BOXES = 1000
"""A graph of more boxes is shown whole at first, however small."""

NOTHING = QSizeF()


@dataclass(frozen=True, slots=True)
class Camera:
    """``scale`` widget pixels per scene pixel; scene point ``x, y`` lies in the widget's upper left corner."""

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def origin(self) -> QPointF:
        return QPointF(self.x, self.y)

    def to_scene(self, point: QPointF) -> QPointF:
        return QPointF(self.x + point.x() / self.scale, self.y + point.y() / self.scale)

    def to_widget(self, point: QPointF) -> QPointF:
        return QPointF((point.x() - self.x) * self.scale, (point.y() - self.y) * self.scale)

    def visible(self, size: QSizeF) -> QRectF:
        """What of the scene a widget of this size shows."""
        return QRectF(self.x, self.y, size.width() / self.scale, size.height() / self.scale)

    def moved(self, dx: float, dy: float) -> Camera:
        """The content pushed by so many widget pixels."""
        return Camera(self.scale, self.x - dx / self.scale, self.y - dy / self.scale)

    def zoomed(self, factor: float, at: QPointF) -> Camera:
        """Zoomed about a widget point, which stays over the same place of the scene."""
        scale = min(LARGEST, max(SMALLEST, self.scale * factor))
        fixed = self.to_scene(at)
        return Camera(scale, fixed.x() - at.x() / scale, fixed.y() - at.y() / scale)

    def holding(self, place: QPointF, at: QPointF) -> Camera:
        """At the same zoom with scene point ``place`` at widget point ``at``."""
        return Camera(self.scale, place.x() - at.x() / self.scale, place.y() - at.y() / self.scale)

    def showing(self, rect: QRectF, size: QSizeF, margin: float = 48.0) -> Camera:
        """Moved no further than needed for ``rect`` to be in sight, its start where it is too large."""
        view = self.visible(size)
        room = margin / self.scale
        x = _brought(view.x(), view.width(), rect.x() - room, rect.right() + room)
        y = _brought(view.y(), view.height(), rect.y() - room, rect.bottom() + room)
        return Camera(self.scale, x, y)


def fitted(bounds: QRectF, size: QSizeF, largest: float = 1.0, corner: QSizeF = NOTHING) -> Camera:
    """The whole scene in the middle of a widget of this size, at a zoom of ``largest`` at most.

    Where it would reach into a lower left ``corner`` of this size it is fitted beside or above that, whichever leaves
    it larger; a corner of over half the widget's width and height is not minded.
    """
    if bounds.isEmpty() or size.isEmpty():
        return Camera()
    whole = _fitted(bounds, size, largest)
    first = whole.to_widget(bounds.bottomLeft())
    if corner.isEmpty() or first.x() >= corner.width() or first.y() <= size.height() - corner.height():
        return whole
    beside, above = QSizeF(size.width() - corner.width(), size.height()), QSizeF(size.width(), size.height())
    above.setHeight(size.height() - corner.height())
    ways = [_fitted(bounds, beside, largest).moved(corner.width(), 0), _fitted(bounds, above, largest)]
    fits = (2 * corner.width() <= size.width(), 2 * corner.height() <= size.height())
    return max((way for way, fit in zip(ways, fits, strict=True) if fit), key=lambda way: way.scale, default=whole)


def _fitted(bounds: QRectF, size: QSizeF, largest: float) -> Camera:
    across, down = size.width() - 2 * FIT_MARGIN, size.height() - 2 * FIT_MARGIN
    scale = max(SMALLEST, min(largest, across / bounds.width(), down / bounds.height()))
    return Camera(
        scale,
        bounds.center().x() - size.width() / scale / 2,
        bounds.center().y() - size.height() / scale / 2,
    )


def first_look(bounds: QRectF, size: QSizeF, entry: QRectF, boxes: int, corner: QSizeF = NOTHING) -> Camera:
    """The whole scene where that can be read or where it is very large, else its beginning around ``entry``."""
    whole = fitted(bounds, size, corner=corner)
    if whole.scale >= READABLE or boxes > OVERVIEW_BOXES or size.isEmpty():
        return whole
    width, height = size.width() / START, size.height() / START
    x = _clamped(entry.center().x() - width / 2, bounds.x(), bounds.right() - width)
    y = _clamped(entry.center().y() - height / 2, bounds.y(), bounds.bottom() - height)
    return Camera(START, x, y)


def _clamped(value: float, low: float, high: float) -> float:
    """``value`` between the bounds, or in their middle where they are crossed."""
    return (low + high) / 2 if high < low else min(max(value, low), high)


def _brought(start: float, length: float, low: float, high: float) -> float:
    """The start of a window of ``length``, moved least to hold ``low`` to ``high``."""
    if low < start or high - low > length:
        return low
    return max(start, high - length)
