"""A model's main subgraph in LiteRT's own interpreter, on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from ai_edge_litert.interpreter import Interpreter, OpResolverType, SignatureRunner

from maistudio.runtime.arena import Array, put, take, take_into
from maistudio.runtime.filling import filled
from maistudio.runtime.loading import Loaded, Stage, Wanted
from maistudio.runtime.protocol import STRING, ArrayRef, TensorSpec
from maistudio.runtime.signature import Signature, signature_runner
from maistudio.runtime.tensor_specs import chosen, fitting, possible, spec_of, unique
from maistudio.runtime.twin import fixed_twin, mended_copy
from maistudio.timing.values import Configuration, Engine, Shape

RESOLVERS = {
    Engine.XNNPACK: OpResolverType.AUTO,
    Engine.BUILTIN: OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    Engine.REFERENCE: OpResolverType.BUILTIN_REF,
}
OPEN_SIZES = "BytesRequired number of elements overflowed"
CLOSED_SIZES = "LiteRT refuses the file, which states sizes of -1; a copy that states 1 instead runs"
"""What LiteRT says of sizes that are negative, or too many to count."""

Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """The tensors of a signature by its names for them; None for the tensors' own names."""

    inputs: Mapping[str, int] | None = None
    outputs: Mapping[str, int] | None = None


NO_NAMES = Names()


def load_on_cpu(wanted: Wanted, stage: Stage) -> tuple[Loaded, Wanted]:
    """The model ready to run at the shapes wanted: resized, or where that fails as a twin of those shapes.

    Beside it what was loaded: what was wanted, or a mended copy. Raises what LiteRT raises, ModelRunError for an input
    or a signature that isn't there.
    """
    stage("reading it")
    try:
        return _prepared(wanted, stage), wanted
    except (UnicodeDecodeError, RuntimeError, ValueError) as refused:
        # LiteRT's Python refuses names that aren't UTF-8, and its native code sizes that the file leaves at -1.
        open_sizes = OPEN_SIZES in str(refused)
        if not isinstance(refused, UnicodeDecodeError) and not open_sizes:
            raise
        stage("reading a mended copy")
        mended = replace(wanted, model=mended_copy(wanted.content()))
    loaded = _prepared(mended, stage)
    if open_sizes:
        loaded.notes = (*loaded.notes, CLOSED_SIZES)
    return loaded, mended


def _prepared(wanted: Wanted, stage: Stage) -> MainGraph | Signature:
    interpreter = _interpreter(wanted.model, wanted.configuration)
    shapes, key = wanted.configuration.shapes, wanted.configuration.signature
    names = NO_NAMES
    if key is not None:
        runner = signature_runner(interpreter, key)
        if getattr(runner, "_subgraph_index", None) != 0:
            return Signature(runner, shapes)
        names = _names(runner)
        del runner  # LiteRT refuses to work while it is held
    model = MainGraph(interpreter, names)
    model.outputs()  # where a name isn't UTF-8, this raises before the work
    stage("preparing its ops")
    try:
        model.resize(shapes)
    except (RuntimeError, ValueError) as refused:
        twin = _twin(model, wanted, stage) if shapes else None
        if twin is None:
            raise refused from None
        return twin
    return model


def _twin(model: MainGraph, wanted: Wanted, stage: Stage) -> MainGraph | None:
    """The model with its shapes written into it; None where LiteRT refuses that too."""
    stage("preparing a copy of fixed shapes")
    shapes = {model.index_of(name): shape for name, shape in wanted.configuration.shapes.items()}
    try:
        twin = MainGraph(_interpreter(fixed_twin(wanted.content(), shapes), wanted.configuration), model.names)
        twin.resize({})
    except (RuntimeError, ValueError):
        return None
    twin.notes = ("LiteRT can't resize its inputs, so a copy with these shapes written into it runs",)
    return twin


