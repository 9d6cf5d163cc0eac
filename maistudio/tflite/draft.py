"""Put a model together tensor by tensor and op by op, then write it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from struct import pack
from types import MappingProxyType
from typing import Any

from maistudio.tflite.flatbuffer import SCALARS
from maistudio.tflite.model import BITS_PER_ELEMENT
from maistudio.tflite.schema import tflite_schema
from maistudio.tflite.write import ALIGNMENT, write_model

SCHEMA_VERSION = 3

_OPTION_TABLES: Mapping[str, str] = MappingProxyType(
    {
        "AVERAGE_POOL_2D": "Pool2DOptions", "MAX_POOL_2D": "Pool2DOptions", "L2_POOL_2D": "Pool2DOptions",
        "MEAN": "ReducerOptions", "SUM": "ReducerOptions", "REDUCE_MAX": "ReducerOptions",
        "REDUCE_MIN": "ReducerOptions", "REDUCE_PROD": "ReducerOptions", "REDUCE_ANY": "ReducerOptions",
        "REDUCE_ALL": "ReducerOptions", "MAXIMUM": "MaximumMinimumOptions", "MINIMUM": "MaximumMinimumOptions",
        "L2_NORMALIZATION": "L2NormOptions", "CONV_3D_TRANSPOSE": "Conv3DOptions",
        "UNIDIRECTIONAL_SEQUENCE_RNN": "SequenceRNNOptions", "RANDOM_UNIFORM": "RandomOptions",
        "RANDOM_STANDARD_NORMAL": "RandomOptions", "MULTINOMIAL": "RandomOptions",
    }
)  # fmt: skip
"""The option tables of op types that don't share their name with one."""

_LAST_OLD_CODE = 127
"""The old op code field holds one byte; newer ops put this there and their number in the new field."""

_STRUCT_CODES: Mapping[str, str] = MappingProxyType({"FLOAT16": "e", "BOOL": "?"})


def per_tensor(scale: float, zero_point: int = 0) -> dict[str, Any]:
    """Quantization values for one scale."""
    return {"scale": [scale], "zero_point": [zero_point]}


def per_channel(scales: Sequence[float], axis: int, zero_points: Sequence[int] = ()) -> dict[str, Any]:
    """Quantization values for one scale per index of dimension ``axis``; zero points 0 unless given."""
    zeros = list(zero_points) or [0] * len(scales)
    return {"scale": list(scales), "zero_point": zeros, "quantized_dimension": axis}


def blockwise(block_size: int, scales: int, zero_points: int = -1) -> dict[str, Any]:
    """Quantization values for one scale per ``block_size`` elements, kept in the tensors of these indices."""
    details = {"scales": scales, "zero_points": zero_points, "block_size": block_size}
    return {"details": ("BlockwiseQuantization", details)}


def pack_elements(element_type: str, values: Iterable[Any]) -> bytes:
    """Stored bytes of plain values, flat and row-major; INT4 and INT2 packed lowest bits first, STRING from bytes.

    Raises ValueError for types without a plain form and struct.error for numbers out of range.
    """
    items = list(values)
    if element_type == "STRING":
        return _pack_strings(items)
    bits = BITS_PER_ELEMENT.get(element_type)
    if bits is not None and bits < 8:
        return _pack_bits(items, bits)
    if element_type == "BFLOAT16":
        return b"".join(pack("<f", item)[2:] for item in items)
    code = _STRUCT_CODES.get(element_type)
    if code is None:
        scalar = SCALARS.get(element_type.lower())
        if scalar is None:
            raise ValueError(f"values of type {element_type} can't be packed from numbers")
        code = scalar.format[1:]
    return pack(f"<{len(items)}{code}", *items)


def _pack_strings(texts: Sequence[bytes]) -> bytes:
    offsets = [4 + 4 * (len(texts) + 1)]
    for text in texts:
        offsets.append(offsets[-1] + len(text))
    return pack(f"<{len(offsets) + 1}i", len(texts), *offsets) + b"".join(texts)


