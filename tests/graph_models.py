"""Models as plain values, for what is drawn of them: no file behind, constants without bytes unless given."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtGui import QFont

from maistudio.gui.graph.diagram import Diagram, build_diagram
from maistudio.gui.graph.grouping import find_groups
from maistudio.gui.graph.layout import Orientation
from maistudio.gui.graph.scene import Choice, Scene, Wish, fulfil
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.costs import Costs
from maistudio.tflite.memory import MemoryPlan
from maistudio.tflite.model import BufferSpan, Model, Op, Subgraph, Tensor
from maistudio.tflite.parameters import Parameters
from maistudio.tflite.quantization import Scheme
from maistudio.tflite.shapes import Shapes
from maistudio.tflite.source import Identity, Source

IMAGE = (1, 8, 8, 3)


class Net:
    """A subgraph put together tensor by tensor and op by op."""

    def __init__(self, name: str = "main") -> None:
        self.name = name
        self.tensors: list[Tensor] = []
        self.ops: list[Op] = []
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self.data: dict[int, bytes] = {}

    def tensor(
        self, name: str = "", shape: Sequence[int] = IMAGE, kind: str = "FLOAT32", constant: bool = False
    ) -> int:
        index = len(self.tensors)
        self.tensors.append(Tensor(index, name or f"t{index}", kind, tuple(shape), None, index, constant))
        return index

    def input(self, name: str = "image", shape: Sequence[int] = IMAGE, kind: str = "FLOAT32") -> int:
        self.inputs.append(self.tensor(name, shape, kind))
        return self.inputs[-1]

    def constant(self, shape: Sequence[int], kind: str = "FLOAT32", values: Sequence[float] = ()) -> int:
        index = self.tensor("constant", shape, kind, constant=True)
        if values:
            self.data[index] = struct.pack(f"<{len(values)}{'i' if kind == 'INT32' else 'f'}", *values)
        return index

    def op(
        self,
        op_type: str,
        inputs: Sequence[int],
        name: str = "",
        shape: Sequence[int] = IMAGE,
        options: Mapping[str, object] | None = None,
        kind: str = "FLOAT32",
        results: int = 1,
        subgraphs: Sequence[int] = (),
        custom: bool = False,
    ) -> int:
        """Add an op; gives its first result."""
        made = [self.tensor(name, shape, kind) for _ in range(results)]
        number = len(self.ops)
        self.ops.append(
            Op(number, op_type, 1, tuple(inputs), tuple(made), (), options or {}, custom, None, tuple(subgraphs))
        )
        return made[0] if made else -1

    def conv(self, source: int, name: str = "", activation: str = "NONE") -> int:
        """A 3×3 convolution with weights and bias."""
        weights, bias = self.constant((3, 3, 3, 3)), self.constant((3,))
        options = {"padding": "SAME", "stride_w": 1, "stride_h": 1, "fused_activation_function": activation}
        return self.op("CONV_2D", [source, weights, bias], name, options=options)

    def output(self, *tensors: int) -> None:
        self.outputs += tensors

    def subgraph(self, index: int = 0) -> Subgraph:
        return Subgraph(index, self.name, tuple(self.tensors), tuple(self.ops), tuple(self.inputs), tuple(self.outputs))


def model_of(*nets: Net) -> Model:
    """A model of these subgraphs; only the first one's constants have bytes."""
    held, spans = b"", []
    for index in range(max((len(net.tensors) for net in nets), default=0)):
        data = nets[0].data.get(index, b"")
        spans.append(BufferSpan(len(held), len(data)))
        held += data
    graphs = tuple(net.subgraph(index) for index, net in enumerate(nets))
    source = Source(Path("net.tflite"), Identity(0, 0, len(held), 0), held)
    return Model("net.tflite", len(held), 3, "", graphs, tuple(spans), (), (), None, (), (), source)


def opened(*nets: Net) -> OpenedModel:
    """The model as a document holds it."""
    model = model_of(*nets)
    shapes = Shapes(tuple(tuple(tensor.shape for tensor in graph.tensors) for graph in model.subgraphs))
    return OpenedModel(
        model, shapes, Costs((), 0, 0, 0, {}, {}), _no_plans(model), Scheme("float32", ""), Parameters(())
    )


def diagram_of(net: Net, *others: Net, collapsed: frozenset[str] = frozenset(), apart: bool = False) -> Diagram:
    """The diagram of the first of these subgraphs."""
    model = model_of(net, *others)
    graph = model.subgraphs[0]
    shapes = [tensor.shape for tensor in graph.tensors]
    return build_diagram(model, graph, shapes, find_groups(graph), collapsed, apart)


def scene_of(net: Net, collapsed: frozenset[str] = frozenset(), orientation: Orientation = "vertical") -> Scene:
    """The subgraph laid out, as a view draws it. Needs an application, for its fonts."""
    model = model_of(net)
    shapes = [tensor.shape for tensor in model.subgraphs[0].tensors]
    return fulfil(Wish(model, shapes, QFont(), Choice(0, collapsed, orientation=orientation)))


def chain_net(length: int, names: Sequence[str] = ()) -> Net:
    """RELUs in a row, named in turn."""
    net = Net()
    tensor = net.input()
    for number in range(length):
        tensor = net.op("RELU", [tensor], names[number] if number < len(names) else "")
    net.output(tensor)
    return net


def block_net(blocks: int, prefix: str = "") -> Net:
    """Residual blocks of convolution, convolution and addition; with a ``prefix`` each has a scope of its own."""
    net = Net()
    tensor = net.input()
    for number in range(blocks):
        scope = f"{prefix}{number}/" if prefix else ""
        first = net.conv(tensor, f"{scope}a", "RELU")
        second = net.conv(first, f"{scope}b")
        tensor = net.op("ADD", [tensor, second], f"{scope}add")
        tensor = net.op("RELU", [tensor], f"{scope}out")
    net.output(tensor)
    return net


def _no_plans(model: Model) -> tuple[MemoryPlan, ...]:
    return tuple(MemoryPlan((), None, None, None, ()) for _ in model.subgraphs)
