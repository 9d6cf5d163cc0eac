"""One small model per op family with inputs of open size, each to be tried at two sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from maistudio.tflite.draft import GraphDraft, ModelDraft

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Open:
    """An input of the graph, -1 where its size is open."""

    shape: Shape
    type: str = "FLOAT32"


@dataclass(frozen=True)
class Fixed:
    """A constant; zeros where no values are given."""

    shape: Shape
    values: Sequence[Any] = ()
    type: str = "FLOAT32"


@dataclass(frozen=True)
class State:
    """A variable tensor."""

    shape: Shape


Operand = Open | Fixed | State | None


def ints(*values: int) -> Fixed:
    return Fixed((len(values),), values, "INT32")


def scalar(value: int) -> Fixed:
    return Fixed((), (value,), "INT32")


@dataclass(frozen=True)
class Case:
    """A model: one op, or ``build`` for more. ``sizes`` are two sets of shapes for its open inputs, in order."""

    name: str
    sizes: tuple[tuple[Shape, ...], tuple[Shape, ...]]
    op: str = ""
    operands: tuple[Operand, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    results: tuple[tuple[str, int], ...] = (("FLOAT32", 4),)
    build: Callable[[GraphDraft], None] | None = None

    def to_bytes(self) -> bytes:
        model = ModelDraft()
        graph = model.subgraph()
        if self.build:
            self.build(graph)
        else:
            operands = [place_operand(graph, operand, f"x{place}") for place, operand in enumerate(self.operands)]
            outputs = [left_open(graph, kind, rank) for kind, rank in self.results]
            graph.op(self.op, operands, outputs, self.options or None)
            graph.output(*outputs)
        return model.to_bytes()


def place_operand(graph: GraphDraft, operand: Operand, name: str) -> int:
    if operand is None:
        return -1
    if isinstance(operand, State):
        return graph.tensor(name, "FLOAT32", operand.shape, is_variable=True)
    if isinstance(operand, Fixed):
        values = list(operand.values) or [0] * prod(operand.shape)
        return graph.constant(name, operand.type, operand.shape, values)
    return graph.input(name, operand.type, [max(size, 1) for size in operand.shape], shape_signature=operand.shape)


def left_open(graph: GraphDraft, element_type: str, rank: int) -> int:
    """A result of which the file says nothing but type and rank."""
    return graph.tensor("", element_type, [1] * rank, shape_signature=[-1] * rank)


def step(
    graph: GraphDraft, op: str, inputs: Sequence[int], rank: int, kind: str = "INT32", version: int = 1, **options: Any
) -> int:
    """Add an op with one open result."""
    result = left_open(graph, kind, rank)
    graph.op(op, inputs, [result], options or None, version=version)
    return result


def vector(graph: GraphDraft, *values: int) -> int:
    return graph.constant("", "INT32", (len(values),), values)


def number(graph: GraphDraft, value: int) -> int:
    return graph.constant("", "INT32", (), [value])


def image(graph: GraphDraft, channels: int = 3) -> int:
    return graph.input("image", "FLOAT32", (1, 1, 1, channels), shape_signature=(-1, -1, -1, channels))


def height_and_width(graph: GraphDraft, source: int) -> int:
    """The middle two entries of a picture's shape, cut out of SHAPE."""
    shape = step(graph, "SHAPE", [source], 1, out_type="INT32")
    return step(graph, "STRIDED_SLICE", [shape, vector(graph, 1), vector(graph, 3), vector(graph, 1)], 1)


def flatten_all_but_batch(graph: GraphDraft) -> None:
    source = image(graph)
    shape = step(graph, "SHAPE", [source], 1, out_type="INT32")
    one = vector(graph, 1)
    batch = step(graph, "STRIDED_SLICE", [shape, vector(graph, 0), one, one], 0, shrink_axis_mask=1)
    wanted = step(graph, "PACK", [batch, number(graph, -1)], 1, values_count=2, axis=0)
    graph.output(step(graph, "RESHAPE", [source, wanted], 2, "FLOAT32"))


def upscale_by_two(graph: GraphDraft) -> None:
    source = image(graph)
    size = step(graph, "MUL", [height_and_width(graph, source), vector(graph, 2, 2)], 1)
    graph.output(step(graph, "RESIZE_BILINEAR", [source, size], 4, "FLOAT32"))


def upscale_by_half_more(graph: GraphDraft) -> None:
    """The scale 1.5 takes the way over floats."""
    source = image(graph)
    real = step(graph, "CAST", [height_and_width(graph, source)], 1, "FLOAT32")
    scale = graph.constant("", "FLOAT32", (), [1.5])
    size = step(graph, "CAST", [step(graph, "MUL", [real, scale], 1, "FLOAT32")], 1)
    graph.output(step(graph, "RESIZE_NEAREST_NEIGHBOR", [source, size], 4, "FLOAT32"))


