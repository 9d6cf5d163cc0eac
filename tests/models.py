"""Small models built in code, one per thing a test needs; ``ACCEPTED`` names those LiteRT allocates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory

from described import build_with_metadata
from flatbuffers import flexbuffers

from maistudio.tflite.draft import GraphDraft, ModelDraft, blockwise, per_channel, per_tensor
from maistudio.tflite.model import Model
from maistudio.tflite.read import read_model

SAME = {"padding": "SAME", "stride_w": 1, "stride_h": 1}


def read_bytes(data: bytes) -> Model:
    """The model in ``data``; small files are held in memory, so nothing stays on disk."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(data)
        return read_model(path)


def ramp(count: int, step: float = 0.125, start: float = -1.0) -> list[float]:
    """Numbers that float16 holds exactly."""
    return [start + step * (place % 17) for place in range(count)]


def conv(graph: GraphDraft, source: int, shape: Sequence[int], name: str, activation: str = "NONE") -> int:
    """A 3×3 float convolution to ``shape`` from a tensor of the same height and width."""
    channels = graph.values["tensors"][source]["shape"][3]
    weights = graph.constant(f"{name}/weights", "FLOAT32", (shape[3], 3, 3, channels), ramp(shape[3] * 9 * channels))
    bias = graph.constant(f"{name}/bias", "FLOAT32", (shape[3],), ramp(shape[3]))
    result = graph.tensor(f"{name}/output", "FLOAT32", shape)
    graph.op("CONV_2D", [source, weights, bias], [result], SAME | {"fused_activation_function": activation})
    return result


def build_conv_net() -> bytes:
    """A classifier by hand: 1×8×8×3, conv to 4, max pool, depthwise conv, fully connected to 10, softmax.

    Parameters: 108 + 4, 36 + 4, 640 + 10 = 802. MACs: 6,912 + 576 + 640 = 8,128.
    """
    model = ModelDraft("a hand-counted classifier")
    graph = model.subgraph()
    image = graph.input("image", "FLOAT32", (1, 8, 8, 3))
    features = conv(graph, image, (1, 8, 8, 4), "stem/conv", "RELU")
    pooled = graph.tensor("stem/pool", "FLOAT32", (1, 4, 4, 4))
    graph.op(
        "MAX_POOL_2D",
        [features],
        [pooled],
        SAME | {"stride_w": 2, "stride_h": 2, "filter_width": 2, "filter_height": 2},
    )
    kernel = graph.constant("block/kernel", "FLOAT32", (1, 3, 3, 4), ramp(36))
    kernel_bias = graph.constant("block/bias", "FLOAT32", (4,), ramp(4))
    deep = graph.tensor("block/depthwise", "FLOAT32", (1, 4, 4, 4))
    graph.op("DEPTHWISE_CONV_2D", [pooled, kernel, kernel_bias], [deep], SAME | {"depth_multiplier": 1})
    flat_shape = graph.constant("head/shape", "INT32", (2,), [1, 64])
    flat = graph.tensor("head/flat", "FLOAT32", (1, 64))
    graph.op("RESHAPE", [deep, flat_shape], [flat], {"new_shape": [1, 64]})
    matrix = graph.constant("head/matrix", "FLOAT32", (10, 64), ramp(640))
    matrix_bias = graph.constant("head/bias", "FLOAT32", (10,), ramp(10))
    scores = graph.tensor("head/scores", "FLOAT32", (1, 10))
    graph.op("FULLY_CONNECTED", [flat, matrix, matrix_bias], [scores], {})
    out = graph.tensor("probabilities", "FLOAT32", (1, 10))
    graph.op("SOFTMAX", [scores], [out], {"beta": 1.0})
    graph.output(out)
    return model.signature("serving_default", {"image": image}, {"probabilities": out}).to_bytes()


def build_quantized() -> bytes:
    """One int8 convolution, weights per channel with scales 0.5, 0.25, 0.125, 0.0625, bias int32."""
    model = ModelDraft()
    graph = model.subgraph()
    scales = [0.5, 0.25, 0.125, 0.0625]
    image = graph.input("image", "INT8", (1, 8, 8, 3), quantization=per_tensor(1 / 128, -1))
    stored = [place % 255 - 127 for place in range(108)]
    weights = graph.constant("weights", "INT8", (4, 3, 3, 3), stored, quantization=per_channel(scales, 0))
    bias_scales = [scale / 128 for scale in scales]
    bias = graph.constant("bias", "INT32", (4,), [0, 100, -100, 70_000], quantization=per_channel(bias_scales, 0))
    out = graph.tensor("out", "INT8", (1, 8, 8, 4), quantization=per_tensor(0.5, 3))
    graph.op("CONV_2D", [image, weights, bias], [out], SAME, version=3)
    graph.output(out)
    return model.to_bytes()


