"""Conditions on a single tensor of an op: its type, rank, sizes, values and quantization."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.number_tests import number_test
from maistudio.targets.predicates import Reads
from maistudio.targets.stated import number_of, truth_of, unless_taken, words_of
from maistudio.tflite.model import Tensor
from maistudio.tflite.text import plural, shape_text
from maistudio.toml.fields import Fields

TensorTest = Callable[[OpFacts, Tensor], str]
"""Answers what is wrong with a tensor, to stand behind its name: "has rank 5: at most 4 is taken"."""
TensorMaker = Callable[[Fields], tuple[TensorTest, Reads]]

SCHEME_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "none": "not quantized",
        "per_tensor": "quantized per tensor",
        "per_channel": "quantized per channel",
        "blockwise": "quantized blockwise",
        "custom": "quantized in a way of its own",
    }
)


def _constant(fields: Fields) -> tuple[TensorTest, Reads]:
    wanted = truth_of(fields, "constant")
    said = "is computed: a constant is taken" if wanted else "is a constant: one that is computed is taken"
    return lambda facts, tensor: "" if facts.is_constant(tensor) == wanted else said, Reads.OP


def _type(fields: Fields) -> tuple[TensorTest, Reads]:
    types = words_of(fields, "type")
    taken = " or ".join(types)
    return lambda _, tensor: "" if tensor.type in types else f"is {tensor.type}: {taken} is taken", Reads.OP


def _rank(fields: Fields) -> tuple[TensorTest, Reads]:
    wanted = number_of(fields, "rank")

    def test(facts: OpFacts, tensor: Tensor) -> str:
        rank = facts.rank(tensor)
        return "" if rank is None else unless_taken(wanted, rank, "has rank {}")

    return test, Reads.OP


def _elements(fields: Fields) -> tuple[TensorTest, Reads]:
    wanted = number_of(fields, "elements")

    def test(facts: OpFacts, tensor: Tensor) -> str:
        shape = facts.shape(tensor)
        count = None if shape is None else prod(shape)
        fits = count is None or wanted.holds(count)
        return "" if fits else f"has {plural(count or 0, 'element')}: {wanted.words} is taken"

    return test, Reads.OP


def _shape(fields: Fields) -> tuple[TensorTest, Reads]:
    value = fields.value("shape")
    patterns = value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
    if not all(isinstance(each, list) and all(isinstance(size, int) for size in each) for each in patterns):
        raise fields.wrong(("shape",), '"shape" must be a list of sizes, with -1 for any, or a list of such lists')
    taken = " or ".join(shape_text(tuple(each)) for each in patterns)

    def test(facts: OpFacts, tensor: Tensor) -> str:
        shape = facts.shape(tensor)
        if shape is None or any(_fits(shape, each) for each in patterns):
            return ""
        return f"has the shape {shape_text(shape)}: {taken} is taken"

    return test, Reads.OP


def _fits(shape: Sequence[int], pattern: Sequence[int]) -> bool:
    return len(shape) == len(pattern) and all(wanted in (-1, size) for size, wanted in zip(shape, pattern, strict=True))


def _dim(fields: Fields) -> tuple[TensorTest, Reads]:
    value = fields.value("dim")
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], int):
        raise fields.wrong(("dim",), '"dim" must be [axis, N]')
    axis = value[0]
    try:
        wanted = number_test(value[1])
    except (ValueError, ArithmeticError):
        raise fields.wrong(("dim",), '"dim" must be [axis, N], N a number or a test such as "<= 4"') from None

    def test(facts: OpFacts, tensor: Tensor) -> str:
        shape = facts.shape(tensor)
        if shape is None or not -len(shape) <= axis < len(shape):
            return ""
        return unless_taken(wanted, shape[axis], f"has {{}} in dimension {axis % len(shape)}")

    return test, Reads.OP


def _quantized(fields: Fields) -> tuple[TensorTest, Reads]:
    schemes = words_of(fields, "quantized")
    for scheme in schemes:
        if scheme not in SCHEME_WORDS:
            raise fields.wrong(("quantized",), f'"{scheme}" is no scheme: use {", ".join(SCHEME_WORDS)}')
    taken = " or ".join(SCHEME_WORDS[scheme] for scheme in schemes)

    def test(facts: OpFacts, tensor: Tensor) -> str:
        scheme = facts.scheme(tensor)
        return "" if scheme in schemes else f"is {SCHEME_WORDS[scheme]}: {taken} is taken"

    return test, Reads.OP


def _every(
    key: str, words: str, found: Callable[[Tensor], Sequence[float]]
) -> Callable[[Fields], tuple[TensorTest, Reads]]:
    def make(fields: Fields) -> tuple[TensorTest, Reads]:
        wanted = number_of(fields, key)

        def test(_: OpFacts, tensor: Tensor) -> str:
            odd = next((each for each in found(tensor) if not wanted.holds(each)), None)
            return "" if odd is None else unless_taken(wanted, odd, words)

        return test, Reads.FINE

    return make


def scales_of(tensor: Tensor) -> Sequence[float]:
    return tensor.quantization.scales if tensor.quantization else ()


def zero_points_of(tensor: Tensor) -> Sequence[float]:
    return tensor.quantization.zero_points if tensor.quantization else ()


def _values(fields: Fields) -> tuple[TensorTest, Reads]:
    wanted = number_of(fields, "values")

    def test(facts: OpFacts, tensor: Tensor) -> str:
        values = facts.values(tensor)
        if values is None:
            return "holds values that can't be told before it runs"
        odd = next((each for each in values if not wanted.holds(each)), None)
        return "" if odd is None else unless_taken(wanted, odd, "holds {}")

    return test, Reads.FINE


def _dynamic(fields: Fields) -> tuple[TensorTest, Reads]:
    wanted = truth_of(fields, "dynamic")
    said = "has sizes that the file states" if wanted else "has sizes that are unknown until it runs"
    return lambda _, tensor: "" if tensor.dynamic == wanted else said, Reads.OP


def _sparse(fields: Fields) -> tuple[TensorTest, Reads]:
    wanted = truth_of(fields, "sparse")
    said = "is not stored sparse" if wanted else "is stored sparse"
    return lambda _, tensor: "" if (tensor.sparsity is not None) == wanted else said, Reads.OP


TENSOR_MAKERS: Mapping[str, TensorMaker] = MappingProxyType(
    {
        "constant": _constant,
        "type": _type,
        "rank": _rank,
        "elements": _elements,
        "shape": _shape,
        "dim": _dim,
        "quantized": _quantized,
        "scale": _every("scale", "has the scale {}", scales_of),
        "zero_point": _every("zero_point", "has the zero point {}", zero_points_of),
        "values": _values,
        "dynamic": _dynamic,
        "sparse": _sparse,
    }
)
