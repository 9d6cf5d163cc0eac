"""Lints about the size of convolutions: kernels over 3×3, channels that don't fill the hardware."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import prod

from maistudio.targets.lints.hit import Hit, counted, place_text
from maistudio.targets.lints.pictures import picture_output
from maistudio.targets.lints.view import CONVOLUTIONS, INTEGERS, GraphView, ModelView, kernel, works_on_pictures
from maistudio.tflite.model import Op
from maistudio.tflite.text import list_text

LARGEST = 3


def large_kernels(model: ModelView) -> Iterator[Hit]:
    """Convolutions over pictures with a kernel higher or wider than 3, but for those as large as their input."""
    found = []
    for view, op in model.ops("CONV_2D", "DEPTHWISE_CONV_2D"):
        size = kernel(view, op)
        if size is not None and max(size) > LARGEST and works_on_pictures(view, op):
            found.append((view.place(op), size))
    if found:
        place, (height, width) = max(found, key=lambda one: prod(one[1]))
        words = {
            "convolutions": counted(len(found), "convolution", "has", "have"),
            "largest": f"{height}×{width}",
            "place": place_text(place),
        }
        yield Hit("large-kernels", tuple(place for place, _ in found), words)


def odd_channels(model: ModelView) -> Iterator[Hit]:
    """Hidden convolutions whose output channels are no multiple of 8; of 16 in integer models that make pictures.

    What DEPTH_TO_SPACE or the output dictates (27 for a scale of 3) is no choice, and a single channel is a map, not
    features: both are passed over.
    """
    multiple = 16 if _makes_pictures_in_integers(model) else 8
    found = []
    for view in model.graphs:
        dictated = _dictated(view)
        for op in view.graph.ops:
            if op.type in ("CONV_2D", "TRANSPOSE_CONV") and op.index not in dictated and works_on_pictures(view, op):
                channels = _channels(view, op)
                if channels > 1 and channels % multiple:
                    found.append((view.place(op), channels))
    if found:
        counts = Counter(channels for _, channels in found).most_common()
        eight = (
            "Megvii's denoiser of 2021 keeps to multiples of 8",
            "mai2021-denoising, section 4.2",
        )
        sixteen = (
            "NPUs such as the VS680's run multiples of 16 best, and Rtsisr2022 went from ABPN's 28 to 32 for that",
            "mai2022-quantized-super-resolution, section 4.16",
        )
        why, source = sixteen if multiple == 16 else eight
        words = {
            "convolutions": counted(len(found), "hidden convolution", "has", "have"),
            "multiple": str(multiple),
            "counts": list_text(f"{channels} ×{count}" if count > 1 else str(channels) for channels, count in counts),
            "place": place_text(found[0][0]),
            "why": why,
            "sources": source,
        }
        yield Hit("odd-channels", tuple(place for place, _ in found), words)


def _makes_pictures_in_integers(model: ModelView) -> bool:
    output = picture_output(model)
    if output is None or model.main is None:
        return False
    convolutions = (op for op in model.main.graph.ops if op.type == "CONV_2D")
    first = model.main.output(next(convolutions, Op(0, "", 1, (), ())))
    return first is not None and first.type in INTEGERS


def _dictated(view: GraphView) -> frozenset[int]:
    """Convolutions whose channels DEPTH_TO_SPACE or an output asks for: the last ones, and those before of as many."""
    last = [tensor for op in view.graph.ops if op.type == "DEPTH_TO_SPACE" and (tensor := view.input(op, 0))]
    last += [tensor for index in view.graph.outputs if (tensor := view.tensor(index))]
    found: set[int] = set()
    seen: set[int] = set()
    while last:
        op = view.producer(last.pop())
        if op is None or op.index in seen:
            continue
        seen.add(op.index)
        if op.type in CONVOLUTIONS:
            found.add(op.index)
            before = view.producer(view.input(op, 2 if op.type == "TRANSPOSE_CONV" else 0))
            if before is not None and before.type in CONVOLUTIONS and _channels(view, before) == _channels(view, op):
                found.add(before.index)
        else:
            last += [tensor for tensor in map(view.tensor, op.inputs) if tensor is not None]
    return frozenset(found)


def _channels(view: GraphView, op: Op) -> int:
    shape = view.picture_shape(view.output(op))
    return shape[3] if shape else 0
