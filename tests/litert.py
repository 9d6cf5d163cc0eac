"""LiteRT's own answers, from a child process: a model may kill it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

_CHILD = """
import json, sys
import numpy
from ai_edge_litert.interpreter import Interpreter, OpResolverType
{script}
for line in sys.stdin:
    try:
        found = [True, answer(json.loads(line))]
    except Exception as error:
        found = [False, str(error)]
    print("answer " + json.dumps(found), flush=True)
"""

_RUN = """
def answer(request):
    path, source, result = request
    interpreter = Interpreter(path)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], numpy.load(source))
    interpreter.invoke()
    numpy.save(result, interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
"""


@dataclass(frozen=True)
class Refusal:
    """LiteRT's error, or its last words where it died."""

    reason: str


def litert_answers(script: str, requests: Sequence[Any]) -> list[Any]:
    """What the function ``answer`` of a script returns for each request, or a Refusal; both pass as JSON.

    The script finds json, numpy, Interpreter and OpResolverType imported. Skips the test where LiteRT isn't installed.
    """
    pytest.importorskip("ai_edge_litert")
    child = subprocess.run(
        [sys.executable, "-c", _CHILD.format(script=script)],
        input="\n".join(map(json.dumps, requests)), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    lines = [json.loads(line[7:]) for line in child.stdout.splitlines() if line.startswith("answer ")]
    answers = [found if fine else Refusal(found) for fine, found in lines]
    died = Refusal(f"LiteRT ended with {child.returncode}: {child.stderr[-2000:]}")
    return answers + [died] * (len(requests) - len(answers))


def litert_output(model: Path, source: np.ndarray) -> np.ndarray:
    """What LiteRT makes of a model's first input: its first output."""
    with TemporaryDirectory() as folder:
        given, made = Path(folder) / "source.npy", Path(folder) / "result.npy"
        np.save(given, source)
        (answer,) = litert_answers(_RUN, [[str(model), str(given), str(made)]])
        assert not isinstance(answer, Refusal), answer
        result: np.ndarray = np.load(made)
        return result
