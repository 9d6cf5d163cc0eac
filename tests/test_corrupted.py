"""Corrupted files by the thousand: a clean refusal or a readable model, in bounded time and memory, nothing else."""

from __future__ import annotations

import random
import resource
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from maistudio.errors import MaiStudioError
from maistudio.jobs.inspect import summarise
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish
from maistudio.resources import sample_models
from maistudio.tflite.draft import ModelDraft

SECONDS_PER_FILE = 2.0
"""Of this process's own time, so that a busy machine fails no test."""
MEMORY_PER_FILE = 64 * 2**20
LARGEST_SEED = 300_000


def small_models() -> Iterator[bytes]:
    """One model of each form whose reading has a path of its own."""
    draft = ModelDraft("seed")
    graph = draft.subgraph("main")
    x = graph.input("a/x", "FLOAT32", [1, 4, 4, 3], shape_signature=[1, -1, -1, 3])
    w = graph.constant("a/w", "INT8", [2, 3, 3, 3], [1] * 54, quantization={"scale": [0.5] * 2, "zero_point": [0] * 2})
    b = graph.constant("a/b", "INT32", [2], [0, 0])
    y, z = graph.tensor("a/y", "FLOAT32", [1, 4, 4, 2]), graph.tensor("a/z", "FLOAT32", [1, 32])
    shape = graph.constant("shape", "INT32", [2], [1, 32])
    graph.op("CONV_2D", [x, w, b], [y], {"padding": "SAME", "stride_w": 1, "stride_h": 1})
    graph.op("RESHAPE", [y, shape], [z], {"new_shape": [1, 32]})
    graph.custom_op("FlexThing", [z], [z + 0], b"\x02\x01\x24\x00")
    graph.output(z)
    inner = draft.subgraph("inner")
    inner.output(inner.input("i", "FLOAT32", [1]))
    draft.signature("serve", {"x": x}, {"z": z}).metadata("min_runtime_version", b"1.5.0")
    yield draft.to_bytes()
    yield sample_models()[0].read_bytes()


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A copy with a cut end, flipped bytes, or 32-bit words put to the values that hurt parsers."""
    copy = bytearray(data)
    kind = dice.choice(["cut", "bytes", "words", "early words"])
    if kind == "cut":
        return bytes(copy[: dice.randrange(len(copy))])
    for _ in range(dice.choice([1, 1, 2, 5, 30])):
        place = dice.randrange(8, min(len(copy), 4096) if kind == "early words" else len(copy))
        if kind == "bytes":
            copy[place] = dice.randrange(256)
        else:
            hurtful = [0, 1, 2**31 - 1, 2**31, 2**32 - 1, len(copy), dice.randrange(2**32), dice.randrange(len(copy))]
            copy[place : place + 4] = dice.choice(hurtful).to_bytes(4, "little")
    return bytes(copy)


def open_all(folder: Path, seeds: list[bytes], count: int, seed: int) -> None:
    dice = random.Random(seed)
    path = folder / "corrupted.tflite"
    slowest = 0.0
    refusals: set[str] = set()
    for number in range(count):
        path.write_bytes(mutated(dice.choice(seeds), dice))
        started = time.process_time()
        try:
            summarise(finish(open_model(path)), sha256="", with_ops=True)
        except MaiStudioError as error:
            refusals.add(str(error))
        except Exception as error:
            kept = folder / f"failed-{number}.tflite"
            kept.write_bytes(path.read_bytes())
            raise AssertionError(f"{kept} escaped the reader") from error
        slowest = max(slowest, time.process_time() - started)
    assert slowest < SECONDS_PER_FILE
    assert not any("\n" in sentence for sentence in refusals)


def test_hundreds_of_corrupted_files_are_read_or_refused(tmp_path: Path) -> None:
    open_all(tmp_path, list(small_models()), count=600, seed=1)


@pytest.mark.slow
def test_thousands_of_corrupted_files_are_read_or_refused(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    open_all(tmp_path, list(small_models()), count=8000, seed=2)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < MEMORY_PER_FILE


@pytest.mark.slow
def test_thousands_of_corrupted_real_files_are_read_or_refused(tmp_path: Path, models_folder: Path) -> None:
    seeds = [path.read_bytes() for path in sorted(models_folder.glob("*/*.tflite"))]
    small = [seed for seed in seeds if 64 < len(seed) < LARGEST_SEED]
    assert small
    open_all(tmp_path, small, count=8000, seed=3)


def test_a_list_that_claims_gigabytes_allocates_nothing(tmp_path: Path) -> None:
    data = next(small_models())
    path = tmp_path / "huge.tflite"
    tracemalloc.start()
    for place in range(8, len(data) - 4, 4):
        path.write_bytes(data[:place] + (2**31 - 1).to_bytes(4, "little") + data[place + 4 :])
        try:
            finish(open_model(path))
        except MaiStudioError:
            continue
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20