def build_int16x8() -> bytes:
    """A fully connected layer with int16 activations, int8 weights and int64 bias."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "INT16", (1, 8), quantization=per_tensor(2.0**-12))
    weights = graph.constant("weights", "INT8", (4, 8), range(-16, 16), quantization=per_tensor(2.0**-6))
    bias = graph.constant("bias", "INT64", (4,), [0, 1, -1, 2**33], quantization=per_tensor(2.0**-18))
    out = graph.tensor("out", "INT16", (1, 4), quantization=per_tensor(2.0**-10))
    graph.op("FULLY_CONNECTED", [source, weights, bias], [out], {}, version=7)
    graph.output(out)
    return model.to_bytes()


def build_fp16_weights() -> bytes:
    """A convolution whose float16 weights and bias pass through DEQUANTIZE."""
    model = ModelDraft()
    graph = model.subgraph()
    image = graph.input("image", "FLOAT32", (1, 8, 8, 3))
    wide = []
    for name, shape in (("weights", (4, 3, 3, 3)), ("bias", (4,))):
        half = graph.constant(f"{name}/half", "FLOAT16", shape, ramp(prod(shape)))
        wide.append(graph.tensor(name, "FLOAT32", shape))
        graph.op("DEQUANTIZE", [half], [wide[-1]], version=3)
    out = graph.tensor("out", "FLOAT32", (1, 8, 8, 4))
    graph.op("CONV_2D", [image, *wide], [out], SAME)
    graph.output(out)
    return model.to_bytes()


def fully_connected(element_type: str, quantization: dict[str, object], stored: Sequence[int], version: int) -> bytes:
    """A float fully connected layer 64 → 4 over quantized weights, which LiteRT multiplies as they are."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 64))
    weights = graph.constant("weights", element_type, (4, 64), stored, quantization=quantization)
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("FULLY_CONNECTED", [source, weights, -1], [out], {}, version=version)
    graph.output(out)
    return model.to_bytes()


def build_dynamic_range() -> bytes:
    """int8 weights under float activations."""
    return fully_connected("INT8", per_tensor(0.03125), [place % 255 - 127 for place in range(256)], 3)


def build_int4() -> bytes:
    """int4 weights, a scale per output, under float activations."""
    return fully_connected(
        "INT4", per_channel([0.5, 0.25, 0.125, 1.0], 0), [place % 15 - 7 for place in range(256)], 10
    )


