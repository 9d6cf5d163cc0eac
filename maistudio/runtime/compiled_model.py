"""A model in LiteRT's compiled-model runtime, by its C interface. Only in the child: damaged files kill it."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from ctypes import c_char_p, c_int, c_void_p
from types import TracebackType
from typing import Any, Self

import numpy as np

from maistudio.errors import ModelRunError
from maistudio.runtime.arena import Array
from maistudio.runtime.c_api import CPU, FOR_WRITING, UNSUPPORTED, CApi, Deleter, Layout, refused
from maistudio.runtime.compiled_signature import CompiledSignature
from maistudio.timing.values import Configuration, Engine, Shape

KERNEL_MODES = {Engine.XNNPACK: "xnnpack", Engine.BUILTIN: "builtin", Engine.REFERENCE: "reference"}
KEEP_ERRORS = 2
"""LiteRtErrorReporterMode: into memory, from where they are read."""
PREPARING = "prepare its ops"
UNREADABLE = "its profiler takes no variable tensors, in which recurrent ops keep their state"
"""What "unsupported" means of a file that LiteRT's interpreter reads (litert/core/model/model_load.cc)."""


class CompiledModel:
    """A model that is ready to run, a path or its bytes, at the shapes of its configuration. A context manager.

    ``inputs`` are in an order that need not be the file's; ``input_tensors`` are their indices in the subgraph.

    Raises ModelRunError for what LiteRT refuses, RuntimeMissingError where LiteRT is missing or unknown.
    """

    def __init__(self, model: str | bytes, configuration: Configuration) -> None:
        self.api = CApi()
        self._kept: list[Any] = []
        with ExitStack() as stack:
            self._stack = stack
            self._environment = self._made("Environment", "start", "CreateEnvironment", 0, None)
            self._model = self._read(model)
            self._signature = CompiledSignature(self.api, self._model, configuration.signature)
            options = self._options(configuration)
            self.handle = self._made(
                "CompiledModel", PREPARING, "CreateCompiledModel", self._environment, self._model, options
            )
            self._resize(configuration.shapes)
            places = range(len(self._signature.inputs))
            layouts = [self._input_layout(place) for place in places]
            self.inputs = tuple(self._signature.spec(place, layouts[place]) for place in places)
            self.input_tensors = tuple(map(self._signature.tensor_index, places))
            self._in = self._buffers("Input", self._signature.inputs, layouts)
            self._out = self._buffers("Output", self._signature.outputs, self._output_layouts())
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def write(self, place: int, array: Array) -> None:
        """Set an input by its place in ``inputs``. Raises ModelRunError for one of another shape or type."""
        spec, buffer = self.inputs[place], self._in[place]
        if array.shape != spec.shape or array.dtype != np.dtype(spec.dtype):
            raise ModelRunError(f"its input {spec.name!r} takes {spec.dtype} of {spec.shape}")
        data = np.ascontiguousarray(array)
        address = c_void_p()
        self._call("take an input", "LockTensorBuffer", buffer, ctypes.byref(address), FOR_WRITING)
        ctypes.memmove(address, data.ctypes.data, data.nbytes)
        self._call("take an input", "UnlockTensorBuffer", buffer)

    def run(self) -> float:
        """Run it once; the wall time in µs. Raises ModelRunError with LiteRT's own words."""
        arguments = self.handle, self._signature.index, len(self._in), self._in, len(self._out), self._out
        began = time.perf_counter_ns()
        status = self.api.status("RunCompiledModel", *arguments)
        ended = time.perf_counter_ns()
        if status:
            raise refused("run it", status, self._errors())
        return (ended - began) / 1e3

    def _made(self, kind: str, step: str, function: str, *arguments: Any) -> c_void_p:
        """A handle that is destroyed with the model."""
        found = self.api.handle(step, function, *arguments)
        self._stack.callback(self.api.destroy, kind, found)
        return found

    def _call(self, step: str, function: str, *arguments: Any) -> None:
        status = self.api.status(function, *arguments)
        if status:
            raise refused(step, status, self._errors())

    def _errors(self) -> str:
        """What LiteRT's kernels said of what went wrong. LiteRT wants the text freed; the child ends soon anyway."""
        found = c_char_p()
        status = self.api.status("CompiledModelGetErrorMessages", self.handle, ctypes.byref(found))
        return "" if status else (found.value or b"").decode(errors="replace")

    def _read(self, model: str | bytes) -> c_void_p:
        found = c_void_p()
        if isinstance(model, str):
            arguments: tuple[Any, ...] = (os.fsencode(model),)
        else:
            content = c_char_p(model)
            self._kept += [model, content]
            arguments = ctypes.cast(content, c_void_p), len(model)
        function = f"CreateModelFrom{'File' if isinstance(model, str) else 'Buffer'}"
        status = self.api.status(function, self._environment, *arguments, ctypes.byref(found))
        if status:
            raise refused("read it for profiling", status, UNREADABLE if status == UNSUPPORTED else "")
        self._stack.callback(self.api.destroy, "Model", found)
        return found

    def _options(self, configuration: Configuration) -> c_void_p:
        step = "take options"
        options = self._made("Options", step, "CreateOptions")
        self.api.call(step, "SetOptionsHardwareAccelerators", options, CPU)
        mode, threads = KERNEL_MODES[configuration.engine], configuration.threads
        for kind, text in (
            (b"runtime_options_string", f"enable_profiling = true\nerror_reporter_mode = {KEEP_ERRORS}\n"),
            (b"xnnpack", f'num_threads = {threads}\nkernel_mode = "{mode}"\n'),
        ):
            content, keep = ctypes.create_string_buffer(text.encode()), Deleter(lambda _: None)
            self._kept += [content, keep]
            opaque = self.api.handle(step, "CreateOpaqueOptions", kind, ctypes.cast(content, c_void_p), keep)
            self.api.call(step, "AddOpaqueOptions", options, opaque)
        return options

    def _resize(self, shapes: Mapping[str, Shape]) -> None:
        names, function = self._signature.names, "CompiledModelResizeInputTensorNonStrict"
        for name, shape in shapes.items():
            if name not in names:
                raise ModelRunError(f"it has no input {name!r}: its inputs are {', '.join(names) or 'none'}")
            sizes, place = (c_int * len(shape))(*shape), names.index(name)
            self._call("resize its inputs", function, self.handle, self._signature.index, place, sizes, len(shape))

    def _input_layout(self, place: int) -> Layout:
        layout, function = Layout(), "GetCompiledModelInputTensorLayout"
        self._call(PREPARING, function, self.handle, self._signature.index, place, ctypes.byref(layout))
        return layout

    def _output_layouts(self) -> list[Layout]:
        """The layouts at the present inputs: this is where LiteRT prepares the ops for them."""
        layouts, function = (Layout * len(self._signature.outputs))(), "GetCompiledModelOutputTensorLayouts"
        self._call(PREPARING, function, self.handle, self._signature.index, len(layouts), layouts, True)
        return list(layouts)

    def _buffers(self, side: str, tensors: Sequence[c_void_p], layouts: Sequence[Layout]) -> Any:
        step, get = "make room for its inputs and outputs", f"GetCompiledModel{side}BufferRequirements"
        create = "CreateManagedTensorBufferFromRequirements"
        made = []
        for place, (tensor, layout) in enumerate(zip(tensors, layouts, strict=True)):
            tensor_type = self._signature.tensor_type(tensor, layout)
            needs = self.api.handle(step, get, self.handle, self._signature.index, place)
            made.append(self._made("TensorBuffer", step, create, self._environment, ctypes.byref(tensor_type), needs))
        return (c_void_p * len(made))(*made)