def _pack_bits(values: Sequence[int], bits: int) -> bytes:
    per_byte, mask = 8 // bits, 2**bits - 1
    packed = bytearray(-(-len(values) // per_byte))
    for place, value in enumerate(values):
        packed[place // per_byte] |= (value & mask) << bits * (place % per_byte)
    return bytes(packed)


class ModelDraft:
    """A model being put together.

    ``values`` is what ``write_model`` takes: change it before ``to_bytes`` to make what no method here makes.
    """

    def __init__(self, description: str = "", version: int = SCHEMA_VERSION) -> None:
        # Buffer 0 is empty by convention: tensors without data refer to it.
        self.values: dict[str, Any] = {
            "version": version, "operator_codes": [], "subgraphs": [], "description": description, "buffers": [{}],
        }  # fmt: skip
        self._outside: list[tuple[dict[str, Any], str, bytes]] = []

    def subgraph(self, name: str = "main") -> GraphDraft:
        values: dict[str, Any] = {"name": name, "tensors": [], "inputs": [], "outputs": [], "operators": []}
        self.values["subgraphs"].append(values)
        return GraphDraft(self, values)

    def buffer(self, data: bytes, outside: bool = False) -> int:
        """The index of a new buffer; with ``outside`` its bytes stand behind the flatbuffer in the same file."""
        values: dict[str, Any] = {} if outside else {"data": data}
        if outside:
            self.place_outside(values, "", data)
        self.values["buffers"].append(values)
        return len(self.values["buffers"]) - 1

    def place_outside(self, values: dict[str, Any], prefix: str, data: bytes) -> None:
        """Put ``data`` behind the flatbuffer, its place into the fields ``<prefix>offset`` and ``<prefix>size``."""
        # The place is known once the flatbuffer is written; until then any number of the same width stands in.
        values[f"{prefix}offset"], values[f"{prefix}size"] = ALIGNMENT, len(data)
        self._outside.append((values, prefix, data))

    def op_code(self, op_type: str, version: int = 1, custom: bool = False) -> int:
        """The index of an op code, made once per type and version."""
        if custom:
            code: dict[str, Any] = {"builtin_code": "CUSTOM", "custom_code": op_type}
        else:
            code = {"builtin_code": op_type}
        number = next(
            number for number, word in tflite_schema().enums["BuiltinOperator"].items() if word == code["builtin_code"]
        )
        code |= {"deprecated_builtin_code": min(number, _LAST_OLD_CODE), "version": version}
        codes: list[dict[str, Any]] = self.values["operator_codes"]
        if code not in codes:
            codes.append(code)
        return codes.index(code)

    def signature(
        self, key: str, inputs: Mapping[str, int], outputs: Mapping[str, int], subgraph: int = 0
    ) -> ModelDraft:
        """Name a way to run the model: tensors of ``subgraph`` by the names callers use."""
        maps = [[{"name": name, "tensor_index": tensor} for name, tensor in side.items()] for side in (inputs, outputs)]
        self.values.setdefault("signature_defs", []).append(
            {"inputs": maps[0], "outputs": maps[1], "signature_key": key, "subgraph_index": subgraph}
        )
        return self

    def metadata(self, name: str, data: bytes) -> ModelDraft:
        """Add a named metadata buffer."""
        self.values.setdefault("metadata", []).append({"name": name, "buffer": self.buffer(data)})
        return self

    def to_bytes(self) -> bytes:
        """The file."""
        file = write_model(self.values)
        if not self._outside:
            return file
        tail = bytearray()
        for values, prefix, data in self._outside:
            tail += bytes(-(len(file) + len(tail)) % ALIGNMENT)
            values[f"{prefix}offset"] = len(file) + len(tail)
            tail += data
        return write_model(self.values) + bytes(tail)


class GraphDraft:
    """A subgraph being put together. Tensors are named by the index their method returns."""

    def __init__(self, model: ModelDraft, values: dict[str, Any]) -> None:
        self.model, self.values = model, values

    def tensor(self, name: str | bytes, element_type: str | int, shape: Sequence[int], **fields: Any) -> int:
        """A tensor; ``fields`` are more fields of the schema's Tensor (quantization, shape_signature, sparsity ...)."""
        values = {"name": name, "type": element_type, "shape": list(shape), "has_rank": True, **fields}
        self.values["tensors"].append(values)
        return len(self.values["tensors"]) - 1

    def input(self, name: str | bytes, element_type: str, shape: Sequence[int], **fields: Any) -> int:
        """A tensor that is an input of the graph."""
        index = self.tensor(name, element_type, shape, **fields)
        self.values["inputs"].append(index)
        return index

    def output(self, *tensors: int) -> None:
        """Make tensors outputs of the graph."""
        self.values["outputs"] += tensors

    def constant(
        self,
        name: str | bytes,
        element_type: str,
        shape: Sequence[int],
        values: bytes | Iterable[Any],
        *,
        outside: bool = False,
        **fields: Any,
    ) -> int:
        """A tensor with data: stored bytes, or plain values in row-major order."""
        data = values if isinstance(values, bytes) else pack_elements(element_type, values)
        return self.tensor(name, element_type, shape, buffer=self.model.buffer(data, outside), **fields)

    def op(
        self,
        op_type: str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        options: Mapping[str, Any] | None = None,
        *,
        version: int = 1,
        **fields: Any,
    ) -> int:
        """An op of a builtin type; ``options`` by the schema's names, -1 among ``inputs`` for one left out.

        Raises ValueError where the type has no option table but ``options`` are given.
        """
        if options is not None:
            fields |= _options(op_type, options)
        return self._add(self.model.op_code(op_type, version), inputs, outputs, fields)

    def custom_op(
        self,
        custom_code: str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        options: bytes = b"",
        *,
        version: int = 1,
        outside: bool = False,
    ) -> int:
        """A custom op with raw option bytes, in the flatbuffer or, with ``outside``, behind it."""
        fields: dict[str, Any] = {} if outside or not options else {"custom_options": options}
        if outside:
            self.model.place_outside(fields, "large_custom_options_", options)
        return self._add(self.model.op_code(custom_code, version, custom=True), inputs, outputs, fields)

    def _add(self, code: int, inputs: Sequence[int], outputs: Sequence[int], fields: dict[str, Any]) -> int:
        fields |= {"opcode_index": code, "inputs": list(inputs), "outputs": list(outputs)}
        self.values["operators"].append(fields)
        return len(self.values["operators"]) - 1


def _options(op_type: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The option field of an op: the table whose name is the type's, in whichever union it stands."""
    wanted = _OPTION_TABLES.get(op_type, op_type.replace("_", "") + "Options").lower()
    for field, union in (("builtin_options", "BuiltinOptions"), ("builtin_options_2", "BuiltinOptions2")):
        for table in tflite_schema().unions[union].values():
            if table.lower() == wanted:
                return {field: (table, options)}
    raise ValueError(f"{op_type} has no options")
