"""A signature of a model read by LiteRT's C interface: what it is fed with and what it gives."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from ctypes import c_int, c_uint32, c_void_p

from maistudio.errors import ModelRunError
from maistudio.runtime.c_api import PER_TENSOR, CApi, Layout, PerTensorQuantization, RankedType
from maistudio.runtime.protocol import TensorSpec
from maistudio.runtime.tensor_specs import unique

NO_SIGNATURE = "<placeholder signature>"
"""The key of the one LiteRT makes up for a model that has none."""
DTYPES: Mapping[int, str] = {
    1: "float32", 2: "int32", 3: "uint8", 4: "int64", 6: "bool", 7: "int16", 8: "complex64", 9: "int8",
    10: "float16", 11: "float64", 12: "complex128", 13: "uint64", 16: "uint32", 17: "uint16",
}  # fmt: skip
"""LiteRtElementType of litert_model_types.h. Texts, handles and packed numbers have no place in its buffers."""
READING = "read its inputs and outputs"


class CompiledSignature:
    """The signature of that key, or for None one that stands for the main subgraph.

    ``index`` is its place among the model's. ``names`` are what LiteRT's interpreter calls the inputs: the
    signature's names, or for the main subgraph those of its tensors. Raises ModelRunError where there is none.
    """

    def __init__(self, api: CApi, model: c_void_p, wanted: str | None) -> None:
        self._api = api
        self.index, self._handle, self._subgraph = self._found(model, wanted)
        self.inputs, self.outputs = self._tensors("Input"), self._tensors("Output")
        self.names = self._tensor_names() if wanted is None else self._own_names()

    def tensor_type(self, tensor: c_void_p, layout: Layout) -> RankedType:
        """The type of a tensor at another layout. Raises ModelRunError for one that isn't plain numbers."""
        found = RankedType()
        self._api.call(READING, "GetRankedTensorType", tensor, ctypes.byref(found))
        if found.element_type not in DTYPES:
            raise ModelRunError("LiteRT's profiler takes plain numbers only: an input or output holds something else")
        found.layout = layout
        return found

    def spec(self, place: int, layout: Layout) -> TensorSpec:
        """The input at a place, at its present layout."""
        tensor, kind, quantization = self.inputs[place], c_int(), PerTensorQuantization()
        self._api.call(READING, "GetQuantizationTypeId", tensor, ctypes.byref(kind))
        if kind.value == PER_TENSOR:
            self._api.call(READING, "GetPerTensorQuantization", tensor, ctypes.byref(quantization))
        shape, dtype = layout.shape(), DTYPES[self.tensor_type(tensor, layout).element_type]
        return TensorSpec(self.names[place], shape, shape, dtype, quantization.scale, quantization.zero_point)

    def tensor_index(self, place: int) -> int:
        """The index in its subgraph of the tensor of an input."""
        found = c_uint32()
        self._api.call(READING, "GetTensorIndex", self.inputs[place], ctypes.byref(found))
        return found.value

    def _found(self, model: c_void_p, wanted: str | None) -> tuple[int, c_void_p, c_void_p]:
        api, step = self._api, "read its signatures"
        main = api.handle(step, "GetModelSubgraph", model, 0)
        keys = []
        for place in range(api.count(step, "GetNumModelSignatures", model)):
            signature = api.handle(step, "GetModelSignature", model, place)
            subgraph = api.handle(step, "GetSignatureSubgraph", signature)
            keys.append(api.text(step, "GetSignatureKey", signature))
            if keys[-1] == wanted or (wanted is None and subgraph.value == main.value):
                return place, signature, subgraph
        if wanted is None:
            raise ModelRunError("LiteRT's profiler runs signatures only, and its main subgraph has none: choose one")
        known = ", ".join(repr(key) for key in keys if key != NO_SIGNATURE)
        raise ModelRunError(f"it has no signature {wanted!r}: its signatures are {known or 'none'}")

    def _tensors(self, side: str) -> tuple[c_void_p, ...]:
        count = self._api.count(READING, f"GetNumSignature{side}s", self._handle)
        get = f"GetSignature{side}TensorByIndex"
        return tuple(self._api.handle(READING, get, self._handle, place) for place in range(count))

    def _own_names(self) -> tuple[str, ...]:
        places = range(len(self.inputs))
        return tuple(self._api.text(READING, "GetSignatureInputName", self._handle, place) for place in places)

    def _tensor_names(self) -> tuple[str, ...]:
        in_file = [
            self._api.handle(READING, "GetSubgraphInput", self._subgraph, place).value
            for place in range(len(self.inputs))
        ]
        names = unique([self._api.text(READING, "GetTensorName", c_void_p(tensor)) for tensor in in_file])
        return tuple(names[_place_of(tensor, in_file)] for tensor in self.inputs)


def _place_of(tensor: c_void_p, tensors: Sequence[int | None]) -> int:
    return tensors.index(tensor.value)
