"""Which nodes of every subgraph XNNPACK has taken, read out of LiteRT's interpreter itself.

LiteRT's Python lists the nodes of the main subgraph only, and of a delegate's node no more than its inputs and outputs.
What it replaced stands in the interpreter's memory; where, is known for one build.
"""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from litert import Refusal, litert_answers

BUILD = ("2.3.0", "Linux", "x86_64")

_SCRIPT = """
import ctypes, struct

INTERPRETER_SUBGRAPHS, SUBGRAPH_NODES, SUBGRAPH_PLAN = 104, 264, 392
NODE_SIZE, NODE_DATA, NODE_CODE, NODE_NAME, DELEGATE = 168, 40, 120, 128, 51

def pointer(address):
    return struct.unpack("<Q", ctypes.string_at(address, 8))[0]

def numbers(first, count):
    return list(struct.unpack(f"<{count}i", ctypes.string_at(first, 4 * count))) if count else []

def span(address):
    return pointer(address), pointer(address + 8)

def answer(path):
    interpreter = Interpreter(path)
    interpreter.allocate_tensors()
    first, end = span(interpreter._native_handle() + INTERPRETER_SUBGRAPHS)
    subgraphs = [pointer(first + 8 * place) for place in range((end - first) // 8)]
    assert len(subgraphs) == interpreter.num_subgraphs(), "the interpreter is laid out in another way"
    found = []
    for subgraph in subgraphs:
        nodes = pointer(subgraph + SUBGRAPH_NODES)
        first, end = span(subgraph + SUBGRAPH_PLAN)
        parts = []
        for number in numbers(first, (end - first) // 4):
            node = nodes + NODE_SIZE * number
            if numbers(node + NODE_CODE, 1) != [DELEGATE]:
                continue
            name = ctypes.string_at(pointer(node + NODE_NAME))
            assert name == b"TfLiteXNNPackDelegate", "a node is laid out in another way"
            replaced = pointer(pointer(node + NODE_DATA) + 8)
            parts.append(numbers(replaced + 4, *numbers(replaced, 1)))
        found.append(parts)
    listed = [node["op_name"] for node in interpreter._get_ops_details()]
    assert len(found[0]) == listed.count("DELEGATE"), "a subgraph is laid out in another way"
    return found
"""


@dataclass(frozen=True)
class Taken:
    """The partitions of each subgraph, as the numbers of their nodes."""

    partitions: tuple[frozenset[tuple[int, ...]], ...]


def nodes_taken(paths: Sequence[Path]) -> list[Taken | Refusal]:
    """What XNNPACK takes of each file, or why LiteRT doesn't load it. Skips where LiteRT is another build."""
    pytest.importorskip("ai_edge_litert")
    here = (importlib.metadata.version("ai-edge-litert"), platform.system(), platform.machine())
    if here != BUILD:
        pytest.skip(f"which nodes are taken can be read of ai-edge-litert {' '.join(BUILD)}, not of {' '.join(here)}")
    answers: list[Taken | Refusal] = []
    while len(answers) < len(paths):
        for found in litert_answers(_SCRIPT, [str(path) for path in paths[len(answers) :]]):
            answers.append(found if isinstance(found, Refusal) else _taken(found))
            if isinstance(found, Refusal) and found.reason.startswith("LiteRT ended"):
                break
    return answers


def _taken(found: Sequence[Sequence[Sequence[int]]]) -> Taken:
    return Taken(tuple(frozenset(tuple(sorted(nodes)) for nodes in parts) for parts in found))
