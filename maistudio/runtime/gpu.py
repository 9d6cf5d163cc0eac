"""A model on LiteRT's GPU accelerator, which runs here by WebGPU; the CPU takes what the GPU refuses.

Calculated in 32 bits, as the file says. A run waits for the GPU (LiteRT's benchmark mode), if it is wanted so: without,
the time of the inference would fall to whoever reads the outputs.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, cast

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.compiled_model import CompiledModel
from ai_edge_litert.hardware_accelerator import HardwareAccelerator
from ai_edge_litert.interpreter import Interpreter
from ai_edge_litert.options import CpuOptions, GpuOptions, Options
from ai_edge_litert.tensor_buffer import TensorBuffer

from maistudio.errors import ModelRunError, RuntimeMissingError
from maistudio.runtime.arena import new_arena, put, take
from maistudio.runtime.filling import filled
from maistudio.runtime.loading import Stage, Wanted
from maistudio.runtime.protocol import ArrayRef, TensorSpec
from maistudio.runtime.tensor_specs import chosen, fitting, possible, spec_of, unique
from maistudio.runtime.twin import fixed_twin, mended_copy

NO_GPU = re.compile("No adapters found|Failed to initialize WebGPU|Couldn't load Vulkan")
NOTHING_ON_GPU = re.compile(r"No operations will run on the GPU, and all (\d+) operations")
OPEN_INSIDE = "only supports static-sized tensors"
SHARED = re.compile(r"(\d+) operations will run on the GPU, and the remaining (\d+) operations will run on the CPU")


def load_on_gpu(wanted: Wanted, stage: Stage) -> OnGpu:
    """The model compiled for the GPU.

    Raises RuntimeMissingError without a GPU, ModelRunError where nothing of it runs there, and what LiteRT raises.
    """
    stage("reading it")
    content = wanted.content()
    if not well_named(content):
        content = mended_copy(content)
    reader = Interpreter(model_content=content)
    details = reader.get_input_details()
    outputs = {int(each["index"]) for each in reader.get_output_details()}
    if any(int(each["index"]) in outputs for each in details):  # it would read zeros
        raise ModelRunError("an input of it is an output too, which LiteRT's GPU loses: choose another engine")
    specs = _named([spec_of(str(each["name"]), each) for each in details])
    shapes = {
        int(details[chosen(name, specs)]["index"]): tuple(possible(name, size))
        for name, size in wanted.configuration.shapes.items()
    }
    if shapes:
        content = fixed_twin(content, shapes)
    stage("compiling it for the GPU")
    options = Options(
        hardware_accelerators=HardwareAccelerator.GPU | HardwareAccelerator.CPU,
        gpu_options=GpuOptions(benchmark_mode=wanted.waits, enforce_f32=True),
        cpu_options=CpuOptions(num_threads=wanted.configuration.threads),
    )
    model, words, refused = compiled(content, options)
    if model is None:
        if OPEN_INSIDE in words:
            raise ModelRunError("the GPU takes only fixed sizes, and it leaves some open: choose another engine")
        raise cast("RuntimeError", refused)
    if _op_count(content, wanted.configuration.signature) in map(int, NOTHING_ON_GPU.findall(words)):
        raise ModelRunError(f"none of its ops runs on the GPU ({_reasons(words)}): choose another engine")
    return OnGpu(model, wanted.configuration.signature, reader, _notes(words))


def compiled(
    content: bytes, options: Options, words_to: int | None = None
) -> tuple[CompiledModel | None, str, RuntimeError | None]:
    """The model as LiteRT compiles it, or None and the error; between them what native code printed meanwhile.

    ``words_to`` is an open file for those words, which is there also when this process dies. Raises
    RuntimeMissingError without a GPU.
    """
    model, refused = None, None
    with prints(words_to) as printed:
        try:
            model = CompiledModel.from_buffer(content, options=options)
        except RuntimeError as error:
            refused = error
    if NO_GPU.search(printed[0]):
        raise RuntimeMissingError(
            "LiteRT found no GPU it can use on this machine: install a Vulkan driver, or do without the GPU"
        )
    return model, printed[0], refused


def well_named(content: bytes) -> bool:
    """Whether inputs and outputs have names that LiteRT's Python can tell apart."""
    reader = Interpreter(model_content=content)
    try:
        sides = (reader.get_input_details(), reader.get_output_details())
    except UnicodeDecodeError:
        return False
    names = [[str(each["name"]) for each in side] for side in sides]
    return all(tuple(side) == unique(side) for side in names)


def _op_count(content: bytes, key: str | None) -> int:
    """How many ops the main subgraph has, or that of a signature: what LiteRT prints is of any subgraph."""
    model = schema.Model.GetRootAs(content)
    named = (model.SignatureDefs(place) for place in range(model.SignatureDefsLength()))
    encoded = None if key is None else key.encode()
    subgraph = next((each.SubgraphIndex() for each in named if each.SignatureKey() == encoded), 0)
    return int(model.Subgraphs(subgraph).OperatorsLength())


