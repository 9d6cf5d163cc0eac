"""What lints see of a model: its subgraphs with shapes and links, safe to ask for anything a faulty file names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from maistudio.tflite.few_values import few_values
from maistudio.tflite.links import Links, links_of
from maistudio.tflite.model import Model, Op, Subgraph, Tensor
from maistudio.tflite.options import word_option
from maistudio.tflite.shapes import Shape, Shapes

CONVOLUTIONS = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV"})
INTEGERS = frozenset({"INT8", "UINT8", "INT16"})
FLOATS = frozenset({"FLOAT32", "FLOAT16", "BFLOAT16"})


@dataclass(frozen=True, slots=True)
class GraphView:
    """One subgraph. ``shapes`` are those asked for, by tensor; ``outputs`` the subgraph's own."""

    model: Model
    graph: Subgraph
    shapes: Sequence[Shape | None]
    links: Links
    outputs: frozenset[int]

    def tensor(self, index: int) -> Tensor | None:
        """None for an omitted input, and where a faulty file names none."""
        return self.graph.tensors[index] if 0 <= index < len(self.graph.tensors) else None

    def input(self, op: Op, place: int) -> Tensor | None:
        return self.tensor(op.inputs[place]) if place < len(op.inputs) else None

    def output(self, op: Op) -> Tensor | None:
        """The first one."""
        return self.tensor(op.outputs[0]) if op.outputs else None

    def shape(self, tensor: Tensor | None) -> Shape | None:
        """At the input shapes asked for; None where it is unknown."""
        return self.shapes[tensor.index] if tensor is not None and tensor.index < len(self.shapes) else None

    def picture_shape(self, tensor: Tensor | None) -> tuple[int, int, int, int] | None:
        """Batch, height, width, channels of a tensor with four dimensions; else None."""
        shape = self.shape(tensor)
        return (shape[0], shape[1], shape[2], shape[3]) if shape is not None and len(shape) == 4 else None

    def producer(self, tensor: Tensor | None) -> Op | None:
        if tensor is None:
            return None
        index = self.links.producer[tensor.index]
        return None if index is None else self.graph.ops[index]

    def users(self, tensor: Tensor | None) -> tuple[Op, ...]:
        if tensor is None:
            return ()
        return tuple(self.graph.ops[index] for index in self.links.users[tensor.index])

    def only_user(self, tensor: Tensor | None) -> Op | None:
        """The one op that reads it, where nothing else does and it is no output."""
        users = self.users(tensor)
        alone = tensor is not None and len(users) == 1 and tensor.index not in self.outputs
        return users[0] if alone else None

    def is_constant(self, tensor: Tensor | None) -> bool:
        """Whether it holds data, or DEQUANTIZE makes it of one that does."""
        if tensor is None:
            return False
        maker = self.producer(tensor)
        packed = self.input(maker, 0) if maker is not None and maker.type == "DEQUANTIZE" else None
        return tensor.constant or (packed is not None and packed.constant)

    def values(self, tensor: Tensor | None) -> tuple[float, ...]:
        """Of a very small constant; see ``few_values``."""
        return () if tensor is None else few_values(self.model, tensor)

    def place(self, op: Op) -> tuple[int, int]:
        return self.graph.index, op.index


@dataclass(frozen=True, slots=True)
class ModelView:
    """All subgraphs of a model."""

    model: Model
    graphs: tuple[GraphView, ...]

    @property
    def main(self) -> GraphView | None:
        return self.graphs[0] if self.graphs else None

    def ops(self, *types: str) -> Iterator[tuple[GraphView, Op]]:
        """Every op of these types."""
        wanted = frozenset(types)
        return ((view, op) for view in self.graphs for op in view.graph.ops if op.type in wanted)


def view_of(model: Model, shapes: Shapes) -> ModelView:
    """``shapes`` may know fewer tensors than the model has; the rest are unknown then."""
    views = []
    for graph in model.subgraphs:
        known = shapes.tensors[graph.index] if graph.index < len(shapes.tensors) else ()
        views.append(GraphView(model, graph, known, links_of(graph), frozenset(graph.outputs)))
    return ModelView(model, tuple(views))


def activation(op: Op) -> str:
    """The activation fused into an op: "NONE", "RELU", …"""
    return word_option(op, "fused_activation_function", "NONE")


def kernel(view: GraphView, op: Op) -> tuple[int, int] | None:
    """Height and width of a convolution's kernel; None where they are unknown."""
    shape = view.picture_shape(view.input(op, 1))
    return None if shape is None else (shape[1], shape[2])


def works_on_pictures(view: GraphView, op: Op) -> bool:
    """Whether a convolution's output is a picture: high and wide, as far as the file fixes it."""
    output = view.output(op)
    if output is None or len(output.open_shape) != 4:
        return False
    return all(size != 1 for size in output.open_shape[1:3])
