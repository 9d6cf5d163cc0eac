"""What compilers answered for the delegate cases when they were asked: ``delegate-cases.json`` beside the models.

Each answer becomes the set of op indices of the main subgraph that the compiler did not take, None where it told
nothing of single ops (it crashed, or stopped before).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from maistudio.tflite.model import Model, Op

Answer = frozenset[int] | None
_DRIFT_REASON = re.compile(r"([A-Z0-9_]+): (.*?\.)(?: (\S+?))?(?:;|\s*\[|$)")


@dataclass(frozen=True, slots=True)
class Oracle:
    """A compiler whose answers are recorded: the target it speaks for, and how its answer is read.

    ``refusals_only`` says that it tells which ops are refused, not which others are left on the CPU with them.
    """

    column: str
    target: str
    read: Callable[[str, Model], Answer]
    refusals_only: bool


def analyzer(answer: str, model: Model) -> Answer:
    """TensorFlow's GPU check: "ok", else the op types it flags."""
    flagged = set() if answer == "ok" else {each.strip() for each in answer.split(";")}
    return frozenset(op.index for op in _ops(model) if op.type in flagged)


def ml_drift(answer: str, model: Model) -> Answer:
    """LiteRT's GPU accelerator: "all GPU", else "TYPE: reason. output" for each op it refuses."""
    if answer == "all GPU":
        return frozenset()
    if answer.startswith("CRASH"):
        return None
    names = {_output(model, op): op.index for op in _ops(model)}
    refused = set()
    for op_type, _, name in _DRIFT_REASON.findall(answer):
        of_type = [op.index for op in _ops(model) if op.type == op_type]
        if name in names and names[name] in of_type:
            refused.add(names[name])
        else:
            refused.update(of_type)
    return frozenset(refused)


def xnnpack(answer: str, model: Model) -> Answer:
    """XNNPACK: "none", else the types of the ops it leaves, each as often as it is left."""
    if answer.startswith("error"):
        return None
    left = Counter(() if answer == "none" else (each.strip() for each in answer.split(",")))
    found = set()
    for op_type, count in left.items():
        of_type = [op.index for op in _ops(model) if op.type == op_type]
        if len(of_type) != count:
            return None  # which of them isn't told
        found.update(of_type)
    return frozenset(found)


def openvino(answer: str, model: Model) -> Answer:
    """LiteRT's partitioning for Intel's NPU: "rc0 taken/of" for each subgraph, and the types it doesn't take."""
    _, _, types = answer.partition(" no: ")
    refused = {each.strip() for each in types.split(",")} if types else set()
    return frozenset(op.index for op in _ops(model) if op.type in refused or (op.custom and "CUSTOM" in refused))


def vela(answer: str, model: Model) -> Answer:
    """Vela for an Ethos-U55: "npu/cpu" counts of ops; what is all on one side is known op by op."""
    if answer.startswith("rc"):
        return None
    on_npu, _, on_cpu = answer.partition("/")
    if int(on_npu) == 0:
        return frozenset(op.index for op in _ops(model))
    return frozenset() if int(on_cpu) == 0 else None


ORACLES = (
    Oracle("analyzer 2.17.1", "tflite-gpu-opencl", analyzer, refusals_only=True),
    Oracle("analyzer 2.7.4", "tflite-gpu-2021", analyzer, refusals_only=True),
    Oracle("ML Drift GPU (LiteRT 2.3.0, SwiftShader)", "litert-gpu", ml_drift, refusals_only=True),
    Oracle("XNNPACK: ops left on the reference kernels", "xnnpack", xnnpack, refusals_only=False),
    Oracle("OpenVINO partition", "intel-npu", openvino, refusals_only=True),
    Oracle("Vela U55 npu/cpu", "ethos-u55", vela, refusals_only=False),
)


_RANK = "TensorFlow's check doesn't look at ranks of 5 and more"
_VERSION = "TensorFlow's check doesn't look at op versions"
_LATER = "TF 2.7.4 is of late 2021, when SPLIT was taken"
KNOWN_ERRORS: Mapping[tuple[str, str, str], str] = MappingProxyType(
    {
        ("analyzer 2.17.1", "conv3d_5d_f32", "RELU"): _RANK,
        ("analyzer 2.17.1", "reshape5d_f32", "RESHAPE"): _RANK,
        ("analyzer 2.17.1", "reshape5d_f32", "TRANSPOSE"): _RANK,
        ("analyzer 2.17.1", "strided_slice_newaxis", "RESHAPE"): _RANK,
        ("analyzer 2.17.1", "if_cond", "GREATER"): "TensorFlow's check doesn't look at who reads a truth value",
        ("analyzer 2.7.4", "conv3d_5d_f32", "RELU"): _RANK,
        ("analyzer 2.7.4", "reshape5d_f32", "RESHAPE"): _RANK,
        ("analyzer 2.7.4", "reshape5d_f32", "TRANSPOSE"): _VERSION,
        ("analyzer 2.7.4", "strided_slice_newaxis", "RESHAPE"): _RANK,
        ("analyzer 2.7.4", "if_cond", "GREATER"): "TensorFlow's check doesn't look at who reads a truth value",
        ("analyzer 2.7.4", "grouped_conv", "CONV_2D"): _VERSION,
        ("analyzer 2.7.4", "gelu", "CONV_2D"): "2.7.4 knows no GELU and names the op before it",
        ("analyzer 2.7.4", "gelu", "GELU"): "2.7.4 knows no GELU and names the op before it",
        ("analyzer 2.7.4", "split_batch_f32", "SPLIT"): _LATER,
        ("analyzer 2.7.4", "split_simple_f32", "SPLIT"): _LATER,
        ("analyzer 2.7.4", "split_simple_int8", "SPLIT"): _LATER,
        ("analyzer 2.7.4", "sr_split_f32", "SPLIT"): _LATER,
    }
)
"""Where an oracle is known to be wrong, or speaks of another time: by its column, the model and the op's type."""


def recorded_answers(file: Path) -> Mapping[str, Mapping[str, str]]:
    """The answers by the model's name (its file's without the ending) and the oracle's column."""
    found: Mapping[str, Mapping[str, str]] = json.loads(file.read_text("utf-8"))
    return found


def _ops(model: Model) -> tuple[Op, ...]:
    return model.subgraphs[0].ops if model.subgraphs else ()


def _output(model: Model, op: Op) -> str:
    return model.subgraphs[0].tensors[op.outputs[0]].name if op.outputs else ""
