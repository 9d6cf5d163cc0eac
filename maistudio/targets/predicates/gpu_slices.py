"""Predicates of the GPU targets on ops that cut tensors or work along axes; unknown shapes and values hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.gpu_shapes import LAYOUTS, WITHOUT_BATCH, Bhwc, bhwc, masked, sliced, stepped
from maistudio.tflite.model import Tensor
from maistudio.tflite.text import shape_text

Arguments = Mapping[str, object]


def shapes_of(op: OpFacts, tensors: Sequence[Tensor | None]) -> list[tuple[int, ...]] | None:
    """The shapes, None where one is unknown or a tensor is missing."""
    shapes = [tuple(shape) for each in tensors if each is not None and (shape := op.shape(each)) is not None]
    return shapes if len(shapes) == len(tensors) else None


def integers(op: OpFacts, tensor: Tensor | None) -> list[int] | None:
    """The values of a small integer constant."""
    values = None if tensor is None else op.values(tensor)
    return None if values is None else [int(value) for value in values]


def slice_fits(op: OpFacts, arguments: Arguments) -> str:
    """SLICE: begins and sizes are for each dimension, and leave what the output holds."""
    shapes = shapes_of(op, (op.input(0), op.output(0)))
    begins, sizes = integers(op, op.input(1)), integers(op, op.input(2))
    if shapes is None or begins is None or sizes is None:
        return ""
    return _leaves(sliced(shapes[0], begins, sizes), shapes[1], len(begins))


def strided_slice_fits(op: OpFacts, arguments: Arguments) -> str:
    """STRIDED_SLICE: as for SLICE, with steps; bounds outside the tensor don't leave what the output holds."""
    shapes = shapes_of(op, (op.input(0), op.output(0)))
    begins, ends, steps = (integers(op, op.input(place)) for place in (1, 2, 3))
    if shapes is None or begins is None or ends is None or steps is None or min(steps) < 1:
        return ""
    layout = _ml_drift_axes if arguments.get("engine") == "ml_drift" else _classic_axes
    axes, bits = layout(len(shapes[0]), len(begins))
    masks = masked(_mask(op, "begin_mask"), bits), masked(_mask(op, "end_mask"), bits)
    left = stepped(shapes[0], axes, (begins, ends, steps), masks) if axes else None
    return _leaves(left, shapes[1], len(begins))


def _classic_axes(rank: int, count: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes of the entries, and those of the bits of the masks."""
    axes = LAYOUTS[4] if count == 4 else WITHOUT_BATCH[3] if count == 3 else ()
    return axes, axes


def _ml_drift_axes(rank: int, count: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    bits = LAYOUTS.get(rank, ())
    return (bits if count == rank else WITHOUT_BATCH.get(count, ()) if count == rank - 1 else ()), bits


def _mask(op: OpFacts, name: str) -> int:
    mask = op.option(name)
    return mask if isinstance(mask, int) else 0


def _leaves(left: Sequence[int] | None, made: Sequence[int], entries: int) -> str:
    if left is None:
        return f"{entries} begins are not taken for a tensor of this rank"
    whole = bhwc(made)
    if whole is None or tuple(left) == whole:
        return ""
    return f"begins and ends leave {shape_text(tuple(left))} where the output is {shape_text(whole)}"


def axes_inside(op: OpFacts, arguments: Arguments) -> str:
    """Every axis lies inside a tensor. ``axes`` is an input's place or an option's name, ``of`` the tensor."""
    tensor = next(iter(op.tensor(str(arguments.get("of", "input 0")))), None)
    rank = None if tensor is None else op.rank(tensor)
    place = arguments.get("axes", 1)
    if isinstance(place, int):
        axes = integers(op, op.input(place))
    else:
        option = op.option(str(place))
        axes = [option] if isinstance(option, int) else None
    if rank is None or axes is None:
        return ""
    odd = next((axis for axis in axes if not -rank <= axis < rank), None)
    return "" if odd is None else f"axis {odd} lies outside of a tensor of rank {rank}".replace("-", "−")


def packs_in_place(op: OpFacts, arguments: Arguments) -> str:
    """PACK: each input is laid out as its part of the output, so that joining them is all there is to do."""
    if len(op.inputs) < 2 or _laid_out_as_parts(op) is not False:
        return ""
    return (
        f"it packs along axis {op.option('axis')}, and the delegate joins the tensors as they are laid out: what comes "
        "out is not known; reshape them and use CONCATENATION"
    ).replace("-", "−")


def packs_copies(op: OpFacts, arguments: Arguments) -> str:
    """PACK of one tensor several times: only reshaped ones are told apart."""
    read = [tensor.index for tensor in op.runtime_inputs]
    if len(set(read)) == len(read) or _laid_out_as_parts(op) is not True:
        return ""
    return "it reads one tensor as two of its inputs, and needs no reshape that would make them differ"


def _laid_out_as_parts(op: OpFacts) -> bool | None:
    """Whether the inputs of PACK have the output's four sizes but for 1 along the axis; None where it is unknown."""
    shapes = shapes_of(op, (op.input(0), op.output(0)))
    axis = op.option("axis")
    if shapes is None or not isinstance(axis, int) or not -len(shapes[1]) <= axis < len(shapes[1]):
        return None
    part, made = bhwc(shapes[0]), bhwc(shapes[1])
    if part is None or made is None:
        return None
    return part == _with_ones(made, (LAYOUTS[len(shapes[1])][axis],))


def reduces_in_place(op: OpFacts, arguments: Arguments) -> str:
    """What is left of a tensor is laid out as the output is: no reshape is needed."""
    shapes = shapes_of(op, (op.input(0), op.output(0)))
    axes = integers(op, op.input(1))
    if shapes is None or axes is None or len(shapes[0]) not in LAYOUTS:
        return ""
    rank = len(shapes[0])
    source, made = bhwc(shapes[0]), bhwc(shapes[1])
    if source is None or made is None or any(not -rank <= axis < rank for axis in axes):
        return ""
    left = _with_ones(source, [LAYOUTS[rank][axis] for axis in axes])
    if left == made:
        return ""
    return (
        f"it leaves {shape_text(left)}, which the delegate doesn't reshape to {shape_text(made)}: what comes out is "
        "not known; keep the dimensions (keep_dims) and reshape them"
    )


def _with_ones(sizes: Bhwc, axes: Sequence[int]) -> Bhwc:
    left = [1 if axis in axes else size for axis, size in enumerate(sizes)]
    return left[0], left[1], left[2], left[3]


SLICES: Mapping[str, Callable[[OpFacts, Arguments], str]] = MappingProxyType(
    {
        "slice_fits": slice_fits,
        "strided_slice_fits": strided_slice_fits,
        "axes_inside": axes_inside,
        "packs_in_place": packs_in_place,
        "packs_copies": packs_copies,
        "reduces_in_place": reduces_in_place,
    }
)
