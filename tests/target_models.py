"""Models of one op for the tests of targets: a sound one of each type, to be changed in one place at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from types import MappingProxyType
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet
from models import conv, ramp, read_bytes
from target_files import facts_of

from maistudio.targets.model_facts import ModelFacts
from maistudio.targets.profile import Target
from maistudio.targets.report import report_on
from maistudio.targets.values import OpReport, Verdict
from maistudio.tflite.draft import GraphDraft, ModelDraft, per_tensor

Values = Sequence[float] | Sequence[int] | bytes
IMAGE = (1, 4, 4, 4)
MADE_BY_READER: Mapping[str, str] = MappingProxyType({"LOGICAL_NOT": "BOOL"})
"""What the readers of ``read_by`` make, where not FLOAT32."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A tensor of an op: computed, or a constant where it has ``values``."""

    type: str
    shape: tuple[int, ...]
    values: Values | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


NONE = Slot("", ())
"""An input that is left out."""


def computed(*shape: int, of: str = "FLOAT32", **fields: Any) -> Slot:
    """A tensor that is an input, or what the op makes. 8-bit ones have a scale unless ``fields`` say otherwise."""
    if of in ("INT8", "UINT8"):
        fields.setdefault("quantization", per_tensor(0.5, 0))
    return Slot(of, shape or IMAGE, None, fields)


def stored(*shape: int, of: str = "FLOAT32", values: Values | None = None, **fields: Any) -> Slot:
    """A constant, of some numbers unless ``values`` are given."""
    count = prod(shape)
    if values is None:
        values = ramp(count) if of.startswith("FLOAT") else [place % 3 for place in range(count)]
    return Slot(of, shape, values, fields)


def whole(*numbers: int) -> Slot:
    """A list of int32 constants."""
    return stored(len(numbers), of="INT32", values=numbers)


