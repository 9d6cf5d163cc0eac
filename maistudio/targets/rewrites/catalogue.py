"""The rewrites there are, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maistudio.errors import UsageError
from maistudio.targets.rewrites import clip_kinds, clip_order, idle, resize, split, unread
from maistudio.targets.rewrites.editable import EditableModel


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One way to change a model that leaves what it computes.

    ``ways`` change a model wherever they may begin and return at how many places: the first one by which a target runs
    what then stands there is taken. ``mends`` are the types of ops that it replaces where a target doesn't run them.
    One without them ``tidies``, which helps on every target, or is done only ``when_asked``: it is about speed.
    """

    id: str
    title: str
    says: str
    mends: frozenset[str]
    ways: tuple[Callable[[EditableModel], int], ...]

    when_asked: bool = False

    @property
    def tidies(self) -> bool:
        """Whether it only takes ops away."""
        return not self.mends and not self.when_asked

    def apply(self, model: EditableModel) -> int:
        """Change a model, the first way, and return at how many places."""
        return self.ways[0](model)


REWRITES = (
    Rewrite(
        unread.ID,
        "Remove unread ops",
        "Takes out ops whose outputs nothing reads.",
        frozenset(),
        (unread.remove_unread,),
    ),
    Rewrite(
        idle.ID,
        "Remove idle ops",
        "Takes out ops that change nothing, such as a RESHAPE to the same shape or a clip of what lies inside already.",
        frozenset(),
        (idle.remove_idle,),
    ),
    Rewrite(
        clip_order.ID,
        "Clip before depth-to-space",
        "Moves clips from behind a DEPTH_TO_SPACE in front of it.",
        frozenset(),
        (clip_order.move_clips,),
        when_asked=True,
    ),
    Rewrite(
        clip_kinds.ID,
        "Clip by a clipped ReLU",
        "Makes MINIMUM and MAXIMUM against constants one clipped ReLU, fused into the op before where that has none.",
        frozenset({"MAXIMUM", "MINIMUM", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1"}),
        (clip_kinds.merge_clips,),
    ),
    Rewrite(
        split.ID,
        "Slice instead of split",
        "Makes SPLIT and SPLIT_V one SLICE, or STRIDED_SLICE, for each output that is read.",
        frozenset({"SPLIT", "SPLIT_V"}),
        (split.to_slices, split.to_strided_slices),
    ),
    Rewrite(
        resize.ID,
        "Upsample by a convolution",
        "Makes RESIZE_NEAREST_NEIGHBOR by a whole factor a 1×1 CONV_2D that copies the channels, and DEPTH_TO_SPACE.",
        frozenset({"RESIZE_NEAREST_NEIGHBOR"}),
        (resize.to_convolution,),
    ),
)


def rewrite_named(name: str) -> Rewrite:
    """The rewrite of this id. Raises UsageError, which names the ids there are, for another."""
    for rewrite in REWRITES:
        if rewrite.id == name:
            return rewrite
    raise UsageError(f"there is no rewrite {name}: choose one of {', '.join(known.id for known in REWRITES)}")
