"""A model, or single ops of it, compiled by LiteRT's GPU accelerator alone, and what that printed. In the child."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ai_edge_litert.hardware_accelerator import HardwareAccelerator
from ai_edge_litert.options import GpuOptions, Options

from maistudio.errors import ModelRunError
from maistudio.runtime.gpu import compiled, well_named
from maistudio.runtime.loading import Wanted
from maistudio.runtime.protocol import Message
from maistudio.runtime.single_op import op_alone
from maistudio.runtime.twin import mended_copy, whole_model

MOST_WORDS = 1 << 20
"""Characters of what was printed that are handed on: a line for each type of op and reason."""

DAMAGED = (IndexError, ValueError, TypeError, AttributeError, struct.error)
"""What Python raises where indices lead nowhere, or tables are missing."""

Tell = Callable[[Message], None]


def compile_whole(wanted: Wanted, tell: Tell, words_to: int) -> Mapping[str, Any]:
    """Whether the GPU takes the whole model (``full``), and what LiteRT said (``words``).

    ``words_to`` is an open file, in which those words are to be found when this process dies of it.
    Raises RuntimeMissingError without a GPU, and what LiteRT raises of a file it can't read.
    """
    tell({"stage": "reading it"})
    content = wanted.content()
    if not well_named(content):
        content = mended_copy(content)
    tell({"stage": "compiling it for the GPU"})
    full, words = _compile(content, words_to)
    return {"full": full, "words": words}


def compile_ops(
    wanted: Wanted, ops: Sequence[int], known: Sequence[str], tell: Tell, words_to: int
) -> Mapping[str, Any]:
    """Compile ops of the main subgraph, each alone: tells what became of each as it is known.

    Before a compile it tells the op, its likeness and the names of its tensors, which are ``tensor_0`` … in what LiteRT
    says; after it the likeness with ``full`` and ``words``. Ops of one likeness are compiled once; those of ``known``
    ones not at all.
    """
    tell({"stage": "cutting it into single ops"})
    try:
        model = whole_model(wanted.content())
    except DAMAGED:
        raise ModelRunError(
            "its ops can't be cut out, for its graph is inconsistent: convert the model again"
        ) from None
    done = set(known)
    for index in ops:
        try:
            cut = op_alone(model, index)
        except DAMAGED:
            likeness = f"op {index}"
            tell({"op": index, "likeness": likeness, "names": []})
            tell({"likeness": likeness, "stop": "it can't be cut out of the model, whose graph is inconsistent"})
            continue
        stage = f"compiling op {index} alone for the GPU"
        tell({"stage": stage, "op": index, "likeness": cut.likeness, "names": list(cut.names)})
        if cut.likeness not in done:
            done.add(cut.likeness)
            full, words = _compile(cut.content, words_to)
            tell({"likeness": cut.likeness, "full": full, "words": words})
    return {}


def _compile(content: bytes, words_to: int) -> tuple[bool, str]:
    options = Options(
        hardware_accelerators=HardwareAccelerator.GPU,
        # As models are run here; the default is 16 bits, which not every adapter has.
        gpu_options=GpuOptions(enforce_f32=True),
    )
    model, words, error = compiled(content, options, words_to)
    lines = [line for line in words.splitlines() if not line.startswith("INFO: ")]
    if error is not None:
        lines.append(str(error))
    return model is not None and model.is_fully_accelerated(), "\n".join(lines)[-MOST_WORDS:]