def transposed_convolution(graph: GraphDraft) -> None:
    source = image(graph)
    shape = step(graph, "SHAPE", [source], 1, out_type="INT32")
    doubled = step(graph, "MUL", [shape, vector(graph, 1, 2, 2, 1)], 1)
    wanted = step(graph, "ADD", [doubled, vector(graph, 0, 0, 0, 2)], 1)
    weights = graph.constant("", "FLOAT32", (5, 2, 2, 3), [0] * 60)
    options: dict[str, Any] = {"padding": "VALID", "stride_w": 2, "stride_h": 2}
    graph.output(step(graph, "TRANSPOSE_CONV", [wanted, weights, source], 4, "FLOAT32", **options))


def transposed_convolution_3d(graph: GraphDraft) -> None:
    source = graph.input("volume", "FLOAT32", (1, 1, 1, 1, 2), shape_signature=(-1, -1, -1, -1, 2))
    shape = step(graph, "SHAPE", [source], 1, out_type="INT32")
    doubled = step(graph, "MUL", [shape, vector(graph, 1, 2, 2, 2, 1)], 1)
    wanted = step(graph, "ADD", [doubled, vector(graph, 0, 0, 0, 0, 3)], 1)
    weights = graph.constant("", "FLOAT32", (2, 2, 2, 5, 2), [0] * 80)
    options: dict[str, Any] = {"padding": "VALID", "stride_d": 2, "stride_w": 2, "stride_h": 2}
    graph.output(step(graph, "CONV_3D_TRANSPOSE", [wanted, weights, source], 5, "FLOAT32", **options))


def pixel_attention(graph: GraphDraft) -> None:
    """The product of a shape's entries flattens a picture, and comes back through CONCATENATION."""
    source = image(graph)
    size = height_and_width(graph, source)
    pixels = step(graph, "REDUCE_PROD", [size, vector(graph, 0)], 1, keep_dims=True)
    flat = step(graph, "CONCATENATION", [vector(graph, -1), pixels, vector(graph, 3)], 1, axis=0)
    rows = step(graph, "RESHAPE", [source, flat], 3, "FLOAT32")
    back = step(graph, "CONCATENATION", [vector(graph, -1), size, vector(graph, 3)], 1, axis=0)
    graph.output(step(graph, "RESHAPE", [rows, back], 4, "FLOAT32"))


def coordinates(graph: GraphDraft) -> None:
    """RANGE over the width, broadcast to a column for each row."""
    source = image(graph)
    shape = step(graph, "SHAPE", [source], 1, out_type="INT32")
    height = step(graph, "GATHER", [shape, number(graph, 1)], 0, axis=0)
    width = step(graph, "GATHER", [shape, number(graph, 2)], 0, axis=0)
    places = step(graph, "RANGE", [number(graph, 0), width, number(graph, 1)], 1)
    size = step(graph, "PACK", [height, width], 1, values_count=2, axis=0)
    graph.output(step(graph, "BROADCAST_TO", [places, size], 2, version=2))


def filled_like(graph: GraphDraft) -> None:
    source = image(graph)
    shape = step(graph, "SHAPE", [source], 1, out_type="INT32")
    half = step(graph, "FLOOR_DIV", [shape, vector(graph, 1, 2, 2, 1)], 1)
    least = step(graph, "MAXIMUM", [half, vector(graph, 1, 1, 1, 1)], 1)
    graph.output(step(graph, "FILL", [least, graph.constant("", "FLOAT32", (), [1.0])], 4, "FLOAT32"))


def crop_to_multiple_of_four(graph: GraphDraft) -> None:
    source = image(graph)
    shape = step(graph, "SHAPE", [source], 1, out_type="INT32")
    rest = step(graph, "FLOOR_MOD", [shape, vector(graph, 1, 4, 4, 2**30)], 1)
    rest = step(graph, "MUL", [rest, vector(graph, 1, 1, 1, 0)], 1)
    size = step(graph, "SUB", [shape, rest], 1)
    graph.output(step(graph, "SLICE", [source, vector(graph, 0, 0, 0, 0), size], 4, "FLOAT32"))


