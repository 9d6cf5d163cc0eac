"""Checking is fast: by the rules of every target, on graphs of ten thousand ops."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import pytest
from models import read_bytes
from target_files import facts_of

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.report import report_on
from maistudio.tflite.draft import ModelDraft, per_channel, per_tensor
from maistudio.tflite.model import Model
from maistudio.tflite.read import read_model

CPU_SECONDS = 1.5
OPS = 10_000


def int8_chain() -> bytes:
    """Convolutions, RELU and ADD by turns, each tensor with a scale of its own, so that no two ops are alike."""
    model = ModelDraft()
    graph = model.subgraph()
    shape = (1, 8, 8, 8)
    last = graph.input("in", "INT8", shape, quantization=per_tensor(0.01))
    weights = bytes(8 * 8)
    for place in range(OPS):
        made = graph.tensor(f"t{place}", "INT8", shape, quantization=per_tensor(0.01 + place * 1e-6, place % 100))
        if place % 3 == 0:
            scales = [0.001 + place * 1e-7] * 8
            kernel = graph.constant(f"w{place}", "INT8", (8, 1, 1, 8), weights, quantization=per_channel(scales, 0))
            bias = graph.constant(f"b{place}", "INT32", (8,), bytes(32), quantization=per_channel(scales, 0))
            graph.op("CONV_2D", [last, kernel, bias], [made], {"stride_w": 1, "stride_h": 1, "padding": "SAME"})
        elif place % 3 == 1:
            graph.op("RELU", [last], [made])
        else:
            graph.op("ADD", [last, last], [made])
        last = made
    graph.output(last)
    return model.to_bytes()


def cpu_seconds(model: Model) -> float:
    facts = facts_of(model)  # what a file's reading works out is not what is measured
    targets = shipped_targets()
    gc.collect()
    gc.freeze()  # what thousands of other tests left behind is none of the program's
    try:
        began = time.process_time()
        for target in targets:
            assert len(report_on(facts, target).ops) == model.op_count
        return time.process_time() - began
    finally:
        gc.unfreeze()


@pytest.mark.slow
def test_ten_thousand_ops_that_all_differ_are_checked_against_every_target_in_time() -> None:
    model = read_bytes(int8_chain())
    assert min(cpu_seconds(model) for _ in range(3)) < CPU_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("name", ["big_chain_10000", "big_wide_10000"])
def test_large_real_graphs_are_checked_against_every_target_in_time(models_folder: Path, name: str) -> None:
    model = read_model(models_folder / "large" / f"{name}.tflite")
    assert min(cpu_seconds(model) for _ in range(3)) < CPU_SECONDS