def _interpreter(model: str | bytes, configuration: Configuration) -> Interpreter:
    given: dict[str, Any] = {"model_path": model} if isinstance(model, str) else {"model_content": model}
    return Interpreter(
        **given, num_threads=configuration.threads, experimental_op_resolver_type=RESOLVERS[configuration.engine]
    )


class MainGraph:
    """The main subgraph of an interpreter, its inputs and outputs by the tensors' names or those of a signature."""

    def __init__(self, interpreter: Interpreter, names: Names = NO_NAMES) -> None:
        self.notes: tuple[str, ...] = ()
        self.names = names
        self._interpreter = interpreter
        self.invoke: Callable[[], None] = interpreter.invoke

    def inputs(self) -> tuple[TensorSpec, ...]:
        return tuple(spec_of(name, detail) for name, detail in self._inputs().items())

    def outputs(self) -> tuple[TensorSpec, ...]:
        return tuple(spec_of(name, detail) for name, detail in self._outputs().items())

    def index_of(self, name: str) -> int:
        """The index of the tensor of an input."""
        details = list(self._inputs().values())
        return int(details[chosen(name, self.inputs())]["index"])

    def nodes(self) -> Sequence[Details]:
        """The nodes as LiteRT lists them: also those that a delegate replaces, whose own stand behind them."""
        return cast("Sequence[Details]", self._interpreter._get_ops_details())

    def output_tensors(self) -> set[int]:
        """The indices of the outputs' tensors."""
        return {int(detail["index"]) for detail in self._outputs().values()}

    def resize(self, shapes: Mapping[str, Shape]) -> None:
        for name, shape in shapes.items():
            self._interpreter.resize_tensor_input(self.index_of(name), possible(name, shape))
        self._interpreter.allocate_tensors()

    def feed(self, arena: int, refs: Mapping[str, ArrayRef]) -> None:
        details = list(self._inputs().values())
        for place, ref in fitting(self.inputs(), refs).items():
            index = details[place]["index"]
            if _held_as_is(ref.dtype, ref.shape):
                take_into(arena, ref, self._interpreter.tensor(index)())
            else:
                self._interpreter.set_tensor(index, take(arena, ref))

    def fill(self, value: float | None = None) -> None:
        for detail, spec in zip(self._inputs().values(), self.inputs(), strict=True):
            self._interpreter.set_tensor(detail["index"], filled(spec, value))

    def give(self, arena: int) -> dict[str, ArrayRef]:
        return put(arena, {name: self._result(detail) for name, detail in self._outputs().items()})

    def _result(self, detail: Details) -> Array:
        """What an output holds, in LiteRT's own memory where that can be seen: not to be kept."""
        spec = spec_of("", detail)
        if _held_as_is(spec.dtype, spec.shape):
            return cast("Array", self._interpreter.tensor(detail["index"])())
        return cast("Array", self._interpreter.get_tensor(detail["index"]))

    def _inputs(self) -> Mapping[str, Details]:
        return _by_name(self._interpreter.get_input_details(), self.names.inputs)

    def _outputs(self) -> Mapping[str, Details]:
        return _by_name(self._interpreter.get_output_details(), self.names.outputs)


def _by_name(details: Sequence[Details], indices: Mapping[str, int] | None) -> Mapping[str, Details]:
    if indices is None:
        return dict(zip(unique([str(detail["name"]) for detail in details]), details, strict=True))
    by_index = {int(detail["index"]): detail for detail in details}
    return {name: by_index[index] for name, index in indices.items()}


def _names(runner: SignatureRunner) -> Names:
    sides = (runner.get_input_details(), runner.get_output_details())
    inputs, outputs = ({name: int(detail["index"]) for name, detail in side.items()} for side in sides)
    return Names(inputs, outputs)


def _held_as_is(dtype: str, shape: Shape) -> bool:
    """Whether a tensor is sure to hold an array as numpy does, and LiteRT to show it.

    int4 and int2 look like bytes, and share them; of a single number LiteRT shows a copy.
    """
    return dtype not in (STRING, "int8", "uint8") and shape != () and 0 not in shape
