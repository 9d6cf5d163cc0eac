"""A ``.tflite`` model as frozen values. Nothing here runs, imports or decodes weights.

Names follow the TFLite schema: op types and tensor types are its upper-case words
("CONV_2D", "FLOAT32"), option names its snake-case fields ("fused_activation_function").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maistudio.tflite.source import Source

NO_OPTIONS: Mapping[str, object] = MappingProxyType({})

BITS_PER_ELEMENT: Mapping[str, int] = MappingProxyType(
    {
        "FLOAT64": 64, "FLOAT32": 32, "FLOAT16": 16, "BFLOAT16": 16,
        "FLOAT8_E4M3FN": 8, "FLOAT8_E5M2": 8,
        "INT64": 64, "UINT64": 64, "INT32": 32, "UINT32": 32,
        "INT16": 16, "UINT16": 16, "INT8": 8, "UINT8": 8,
        "INT4": 4, "UINT4": 4, "INT2": 2, "BOOL": 8, "COMPLEX64": 64, "COMPLEX128": 128,
    }
)  # fmt: skip
"""Storage of one element; types without an entry (STRING, RESOURCE, VARIANT, unknown ones) have no fixed size."""


class QuantizationKind(Enum):
    PER_TENSOR = "per tensor"
    PER_CHANNEL = "per channel"
    BLOCKWISE = "blockwise"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Quantization:
    """How stored integers map to reals: ``real = scale * (stored - zero_point)``.

    ``scales`` and ``zero_points`` hold one entry per tensor, or one per index of dimension ``axis``.
    Blockwise: one scale per ``block_size`` consecutive elements, kept in the tensors
    ``scales_tensor`` and ``zero_points_tensor`` (indices in the same subgraph, -1 for none).
    ``minimum`` and ``maximum`` are the calibrated range where the converter kept it.
    """

    kind: QuantizationKind
    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()
    axis: int = 0
    minimum: tuple[float, ...] = ()
    maximum: tuple[float, ...] = ()
    block_size: int = 0
    scales_tensor: int = -1
    zero_points_tensor: int = -1


@dataclass(frozen=True, slots=True)
class SparseDimension:
    """One level of the traversal: dense of ``dense_size``, or CSR with row ``segments`` and column ``indices``."""

    format: str
    dense_size: int
    segments: tuple[int, ...] = ()
    indices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sparsity:
    """The TACO storage order of a sparse constant, as the schema's SparsityParameters."""

    traversal_order: tuple[int, ...]
    block_map: tuple[int, ...]
    dimensions: tuple[SparseDimension, ...]


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a subgraph.

    ``shape`` is the file's static shape, ``shape_signature`` the same with -1 for unknown dimensions
    (None where the file has none). ``buffer`` indexes ``Model.buffers``; ``constant`` says that it holds data.
    ``has_rank`` is False where ``shape`` is empty and the file doesn't state that this means a scalar:
    older converters never state it.
    """

    index: int
    name: str
    type: str
    shape: tuple[int, ...]
    shape_signature: tuple[int, ...] | None
    buffer: int
    constant: bool
    variable: bool = False
    has_rank: bool = True
    quantization: Quantization | None = None
    sparsity: Sparsity | None = None

    @property
    def dynamic(self) -> bool:
        """Whether some dimension is unknown until the model runs."""
        return bool(self.shape_signature) and -1 in (self.shape_signature or ())

    @property
    def open_shape(self) -> tuple[int, ...]:
        """The shape with -1 for every unknown dimension; the static shape where no signature of its rank is given."""
        signature = self.shape_signature
        shape = signature if signature is not None and len(signature) == len(self.shape) else self.shape
        return shape if not shape or min(shape) >= -1 else tuple(max(size, -1) for size in shape)

    @property
    def label(self) -> str:
        """The name, or the index where the file gives none."""
        return self.name or f"tensor {self.index}"


@dataclass(frozen=True, slots=True)
class Op:
    """One op (node) of a subgraph.

    ``type`` is the builtin's name, or the custom code for custom ops ("FlexAddV2", "edgetpu-custom-op").
    ``inputs`` holds tensor indices, -1 where an optional input is omitted.
    ``subgraphs`` lists the subgraphs it calls (IF, WHILE, CALL_ONCE, ...).
    ``options`` maps the builtin options by name to plain values, enumerations as their words.
    ``custom_options`` spans raw bytes of a custom op in the file, as (offset, size).
    """

    index: int
    type: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    intermediates: tuple[int, ...] = ()
    options: Mapping[str, object] = field(default_factory=lambda: NO_OPTIONS)
    custom: bool = False
    custom_options: tuple[int, int] | None = None
    subgraphs: tuple[int, ...] = ()

    @property
    def flex(self) -> bool:
        """Whether this is a TensorFlow op run by the Flex delegate."""
        return self.custom and self.type.startswith("Flex")


@dataclass(frozen=True, slots=True)
class Subgraph:
    """A graph: ``ops`` in file order, ``inputs`` and ``outputs`` as tensor indices."""

    index: int
    name: str
    tensors: tuple[Tensor, ...]
    ops: tuple[Op, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BufferSpan:
    """Where a buffer's bytes lie: ``offset`` and ``size`` in the file, or ``external`` for another file's name."""

    offset: int
    size: int
    outside_flatbuffer: bool = False
    external: str = ""


@dataclass(frozen=True, slots=True)
class SignatureTensor:
    """A named input or output of a signature, by the tensor's index in its subgraph."""

    name: str
    tensor: int


