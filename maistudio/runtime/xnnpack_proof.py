"""The second opinion of XNNPACK, exact for each op of the main subgraph."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from maistudio.errors import ModelRunError
from maistudio.runtime.asking import ask_steps
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.children import Children
from maistudio.runtime.model_file import read_for_proof
from maistudio.targets.values import Compiled, Proof, Verdict
from maistudio.tflite.model import Model, Op
from maistudio.timing.plan import Node, nodes_of

PROVER = "xnnpack"
UNPACKING = ("DEQUANTIZE", "DENSIFY")
LEFT = "XNNPACK left it to LiteRT's own kernels"
UNPACKED = "unpacked once, at the start"
UNTOLD = "LiteRT doesn't tell who runs an op that makes nothing"


def xnnpack_steps(path: Path, bounds: Bounds, children: Children) -> Generator[str, None, Compiled]:
    """As ``prove_steps``: what XNNPACK runs, and what it leaves; it never says why."""
    yield "asking XNNPACK"
    model = read_for_proof(path)
    found, version = yield from ask_steps(path, PROVER, {}, bounds, children)
    by = f"LiteRT {version}'s XNNPACK on this CPU"
    return Compiled(by, _proofs(model, found, by))


def _proofs(model: Model, found: Mapping[str, Any], by: str) -> dict[tuple[int, int], Proof]:
    """Proofs for the main subgraph and for what its composites decompose into.

    Raises ModelRunError for an answer that isn't about this model.
    """
    taken, untold = (frozenset(map(int, found.get(key, ()))) for key in ("taken", "untold"))
    graph = model.subgraphs[0]
    listed = len(found.get("nodes", ()))
    nodes = nodes_of(model, 0, inlined=listed > len(graph.ops))
    proofs: dict[tuple[int, int], Proof] = {}
    for node in nodes:
        if node.number >= listed:
            raise ModelRunError("LiteRT lists other ops than the file has: update ai-edge-litert")
        place = (node.subgraph, node.op.index)
        proof = _proof(model, node, node.number in taken, node.number in untold, by)
        if place not in proofs or proof.verdict is not Verdict.RUNS:  # what is used twice runs if it runs both times
            proofs[place] = proof
    composites = [op for op in graph.ops if (0, op.index) not in proofs]
    proofs |= {(0, op.index): _proof_of_composite(op, proofs, by) for op in composites}
    return proofs


def _proof(model: Model, node: Node, taken: bool, untold: bool, by: str) -> Proof:
    if taken:
        tensors = model.subgraphs[node.subgraph].tensors
        constant = all(tensors[tensor].constant for tensor in node.op.inputs if tensor >= 0)
        return Proof(Verdict.RUNS, UNPACKED if constant and node.op.type in UNPACKING else "", by)
    return Proof(Verdict.UNKNOWN, UNTOLD, by) if untold else Proof(Verdict.REFUSED, LEFT, by)


def _proof_of_composite(op: Op, proofs: Mapping[tuple[int, int], Proof], by: str) -> Proof:
    inside = [proof for (subgraph, _), proof in proofs.items() if subgraph in op.subgraphs]
    if inside and all(proof.verdict is Verdict.RUNS for proof in inside):
        return Proof(Verdict.RUNS, "all it decomposes into runs there", by)
    return Proof(Verdict.REFUSED, "not all it decomposes into runs there", by)
