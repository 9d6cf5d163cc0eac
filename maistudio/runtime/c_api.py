"""LiteRT's C interface in the wheel's own library: what its Python interface leaves out, the profiler above all.

Signatures and layouts as in LiteRT's headers (litert/c/*.h of github.com/google-ai-edge/LiteRT); 2.1.6, 2.2.0 and
2.3.0 have all of this alike.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping
from ctypes import POINTER, c_bool, c_char_p, c_float, c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from maistudio.errors import ModelRunError, RuntimeMissingError

OLDEST = (2, 1, 6)
NEWEST = (2, 3)
"""The last minor version this was tried with; the interface is free to change with the next."""
LIBRARIES = {"linux": "libLiteRt.so", "darwin": "libLiteRt.dylib", "win32": "libLiteRt.dll"}
MOST_DIMENSIONS = 8

CPU = 1
PER_TENSOR = 1
UNSUPPORTED = 5
FOR_WRITING = 1

Deleter = ctypes.CFUNCTYPE(None, c_void_p)


class Layout(ctypes.Structure):
    """``rank_and_strides`` holds the rank in its lowest 7 bits."""

    _fields_ = (
        ("rank_and_strides", c_uint32),
        ("dimensions", c_int32 * MOST_DIMENSIONS),
        ("strides", c_uint32 * MOST_DIMENSIONS),
    )

    def shape(self) -> tuple[int, ...]:
        return tuple(self.dimensions[: self.rank_and_strides & 127])


class RankedType(ctypes.Structure):
    _fields_ = (("element_type", c_int), ("layout", Layout))


class PerTensorQuantization(ctypes.Structure):
    _fields_ = (("scale", c_float), ("zero_point", c_int64))


class MemoryUse(ctypes.Structure):
    _fields_ = (("total", c_size_t), ("in_use", c_size_t), ("private", c_size_t))


class Event(ctypes.Structure):
    """What the profiler recorded. ``place`` and ``subgraph`` are what its source calls metadata."""

    _fields_ = (
        ("tag", c_char_p),
        ("type", c_int),
        ("start_us", c_uint64),
        ("elapsed_us", c_uint64),
        ("memory_before", MemoryUse),
        ("memory_after", MemoryUse),
        ("place", c_uint64),
        ("subgraph", c_uint64),
        ("source", c_int),
    )


_HANDLE = POINTER(c_void_p)
_SIGNATURES: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "CreateEnvironment": (c_int, c_void_p, _HANDLE),
        "CreateModelFromFile": (c_void_p, c_char_p, _HANDLE),
        "CreateModelFromBuffer": (c_void_p, c_void_p, c_size_t, _HANDLE),
        "GetNumModelSignatures": (c_void_p, POINTER(c_size_t)),
        "GetModelSignature": (c_void_p, c_size_t, _HANDLE),
        "GetSignatureKey": (c_void_p, POINTER(c_char_p)),
        "GetSignatureSubgraph": (c_void_p, _HANDLE),
        "GetModelSubgraph": (c_void_p, c_size_t, _HANDLE),
        "GetSubgraphInput": (c_void_p, c_size_t, _HANDLE),
        "GetNumSignatureInputs": (c_void_p, POINTER(c_size_t)),
        "GetNumSignatureOutputs": (c_void_p, POINTER(c_size_t)),
        "GetSignatureInputName": (c_void_p, c_size_t, POINTER(c_char_p)),
        "GetSignatureInputTensorByIndex": (c_void_p, c_size_t, _HANDLE),
        "GetSignatureOutputTensorByIndex": (c_void_p, c_size_t, _HANDLE),
        "GetTensorName": (c_void_p, POINTER(c_char_p)),
        "GetTensorIndex": (c_void_p, POINTER(c_uint32)),
        "GetRankedTensorType": (c_void_p, POINTER(RankedType)),
        "GetQuantizationTypeId": (c_void_p, POINTER(c_int)),
        "GetPerTensorQuantization": (c_void_p, POINTER(PerTensorQuantization)),
        "CreateOptions": (_HANDLE,),
        "SetOptionsHardwareAccelerators": (c_void_p, c_int),
        "CreateOpaqueOptions": (c_char_p, c_void_p, Deleter, _HANDLE),
        "AddOpaqueOptions": (c_void_p, c_void_p),
        "CreateCompiledModel": (c_void_p, c_void_p, c_void_p, _HANDLE),
        "CompiledModelResizeInputTensorNonStrict": (c_void_p, c_size_t, c_size_t, POINTER(c_int), c_size_t),
        "GetCompiledModelInputTensorLayout": (c_void_p, c_size_t, c_size_t, POINTER(Layout)),
        "GetCompiledModelOutputTensorLayouts": (c_void_p, c_size_t, c_size_t, POINTER(Layout), c_bool),
        "GetCompiledModelInputBufferRequirements": (c_void_p, c_size_t, c_size_t, _HANDLE),
        "GetCompiledModelOutputBufferRequirements": (c_void_p, c_size_t, c_size_t, _HANDLE),
        "CreateManagedTensorBufferFromRequirements": (c_void_p, POINTER(RankedType), c_void_p, _HANDLE),
        "GetTensorBufferPackedSize": (c_void_p, POINTER(c_size_t)),
        "LockTensorBuffer": (c_void_p, _HANDLE, c_int),
        "UnlockTensorBuffer": (c_void_p,),
        "RunCompiledModel": (c_void_p, c_size_t, c_size_t, _HANDLE, c_size_t, _HANDLE),
        "CompiledModelGetErrorMessages": (c_void_p, POINTER(c_char_p)),
        "CompiledModelGetProfiler": (c_void_p, _HANDLE),
        "StartProfiler": (c_void_p,),
        "StopProfiler": (c_void_p,),
        "GetNumProfilerEvents": (c_void_p, POINTER(c_int)),
        "GetProfilerEvents": (c_void_p, c_int, POINTER(Event)),
    }
)
"""Functions that return a status, by their name without its prefix "LiteRt"."""
_DESTROYERS = ("TensorBuffer", "CompiledModel", "Options", "Model", "Environment")

STATUSES: Mapping[int, str] = MappingProxyType(
    {
        1: "an argument is invalid", 2: "memory is short", 3: "the runtime failed", 4: "an input is missing",
        5: "it is not supported", 6: "something was not found", 7: "the time was over", 8: "a version is wrong",
        9: "of an unknown error", 10: "something is there already", 100: "it was cancelled",
        500: "the file can't be read", 501: "the flatbuffer is invalid", 502: "a library can't be loaded",
        504: "it can't be compiled", 1000: "an index is out of bounds", 1001: "a type is invalid",
        1002: "the graph is invalid",
    }
)  # fmt: skip
"""LiteRtStatus of litert_common.h, in words that follow "because"."""


class CApi:
    """The functions of LiteRT's C interface.

    Raises RuntimeMissingError where LiteRT is missing or is a version whose interface is not known.
    """

    def __init__(self) -> None:
        library = _library()
        self._functions: dict[str, Callable[..., int]] = {
            name: _function(library, name, arguments, c_int) for name, arguments in _SIGNATURES.items()
        }
        self._destroyers = {kind: _function(library, f"Destroy{kind}", (c_void_p,), None) for kind in _DESTROYERS}

    def status(self, function: str, *arguments: Any) -> int:
        """Call a function by its name without "LiteRt"; 0 where it went well."""
        return self._functions[function](*arguments)

    def call(self, step: str, function: str, *arguments: Any) -> None:
        """Call a function. Raises ModelRunError for another status than 0; ``step`` follows "LiteRT can't"."""
        status = self.status(function, *arguments)
        if status:
            raise refused(step, status)

    def handle(self, step: str, function: str, *arguments: Any) -> c_void_p:
        """What a function puts at its last argument, a handle; errors as of ``call``."""
        found = c_void_p()
        self.call(step, function, *arguments, ctypes.byref(found))
        return found

    def count(self, step: str, function: str, *arguments: Any) -> int:
        """What a function puts at its last argument, a size; errors as of ``call``."""
        found = c_size_t()
        self.call(step, function, *arguments, ctypes.byref(found))
        return found.value

    def text(self, step: str, function: str, *arguments: Any) -> str:
        """What a function puts at its last argument, a text; errors as of ``call``."""
        found = c_char_p()
        self.call(step, function, *arguments, ctypes.byref(found))
        return (found.value or b"").decode(errors="replace")

    def destroy(self, kind: str, handle: c_void_p) -> None:
        if handle:
            self._destroyers[kind](handle)


def refused(step: str, status: int, words: str = "") -> ModelRunError:
    """The error for a status, with LiteRT's own words where it gave any."""
    reason = " ".join(words.split()) or STATUSES.get(status, f"of its error {status}")
    return ModelRunError(f"LiteRT can't {step}: {reason.rstrip('.')}")