def build_blockwise() -> bytes:
    """int4 weights with a float16 scale per 32 of them, kept in a tensor of its own."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 64))
    scales = graph.constant("scales", "FLOAT16", (4, 2), [0.5, 1.0, 0.25, 2.0, 0.125, 4.0, 0.0625, 8.0])
    stored = [place % 15 - 7 for place in range(256)]
    weights = graph.constant("weights", "INT4", (4, 64), stored, quantization=blockwise(32, scales))
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("FULLY_CONNECTED", [source, weights, -1], [out], {}, version=12)
    graph.output(out)
    return model.to_bytes()


def build_sparse() -> bytes:
    """A float 4×4 constant of 2×2 blocks in CSR, made dense by DENSIFY and added to the input.

    Dense it is [[1, 0, 0, 0], [0, 4, 0, 0], [2, 3, 5, 0], [0, 0, 0, 6]].
    """
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (4, 4))
    rows = {"format": "DENSE", "dense_size": 2}
    columns = {
        "format": "SPARSE_CSR",
        "array_segments": ("Uint8Vector", {"values": [0, 1, 3]}),
        "array_indices": ("Uint8Vector", {"values": [0, 0, 1]}),
    }
    sparsity = {"traversal_order": [0, 1, 2, 3], "block_map": [0, 1], "dim_metadata": [rows, columns, rows, rows]}
    stored = [1.0, 0, 0, 4, 2, 3, 0, 0, 5, 0, 0, 6]
    sparse = graph.constant("sparse", "FLOAT32", (4, 4), stored, sparsity=sparsity)
    dense = graph.tensor("dense", "FLOAT32", (4, 4))
    graph.op("DENSIFY", [sparse], [dense], {})
    out = graph.tensor("out", "FLOAT32", (4, 4))
    graph.op("ADD", [source, dense], [out], {})
    graph.output(out)
    return model.to_bytes()


def binary(model: ModelDraft, name: str, op_type: str, second: int) -> tuple[GraphDraft, int, int]:
    """A subgraph of one elementwise op between an input and the constant in buffer ``second``."""
    graph = model.subgraph(name)
    source = graph.input("in", "FLOAT32", (1, 4))
    constant = graph.tensor("constant", "FLOAT32", (1, 4), buffer=second)
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op(op_type, [source, constant], [out], {})
    graph.output(out)
    return graph, source, out


def build_multi_signature() -> bytes:
    """Signatures "add" and "multiply" on subgraphs of their own that share one buffer."""
    model = ModelDraft()
    shared = model.buffer(b"\0\0\x80\x3f" * 4)
    for index, (key, op_type) in enumerate((("add", "ADD"), ("multiply", "MUL"))):
        _, source, out = binary(model, key, op_type, shared)
        model.signature(key, {"x": source}, {"y": out}, index)
    return model.to_bytes()


def build_if() -> bytes:
    """IF that adds one to its input or multiplies it by one."""
    model = ModelDraft()
    graph = model.subgraph()
    choice = graph.input("choice", "BOOL", (1,))
    source = graph.input("in", "FLOAT32", (1, 4))
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("IF", [choice, source], [out], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    graph.output(out)
    ones = model.buffer(b"\0\0\x80\x3f" * 4)
    binary(model, "then", "ADD", ones)
    binary(model, "else", "MUL", ones)
    return model.to_bytes()


def build_while() -> bytes:
    """WHILE that counts its int32 input up to 10."""
    model = ModelDraft()
    graph = model.subgraph()
    start = graph.input("start", "INT32", (1,))
    out = graph.tensor("out", "INT32", (1,))
    graph.op("WHILE", [start], [out], {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    graph.output(out)
    for name, op_type, operand, result in (("cond", "LESS", 10, "BOOL"), ("body", "ADD", 1, "INT32")):
        part = model.subgraph(name)
        source = part.input("count", "INT32", (1,))
        constant = part.constant("operand", "INT32", (1,), [operand])
        result_index = part.tensor("result", result, (1,))
        part.op(op_type, [source, constant], [result_index], {})
        part.output(result_index)
    return model.to_bytes()


def build_variable() -> bytes:
    """A resource variable set once by CALL_ONCE and read."""
    model = ModelDraft()
    variable = {"container": "", "shared_name": "state"}
    graph = model.subgraph()
    graph.input("in", "FLOAT32", (4,))
    graph.op("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    handle = graph.tensor("handle", "RESOURCE", ())
    graph.op("VAR_HANDLE", [], [handle], variable)
    out = graph.tensor("out", "FLOAT32", (4,))
    graph.op("READ_VARIABLE", [handle], [out], {})
    graph.output(out)
    init = model.subgraph("init")
    init_handle = init.tensor("handle", "RESOURCE", ())
    init.op("VAR_HANDLE", [], [init_handle], variable)
    init.op("ASSIGN_VARIABLE", [init_handle, init.constant("value", "FLOAT32", (4,), ramp(4))], [], {})
    return model.to_bytes()


def build_strings() -> bytes:
    """GATHER from three constant strings."""
    model = ModelDraft()
    graph = model.subgraph()
    wanted = graph.input("wanted", "INT64", (2,))
    words = graph.constant("words", "STRING", (3,), [b"cat", b"", "Kätzchen".encode()])
    out = graph.tensor("out", "STRING", (2,))
    graph.op("GATHER", [words, wanted], [out], {"axis": 0}, version=2)
    graph.output(out)
    return model.to_bytes()


def build_dynamic_shape() -> bytes:
    """A convolution of any height and width, 1×1 in the file."""
    model = ModelDraft()
    graph = model.subgraph()
    image = graph.input("image", "FLOAT32", (1, 1, 1, 3), shape_signature=[1, -1, -1, 3])
    out = conv(graph, image, (1, 1, 1, 4), "conv")
    graph.values["tensors"][out]["shape_signature"] = [1, -1, -1, 4]
    graph.output(out)
    return model.signature("serving_default", {"image": image}, {"features": out}).to_bytes()


def build_abpn(height: int = 8, width: int = 8, scale: int = 3) -> bytes:
    """ABPN in float32: 42,539 parameters at scale 3, 42,345 MACs a pixel of the small picture."""
    model = ModelDraft()
    graph = model.subgraph()
    low = graph.input("input", "FLOAT32", (1, height, width, 3))
    repeated = 3 * scale**2
    anchor = graph.tensor("anchor", "FLOAT32", (1, height, width, repeated))
    graph.op("CONCATENATION", [low] * scale**2, [anchor], {"axis": 3})
    features = low
    for layer, filters in enumerate((28, 28, 28, 28, 28, repeated, repeated), start=1):
        features = conv(graph, features, (1, height, width, filters), f"conv_{layer}", "NONE" if layer == 7 else "RELU")
    total = graph.tensor("add", "FLOAT32", (1, height, width, repeated))
    graph.op("ADD", [anchor, features], [total], {})
    large = graph.tensor("output", "FLOAT32", (1, scale * height, scale * width, 3))
    graph.op("DEPTH_TO_SPACE", [total], [large], {"block_size": scale})
    graph.output(large)
    return model.to_bytes()


def build_chain(length: int) -> bytes:
    """``length`` RELUs in a row."""
    model = ModelDraft()
    graph = model.subgraph()
    last = graph.input("in", "FLOAT32", (1, 4))
    for step in range(length):
        last, source = graph.tensor(f"step_{step}", "FLOAT32", (1, 4)), last
        graph.op("RELU", [source], [last])
    graph.output(last)
    return model.to_bytes()


def build_outside() -> bytes:
    """A multiplication whose constant stands behind the flatbuffer, as in files too large for one."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    factor = graph.constant("factor", "FLOAT32", (1, 4), ramp(4), outside=True)
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("MUL", [source, factor], [out], {})
    graph.output(out)
    return model.to_bytes()


