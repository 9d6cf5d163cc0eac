"""What real compilers make of a model: each runs in a child process or a program of its own, which may die of it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path

from maistudio.errors import MaiStudioError, ModelRunError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.children import Children
from maistudio.runtime.gpu_proof import gpu_steps
from maistudio.runtime.scratch import scratch_folder
from maistudio.runtime.vela import vela_steps
from maistudio.runtime.vendor_plugins import VENDORS, plugin_steps
from maistudio.runtime.xnnpack_proof import xnnpack_steps
from maistudio.targets.values import Compiled
from maistudio.tflite.draft import ModelDraft

XNNPACK, GPU, VELA, PLUGIN = "xnnpack", "litert-gpu", "vela", "litert-plugin"


def prove_steps(
    path: Path, prover: str, bounds: Bounds | None = None, children: Children | None = None
) -> Generator[str, None, Compiled]:
    """Compile a model for real: yields what is being done, in words; returns what became of its ops.

    ``prover`` is "xnnpack", "litert-gpu", "vela" or "vela:<accelerator>", or "litert-plugin:<vendor>". ``bounds`` hold
    for each stage. Closing the generator ends what runs.

    Raises RuntimeMissingError where the compiler isn't on this machine, ModelRunError where it died or refused the
    file, and for a prover there is none of.
    """
    bounds, children = bounds or Bounds(), children or Children()
    kind, _, of = prover.partition(":")
    if kind == XNNPACK:
        return (yield from xnnpack_steps(path, bounds, children))
    if kind == GPU:
        return (yield from gpu_steps(path, bounds, children))
    if kind == VELA:
        return (yield from vela_steps(path, bounds, of))
    if kind == PLUGIN:
        return (yield from plugin_steps(path, of, bounds))
    raise ModelRunError(f"{path}: there is no compiler {prover!r}: ask for {XNNPACK}, {GPU} or {VELA}")


def provers_here(children: Children | None = None) -> Generator[str, None, Mapping[str, str]]:
    """Try each compiler on a model of one op: yields what is being done; returns "" for one that runs, else why not."""
    found = {}
    with scratch_folder("probe") as folder:
        path = folder / "probe.tflite"
        path.write_bytes(_one_op())
        for prover in (XNNPACK, GPU, VELA, *(f"{PLUGIN}:{vendor}" for vendor in VENDORS)):
            try:
                yield from prove_steps(path, prover, children=children)
                found[prover] = ""
            except MaiStudioError as error:
                found[prover] = str(error).removeprefix(f"{path}: ")
    return found


def _one_op() -> bytes:
    model = ModelDraft()
    graph = model.subgraph()
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("ABS", [graph.input("in", "FLOAT32", (1, 4))], [out])
    graph.output(out)
    return model.to_bytes()