def _library() -> ctypes.CDLL:
    path = _folder() / LIBRARIES.get(sys.platform, LIBRARIES["linux"])
    _check_version()
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise _missing(f"LiteRT's library, which can't be loaded ({error})") from None


def _folder() -> Path:
    spec = find_spec("ai_edge_litert")
    if spec is None or not spec.submodule_search_locations:
        raise _missing("LiteRT: install ai-edge-litert")
    return Path(spec.submodule_search_locations[0])


def _check_version() -> None:
    try:
        found = version("ai-edge-litert")
    except PackageNotFoundError:
        raise _missing("LiteRT: install ai-edge-litert") from None
    numbers = tuple(int(part) if part.isdigit() else 0 for part in found.split("."))
    if numbers < OLDEST or numbers[:2] > NEWEST:
        oldest, newest = (".".join(map(str, numbers)) for numbers in (OLDEST, NEWEST))
        raise _missing(f"LiteRT {oldest} to {newest}.x, and {found} is installed")


def _function(library: ctypes.CDLL, name: str, arguments: tuple[Any, ...], result: Any) -> Callable[..., int]:
    try:
        function = getattr(library, f"LiteRt{name}")
    except AttributeError:
        raise _missing(f"LiteRt{name}, which this LiteRT lacks") from None
    function.argtypes, function.restype = arguments, result
    return function  # type: ignore[no-any-return]


def _missing(what: str) -> RuntimeMissingError:
    return RuntimeMissingError(f"per-op times need {what}")
