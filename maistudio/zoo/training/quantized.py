"""Quantization-aware fine-tuning of the zoo's networks: int8 in the loop, by fake quantization.

The network is built again around the same layers. Kernels are rounded to int8 for each output channel, symmetric; the
tensors between the layers to 8 bits within ranges that follow what is seen while training. Gradients pass as if nothing
was rounded. The ranges travel into the file, so that what runs there is what was trained (the scheme of Jacob et al.,
"Quantization and training of neural networks for efficient integer-arithmetic-only inference", 2018).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import keras
import tensorflow as tf

from maistudio.zoo.training.calls import Call, Tensor, calls_of, itself

Range: TypeAlias = tuple[float, float]

INT8_STEPS = 127.0
SHRINKING = 0.01
"""How fast a range follows where smaller values are seen than before; it grows at once."""
NOTHING = 1e-6
"""Where nothing larger is seen, a range reaches to 1: engines refuse scales that differ too much."""
KERNELS = {"kernel": -1, "depthwise_kernel": -2, "pointwise_kernel": -1}
"""Weights that are rounded, and which of their axes counts the channels with a scale of their own."""
TRANSPOSED_AXIS = -2
KEEPS_SCALE = frozenset(
    [
        "ConcatV2",
        "DepthToSpace",
        "Max",
        "MaxPool",
        "Maximum",
        "Minimum",
        "MirrorPad",
        "Pack",
        "Reshape",
        "ResizeBilinear",
        "ResizeNearestNeighbor",
        "SpaceToDepth",
        "Split",
        "SplitV",
        "StridedSlice",
        "Transpose",
        "Unpack",
    ]
)
"""What TensorFlow Lite computes with one scale for what goes in and what comes out."""
SILENT = frozenset({"Const", "Identity", "NoOp", "Placeholder"})
MOVING = (
    keras.layers.AveragePooling2D,
    keras.layers.Concatenate,
    keras.layers.MaxPooling2D,
    keras.layers.Reshape,
)


class Ranged(keras.layers.Layer):
    """Rounds to 8 bits within a range: a fixed one, or one that follows what is seen while training."""

    def __init__(self, fixed: Range | None = None) -> None:
        super().__init__()
        self.fixed = fixed

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        low, high = self.fixed or (0.0, 0.0)
        self.low = self.add_weight(shape=(), initializer=keras.initializers.Constant(low), trainable=False, name="low")
        self.high = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(high), trainable=False, name="high"
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if training and self.fixed is None:
            self.low.assign(_followed(self.low.value, tf.minimum(tf.reduce_min(inputs), 0.0), tf.minimum))
            self.high.assign(_followed(self.high.value, _largest(inputs), tf.maximum))
        return tf.quantization.fake_quant_with_min_max_vars(inputs, self.low.value, self.high.value)


class Rounded(keras.layers.Layer):
    """A layer as it is, but with its kernels rounded to int8."""

    def __init__(self, inner: keras.layers.Layer) -> None:
        super().__init__(name=f"rounded_{inner.name}")
        self.inner = inner
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        transposed = isinstance(self.inner, keras.layers.Conv2DTranspose)
        kernels = {name: getattr(self.inner, name, None) for name in KERNELS}
        grids = [
            (kernel, rounded_kernel(kernel.value, TRANSPOSED_AXIS if transposed else KERNELS[name]))
            for name, kernel in kernels.items()
            if kernel is not None
        ]
        with keras.StatelessScope(state_mapping=grids):
            return self.inner(inputs)


def quantization_aware(model: keras.Model, white: float, peak: float) -> keras.Model:
    """The network with int8 in the loop; it shares the layers, and so the weights, with ``model``.

    The input is 0..``white``, the output 0..``peak``: both are rounded there, whatever is seen. Other tensors are
    rounded where they go into a layer: what is concatenated and goes nowhere else is left to the whole's range, what
    goes into a rectifier isn't rounded before it.
    """
    _, calls = calls_of(model)
    tied = _tied_to_output(calls)
    uses = Counter(source for call in calls for source in call.sources)
    places = iter(calls)
    rounded: dict[int, Tensor] = {}
    kept: list[Tensor] = []  # else another tensor may get the id of one

    def note(x: Tensor, as_rounded: Tensor) -> None:
        rounded[id(x)] = as_rounded
        kept.append(x)

    def ranged(x: Tensor, fixed: Range | None = None) -> Tensor:
        if id(x) not in rounded:
            note(x, Ranged(fixed)(x))
        return rounded[id(x)]

    def prepared(call: Call, given: Sequence[Tensor]) -> list[Tensor]:
        if isinstance(call.layer, keras.layers.ReLU):
            return list(given)
        joins = _keeps_scale(call) and len(call.sources) > 1
        return [
            rounded.get(id(x), x) if joins and uses[id(before)] == 1 else ranged(x)
            for before, x in zip(call.given, given, strict=True)
        ]

    def called(layer: Any, *args: Any, **kwargs: Any) -> Any:
        call = next(places)
        args = keras.tree.pack_sequence_as(args, prepared(call, keras.tree.flatten(args)))
        made = (Rounded(layer) if _has_kernel(layer) else layer)(*args, **kwargs)
        if id(call.made[0]) in tied:
            made = Ranged((0.0, peak))(made)
        if id(call.made[0]) in tied or (_keeps_scale(call) and len(call.sources) == 1):
            for x in keras.tree.flatten(made):
                note(x, x)
        return made

    start = keras.Input(model.inputs[0].shape[1:], name="input")
    ranged(start, (0.0, white))
    return keras.models.clone_model(model, input_tensors=start, clone_function=itself, call_function=called)


def _tied_to_output(calls: Sequence[Call]) -> frozenset[int]:
    """The tensors, by id, that have the output's scale: the output, and what is only moved on its way there."""
    tied = {id(calls[-1].made[0])}
    for call in reversed(calls):
        if _keeps_scale(call) and len(call.sources) == 1 and id(call.made[0]) in tied:
            tied |= call.sources
    return frozenset(tied)


