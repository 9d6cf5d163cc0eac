"""What timing costs, measured beside what it is compared with, in turns in one run."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maistudio.runtime.children import Children
from maistudio.runtime.latency import Batch, measure_steps
from maistudio.runtime.session import Session
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration

BARE_LOOP = """
import json, sys, time
import numpy
from ai_edge_litert.interpreter import Interpreter
path, threads, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
interpreter = Interpreter(path, num_threads=threads)
interpreter.allocate_tensors()
for detail in interpreter.get_input_details():
    values = numpy.random.default_rng(1).random(detail["shape"]) * (255 if detail["dtype"] == numpy.uint8 else 1)
    interpreter.set_tensor(detail["index"], values.astype(detail["dtype"]))
interpreter.invoke()
times = []
for _ in range(runs):
    before = time.perf_counter_ns()
    interpreter.invoke()
    times.append((time.perf_counter_ns() - before) / 1e3)
print(json.dumps(times))
"""


@dataclass(frozen=True)
class Beside:
    """Medians in µs, one of each turn."""

    ours: Sequence[float]
    bare: Sequence[float]

    @property
    def ratio(self) -> float:
        """Ours by the bare loop's, by the best turns: what else the machine does slows either."""
        return min(self.ours) / min(self.bare)


def beside_a_bare_loop(model: Path, runs: int, turns: int, threads: int = 1) -> Beside:
    """Time a model as the product does and in a loop of seven lines, in turns."""
    ours, bare = [], []
    for _ in range(turns):
        ours.append(statistics.median(timed(model, runs, threads)))
        bare.append(statistics.median(bare_loop(model, runs, threads)))
    return Beside(ours, bare)


def timed(model: Path, runs: int, threads: int = 1) -> list[float]:
    """Wall times in µs by the product's own loop in its child."""
    times: list[float] = []
    with Children() as children, Session.open(model, Configuration(threads=threads), children=children) as session:
        for step in measure_steps(session, Limits(runs, 0, 600, warmup_seconds=0)):
            if isinstance(step, Batch):
                times.extend(step.wall_us)
    return times


def bare_loop(model: Path, runs: int, threads: int = 1) -> list[float]:
    """Wall times in µs by LiteRT alone."""
    command = [sys.executable, "-c", BARE_LOOP, str(model), str(threads), str(runs)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    times: list[float] = json.loads(printed)
    return times
