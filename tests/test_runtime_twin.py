"""A copy with other shapes or names written into it computes what its original does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from bare_litert import BareLiteRT, Question, same_bits
from models import ACCEPTED, build_custom, build_dynamic_shape, build_multi_signature, build_odd_names, read_bytes
from runtime_models import build_relu

pytest.importorskip("ai_edge_litert")

from maistudio.runtime.twin import fixed_twin, mended_copy

REFUSING = """
import sys
import numpy
from ai_edge_litert.interpreter import Interpreter
def refuse(*arguments, **options):
    raise RuntimeError("Attempting to resize a fixed-size tensor.")
Interpreter.resize_tensor_input = refuse
from maistudio.runtime.arena import new_arena, put, take
from maistudio.runtime.interpreter import load_on_cpu
from maistudio.runtime.loading import Wanted
from maistudio.timing.values import Configuration, Engine
shapes = {"image": (1, 5, 7, 3)}
wanted = Wanted(sys.argv[1], Configuration(Engine.BUILTIN, shapes=shapes, signature=sys.argv[3] or None))
stages = []
model, loaded = load_on_cpu(wanted, stages.append)
arena = new_arena()
image = numpy.random.default_rng(0).random((1, 5, 7, 3), numpy.float32)
model.feed(arena, put(arena, {"image": image}))
model.invoke()
((name, ref),) = model.give(arena).items()
numpy.save(sys.argv[2], take(arena, ref))
print(name, model.notes, stages)
"""


@pytest.fixture(scope="module")
def bare() -> Iterator[BareLiteRT]:
    with BareLiteRT() as process:
        yield process


def zeros(content: bytes) -> list[np.ndarray]:
    model = read_bytes(content)
    tensors = [model.main.tensors[index] for index in model.main.inputs]
    return [np.zeros(tensor.shape, tensor.type.lower()) for tensor in tensors]


@pytest.mark.parametrize("name", [name for name in ACCEPTED if name != "build_no_ops"])
def test_a_mended_copy_computes_what_its_original_does(bare: BareLiteRT, name: str) -> None:
    content = ACCEPTED[name]()
    copy = mended_copy(content)
    inputs = zeros(content)
    original, mended = (bare.outputs(Question(each, "builtin", [inputs])) for each in (content, copy))
    assert same_bits(mended[0], original[0])


def test_a_twin_has_its_shapes_and_leaves_no_size_open() -> None:
    twin = read_bytes(fixed_twin(build_dynamic_shape(), {0: (1, 5, 7, 3)})).main
    assert (twin.tensors[0].shape, twin.tensors[0].open_shape) == ((1, 5, 7, 3), (1, 5, 7, 3))


def test_a_mended_copy_says_of_negative_sizes_that_they_are_open() -> None:
    tensor = read_bytes(mended_copy(build_relu((-1, 5, -1)))).main.tensors[0]
    assert (tensor.shape, tensor.open_shape) == ((1, 5, 1), (-1, 5, -1))


def test_names_come_out_readable_and_told_apart_and_others_as_they_were() -> None:
    tensors = read_bytes(mended_copy(build_odd_names())).main.tensors
    assert [tensor.name for tensor in tensors] == ["tensor #0", "x" * 12_000, "λ/σ 😀", "�� broken"]


def test_options_behind_the_flatbuffer_come_to_stand_in_it() -> None:
    options = bytes(range(200))
    content = mended_copy(build_custom(options, outside=True))
    span = read_bytes(content).main.ops[0].custom_options
    assert span is not None
    start, size = span
    assert content[start : start + size] == options


def test_signatures_survive() -> None:
    assert [each.key for each in read_bytes(mended_copy(build_multi_signature())).signatures] == ["add", "multiply"]


@pytest.mark.parametrize("signature", ["", "serving_default"])
def test_a_twin_runs_where_litert_refuses_to_resize(bare: BareLiteRT, tmp_path: Path, signature: str) -> None:
    path, result = tmp_path / "model.tflite", tmp_path / "result.npy"
    path.write_bytes(build_dynamic_shape())
    command = [sys.executable, "-c", REFUSING, str(path), str(result), signature]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    image = np.random.default_rng(0).random((1, 5, 7, 3), np.float32)
    wanted = bare.outputs(Question(path.read_bytes(), "builtin", [[image]], {0: (1, 5, 7, 3)}))
    assert same_bits([np.load(result)], wanted[0])
    assert printed.startswith("features" if signature else "conv/output")
    assert "a copy with these shapes written into it runs" in printed
    assert "preparing a copy of fixed shapes" in printed