def rounded_kernel(kernel: tf.Tensor, axis: int) -> tf.Tensor:
    """The kernel on the grid of int8, a scale for each place along ``axis``."""
    others = [place for place in range(len(kernel.shape)) if place != axis % len(kernel.shape)]
    scale = tf.reduce_max(tf.abs(kernel), others, keepdims=True) / INT8_STEPS
    grid = tf.round(tf.math.divide_no_nan(kernel, scale)) * scale
    return kernel + tf.stop_gradient(grid - kernel)


def _largest(values: tf.Tensor) -> tf.Tensor:
    most = tf.reduce_max(values)
    return tf.where(tf.reduce_max(tf.abs(values)) > NOTHING, tf.maximum(most, 0.0), 1.0)


def _followed(before: tf.Tensor, seen: tf.Tensor, wider: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]) -> tf.Tensor:
    return wider(seen, before + SHRINKING * (seen - before))


def _has_kernel(layer: Any) -> bool:
    return any(getattr(layer, name, None) is not None for name in KERNELS)


def _keeps_scale(call: Call) -> bool:
    if isinstance(call.layer, keras.layers.Lambda):
        return _ops_within(call.layer, call.args) <= KEEPS_SCALE
    return isinstance(call.layer, MOVING)


def _ops_within(layer: keras.layers.Lambda, args: Any) -> set[str]:
    """The kinds of TensorFlow's ops on floats that a layer is made of, seen by tracing it."""
    specs = keras.tree.map_structure(lambda x: tf.TensorSpec(x.shape, x.dtype), args)
    graph = tf.function(lambda *values: layer(*values)).get_concrete_function(*specs).graph
    floats = [op for op in graph.get_operations() if op.outputs and op.outputs[0].dtype == tf.float32]
    return {op.type for op in floats} - SILENT
