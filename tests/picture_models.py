"""Small models that take and give pictures, built in code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maistudio.tflite.draft import GraphDraft, ModelDraft, per_tensor
from maistudio.tflite.write import write_metadata

OPEN = (-1, -1)


def picture_input(
    graph: GraphDraft,
    channels: int,
    size: tuple[int, int],
    element_type: str = "FLOAT32",
    quantization: Mapping[str, object] | None = None,
) -> int:
    """An input of 1×H×W×C; an open side is 1 in the file."""
    shape = (1, *(max(1, side) for side in size), channels)
    signature = (1, *size, channels)
    options = {} if quantization is None else {"quantization": quantization}
    return graph.input("picture", element_type, shape, shape_signature=list(signature), **options)


def enlarging(
    scale: int = 2,
    channels: int = 3,
    size: tuple[int, int] = OPEN,
    element_type: str = "FLOAT32",
    quantization: Mapping[str, object] | None = None,
    limits: Sequence[float] = (),
) -> bytes:
    """Every pixel as a square of ``scale``; ``limits`` are a least and a largest value that floats are clipped to."""
    model = ModelDraft()
    graph = model.subgraph()
    options = {} if quantization is None else {"quantization": quantization}
    last = picture_input(graph, channels, size, element_type, quantization)
    shape = (1, *(max(1, side) for side in size), channels)
    open_shape = [1, *size, channels]
    for name, op_type, limit in zip(("high", "low"), ("MINIMUM", "MAXIMUM"), reversed(limits), strict=False):
        constant = graph.constant(f"{name}/limit", "FLOAT32", (1,), [limit])
        clipped = graph.tensor(name, "FLOAT32", shape, shape_signature=open_shape)
        graph.op(op_type, [last, constant], [clipped], {})
        last = clipped
    many = channels * scale**2
    repeated = graph.tensor(
        "repeated", element_type, (*shape[:3], many), shape_signature=[*open_shape[:3], many], **options
    )
    graph.op("CONCATENATION", [last] * scale**2, [repeated], {"axis": 3})
    if scale == 1:  # LiteRT has no DEPTH_TO_SPACE of 16 bits
        graph.output(repeated)
        return model.to_bytes()
    large_shape = (1, *(scale * side for side in shape[1:3]), channels)
    open_large = [1, *(-1 if side < 0 else scale * side for side in size), channels]
    large = graph.tensor("large", element_type, large_shape, shape_signature=open_large, **options)
    graph.op("DEPTH_TO_SPACE", [repeated], [large], {"block_size": scale})
    graph.output(large)
    return model.to_bytes()


def whole_numbers(size: tuple[int, int] = OPEN) -> bytes:
    """The picture without the fractions of its values: a model that works on 0..255 only."""
    model = ModelDraft()
    graph = model.subgraph()
    picture = picture_input(graph, 3, size)
    shape = (1, *(max(1, side) for side in size), 3)
    result = graph.tensor("whole", "FLOAT32", shape, shape_signature=[1, *size, 3])
    graph.op("FLOOR", [picture], [result])
    graph.output(result)
    return model.to_bytes()


def negative() -> bytes:
    """The picture with the sign of its values turned."""
    model = ModelDraft()
    graph = model.subgraph()
    picture = picture_input(graph, 3, OPEN)
    result = graph.tensor("negative", "FLOAT32", (1, 1, 1, 3), shape_signature=[1, -1, -1, 3])
    graph.op("NEG", [picture], [result], {})
    graph.output(result)
    return model.to_bytes()


def turned() -> bytes:
    """The picture with rows and columns exchanged."""
    model = ModelDraft()
    graph = model.subgraph()
    picture = picture_input(graph, 3, OPEN)
    order = graph.constant("order", "INT32", (4,), [0, 2, 1, 3])
    result = graph.tensor("turned", "FLOAT32", (1, 1, 1, 3), shape_signature=[1, -1, -1, 3])
    graph.op("TRANSPOSE", [picture, order], [result], {})
    graph.output(result)
    return model.to_bytes()


def two_outputs() -> bytes:
    """The picture with the sign of its values turned, and the picture."""
    model = ModelDraft()
    graph = model.subgraph()
    picture = picture_input(graph, 3, OPEN)
    for name, op_type in (("a/negative", "NEG"), ("b/same", "ABS")):
        result = graph.tensor(name, "FLOAT32", (1, 1, 1, 3), shape_signature=[1, -1, -1, 3])
        graph.op(op_type, [picture], [result], {})
        graph.output(result)
    return model.to_bytes()


def developing() -> bytes:
    """The first three channels of a packed mosaic, each value as a square of 2×2 pixels."""
    model = ModelDraft()
    graph = model.subgraph()
    mosaic = picture_input(graph, 4, OPEN)
    start = graph.constant("start", "INT32", (4,), [0, 0, 0, 0])
    size = graph.constant("size", "INT32", (4,), [-1, -1, -1, 3])
    rgb = graph.tensor("rgb", "FLOAT32", (1, 1, 1, 3), shape_signature=[1, -1, -1, 3])
    graph.op("SLICE", [mosaic, start, size], [rgb], {})
    repeated = graph.tensor("repeated", "FLOAT32", (1, 1, 1, 12), shape_signature=[1, -1, -1, 12])
    graph.op("CONCATENATION", [rgb] * 4, [repeated], {"axis": 3})
    large = graph.tensor("large", "FLOAT32", (1, 2, 2, 3), shape_signature=[1, -1, -1, 3])
    graph.op("DEPTH_TO_SPACE", [repeated], [large], {"block_size": 2})
    graph.output(large)
    return model.to_bytes()


def described(mean: float, deviation: float) -> bytes:
    """The picture itself; the metadata states a normalisation."""
    model = ModelDraft()
    graph = model.subgraph()
    picture = picture_input(graph, 3, OPEN)
    result = graph.tensor("same", "FLOAT32", (1, 1, 1, 3), shape_signature=[1, -1, -1, 3])
    graph.op("CONCATENATION", [picture], [result], {"axis": 3})
    graph.output(result)
    unit = {"options": ("NormalizationOptions", {"mean": [mean], "std": [deviation]})}
    tensors = {"input_tensor_metadata": [{"name": "picture", "process_units": [unit]}]}
    model.metadata("TFLITE_METADATA", write_metadata({"name": "same", "subgraph_metadata": [tensors]}))
    return model.to_bytes()


def blurring(size: tuple[int, int] = OPEN, radius: int = 1) -> bytes:
    """The sum of 3×3 weights of its own on each channel, zeros beyond the edges, ``radius`` times over."""
    model = ModelDraft()
    graph = model.subgraph()
    last = picture_input(graph, 3, size)
    shape = (1, *(max(1, side) for side in size), 3)
    weights = [[0.05, 0.1, 0.15, 0.05, 0.25, 0.1, 0.1, 0.15, 0.05][place // 3] for place in range(27)]
    for step in range(radius):
        kernel = graph.constant(f"kernel {step}", "FLOAT32", (1, 3, 3, 3), weights)
        bias = graph.constant(f"bias {step}", "FLOAT32", (3,), [0.0] * 3)
        result = graph.tensor(f"blurred {step}", "FLOAT32", shape, shape_signature=[1, *size, 3])
        options = {"padding": "SAME", "stride_w": 1, "stride_h": 1, "depth_multiplier": 1}
        graph.op("DEPTHWISE_CONV_2D", [last, kernel, bias], [result], options)
        last = result
    graph.output(last)
    return model.to_bytes()


def two_inputs() -> bytes:
    """The sum of two pictures."""
    model = ModelDraft()
    graph = model.subgraph()
    shape = (1, 8, 8, 3)
    first, second = graph.input("first", "FLOAT32", shape), graph.input("second", "FLOAT32", shape)
    result = graph.tensor("sum", "FLOAT32", shape)
    graph.op("ADD", [first, second], [result], {})
    graph.output(result)
    return model.to_bytes()


def quantized(scale: float, zero_point: int = 0) -> dict[str, object]:
    return per_tensor(scale, zero_point)


def averaging(size: tuple[int, int]) -> bytes:
    """The mean of a grey picture beside its four-fold: something that is no picture, and two outputs."""
    model = ModelDraft()
    graph = model.subgraph()
    picture = picture_input(graph, 1, size, "UINT8", quantized(1.0))
    axes = graph.constant("axes", "INT32", (2,), [1, 2])
    mean = graph.tensor("mean", "UINT8", (1, 1), quantization=quantized(1.0))
    graph.op("MEAN", [picture, axes], [mean], {"keep_dims": False})
    graph.output(mean)
    return model.to_bytes()