class OnGpu:
    """A compiled model, by one of its signatures."""

    def __init__(self, model: CompiledModel, key: str | None, reader: Interpreter, notes: tuple[str, ...]) -> None:
        self.notes = notes
        self._model = model
        signatures = [model.get_signature_by_index(index)["key"] for index in range(model.get_num_signatures())]
        if key is not None and key not in signatures:
            raise ModelRunError(f"it has no signature {key!r}: its signatures are {', '.join(signatures)}")
        self._place = 0 if key is None else signatures.index(key)
        chosen_key = signatures[self._place]
        stated = {int(each["index"]): each for each in _stated(reader, key)}
        self._inputs = _specs(model.get_input_tensor_details(chosen_key), stated, key is not None)
        self._outputs = _specs(model.get_output_tensor_details(chosen_key), stated, key is not None)
        self._in: list[TensorBuffer] = model.create_input_buffers(self._place)
        self._out: list[TensorBuffer] = model.create_output_buffers(self._place)

    def inputs(self) -> tuple[TensorSpec, ...]:
        return self._inputs

    def outputs(self) -> tuple[TensorSpec, ...]:
        return self._outputs

    def feed(self, arena: int, refs: Mapping[str, ArrayRef]) -> None:
        for place, ref in fitting(self._inputs, refs).items():
            self._in[place].write(take(arena, ref))

    def fill(self, value: float | None = None) -> None:
        for buffer, spec in zip(self._in, self._inputs, strict=True):
            buffer.write(filled(spec, value))

    def invoke(self) -> None:
        self._model.run_by_index(self._place, self._in, self._out)

    def give(self, arena: int) -> dict[str, ArrayRef]:
        arrays = {
            spec.name: buffer.read(prod(spec.shape), np.dtype(spec.dtype).type).reshape(spec.shape)
            for buffer, spec in zip(self._out, self._outputs, strict=True)
        }
        return put(arena, arrays)


def _stated(reader: Interpreter, key: str | None) -> list[Mapping[str, Any]]:
    """The inputs and outputs as the file states them."""
    if key is None:
        return [*reader.get_input_details(), *reader.get_output_details()]
    runner = reader.get_signature_runner(key)
    return [*runner.get_input_details().values(), *runner.get_output_details().values()]


def _specs(
    details: Mapping[str, Mapping[str, Any]], stated: Mapping[int, Mapping[str, Any]], by_key: bool
) -> tuple[TensorSpec, ...]:
    """The tensors of a signature, by its names for them or by the tensors' own."""
    specs = []
    for key, detail in details.items():
        quantization = stated.get(int(detail["index"]), {}).get("quantization", (0.0, 0))
        whole = {**detail, "shape_signature": detail["shape"], "quantization": quantization}
        specs.append(spec_of(key if by_key else str(detail["name"]), whole))
    return _named(specs)


def _named(specs: list[TensorSpec]) -> tuple[TensorSpec, ...]:
    names = unique([spec.name for spec in specs])
    return tuple(
        TensorSpec(name, spec.shape, spec.open_shape, spec.dtype, spec.scale, spec.zero_point)
        for name, spec in zip(names, specs, strict=True)
    )


def _notes(words: str) -> tuple[str, ...]:
    shared = SHARED.search(words)
    if shared is None:
        return ()
    all_ops = int(shared[1]) + int(shared[2])
    return (f"{shared[1]} of its {all_ops} ops run on the GPU, the rest on the CPU: {_reasons(words)}",)


def _reasons(words: str) -> str:
    """Why the GPU refuses, in LiteRT's words."""
    listed = words.partition("not supported by GPU delegate")[2].partition("operations will run")[0]
    reasons = [line.strip() for line in listed.splitlines()[1:] if ":" in line and not line.startswith("INFO")]
    return "; ".join(reasons[:3]).rstrip(".") or "see the log"


@contextlib.contextmanager
def prints(words_to: int | None = None) -> Iterator[list[str]]:
    """What native code prints meanwhile, in the list afterwards; it is handed on to the log all the same.

    ``words_to`` is an open file to keep it in instead of one of no name; what it held is lost.
    """
    log = os.dup(2)
    words: list[str] = []
    with contextlib.ExitStack() as stack:
        if words_to is None:
            words_to = new_arena()
            stack.callback(os.close, words_to)
        os.ftruncate(words_to, 0)
        printed = stack.enter_context(open(os.dup(words_to), "w+", encoding="utf-8", errors="replace"))  # noqa: PTH123
        printed.seek(0)
        os.dup2(printed.fileno(), 2)
        os.dup2(printed.fileno(), 1)
        try:
            yield words
        finally:
            os.dup2(log, 2)
            os.dup2(log, 1)
            printed.seek(0)
            words.append(printed.read())
            os.write(log, words[0].encode())
            os.close(log)