def pad_to_square(graph: GraphDraft) -> None:
    source = image(graph)
    parts = [left_open(graph, "INT32", 0) for _ in range(2)]
    graph.op("UNPACK", [height_and_width(graph, source)], parts, {"num": 2, "axis": 0})
    missing = step(graph, "SUB", [step(graph, "MAXIMUM", parts, 0), parts[1]], 0)
    zero = number(graph, 0)
    row = step(graph, "PACK", [zero, missing], 1, values_count=2, axis=0)
    none = vector(graph, 0, 0)
    paddings = step(graph, "PACK", [none, none, row, none], 2, values_count=4, axis=0)
    graph.output(step(graph, "PAD", [source, paddings], 4, "FLOAT32"))


def branch(graph: GraphDraft) -> None:
    source = image(graph)
    choice = graph.input("choice", "BOOL", ())
    result = left_open(graph, "FLOAT32", 4)
    graph.op("IF", [choice, source], [result], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    graph.output(result)
    for name in ("RELU", "TANH"):
        part = graph.model.subgraph(name)
        part.output(step(part, name, [image(part)], 4, "FLOAT32"))


def loop(graph: GraphDraft) -> None:
    source = image(graph)
    count = graph.input("count", "INT32", ())
    results = [left_open(graph, "INT32", 0), left_open(graph, "FLOAT32", 4)]
    graph.op("WHILE", [count, source], results, {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    graph.output(results[1])
    for name in ("cond", "body"):
        part = graph.model.subgraph(name)
        counter, picture = part.input("count", "INT32", ()), image(part)
        if name == "cond":
            part.output(step(part, "LESS", [counter, number(part, 0)], 0, "BOOL"))
        else:
            more = step(part, "ADD", [counter, number(part, 1)], 0)
            part.output(more, step(part, "TANH", [picture], 4, "FLOAT32"))


PICTURE = Open((-1, -1, -1, 4))
PICTURES = (((1, 8, 6, 4),), ((2, 17, 11, 4),))
EVEN = (((1, 8, 6, 4),), ((2, 4, 2, 4),))
BATCHED = (((6, 8, 6, 4),), ((12, 4, 9, 4),))
MATRIX = Open((-1, 6))
MATRICES = (((1, 6),), ((5, 6),))
CUBE = Open((-1, -1, -1))
CUBES = (((2, 3, 4),), ((6, 1, 5),))
ROWS = Open((-1, -1, 6))
ROW_SIZES = (((2, 3, 6),), ((1, 7, 6),))
SEQUENCE = Open((1, -1, 6))
SEQUENCES = (((1, 3, 6),), ((1, 7, 6),))

STRIDED: dict[str, Any] = {"padding": "SAME", "stride_w": 2, "stride_h": 2}
VALID: dict[str, Any] = {"padding": "VALID", "stride_w": 1, "stride_h": 2}
DILATED: dict[str, Any] = {
    "padding": "VALID",
    "stride_w": 1,
    "stride_h": 1,
    "dilation_w_factor": 2,
    "dilation_h_factor": 3,
}
POOL: dict[str, Any] = {"filter_width": 3, "filter_height": 2}
PADDINGS = Fixed((4, 2), (0, 0, 1, 2, 3, 3, 0, 0), "INT32")
EDGES = Fixed((2, 2), (1, 1, 0, 0), "INT32")
GATES = (*(Fixed((5, 6)),) * 4, *(Fixed((5, 5)),) * 4, None, None, None, *(Fixed((5,)),) * 4, None, None)
STATES = (State((1, 5)), State((1, 5)))


def one(op: str, *operands: Operand, at: Any = PICTURES, rank: int = 4, name: str = "", **options: Any) -> Case:
    """A case of one op with one float result."""
    return Case(name or op.lower(), at, op, operands, options, (("FLOAT32", rank),))


def composed(build: Callable[[GraphDraft], None]) -> Case:
    return Case(build.__name__, (((1, 8, 6, 3),), ((2, 17, 11, 3),)), build=build)


CASES: tuple[Case, ...] = (
    one("CONV_2D", PICTURE, Fixed((7, 3, 3, 4)), Fixed((7,)), **STRIDED),
    one("CONV_2D", PICTURE, Fixed((7, 3, 5, 4)), Fixed((7,)), name="conv_2d_valid", **VALID),
    one("CONV_2D", PICTURE, Fixed((8, 3, 3, 2)), Fixed((8,)), name="conv_2d_grouped", **STRIDED),
    one("CONV_2D", PICTURE, Fixed((8, 2, 3, 4)), Fixed((8,)), name="conv_2d_dilated", **DILATED),
    one("DEPTHWISE_CONV_2D", PICTURE, Fixed((1, 3, 3, 8)), Fixed((8,)), depth_multiplier=2, **VALID),
    one(
        "CONV_3D",
        *(Open((-1, -1, -1, -1, 2)), Fixed((2, 3, 3, 2, 5)), None),
        at=(((1, 4, 5, 6, 2),), ((2, 3, 7, 9, 2),)),
        rank=5,
        stride_d=1,
        **VALID,
    ),
    one("AVERAGE_POOL_2D", PICTURE, **STRIDED, **POOL),
    one("MAX_POOL_2D", PICTURE, **VALID, **POOL),
    one("L2_POOL_2D", PICTURE, **VALID, **POOL),
    one("FULLY_CONNECTED", MATRIX, Fixed((3, 6)), None, at=MATRICES, rank=2),
    one("FULLY_CONNECTED", ROWS, Fixed((3, 6)), None, at=ROW_SIZES, rank=3, keep_num_dims=True, name="dense_keeping"),
    one("FULLY_CONNECTED", ROWS, Fixed((3, 6)), None, at=ROW_SIZES, rank=2, name="dense_flattening"),
    one(
        "BATCH_MATMUL",
        *(Open((-1, -1, 3)), Open((-1, 3, -1))),
        at=(((2, 4, 3), (2, 3, 5)), ((6, 1, 3), (1, 3, 2))),
        rank=3,
    ),
    one(
        "BATCH_MATMUL",
        *(Open((-1, 3, -1)), Open((-1, -1, 3))),
        at=(((2, 3, 4), (2, 5, 3)), ((6, 3, 1), (6, 2, 3))),
        rank=3,
        adj_x=True,
        adj_y=True,
        name="batch_matmul_adjoint",
    ),
    one("ADD", PICTURE, Open((-1, 1, 4)), at=(((1, 8, 6, 4), (8, 1, 4)), ((2, 5, 3, 4), (1, 1, 4))), name="broadcast"),
    one(
        "SELECT_V2",
        *(Open((-1, 1), "BOOL"), CUBE, Fixed((1,))),
        at=(((3, 1), (2, 3, 4)), ((1, 1), (6, 1, 5))),
        rank=3,
    ),
    one(
        "SELECT",
        *(Open((-1, -1), "BOOL"), Open((-1, -1)), Open((-1, -1))),
        at=(((3, 2),) * 3, ((1, 5),) * 3),
        rank=2,
    ),
    one("MEAN", PICTURE, ints(1, 2), rank=2),
    one("SUM", PICTURE, ints(-1), keep_dims=True),
    one("REDUCE_MAX", PICTURE, ints(0, 1, 2, 3), rank=0),
    Case("arg_max", PICTURES, "ARG_MAX", (PICTURE, scalar(3)), {"output_type": "INT32"}, (("INT32", 3),)),
    Case("topk_v2", MATRICES, "TOPK_V2", (MATRIX, scalar(4)), {}, (("FLOAT32", 2), ("INT32", 2))),
    one("SOFTMAX", MATRIX, at=MATRICES, rank=2, beta=1.0),
    one("PRELU", PICTURE, Fixed((1, 1, 4))),
    one(
        "CONCATENATION",
        *(PICTURE, Open((-1, -1, -1, 2))),
        at=(((1, 8, 6, 4), (1, 8, 6, 2)), ((2, 5, 3, 4), (2, 5, 3, 2))),
        axis=-1,
    ),
    Case("split", PICTURES, "SPLIT", (scalar(3), PICTURE), {"num_splits": 2}, (("FLOAT32", 4),) * 2),
    Case("split_v", PICTURES, "SPLIT_V", (PICTURE, ints(1, -1), scalar(-1)), {"num_splits": 2}, (("FLOAT32", 4),) * 2),
    one("PACK", CUBE, CUBE, at=(((2, 3, 4),) * 2, ((6, 1, 5),) * 2), axis=1, values_count=2),
    Case("unpack", PICTURES, "UNPACK", (PICTURE,), {"num": 4, "axis": 3}, (("FLOAT32", 3),) * 4),
    one("RESHAPE", PICTURE, ints(-1, 4), rank=2),
    one("RESHAPE", PICTURE, rank=2, name="reshape_by_option", new_shape=[2, -1]),
    one("TRANSPOSE", PICTURE, ints(0, 3, 1, 2)),
    one("SQUEEZE", Open((-1, 1, -1)), at=(((3, 1, 4),), ((1, 1, 1),)), rank=2, squeeze_dims=[1]),
    one("EXPAND_DIMS", CUBE, scalar(-1), at=CUBES),
    one("PAD", PICTURE, PADDINGS),
    one("PADV2", PICTURE, PADDINGS, Fixed((), (1.0,))),
    one("MIRROR_PAD", PICTURE, PADDINGS, mode="REFLECT"),
    one("SLICE", PICTURE, ints(0, 2, 1, 0), ints(-1, 3, -1, 2)),
    one("STRIDED_SLICE", PICTURE, ints(0, 1, -1, 0), ints(9, -1, 0, 4), ints(1, 2, -1, 3)),
    one("STRIDED_SLICE", PICTURE, ints(0, 0), ints(0, 2), ints(1, 1), ellipsis_mask=1, name="slice_ellipsis"),
    one(
        "STRIDED_SLICE",
        *(PICTURE, ints(0, 0, 2), ints(0, 0, 3), ints(1, 1, 1)),
        begin_mask=1,
        end_mask=1,
        new_axis_mask=2,
        shrink_axis_mask=4,
        name="slice_masks",
    ),
    one("TILE", CUBE, ints(1, 3, 2), at=CUBES, rank=3),
    one("GATHER", PICTURE, ints(0, 3, 3), axis=3),
    one("GATHER", PICTURE, Fixed((2, 2), (0, 1, 2, 3), "INT32"), axis=-1, rank=5, name="gather_matrix"),
    one("GATHER_ND", CUBE, Fixed((5, 2), (0,) * 10, "INT32"), at=CUBES, rank=2),
    one("EMBEDDING_LOOKUP", Open((-1,), "INT32"), Fixed((9, 3)), at=(((4,),), ((7,),)), rank=2),
    one(
        "SCATTER_ND",
        *(Open((-1, 1), "INT32"), Open((-1, 4)), ints(9, 4)),
        at=(((3, 1), (3, 4)), ((5, 1), (5, 4))),
        rank=2,
    ),
    one(
        "ONE_HOT",
        *(Open((-1, -1), "INT32"), scalar(7), Fixed((), (1.0,)), Fixed((), (0.0,))),
        at=(((2, 3),), ((5, 1),)),
        rank=3,
        axis=1,
    ),
    one("DEPTH_TO_SPACE", PICTURE, block_size=2),
    one("SPACE_TO_DEPTH", PICTURE, at=EVEN, block_size=2),
    one("SPACE_TO_BATCH_ND", PICTURE, ints(2, 3), EDGES, at=(((1, 8, 6, 4),), ((2, 4, 9, 4),))),
    one("BATCH_TO_SPACE_ND", PICTURE, ints(2, 3), EDGES, at=BATCHED),
    one("RESIZE_BILINEAR", PICTURE, ints(9, 4)),
    Case("shape", PICTURES, "SHAPE", (PICTURE,), {"out_type": "INT32"}, (("INT32", 1),)),
    Case("rank", PICTURES, "RANK", (PICTURE,), {}, (("INT32", 0),)),
    Case("cast", PICTURES, "CAST", (PICTURE,), {}, (("INT32", 4),)),
    one("REVERSE_V2", PICTURE, ints(1)),
    one("CUMSUM", CUBE, scalar(1), at=CUBES, rank=3),
    one("L2_NORMALIZATION", PICTURE),
    one("ABS", PICTURE),
    one("LEAKY_RELU", PICTURE, alpha=0.25),
    one("MATRIX_DIAG", CUBE, at=CUBES),
    one("RFFT2D", CUBE, ints(4, 8), at=(((2, 4, 8),), ((1, 5, 9),)), rank=3),
    one(
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        SEQUENCE,
        *GATES,
        *STATES,
        at=SEQUENCES,
        rank=3,
        fused_activation_function="TANH",
    ),
    one(
        "UNIDIRECTIONAL_SEQUENCE_RNN",
        *(SEQUENCE, Fixed((5, 6)), Fixed((5, 5)), Fixed((5,)), State((1, 5))),
        at=SEQUENCES,
        rank=3,
        fused_activation_function="TANH",
    ),
    Case(
        "svdf",
        (((2, 6),),) * 2,
        "SVDF",
        (MATRIX, Fixed((8, 6)), Fixed((8, 3)), Fixed((4,)), State((2, 24))),
        {"rank": 2},
        (("FLOAT32", 2),),
    ),
    composed(flatten_all_but_batch),
    composed(upscale_by_two),
    composed(upscale_by_half_more),
    composed(transposed_convolution),
    Case(
        "transposed_convolution_3d",
        (((1, 4, 3, 2, 2),), ((2, 5, 7, 6, 2),)),
        build=transposed_convolution_3d,
    ),
    composed(pixel_attention),
    composed(coordinates),
    composed(filled_like),
    composed(crop_to_multiple_of_four),
    composed(pad_to_square),
    composed(branch),
    composed(loop),
)
