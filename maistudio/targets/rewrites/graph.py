"""One subgraph that can be changed op by op, with who makes and who reads each tensor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Protocol

from maistudio.errors import WeightError
from maistudio.targets.rewrites.node import Node
from maistudio.tflite.draft import pack_elements
from maistudio.tflite.elements import decode_elements

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shape = tuple[int, ...]
MOST_READ = 2**16
"""Bytes of the largest constant whose values are looked at."""
_IMPURE = frozenset(
    {
        "CALL", "CALL_ONCE", "IF", "WHILE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "HASHTABLE",
        "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE", "RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL",
        "MULTINOMIAL", "DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES",
    }
)  # fmt: skip
"""Ops that do more than make their outputs, or whose outputs differ from call to call."""


class Shared(Protocol):
    """What the graphs of a model share: its buffers and op codes."""

    def data_of(self, tensor: dict[str, Any]) -> bytes | None: ...
    def keep(self, data: bytes) -> int: ...
    def code(self, op_type: str, version: int) -> dict[str, Any]: ...


class Graph:
    """A subgraph's tensors by index, its ops in order. ``named`` are tensors that signatures name."""

    def __init__(
        self, index: int, values: dict[str, Any], nodes: list[Node], named: Iterable[int], shared: Shared
    ) -> None:
        self.index, self.values = index, values
        self.tensors: list[dict[str, Any]] = values["tensors"]
        self.inputs = frozenset(values.get("inputs", ()))
        self.outputs = frozenset(values.get("outputs", ())) | frozenset(named)
        self._nodes = nodes
        self._gone: set[Node] = set()
        self._shared = shared
        self._producer: dict[int, Node] = {}
        self._users: dict[int, list[Node]] = {}
        for node in nodes:
            self._link(node)

    @property
    def nodes(self) -> list[Node]:
        """The ops in order, a list of its own."""
        if self._gone:
            self._nodes = [node for node in self._nodes if node not in self._gone]
            self._gone.clear()
        return list(self._nodes)

    def has(self, node: Node) -> bool:
        """Whether an op is still there."""
        return node not in self._gone

    # What is there

    def producer(self, tensor: int) -> Node | None:
        return self._producer.get(tensor)

    def users(self, tensor: int) -> list[Node]:
        """The ops that read a tensor, each once."""
        return list(dict.fromkeys(self._users.get(tensor, ())))

    def only_user(self, tensor: int) -> Node | None:
        """The one op that reads a tensor which nobody else sees."""
        users = self.users(tensor)
        return users[0] if len(users) == 1 and tensor not in self.outputs else None

    def name(self, tensor: int) -> str:
        name = self.tensors[tensor].get("name", "")
        return name if isinstance(name, str) else name.decode("utf-8", "replace")

    def type(self, tensor: int) -> str:
        kind = self.tensors[tensor].get("type", "FLOAT32")
        return kind if isinstance(kind, str) else f"TYPE_{kind}"

    def shape(self, tensor: int) -> Shape | None:
        """The shape with -1 for sizes that are open; None where the rank isn't known."""
        values = self.tensors[tensor]
        shape = tuple(values.get("shape", ()))
        signature = tuple(values.get("shape_signature", ()))
        if not shape and not values.get("has_rank"):
            return None
        return signature if len(signature) == len(shape) and signature else shape

    def fixed_shape(self, tensor: int) -> Shape | None:
        """The shape where all of it is known."""
        shape = self.shape(tensor)
        return None if shape is None or min(shape, default=0) < 0 else shape

    def is_constant(self, tensor: int) -> bool:
        return self._shared.data_of(self.tensors[tensor]) is not None

    def is_plain(self, tensor: int) -> bool:
        """Whether a tensor is computed anew in each run: no constant, no variable, no handle, not sparse."""
        values = self.tensors[tensor]
        return not (
            values.get("is_variable")
            or values.get("sparsity")
            or values.get("variant_tensors")
            or self.type(tensor) in ("RESOURCE", "VARIANT")
            or self.is_constant(tensor)
        )

    def constant(self, tensor: int) -> NDArray[Any] | None:
        """The stored values of a small constant, or of a float16 one that an op widens; None for others."""
        maker = self._producer.get(tensor)
        if maker is not None and maker.type == "DEQUANTIZE" and self.type(maker.inputs[0]) == "FLOAT16":
            half = self.constant(maker.inputs[0])
            return None if half is None else half.astype("float32")
        values = self.tensors[tensor]
        data = self._shared.data_of(values)
        if data is None or len(data) > MOST_READ or values.get("sparsity") or values.get("is_variable"):
            return None
        try:
            return decode_elements(data, self.type(tensor), tuple(values.get("shape", ())))
        except WeightError:
            return None

    def integers(self, tensor: int) -> list[int] | None:
        """The values of a small int32 or int64 constant, flat."""
        if tensor < 0 or self.type(tensor) not in ("INT32", "INT64"):
            return None
        values = self.constant(tensor)
        return None if values is None else [int(value) for value in values.reshape(-1)]

    def quantization(self, tensor: int) -> tuple[float, int] | None:
        """Scale and zero point of a tensor that is quantized as a whole."""
        values = self.tensors[tensor].get("quantization") or {}
        scales, zeros = list(values.get("scale", ())), list(values.get("zero_point", ()))
        if values.get("details") is not None or len(scales) != 1 or len(zeros) > 1:
            return None
        return float(scales[0]), int(zeros[0]) if zeros else 0

    def is_quantized(self, tensor: int) -> bool:
        values = self.tensors[tensor].get("quantization") or {}
        return bool(values.get("scale")) or values.get("details") is not None

    def alike(self, first: int, second: int) -> bool:
        """Whether two tensors hold the same kind of numbers: type and quantization."""
        if self.type(first) != self.type(second):
            return False
        if not self.is_quantized(first) and not self.is_quantized(second):
            return True
        found = self.quantization(first)
        return found is not None and found == self.quantization(second)

    # What is changed

    def add_tensor(self, name: str, like: int, shape: Shape) -> int:
        """A new computed tensor of the type and quantization of ``like``; -1 in ``shape`` for sizes that are open."""
        known = self.tensors[like]
        values: dict[str, Any] = {key: deepcopy(known[key]) for key in ("type", "quantization") if key in known}
        values |= {"name": self._free_name(name), "shape": [max(1, size) for size in shape], "has_rank": True}
        if -1 in shape:
            values["shape_signature"] = list(shape)
        return self._add_tensor(values)

    def add_constant(
        self,
        name: str,
        kind: str,
        shape: Shape,
        numbers: Iterable[float],
        quantization: Mapping[str, Any] | None = None,
    ) -> int:
        """A new constant, its values in row-major order."""
        values: dict[str, Any] = {
            "name": self._free_name(name), "type": kind, "shape": list(shape), "has_rank": True,
            "buffer": self._shared.keep(pack_elements(kind, numbers)),
        }  # fmt: skip
        if quantization is not None:
            values["quantization"] = dict(quantization)
        return self._add_tensor(values)

    def add_op(
        self,
        op_type: str,
        version: int,
        inputs: Sequence[int],
        outputs: Sequence[int],
        before: Node,
        options: tuple[str, Mapping[str, Any]] | None = None,
    ) -> Node:
        """A new builtin op in front of ``before``, for which it stands; ``options`` are a table of the schema."""
        values = {} if options is None else {"builtin_options": (options[0], dict(options[1]))}
        node = Node(
            op_type, self._shared.code(op_type, version), list(inputs), list(outputs), values, before.origin, True
        )
        self._nodes.insert(self._nodes.index(before), node)
        self._link(node)
        return node

    def remove(self, node: Node, alone: bool = False) -> None:
        """Take an op out, and then, unless it goes ``alone``, those that made only for it what nobody reads now."""
        self._unlink(node)
        self._gone.add(node)
        if not alone:
            self._remove_makers(node.inputs)

    def rewire(self, old: int, new: int) -> None:
        """Let what reads ``old`` read ``new``."""
        for node in self.users(old):
            self._unlink(node)
            node.inputs = [new if tensor == old else tensor for tensor in node.inputs]
            self._link(node)

    def give(self, node: Node, inputs: Sequence[int] | None = None, outputs: Sequence[int] | None = None) -> None:
        """Other inputs or outputs for an op."""
        self._unlink(node)
        node.inputs = node.inputs if inputs is None else list(inputs)
        node.outputs = node.outputs if outputs is None else list(outputs)
        self._link(node)

    def bypass(self, node: Node, source: int) -> bool:
        """Take out an op whose output equals ``source``; False where that can't be told from outside.

        It can't where both are inputs or outputs of the graph, which keep their names, or where ``source`` may change
        before the output is read.
        """
        result = node.outputs[0]
        if self.tensors[source].get("is_variable") or not self.is_plain(result):
            return False
        if result not in self.outputs:
            self.rewire(result, source)
            self.remove(node)
            return True
        maker = self._producer.get(source)
        if maker is None or source in self.outputs or source in self.inputs or not self.is_plain(source):
            return False
        self.remove(node, alone=True)
        self.give(maker, outputs=[result if tensor == source else tensor for tensor in maker.outputs])
        self.rewire(source, result)
        self._remove_makers(node.inputs)
        return True

    def is_read(self, node: Node) -> bool:
        """Whether something sees an output of an op."""
        return any(tensor in self.outputs or self._users.get(tensor) for tensor in node.outputs)

    def is_pure(self, node: Node) -> bool:
        """Whether an op does nothing but make its outputs."""
        return (
            bool(node.outputs)
            and node.type not in _IMPURE
            and node.type not in ("CUSTOM", "")
            and not node.type.startswith("STABLEHLO")
            and not any("subgraph" in name for name in node.options)
            and all(self.is_plain(tensor) for tensor in node.outputs)
            and not any(
                self.tensors[tensor].get("is_variable") or self.type(tensor) in ("RESOURCE", "VARIANT")
                for tensor in node.inputs
                if tensor >= 0
            )
        )

    def _remove_makers(self, tensors: Iterable[int]) -> None:
        for tensor in tensors:
            maker = self._producer.get(tensor)
            if maker is not None and not self.is_read(maker) and self.is_pure(maker):
                self.remove(maker)

    def _free_name(self, name: str) -> str:
        taken = {values.get("name") for values in self.tensors}
        number, free = 1, name
        while free in taken:
            number, free = number + 1, f"{name}_{number}"
        return free

    def _add_tensor(self, values: dict[str, Any]) -> int:
        self.tensors.append(values)
        return len(self.tensors) - 1

    def _link(self, node: Node) -> None:
        for tensor in node.inputs:
            self._users.setdefault(tensor, []).append(node)
        for tensor in node.outputs:
            self._producer.setdefault(tensor, node)

    def _unlink(self, node: Node) -> None:
        for tensor in node.inputs:
            self._users[tensor].remove(node)
        for tensor in node.outputs:
            if self._producer.get(tensor) is node:
                del self._producer[tensor]