@dataclass(frozen=True, slots=True)
class Signature:
    key: str
    subgraph: int
    inputs: tuple[SignatureTensor, ...]
    outputs: tuple[SignatureTensor, ...]


@dataclass(frozen=True, slots=True)
class MetadataEntry:
    """A named buffer of the model's own metadata list, for example ``min_runtime_version``."""

    name: str
    buffer: int
    size: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class AssociatedFile:
    """A file packed in the zip appended to the model; ``size`` is what it says it unpacks to, in bytes."""

    name: str
    size: int
    description: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class TensorMetadata:
    """What the metadata says of one input or output. Normalisation: ``(value - mean) / std`` per channel."""

    name: str
    description: str = ""
    content: str = ""
    normalization_mean: tuple[float, ...] = ()
    normalization_std: tuple[float, ...] = ()
    minimum: tuple[float, ...] = ()
    maximum: tuple[float, ...] = ()
    process_units: tuple[str, ...] = ()
    associated_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelMetadata:
    """The content of the TFLITE_METADATA buffer (TFLite's metadata schema)."""

    name: str = ""
    description: str = ""
    version: str = ""
    author: str = ""
    license: str = ""
    min_parser_version: str = ""
    inputs: tuple[TensorMetadata, ...] = ()
    outputs: tuple[TensorMetadata, ...] = ()
    associated_files: tuple[AssociatedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of a file that could still be read: where in the model, and what is wrong."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model file. ``source`` gives the bytes behind buffers; everything else is plain values."""

    path: str
    size_bytes: int
    schema_version: int
    description: str
    subgraphs: tuple[Subgraph, ...]
    buffers: tuple[BufferSpan, ...]
    signatures: tuple[Signature, ...]
    metadata_entries: tuple[MetadataEntry, ...]
    metadata: ModelMetadata | None
    associated_files: tuple[AssociatedFile, ...]
    problems: tuple[Problem, ...]
    source: Source = field(repr=False, compare=False)

    @property
    def op_count(self) -> int:
        return sum(len(graph.ops) for graph in self.subgraphs)

    @property
    def main(self) -> Subgraph | None:
        """The subgraph that runs by default: the first one."""
        return self.subgraphs[0] if self.subgraphs else None
