"""The versions of the ops that rewrites put in, as TFLite's converter would write them.

From google-ai-edge/LiteRT b6485cf9ccf1dece8f30e2c51572ea8aa3f1c638, tflite/tools/versioning/op_version.cc,
GetBuiltinOperatorVersion. Delegates refuse versions above those they know, so the lowest that holds is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from maistudio.resources import resource_path
from maistudio.targets.rewrites.node import Node

RUNTIME_ENTRY = "min_runtime_version"


def slice_version(kind: str, rank: int) -> int:
    """SLICE of a tensor of type ``kind``."""
    if kind == "UINT32":
        return 6
    if rank > 4:
        return 5
    return {"INT16": 4, "STRING": 3, "INT8": 2}.get(kind, 1)


def strided_slice_version(kind: str, rank: int) -> int:
    """STRIDED_SLICE without ellipsis, new axes and offsets of a tensor of type ``kind``."""
    if kind == "UINT32":
        return 7
    if kind == "STRING":
        return 5
    if rank > 4:
        return 4
    return {"BOOL": 3, "INT8": 2}.get(kind, 1)


def conv_2d_version(kind: str) -> int:
    """CONV_2D with one group, input, weights and output of type ``kind``."""
    return 3 if kind == "INT8" else 1


def depth_to_space_version(kind: str) -> int:
    return 2 if kind == "INT8" else 1


def clip_version(op_type: str, kind: str) -> int:
    """RELU, RELU6, RELU_N1_TO_1 and RELU_0_TO_1 of a tensor of type ``kind``."""
    if op_type == "RELU":
        return {"INT16": 3, "INT8": 2, "UINT8": 2}.get(kind, 1)
    if op_type == "RELU6":
        return {"INT16": 3, "INT8": 2}.get(kind, 1)
    return 1


def raise_runtime(values: Mapping[str, Any], nodes: Iterable[Node]) -> None:
    """Let the metadata name a runtime new enough for ``nodes``, where it names one at all."""
    entry = next((entry for entry in values.get("metadata", ()) if entry.get("name") == RUNTIME_ENTRY), None)
    if entry is None:
        return
    buffer = values["buffers"][entry.get("buffer", 0)]
    stored: bytes = buffer.get("data", b"")
    stated = stored.rstrip(b"\0").decode("ascii", "replace")
    known = json.loads(resource_path("tflite/op_runtimes.json").read_text("utf-8"))["runtimes"]
    needed = [known.get(node.type, {}).get(str(node.code.get("version", 1)), "") for node in nodes]
    newest = max((stated, *needed), key=_parts)
    if newest != stated and len(newest) < max(16, len(stored)):
        buffer["data"] = newest.encode().ljust(len(stored), b"\0")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
