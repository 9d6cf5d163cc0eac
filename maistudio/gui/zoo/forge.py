"""What the Zoo page asks of the jobs. Everything heavy is imported off the interface thread, when a job begins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from maistudio.errors import RuntimeMissingError
from maistudio.jobs.progress import Job, Progress
from maistudio.zoo.forms import Form, Order

if TYPE_CHECKING:
    from maistudio.gui.zoo.cards import Gallery
    from maistudio.jobs.kept_networks import BuiltFile


@dataclass(frozen=True, slots=True)
class Wish:
    """A network of this name in this form. ``size`` is height and width, None for an open one.

    ``copy`` is the file that a copy goes to, None for a network that is to be opened.
    """

    name: str
    form: Form
    size: tuple[int, int] | None
    copy: Path | None = None

    @property
    def order(self) -> Order:
        """The file that it comes to, whether it makes sense or not."""
        return Order(self.name, self.form, *(self.size or (None, None)))


@dataclass(frozen=True, slots=True)
class Found:
    """What a wish comes to: the order, and the file where it was built before."""

    order: Order
    path: Path | None


class Forge:
    """Reads the zoo and builds its networks. ``cache`` is where they are kept, None for the user's own folder."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache

    def read(self) -> Job[Gallery]:
        """The zoo, and whether TensorFlow is there to build it."""
        yield Progress("Reading the zoo")
        from maistudio.gui.zoo.reading import read_gallery
        from maistudio.jobs.zoo import read_zoo
        from maistudio.zoo.tensorflow_here import HOW_TO_INSTALL, tensorflow_version

        missing = ""
        try:
            tensorflow_version()
        except RuntimeMissingError as error:
            missing = str(error)
        return read_gallery(read_zoo(), missing, HOW_TO_INSTALL)

    def look(self, wish: Wish) -> Job[Found]:
        """Whether a wish was built before; its copy is written then. Raises UsageError where it makes no sense."""
        yield Progress("looking for what was built before")
        from maistudio.jobs.build import kept_file, order_for

        order = order_for(wish.name, wish.form, wish.size, dynamic=wish.size is None)
        built = kept_file(order, self._folder())
        if built is not None:
            _copy(built, wish)
        return Found(order, built.path if built is not None else None)

    def build(self, order: Order, wish: Wish) -> Job[Path]:
        """Build an order in a child process, and write the copy that is wished for."""
        from maistudio.jobs.build import build_one

        built = yield from build_one(order, self._folder())
        _copy(built, wish)
        return built.path

    def _folder(self) -> Path:
        from maistudio.jobs.user_folders import zoo_cache

        return self._cache or zoo_cache()


def _copy(built: BuiltFile, wish: Wish) -> None:
    from maistudio.jobs.build import save_copy

    if wish.copy is not None:
        save_copy(built, wish.copy)
