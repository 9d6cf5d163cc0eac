"""Read one subgraph's tensors and ops from the flatbuffer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from maistudio.tflite.flatbuffer import SCALARS, CorruptField, FlatBuffer
from maistudio.tflite.model import (
    NO_OPTIONS,
    BufferSpan,
    Op,
    Quantization,
    QuantizationKind,
    SparseDimension,
    Sparsity,
    Tensor,
)
from maistudio.tflite.problems import Problems
from maistudio.tflite.schema import read_options, slots, tflite_schema

_INT8, _UINT8, _INT32, _UINT32, _UINT64 = (SCALARS[name] for name in ("int8", "uint8", "int32", "uint32", "uint64"))

MAX_RANK = 255
"""More dimensions than this are a fault: no runtime goes beyond 8."""


class OpCode(NamedTuple):
    """What an entry of the model's op code list says: the op's type, whether it is custom, its version."""

    type: str
    custom: bool
    version: int


class GraphParts(NamedTuple):
    """A subgraph without its index."""

    name: str
    tensors: tuple[Tensor, ...]
    ops: tuple[Op, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class GraphReader:
    """Reads subgraphs of one file."""

    def __init__(
        self,
        buffer: FlatBuffer,
        codes: tuple[OpCode, ...],
        spans: tuple[BufferSpan, ...],
        external_by_id: Mapping[int, int],
        subgraph_count: int,
        problems: Problems,
    ) -> None:
        self.buffer, self.codes, self.spans, self.external_by_id = buffer, codes, spans, external_by_id
        self.subgraph_count, self.problems = subgraph_count, problems
        self.types = tflite_schema().enums["TensorType"]
        self.graph_slot, self.tensor_slot, self.op_slot = slots("SubGraph"), slots("Tensor"), slots("Operator")
        self.tensor_count = 0

    def read(self, table: int, index: int, where: str) -> GraphParts:
        """The subgraph at a table; ``where`` names it in problems. Raises CorruptField if its lists can't be found."""
        buffer, problems, slot = self.buffer, self.problems, self.graph_slot
        unreadable = Tensor(0, "", "UNREADABLE", (), None, 0, constant=False, has_rank=False)
        tables = buffer.targets(table, slot["tensors"])
        tensors = problems.read_each(f"{where}, tensor", tables, self._tensor, unreadable)
        # An unreadable tensor still needs its own index, for ops refer to it.
        tensors = [
            tensor if tensor is not unreadable else Tensor(index, "", "UNREADABLE", (), None, 0, False, False, False)
            for index, tensor in enumerate(tensors)
        ]
        name = problems.text(buffer.raw_string(table, slot["name"]), f"{where}, name")
        inputs = self._indices(buffer.integers(table, slot["inputs"]), len(tensors), f"{where}, inputs", False)
        outputs = self._indices(buffer.integers(table, slot["outputs"]), len(tensors), f"{where}, outputs", False)
        self.tensor_count = len(tensors)
        broken = Op(0, "UNREADABLE", 1, (), ())
        ops = problems.read_each(f"{where}, op", buffer.targets(table, slot["operators"]), self._op, broken)
        numbered = tuple(op if op is not broken else Op(index, "UNREADABLE", 1, (), ()) for index, op in enumerate(ops))
        return GraphParts(name, tuple(tensors), numbered, inputs, outputs)

    def _tensor(self, table: int, index: int, where: str) -> Tensor:
        buffer, problems, slot = self.buffer, self.problems, self.tensor_slot
        shape = self._shape(table, slot["shape"], where)
        signature = self._shape(table, slot["shape_signature"], where) or None
        number = buffer.scalar(table, slot["type"], _INT8, 0)
        type_name = self.types.get(number)
        if type_name is None:
            type_name = f"TYPE_{number}"
            problems.add(where, f"tensor type {number} is not in the schema this program knows")
        span_index, constant = self._constant(table, where)
        return Tensor(
            index,
            problems.text(buffer.raw_string(table, slot["name"]), f"{where}, name"),
            type_name,
            shape,
            signature,
            span_index,
            constant,
            bool(buffer.scalar(table, slot["is_variable"], _UINT8, 0)),
            bool(shape) or bool(buffer.scalar(table, slot["has_rank"], _UINT8, 0)),
            self._quantization(table, where) if buffer.has(table, slot["quantization"]) else None,
            self._sparsity(table, where) if buffer.has(table, slot["sparsity"]) else None,
        )

    def _shape(self, table: int, slot: int, where: str) -> tuple[int, ...]:
        start, count = self.buffer.span(table, slot, 4)
        if count > MAX_RANK:
            raise CorruptField(f"its shape at byte {start} claims {count} dimensions")
        return self.buffer.integers(table, slot)

    def _constant(self, table: int, where: str) -> tuple[int, bool]:
        external = self.buffer.scalar(table, self.tensor_slot["external_buffer"], _UINT32, 0)
        if external:
            if external in self.external_by_id:
                return self.external_by_id[external], True
            self.problems.add(where, f"external buffer {external} does not exist")
        index = self.buffer.scalar(table, self.tensor_slot["buffer"], _UINT32, 0)
        if index < len(self.spans):
            return index, self.spans[index].size > 0
        # Files without a buffer list at all leave every tensor at buffer 0.
        if index or self.spans:
            self.problems.add(where, f"buffer {index} does not exist: the file has {len(self.spans)}")
        return 0, False

    def _quantization(self, table: int, where: str) -> Quantization | None:
        buffer, slot = self.buffer, slots("QuantizationParameters")
        try:
            params = buffer.table(table, self.tensor_slot["quantization"])
            scales, zeros = buffer.floats(params, slot["scale"]), buffer.integers(params, slot["zero_point"], "int64")
            minimum, maximum = buffer.floats(params, slot["min"]), buffer.floats(params, slot["max"])
            details = buffer.scalar(params, slot["details_type"], _UINT8, 0)
            axis = buffer.scalar(params, slot["quantized_dimension"], _INT32, 0)
            if details:
                return self._detailed(params, details, scales, zeros, axis, where)
        except CorruptField as error:
            self.problems.add(f"{where}, quantization", str(error))
            return None
        if not (scales or zeros or minimum or maximum):
            return None
        kind = QuantizationKind.PER_CHANNEL if len(scales) > 1 else QuantizationKind.PER_TENSOR
        return Quantization(kind, scales, zeros, axis, minimum, maximum)

    def _detailed(
        self, params: int, details: int, scales: tuple[float, ...], zeros: tuple[int, ...], axis: int, where: str
    ) -> Quantization:
        name = tflite_schema().unions["QuantizationDetails"].get(details)
        if name not in ("BlockwiseQuantization", "MultiAxisQuantization"):
            if name is None:
                self.problems.add(f"{where}, quantization", f"its details are of an unknown type {details}")
            return Quantization(QuantizationKind.CUSTOM, scales, zeros, axis)
        table = self.buffer.table(params, slots("QuantizationParameters")["details"])
        slot = slots(name)
        return Quantization(
            QuantizationKind.BLOCKWISE,
            scales,
            zeros,
            axis,
            block_size=self.buffer.scalar(table, slot["block_size"], _INT32, 0),
            scales_tensor=self.buffer.scalar(table, slot["scales"], _INT32, 0),
            zero_points_tensor=self.buffer.scalar(table, slot["zero_points"], _INT32, -1),
        )

    def _sparsity(self, table: int, where: str) -> Sparsity | None:
        buffer, slot = self.buffer, slots("SparsityParameters")
        try:
            params = buffer.table(table, self.tensor_slot["sparsity"])
            order, blocks = (buffer.integers(params, slot[name]) for name in ("traversal_order", "block_map"))
            dimensions = tuple(self._sparse_dimension(entry) for entry in buffer.targets(params, slot["dim_metadata"]))
        except CorruptField as error:
            self.problems.add(f"{where}, sparsity", str(error))
            return None
        return Sparsity(order, blocks, dimensions)

    def _sparse_dimension(self, table: int) -> SparseDimension:
        buffer, slot = self.buffer, slots("DimensionMetadata")
        formats = tflite_schema().enums["DimensionType"]
        number = buffer.scalar(table, slot["format"], _INT8, 0)
        size = buffer.scalar(table, slot["dense_size"], _INT32, 0)
        return SparseDimension(
            formats.get(number, f"unknown ({number})"),
            size,
            self._index_vector(table, "array_segments"),
            self._index_vector(table, "array_indices"),
        )

    def _index_vector(self, table: int, field: str) -> tuple[int, ...]:
        slot = slots("DimensionMetadata")
        number = self.buffer.scalar(table, slot[f"{field}_type"], _UINT8, 0)
        if not number:
            return ()
        name = tflite_schema().unions["SparseIndexVector"].get(number)
        scalar = {"Int32Vector": "int32", "Uint16Vector": "uint16", "Uint8Vector": "uint8"}.get(name or "")
        if scalar is None:
            raise CorruptField(f"its index list is of an unknown type {number}")
        target = self.buffer.table(table, slot[field])
        return self.buffer.integers(target, 0, scalar) if target else ()

    def _op(self, table: int, index: int, where: str) -> Op:
        buffer, slot = self.buffer, self.op_slot
        code = self._code(buffer.scalar(table, slot["opcode_index"], _UINT32, 0), where)
        inputs = self._indices(buffer.integers(table, slot["inputs"]), self.tensor_count, f"{where}, inputs", True)
        outputs = self._indices(buffer.integers(table, slot["outputs"]), self.tensor_count, f"{where}, outputs", False)
        intermediates = buffer.integers(table, slot["intermediates"])
        options = self._options(table, where)
        return Op(
            index,
            code.type,
            code.version,
            inputs,
            outputs,
            self._indices(intermediates, self.tensor_count, f"{where}, intermediates", True) if intermediates else (),
            options,
            code.custom,
            self._custom_options(table, where) if code.custom else None,
            self._called_subgraphs(options, where) if options else (),
        )

    def _code(self, index: int, where: str) -> OpCode:
        if index < len(self.codes):
            return self.codes[index]
        self.problems.add(where, f"op code {index} does not exist: the file has {len(self.codes)}")
        return OpCode("UNKNOWN", False, 1)

    def _indices(self, indices: tuple[int, ...], count: int, where: str, optional: bool) -> tuple[int, ...]:
        """Tensor indices that exist; a wrong one is reported, and becomes an omitted input or is left out."""
        if not indices or (max(indices) < count and min(indices) >= (-1 if optional else 0)):
            return indices
        kept = []
        for index in indices:
            if 0 <= index < count or (optional and index == -1):
                kept.append(index)
                continue
            self.problems.add(where, f"tensor {index} does not exist: the subgraph has {count} tensors")
            if optional:
                kept.append(-1)
        return tuple(kept)

    def _options(self, table: int, where: str) -> Mapping[str, object]:
        buffer, slot = self.buffer, self.op_slot
        try:
            for field, union in (("builtin_options", "BuiltinOptions"), ("builtin_options_2", "BuiltinOptions2")):
                number = buffer.scalar(table, slot[f"{field}_type"], _UINT8, 0)
                target = buffer.table(table, slot[field]) if number else 0
                if target:
                    return read_options(buffer, union, number, target)
        except CorruptField as error:
            self.problems.add(f"{where}, options", str(error))
        return NO_OPTIONS

    def _custom_options(self, table: int, where: str) -> tuple[int, int] | None:
        buffer, slot = self.buffer, self.op_slot
        offset = buffer.scalar(table, slot["large_custom_options_offset"], _UINT64, 0)
        size = buffer.scalar(table, slot["large_custom_options_size"], _UINT64, 0)
        if offset > 1:
            if offset + size <= buffer.size:
                return offset, size
            self.problems.add(f"{where}, options", f"{size} bytes at byte {offset} lie beyond the file's end")
            return None
        try:
            start, count = buffer.span(table, slot["custom_options"], 1)
        except CorruptField as error:
            self.problems.add(f"{where}, options", str(error))
            return None
        return (start, count) if count else None

    def _called_subgraphs(self, options: Mapping[str, object], where: str) -> tuple[int, ...]:
        called: list[int] = []
        for name, value in options.items():
            if "subgraph" in name:
                called.extend(value if isinstance(value, tuple) else (value,))
        if not called:
            return ()
        missing = [index for index in called if not 0 <= index < self.subgraph_count]
        for index in missing:
            self.problems.add(where, f"subgraph {index} does not exist: the file has {self.subgraph_count}")
        return tuple(index for index in called if index not in missing)