def pairs(*numbers: int) -> Slot:
    """Paddings: a begin and an end per dimension."""
    return stored(len(numbers) // 2, 2, of="INT32", values=numbers)


@dataclass(frozen=True, slots=True)
class Case:
    """An op. Each type of ``read_by`` adds an op that reads its first output; ``same`` reads input 0 as input 1 too.

    A CAST that reads makes ``read_as``, which as many RELUs as ``after`` says read in turn.
    """

    type: str
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    options: Mapping[str, Any] | None = None
    version: int = 1
    read_by: tuple[str, ...] = ()
    read_as: str = "FLOAT32"
    after: int = 1
    same: bool = False
    custom: bool = False

    def to_bytes(self) -> bytes:
        """The model: this op, then its readers."""
        model = ModelDraft()
        graph = model.subgraph()
        given = [_tensor(graph, f"in{place}", slot, made=False) for place, slot in enumerate(self.inputs)]
        if self.same:
            given[1] = given[0]
        made = [_tensor(graph, f"out{place}", slot, made=True) for place, slot in enumerate(self.outputs)]
        if self.custom:
            graph.custom_op(self.type, given, made, version=self.version)
        else:
            graph.op(self.type, given, made, self.options, version=self.version)
        for reader in self.read_by:
            self._read(graph, reader, made[0])
        graph.output(len(graph.values["tensors"]) - 1 if self.read_by else made[0])
        return model.to_bytes()

    def _read(self, graph: GraphDraft, op_type: str, source: int) -> None:
        shape = self.outputs[0].shape
        kind = self.read_as if op_type == "CAST" else MADE_BY_READER.get(op_type, "FLOAT32")
        branches = [graph.input(name, "FLOAT32", shape) for name in ("then", "else")] if "SELECT" in op_type else []
        read = graph.tensor("read", kind, shape)
        graph.op(op_type, [source, *branches], [read])
        for _ in range(self.after if op_type == "CAST" else 0):
            graph.op("RELU", [read], [graph.tensor("last", kind, shape)])


def _tensor(graph: GraphDraft, name: str, slot: Slot, made: bool) -> int:
    if slot is NONE:
        return -1
    if slot.values is not None:
        return graph.constant(name, slot.type, slot.shape, slot.values, **slot.fields)
    return (graph.tensor if made else graph.input)(name, slot.type, slot.shape, **slot.fields)


def changed(
    op_type: str,
    given: Mapping[int, Slot] | None = None,
    made: Mapping[int, Slot] | None = None,
    options: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Case:
    """The sound op of a type with some inputs, outputs and options put in place of its own, or behind them."""
    case = SOUND[op_type]
    return replace(
        case,
        inputs=_patched(case.inputs, given or {}),
        outputs=_patched(case.outputs, made or {}),
        options=case.options if options is None else {**(case.options or {}), **options},
        **fields,
    )


def _patched(slots: Sequence[Slot], patches: Mapping[int, Slot]) -> tuple[Slot, ...]:
    patched = list(slots)
    for place, slot in sorted(patches.items()):
        patched[place : place + 1] = [slot]
    return tuple(patched)


def first_op(case: Case, target: Target) -> OpReport:
    """What a target's rules for ops make of a case's op, whatever it asks of the whole graph."""
    return report_on(facts_of_case(case), replace(target, graph=())).ops[0]


def facts_of_case(case: Case) -> ModelFacts:
    return facts_of(read_bytes(case.to_bytes()))


def _sound() -> Mapping[str, Case]:
    cases = [
        *(Case(op_type, (computed(),), (computed(),)) for op_type in ONE_OPERAND),
        *(Case(op_type, (computed(), computed()), (computed(),)) for op_type in TWO_OPERANDS),
        *(Case(op_type, (computed(), computed()), (computed(of="BOOL"),), read_by=("CAST",)) for op_type in COMPARING),
        *_pictures(),
        *_matrices(),
        *_shapes(),
        *_axes(),
        *_others(),
    ]
    return MappingProxyType({case.type: case for case in cases})


def _pictures() -> list[Case]:
    window = {"padding": "SAME", "stride_w": 1, "stride_h": 1}
    pool = window | {"filter_width": 2, "filter_height": 2}
    resize = (computed(), whole(8, 8)), (computed(1, 8, 8, 4),)
    around = (computed(), pairs(0, 0, 1, 1, 1, 1, 0, 0)), (computed(1, 6, 6, 4),)
    return [
        Case("CONV_2D", (computed(), stored(4, 3, 3, 4), stored(4)), (computed(),), window),
        Case(
            "DEPTHWISE_CONV_2D",
            (computed(), stored(1, 3, 3, 4), stored(4)),
            (computed(),),
            window | {"depth_multiplier": 1},
        ),
        Case(
            "TRANSPOSE_CONV",
            (whole(1, 8, 8, 4), stored(4, 2, 2, 4), computed()),
            (computed(1, 8, 8, 4),),
            {"padding": "SAME", "stride_w": 2, "stride_h": 2},
        ),
        Case("AVERAGE_POOL_2D", (computed(),), (computed(),), pool),
        Case("MAX_POOL_2D", (computed(),), (computed(),), pool),
        Case("DEPTH_TO_SPACE", (computed(),), (computed(1, 8, 8, 1),), {"block_size": 2}),
        Case("SPACE_TO_DEPTH", (computed(),), (computed(1, 2, 2, 16),), {"block_size": 2}),
        Case("RESIZE_BILINEAR", *resize, {}),
        Case("RESIZE_NEAREST_NEIGHBOR", *resize, {}),
        Case("PAD", *around),
        Case("PADV2", (*around[0], stored(of="FLOAT32", values=[1.0])), around[1]),
        Case("MIRROR_PAD", *around, {"mode": "REFLECT"}),
        Case("SOFTMAX", (computed(),), (computed(),), {"beta": 1.0}),
    ]


def _matrices() -> list[Case]:
    return [
        Case("FULLY_CONNECTED", (computed(1, 8), stored(4, 8), stored(4)), (computed(1, 4),), {}),
        Case("BATCH_MATMUL", (computed(1, 2, 3, 4), computed(1, 2, 4, 5)), (computed(1, 2, 3, 5),), {}),
        Case(
            "LSTM",
            (computed(1, 4), computed(1, 4), stored(16, 8), stored(16), computed(1, 4)),
            (computed(1, 4), computed(1, 4), computed(1, 8), computed(1, 16)),
            {"kernel_type": "BASIC", "fused_activation_function": "TANH"},
        ),
    ]


def _shapes() -> list[Case]:
    half = computed(1, 4, 4, 2)
    axis = stored(of="INT32", values=[3])
    return [
        Case("RESHAPE", (computed(), whole(1, 64)), (computed(1, 64),), {"new_shape": [1, 64]}),
        Case("CONCATENATION", (computed(), computed()), (computed(1, 4, 4, 8),), {"axis": 3}),
        Case("PACK", (computed(1, 4, 4), computed(1, 4, 4)), (half,), {"axis": 3, "values_count": 2}),
        Case("UNPACK", (half,), (computed(1, 4, 4), computed(1, 4, 4)), {"axis": 3, "num": 2}),
        Case("SPLIT", (axis, computed()), (half, half), {"num_splits": 2}),
        Case("SPLIT_V", (computed(), whole(2, 2), axis), (half, half), {"num_splits": 2}),
        Case("SLICE", (computed(), whole(0, 0, 1, 0), whole(1, 4, 2, 4)), (computed(1, 4, 2, 4),)),
        Case(
            "STRIDED_SLICE",
            (computed(), whole(0, 0, 0, 0), whole(1, 4, 4, 4), whole(1, 2, 2, 1)),
            (computed(1, 2, 2, 4),),
            {},
        ),
        Case("TRANSPOSE", (computed(), whole(0, 2, 1, 3)), (computed(),)),
        Case("TILE", (computed(), whole(1, 2, 1, 1)), (computed(1, 8, 4, 4),)),
    ]


def _axes() -> list[Case]:
    number = stored(of="FLOAT32", values=[1.0])
    return [
        *(
            Case(op_type, (computed(), whole(1, 2)), (computed(1, 1, 1, 4),), {"keep_dims": True})
            for op_type in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD")
        ),
        Case("CUMSUM", (computed(), stored(of="INT32", values=[3])), (computed(),), {}),
        Case("GATHER", (computed(), whole(0, 2)), (computed(1, 4, 4, 2),), {"axis": 3}),
        Case(
            "ONE_HOT",
            (computed(1, of="INT32"), stored(of="INT32", values=[3]), number, number),
            (computed(1, 3),),
            {"axis": -1},
        ),
        Case(
            "ARG_MAX",
            (computed(), stored(of="INT32", values=[3])),
            (computed(1, 4, 4, of="INT32"),),
            {"output_type": "INT32"},
        ),
        Case(
            "TOPK_V2",
            (computed(), stored(of="INT32", values=[2])),
            (computed(1, 4, 4, 2), computed(1, 4, 4, 2, of="INT32")),
        ),
        Case("REVERSE_V2", (computed(), whole(1)), (computed(),)),
    ]


def _others() -> list[Case]:
    mask = computed(of="BOOL")
    return [
        Case("PRELU", (computed(), stored(4)), (computed(),)),
        Case("LOGICAL_AND", (mask, mask), (mask,)),
        Case("CAST", (computed(),), (computed(of="INT32"),)),
        Case("SELECT", (mask, computed(), computed()), (computed(),)),
        Case("SELECT_V2", (mask, computed(), computed()), (computed(),)),
        Case("QUANTIZE", (computed(),), (computed(of="INT8"),)),
        Case("DEQUANTIZE", (computed(of="INT8"),), (computed(),), version=2),
        Case("EMBEDDING_LOOKUP", (computed(2, of="INT32"), stored(3, 4)), (computed(2, 4),)),
        Case("Resampler", (computed(), computed(1, 4, 4, 2)), (computed(),), custom=True),
        Case("MaxUnpooling2D", (computed(), computed()), (computed(1, 8, 8, 4),), custom=True),
        Case("MaxPoolingWithArgmax2D", (computed(),), (computed(), computed()), custom=True),
        Case("Convolution2DTransposeBias", (computed(), stored(4, 2, 2, 4)), (computed(1, 8, 8, 4),), custom=True),
    ]


ONE_OPERAND = (
    "ABS", "COS", "ELU", "EXP", "GELU", "LOG", "LOGISTIC", "NEG", "RSQRT", "SIGN", "SIN", "SQRT", "SQUARE", "TANH",
    "FLOOR", "CEIL", "ROUND", "HARD_SWISH", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "LEAKY_RELU",
)  # fmt: skip
TWO_OPERANDS = (
    "ADD", "ADD_N", "MUL", "DIV", "SUB", "FLOOR_DIV", "FLOOR_MOD", "MAXIMUM", "MINIMUM", "POW", "SQUARED_DIFFERENCE",
)  # fmt: skip
COMPARING = ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")
SOUND: Mapping[str, Case] = _sound()
"""By op type: an op that a delegate which knows the type has no reason to refuse."""


FULL_LSTM = Case(
    "LSTM",
    (
        computed(1, 4),
        *(stored(4, 4),) * 8,
        *(NONE,) * 3,
        *(stored(4),) * 4,
        *(NONE,) * 2,
        computed(1, 4),
        computed(1, 4),
    ),
    (computed(1, 4),),
    {"kernel_type": "FULL", "fused_activation_function": "TANH"},
)
"""An LSTM by the full kernel, of gates without peepholes, normalization or projection."""


def sparse() -> Case:
    """DENSIFY of a 4×4 constant of two stored blocks."""
    rows_of = {"format": "DENSE", "dense_size": 4}
    columns = {
        "format": "SPARSE_CSR",
        "array_segments": ("Uint8Vector", {"values": [0, 1, 1, 2, 2]}),
        "array_indices": ("Uint8Vector", {"values": [0, 3]}),
    }
    stored_as = {"traversal_order": [0, 1], "block_map": [], "dim_metadata": [rows_of, columns]}
    source = Slot("FLOAT32", (4, 4), [1.0, 2.0], {"sparsity": stored_as})
    return Case("DENSIFY", (source,), (computed(4, 4),), {})


def rows(table: Mapping[str, tuple[Case, str]]) -> list[ParameterSet]:
    """A table's cases as parameters of a test, by their names."""
    return [pytest.param(case, words, id=name) for name, (case, words) in table.items()]


def assert_told(report: OpReport, verdict: Verdict, words: str) -> None:
    assert report.verdict is verdict, report.reason
    assert words in report.reason


def build_split_shuffle(op_type: str = "SPLIT") -> bytes:
    """A convolution whose channels are split in two, one half RELUed, and joined again."""
    model = ModelDraft()
    graph = model.subgraph()
    features = conv(graph, graph.input("image", "FLOAT32", (1, 4, 4, 3)), IMAGE, "conv")
    halves = [graph.tensor(f"half{place}", "FLOAT32", (1, 4, 4, 2)) for place in (0, 1)]
    axis = graph.constant("axis", "INT32", (), [3])
    sizes = graph.constant("sizes", "INT32", (2,), [2, 2])
    read = [axis, features] if op_type == "SPLIT" else [features, sizes, axis]
    graph.op(op_type, read, halves, {"num_splits": 2})
    positive = graph.tensor("positive", "FLOAT32", (1, 4, 4, 2))
    graph.op("RELU", [halves[0]], [positive])
    out = graph.tensor("out", "FLOAT32", IMAGE)
    graph.op("CONCATENATION", [positive, halves[1]], [out], {"axis": 3})
    graph.output(out)
    return model.to_bytes()
