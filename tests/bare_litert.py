"""What LiteRT's own interpreter computes, in a process that knows nothing of MAI Studio."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import numpy as np
import pytest

_SCRIPT = """
import pickle, sys
from ai_edge_litert.interpreter import Interpreter, OpResolverType
resolvers = {"xnnpack": OpResolverType.AUTO, "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
             "reference": OpResolverType.BUILTIN_REF}
def answer(content, engine, signature, shapes, runs):
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=resolvers[engine])
    if signature is not None:
        runner = interpreter.get_signature_runner(signature)
        return [list(runner(**arrays).values()) for arrays in runs]
    details = interpreter.get_input_details()
    for place, shape in shapes.items():
        interpreter.resize_tensor_input(details[place]["index"], shape)
    interpreter.allocate_tensors()
    results = []
    for arrays in runs:
        for detail, array in zip(details, arrays):
            interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        results.append([interpreter.get_tensor(each["index"]) for each in interpreter.get_output_details()])
    return results
for line in sys.stdin:
    with open(line.rstrip(), "rb") as file:
        question = pickle.load(file)
    with open(line.rstrip(), "wb") as file:
        pickle.dump(answer(*question), file)
    print("answered", flush=True)
"""


@dataclass(frozen=True)
class Question:
    """A model and what to run it on, one after the other: arrays in order, or by name for a signature."""

    content: bytes
    engine: str
    runs: Sequence[Sequence[np.ndarray]] | Sequence[Mapping[str, np.ndarray]]
    shapes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    signature: str | None = None


class BareLiteRT:
    """The process. Not for models that LiteRT dies of."""

    def __enter__(self) -> BareLiteRT:
        pytest.importorskip("ai_edge_litert")
        self._folder = TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self

    def outputs(self, question: Question) -> list[list[np.ndarray]]:
        """For each run the outputs in order."""
        path = Path(self._folder.name) / "question"
        asked = (question.content, question.engine, question.signature, question.shapes, question.runs)
        path.write_bytes(pickle.dumps(asked))
        self._process.stdin.write(f"{path}\n".encode())
        self._process.stdin.flush()
        while (line := self._process.stdout.readline()) != b"answered\n":
            assert line, "LiteRT died"
        found: list[list[np.ndarray]] = pickle.loads(path.read_bytes())
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()
        self._folder.cleanup()


def same_bits(found: Sequence[np.ndarray], wanted: Sequence[np.ndarray]) -> bool:
    """Whether arrays have the same types, shapes and bytes; texts the same texts."""
    return len(found) == len(wanted) and all(map(_same, found, wanted))


def _same(found: np.ndarray, wanted: np.ndarray) -> bool:
    wanted = np.asarray(wanted)
    if wanted.dtype == object:
        return found.shape == wanted.shape and found.tolist() == wanted.tolist()
    return (found.dtype, found.shape, found.tobytes()) == (wanted.dtype, wanted.shape, wanted.tobytes())
