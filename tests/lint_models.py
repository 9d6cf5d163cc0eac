"""Networks that lints look at, put together op by op, and what is found in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from models import read_bytes

from maistudio.targets.lints import find
from maistudio.targets.values import Finding
from maistudio.tflite.draft import GraphDraft, ModelDraft, per_tensor
from maistudio.tflite.parameters import parameters_of
from maistudio.tflite.shapes import resolve_shapes

PIXELS = per_tensor(1.0, 0)
"""uint8 as pixels."""
SIDE = 16


def findings(data: bytes) -> dict[str, Finding]:
    """What ``find`` says of a model, by id; each lint at most once."""
    model = read_bytes(data)
    found = find(model, resolve_shapes(model), parameters_of(model))
    assert len({finding.id for finding in found}) == len(found)
    return {finding.id: finding for finding in found}


def ids(data: bytes) -> list[str]:
    return list(findings(data))


class Net:
    """A network of pictures being put together; tensors are named by their index."""

    def __init__(
        self,
        channels: int = 3,
        element_type: str = "FLOAT32",
        quantization: Mapping[str, Any] | None = None,
        side: int = SIDE,
        batch: int = 1,
    ) -> None:
        self.model = ModelDraft()
        self.graph: GraphDraft = self.model.subgraph()
        self.element_type = element_type
        self.quantization = quantization
        shape = (batch, side, side, channels)
        self.input = self.graph.input("input", element_type, shape, **self._how(element_type))

    def _how(self, element_type: str) -> dict[str, Any]:
        quantized = element_type in ("INT8", "UINT8", "INT16")
        return {"quantization": self.quantization or per_tensor(1.0, 0)} if quantized else {}

    def shape(self, tensor: int) -> tuple[int, ...]:
        return tuple(self.graph.values["tensors"][tensor]["shape"])

    def tensor(self, shape: Sequence[int], element_type: str = "", **fields: Any) -> int:
        kind = element_type or self.element_type
        return self.graph.tensor("", kind, shape, **(self._how(kind) | fields))

    def op(
        self, op_type: str, inputs: Sequence[int], shape: Sequence[int] = (), options: Any = None, **fields: Any
    ) -> int:
        """One output, as its first input unless said otherwise."""
        made = self.tensor(shape or self.shape(inputs[0]), **fields)
        self.graph.op(op_type, inputs, [made], options)
        return made

    def conv(
        self,
        source: int,
        channels: int,
        kernel: tuple[int, int] = (3, 3),
        activation: str = "NONE",
        stride: int = 1,
        weights: Sequence[float] | None = None,
        **fields: Any,
    ) -> int:
        """SAME padding; weights of this net's type (int8 for uint8), 1 and −1 in turn unless given."""
        batch, height, width, given = self.shape(source)
        shape = (channels, *kernel, given)
        kind = "INT8" if self.element_type == "UINT8" else self.element_type
        stored = [1 - place % 2 * 2 for place in range(prod(shape))] if weights is None else weights
        how = {"quantization": fields.pop("weights_quantization", per_tensor(1.0))} if kind == "INT8" else {}
        constant = self.graph.constant("", kind, shape, stored, **how)
        options = {"padding": "SAME", "stride_h": stride, "stride_w": stride, "fused_activation_function": activation}
        made = (batch, height // stride, width // stride, channels)
        return self.op("CONV_2D", [source, constant, -1], made, options, **fields)

    def deep(self, source: int, block: int, **fields: Any) -> int:
        """DEPTH_TO_SPACE."""
        batch, height, width, channels = self.shape(source)
        shape = (batch, height * block, width * block, channels // block**2)
        return self.op("DEPTH_TO_SPACE", [source], shape, {"block_size": block}, **fields)

    def limit(self, source: int, op_type: str, value: float) -> int:
        """MINIMUM or MAXIMUM with a constant."""
        return self.op(op_type, [source, self.graph.constant("", "FLOAT32", (), [value])], options={})

    def add(self, first: int, second: int, activation: str = "NONE") -> int:
        return self.op("ADD", [first, second], options={"fused_activation_function": activation})

    def done(self, *outputs: int) -> bytes:
        self.graph.output(*outputs)
        return self.model.to_bytes()


def recipe() -> bytes:
    """A float network by the 2022 report's recipe: nothing to say."""
    net = Net()
    features = net.conv(net.input, 32, activation="RELU")
    features = net.conv(features, 32, activation="RELU")
    last = net.conv(features, 27)
    return net.done(net.deep(net.op("RELU", [net.limit(last, "MINIMUM", 255.0)]), 3))


def classifier() -> bytes:
    """A picture in, ten scores out."""
    net = Net()
    features = net.conv(net.input, 16, activation="RELU", stride=2)
    matrix = net.graph.constant("", "FLOAT32", (10, 1024), [0.0] * 10240)
    return net.done(net.op("FULLY_CONNECTED", [features, matrix, -1], (1, 10), {}))