def build_custom(options: bytes | None = None, code: str = "MyOp", outside: bool = False) -> bytes:
    """A custom op, its options a FlexBuffers map unless given."""
    if options is None:
        options = bytes(flexbuffers.Dumps({"stride": 2, "scale": 0.5, "mode": "fast", "axes": [1, 2]}))
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.custom_op(code, [source], [out], options, outside=outside)
    graph.output(out)
    return model.to_bytes()


def build_flex() -> bytes:
    """FlexAddV2 with its TensorFlow node: op AddV2, name "sum", attribute T of type float."""
    node = b"\x0a\x03sum\x12\x05AddV2\x2a\x07\x0a\x01T\x12\x02\x30\x01"
    return build_custom(bytes(flexbuffers.Dumps(["AddV2", node])), "FlexAddV2")


def build_odd_names() -> bytes:
    """Tensors named by nothing, by 12,000 letters, by Greek and by bytes that are not UTF-8."""
    model = ModelDraft()
    graph = model.subgraph("名前")
    last = graph.input("", "FLOAT32", (1, 4))
    for name in ("x" * 12_000, "λ/σ 😀", b"\xff\xfe broken"):
        last, source = graph.tensor(name, "FLOAT32", (1, 4)), last
        graph.op("RELU", [source], [last])
    graph.output(last)
    return model.to_bytes()


def build_cyclic() -> bytes:
    """Two ADDs, each using what the other makes."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    first, second = graph.tensor("first", "FLOAT32", (1, 4)), graph.tensor("second", "FLOAT32", (1, 4))
    graph.op("ADD", [source, second], [first], {})
    graph.op("ADD", [source, first], [second], {})
    graph.output(second)
    return model.to_bytes()


def build_index_out_of_range() -> bytes:
    """A graph that names tensor 42 of 2 as its input."""
    model = ModelDraft()
    graph = model.subgraph()
    source, out = graph.input("in", "FLOAT32", (1, 4)), graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("RELU", [source], [out])
    graph.output(out)
    graph.values["inputs"] = [42]
    return model.to_bytes()


def build_no_subgraph() -> bytes:
    return ModelDraft().to_bytes()


def build_no_ops() -> bytes:
    model = ModelDraft()
    model.subgraph()
    return model.to_bytes()


ACCEPTED: Mapping[str, Callable[[], bytes]] = {
    builder.__name__: builder
    for builder in (
        build_conv_net, build_quantized, build_int16x8, build_fp16_weights, build_dynamic_range, build_int4,
        build_blockwise, build_sparse, build_multi_signature, build_if, build_while, build_variable, build_strings,
        build_dynamic_shape, build_abpn, build_outside, build_with_metadata, build_no_ops,
    )
}  # fmt: skip
