"""A model's quantization scheme in words.

Each op that works on real numbers (floats, or integers with a scale) has a form: the type of its activations,
with the type of its weights where they differ. Conversions between forms (QUANTIZE, DEQUANTIZE), control flow and
arithmetic on plain integers have none. The form of most ops, those with weights before others, gives the scheme:

- float32, float16: floats throughout
- float16 weights: stored as float16, float32 when computed with
- dynamic range: integer weights under float activations, taken as they are or made float by DEQUANTIZE
- full int8, full uint8, int16x8, int16: integers throughout, whatever input and output are
- mixed: some ops work in another form; ops that only move data don't make a scheme mixed
- none: no op works on real numbers
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from maistudio.tflite.kinds import OpKind, kind_of
from maistudio.tflite.model import Model, Op, QuantizationKind, Subgraph, Tensor
from maistudio.tflite.parameters import Parameter, Parameters, parameters_of, stands_for_reals, unpacked_constants
from maistudio.tflite.text import list_text, plural, type_text


@dataclass(frozen=True, slots=True)
class Scheme:
    """``kind``: float32, float16 weights, dynamic range, full int8, int16x8, mixed, ... ``detail``: one sentence.

    ``breaking`` lists (subgraph, op) of the ops that don't follow the scheme.
    """

    kind: str
    detail: str
    breaking: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Form:
    """How one op computes: the types of activations and weights ("" without weights)."""

    subgraph: int
    op: Op
    activations: str
    weights: str
    moves_data: bool


_CONVERSIONS = frozenset({"QUANTIZE", "DEQUANTIZE", "FAKE_QUANT", "CAST", "DENSIFY", "STABLEHLO_CONVERT"})
_FLOATS = frozenset({"FLOAT32", "FLOAT16", "BFLOAT16", "FLOAT64"})
_KINDS = {"INT8": "full int8", "UINT8": "full uint8", "FLOAT32": "float32", "FLOAT16": "float16"}


def describe_quantization(model: Model, known: Parameters | None = None) -> Scheme:
    """The scheme of a model from its types and scales; no weights are read.

    Its parameters are found where they are not ``known``.
    """
    if not model.op_count:
        return Scheme("none", "The model has no ops.")
    parameters = (known or parameters_of(model)).ops
    forms = [form for graph in model.subgraphs for form in _forms(model, graph, parameters[graph.index])]
    if not forms:
        return Scheme("none", "No op works on real numbers.")
    main = _leading_type(forms)
    weights = _Weights.of(model, forms, parameters)
    if main in _FLOATS:
        return _float_scheme(forms, main, weights)
    return _integer_scheme(model, forms, main, weights)


def _forms(model: Model, graph: Subgraph, parameters: tuple[tuple[Parameter, ...], ...]) -> Iterable[_Form]:
    unpacked = unpacked_constants(graph)
    for op, used in zip(graph.ops, parameters, strict=True):
        if op.type in _CONVERSIONS or op.subgraphs:
            continue
        activations = _activation_type(graph, op, unpacked)
        if activations:
            moves_data = not op.custom and kind_of(op.type) is OpKind.LAYOUT
            yield _Form(graph.index, op, activations, _weight_type(model, used), moves_data)


def _activation_type(graph: Subgraph, op: Op, unpacked: Collection[int]) -> str:
    """The type of what the op reads and writes that stands for real numbers; states kept from run to run left out.

    Of several integer types it is the first; for an op that converts between integers and floats there is none.
    """
    tensors = (graph.tensors[tensor] for tensor in (*op.inputs, *op.outputs) if tensor >= 0 and tensor not in unpacked)
    types = [tensor.type for tensor in tensors if not (tensor.constant or tensor.variable) and stands_for_reals(tensor)]
    return types[0] if len({word in _FLOATS for word in types}) == 1 else ""


def _weight_type(model: Model, used: Iterable[Parameter]) -> str:
    """The type of the largest of an op's weights as stored; biases don't count."""
    weights = [tensor for tensor in _tensors(model, used) if stands_for_reals(tensor)]
    return max(weights, key=lambda tensor: len(tensor.shape)).type if weights else ""


def _tensors(model: Model, used: Iterable[Parameter]) -> Iterable[Tensor]:
    return (model.subgraphs[use.subgraph].tensors[use.tensor] for use in used if use.bias_place < 0)


def _leading_type(forms: Iterable[_Form]) -> str:
    """The activation type of most ops with weights; of most ops where there are no weights."""
    forms = list(forms)
    counted = [form for form in forms if form.weights] or [form for form in forms if not form.moves_data] or forms
    return Counter(form.activations for form in counted).most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class _Weights:
    """How the weights of a model are stored."""

    granularity: str
    unpacked: bool

    @staticmethod
    def of(model: Model, forms: Iterable[_Form], parameters: tuple[tuple[tuple[Parameter, ...], ...], ...]) -> _Weights:
        """``granularity`` in words, of integer weights; ``unpacked`` where DEQUANTIZE comes before their use."""
        granularities: Counter[str] = Counter()
        unpacked = False
        for form in forms:
            used = parameters[form.subgraph][form.op.index]
            for tensor in _tensors(model, used):
                quantization = tensor.quantization
                if quantization is None or not stands_for_reals(tensor) or tensor.type in _FLOATS:
                    continue
                if quantization.kind is QuantizationKind.BLOCKWISE:
                    granularities[f"in blocks of {quantization.block_size}"] += 1
                else:
                    granularities[quantization.kind.value] += 1
                unpacked = unpacked or tensor.index not in form.op.inputs
        return _Weights(" or ".join(word for word, _ in granularities.most_common()), unpacked)


def _float_scheme(forms: list[_Form], main: str, weights: _Weights) -> Scheme:
    """Floats between ops: what matters is how the weights are stored."""
    others = [form for form in forms if form.activations != main]
    weighted = [form for form in forms if form.activations == main and form.weights]
    stored = Counter(form.weights for form in weighted)
    small = [word for word in stored if word != main]
    floats = type_text(main)
    if not small:
        detail = f"{floats} activations and weights" if stored else f"{floats} activations, no weights"
        return _scheme(_KINDS.get(main, floats), detail, forms, others)
    kept = [form for form in weighted if form.weights == main]
    packed = max(small, key=lambda word: stored[word])
    odd = [form for form in weighted if form.weights not in (main, packed)]
    detail = f"{type_text(packed)} weights{_spaced(weights.granularity)}, {floats} activations"
    if weights.unpacked and packed not in _FLOATS:
        detail += "; DEQUANTIZE makes the weights float before they are used"
    kind = f"{type_text(packed)} weights" if packed in _FLOATS else "dynamic range"
    if kept:
        detail += f"; {plural(len(kept), 'op keeps', 'ops keep')} {floats} weights ({_op_list(kept)})"
    return _scheme(kind, detail, forms, others + odd, also=kept)


def _integer_scheme(model: Model, forms: list[_Form], main: str, weights: _Weights) -> Scheme:
    others = [form for form in forms if form.activations != main]
    stored = Counter(form.weights for form in forms if form.activations == main and form.weights)
    word = type_text(main)
    kind = _KINDS.get(main, word)
    if main == "INT16" and stored["INT8"]:
        kind = "int16x8"
    detail = f"{word} activations"
    if stored:
        detail += f", {' and '.join(map(type_text, stored))} weights{_spaced(weights.granularity)}"
    detail += f"; {_interface(model)}"
    inside = sorted({form.op.type for form in forms if form.op.custom and form.activations == main})
    if inside:
        detail += f"; what {list_text(inside)} computes inside, the file doesn't show"
    return _scheme(kind, detail, forms, others)


def _scheme(kind: str, detail: str, forms: list[_Form], others: list[_Form], also: Iterable[_Form] = ()) -> Scheme:
    """``others`` work in another form than most: they make the scheme mixed if any of them computes."""
    breaking = tuple(sorted((form.subgraph, form.op.index) for form in (*others, *also)))
    if not others:
        return Scheme(kind, f"{detail}.", breaking)
    words = list_text(
        (f"{_op_list(form for form in others if form.activations == word)} in {type_text(word)}")
        for word in dict.fromkeys(form.activations for form in others)
    )
    share = f"{len(others):,} of {plural(len(forms), 'op')}"
    one = len(others) == 1
    if all(form.moves_data for form in others):
        does = "moves" if one else "move"
        return Scheme(kind, f"{detail}; {share} only {does} data in another type: {words}.", breaking)
    does = "works" if one else "work"
    return Scheme("mixed", f"Mostly {kind} ({detail}), but {share} {does} in another form: {words}.", breaking)


def _op_list(forms: Iterable[_Form]) -> str:
    """Op types with their count, the most frequent first: "ADD ×3, MUL"."""
    counted = Counter(form.op.type for form in forms)
    return list_text((f"{word} ×{count}" if count > 1 else word for word, count in counted.most_common()), most=6)


def _interface(model: Model) -> str:
    """The types of the inputs and outputs: "uint8 input and output"."""
    graph = model.subgraphs[0]
    inputs, outputs = (
        " and ".join(dict.fromkeys(type_text(graph.tensors[tensor].type) for tensor in side))
        for side in (graph.inputs, graph.outputs)
    )
    return f"{inputs} input and output" if inputs == outputs else f"{inputs or 'no'} input, {outputs or 'no'} output"


def _spaced(words: str) -> str:
    return f" {words}" if words else ""
