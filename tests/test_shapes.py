"""Shapes follow from the inputs as LiteRT computes them, and are unknown rather than guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litert import Refusal, litert_answers
from models import build_cyclic, build_dynamic_shape, build_multi_signature, build_while, read_bytes
from real_models import ReadableModels
from shape_cases import CASES, Case, image, left_open, step, vector

from maistudio.errors import UsageError
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.model import Model, Op
from maistudio.tflite.read import read_model
from maistudio.tflite.shapes import Shapes, resolve_shapes
from maistudio.tflite.shaping.call import MisfitError, broadcast
from maistudio.tflite.shaping.slices import strided_cuts

Shape = tuple[int, ...]

SHAPES_IN_LITERT = """
def answer(request):
    path, sizes, run = request
    interpreter = Interpreter(path, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    for index, size in sizes:
        interpreter.resize_tensor_input(index, size)
    interpreter.allocate_tensors()
    if run:
        for tensor in interpreter.get_input_details():
            interpreter.set_tensor(tensor["index"], numpy.zeros(tensor["shape"], tensor["dtype"]))
        interpreter.invoke()
    return {tensor["index"]: tensor["shape"].tolist() for tensor in interpreter.get_tensor_details()}
"""

Sized = Sequence[tuple[int, Shape]]


def litert_shapes(requests: Sequence[tuple[Path, Sized]], run: bool) -> list[dict[int, Shape] | Refusal]:
    """LiteRT's shapes by tensor; ``run`` also runs the model, for shapes that depend on values."""
    answers = litert_answers(SHAPES_IN_LITERT, [[str(path), list(sizes), run] for path, sizes in requests])
    return [
        answer if isinstance(answer, Refusal) else {int(key): tuple(shape) for key, shape in answer.items()}
        for answer in answers
    ]


@pytest.fixture(scope="module")
def answers_by_case(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], dict[int, Shape] | Refusal]:
    folder = tmp_path_factory.mktemp("cases")
    keys, requests = [], []
    for case in CASES:
        path = folder / f"{case.name}.tflite"
        path.write_bytes(case.to_bytes())
        inputs = read_model(path).subgraphs[0].inputs
        for number_of_size, sizes in enumerate(case.sizes):
            keys.append((case.name, number_of_size))
            requests.append((path, list(zip(inputs, sizes, strict=False))))
    return dict(zip(keys, litert_shapes(requests, run=True), strict=True))


@pytest.mark.parametrize("size", [0, 1], ids=["small", "large"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_op_gives_the_shapes_litert_gives(
    case: Case, size: int, answers_by_case: dict[tuple[str, int], dict[int, Shape] | Refusal]
) -> None:
    answer = answers_by_case[case.name, size]
    assert not isinstance(answer, Refusal), answer
    model = read_bytes(case.to_bytes())
    graph = model.subgraphs[0]
    names = [graph.tensors[tensor].label for tensor in graph.inputs]
    found = resolve_shapes(model, dict(zip(names, case.sizes[size], strict=False)))
    made = [tensor for op in graph.ops for tensor in op.outputs]
    assert {tensor: found.tensors[0][tensor] for tensor in made} == {tensor: answer[tensor] for tensor in made}


def one_op(op: str, shapes: Sequence[Shape], result: Shape, **options: object) -> Model:
    """A model of one op over inputs that may be of any size, its result left open."""
    model = ModelDraft()
    graph = model.subgraph()
    inputs = [
        graph.input(f"in{place}", "FLOAT32", shape, shape_signature=[-1] * len(shape))
        for place, shape in enumerate(shapes)
    ]
    out = left_open(graph, "FLOAT32", len(result))
    graph.op(op, inputs, [out], options or None)
    graph.output(out)
    return read_bytes(model.to_bytes())


def out_shape(model: Model, shapes: Shapes) -> Shape | None:
    return shapes.tensors[0][model.subgraphs[0].outputs[0]]


def test_a_model_of_fixed_shapes_keeps_those_of_the_file() -> None:
    model = read_bytes(build_while())
    expected = tuple(tuple(tensor.shape for tensor in graph.tensors) for graph in model.subgraphs)
    assert resolve_shapes(model) == Shapes(expected)


def test_without_a_given_shape_an_open_input_takes_the_placeholder_of_the_file() -> None:
    model = read_bytes(build_dynamic_shape())
    assert resolve_shapes(model).tensors[0][0] == (1, 1, 1, 3)


def test_a_given_shape_goes_through_to_the_output() -> None:
    model = read_bytes(build_dynamic_shape())
    assert out_shape(model, resolve_shapes(model, {"image": (1, 360, 640, 3)})) == (1, 360, 640, 4)


def test_an_input_can_be_named_by_its_signature() -> None:
    model = read_bytes(build_multi_signature())
    assert resolve_shapes(model, {"x": (1, 4)}).tensors[1][0] == (1, 4)


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ({"picture": (1, 8, 8, 3)}, "no input is called 'picture': the model's inputs are image"),
        ({"image": (8, 8, 3)}, "it has 4 dimensions (1×?×?×3)"),
        ({"image": (1, 8, 8, 4)}, "dimension 3 is fixed at 3"),
        ({"image": (1, 0, 8, 3)}, "every dimension must be 1 or more"),
        ({"image": (1, -8, 8, 3)}, "every dimension must be 1 or more"),
        ({"image": (1, 2**40, 8, 3)}, "no dimension can be over 2,147,483,647"),
    ],
    ids=["name", "rank", "fixed", "zero", "negative", "huge"],
)
def test_a_shape_that_does_not_fit_is_refused_in_a_sentence(shapes: dict[str, Shape], words: str) -> None:
    with pytest.raises(UsageError) as raised:
        resolve_shapes(read_bytes(build_dynamic_shape()), shapes)
    assert words in str(raised.value)


def test_a_general_dot_product_has_the_shape_of_the_einsum_it_stands_for() -> None:
    left, right = (2, 3, 4, 5), (5, 7, 2)
    options = {
        "lhs_batching_dimensions": [0],
        "rhs_batching_dimensions": [2],
        "lhs_contracting_dimensions": [3],
        "rhs_contracting_dimensions": [0],
    }
    model = one_op("STABLEHLO_DOT_GENERAL", [left, right], (1, 1, 1, 1), **options)
    expected = np.einsum("bijk,klb->bijl", np.empty(left), np.empty(right)).shape
    assert out_shape(model, resolve_shapes(model)) == expected


def test_what_no_tensor_can_hold_is_a_problem_and_unknown() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 1, 1), shape_signature=[-1, -1, -1])
    graph.output(step(graph, "TILE", [source, vector(graph, 2**30, 2**30, 2**30)], 3, "FLOAT32"))
    opened = read_bytes(model.to_bytes())
    shapes = resolve_shapes(opened)
    assert (out_shape(opened, shapes), len(shapes.problems)) == (None, 1)


def test_a_negative_dimension_in_the_file_is_unknown() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    graph.output(step(graph, "ABS", [graph.input("in", "FLOAT32", (1, -2))], 2, "FLOAT32"))
    assert resolve_shapes(read_bytes(model.to_bytes())).tensors[0] == (None, None)


def test_a_contradiction_is_a_problem_named_by_its_op() -> None:
    model = one_op("RESHAPE", [(1, 1)], (1, 1), new_shape=[1, 10])
    (problem,) = resolve_shapes(model, {"in0": (3, 4)}).problems
    assert (problem.where, problem.what) == ("subgraph 0, op 0", "RESHAPE: 3×4 does not reshape to 1×10")


def test_after_a_contradiction_shapes_are_unknown_without_more_problems() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    first, second = image(graph), graph.input("other", "FLOAT32", (1, 2, 2, 3))
    total = step(graph, "ADD", [first, second], 4, "FLOAT32")
    graph.output(step(graph, "ABS", [total], 4, "FLOAT32"))
    opened = read_bytes(model.to_bytes())
    shapes = resolve_shapes(opened, {"image": (1, 3, 3, 3)})
    assert (out_shape(opened, shapes), len(shapes.problems)) == (None, 1)


def custom_model(signature: Shape) -> Model:
    """A custom op from an open input to a fixed result of 1×5."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4), shape_signature=signature)
    out = graph.tensor("out", "FLOAT32", (1, 5))
    graph.custom_op("Mystery", [source], [out])
    graph.output(out)
    return read_bytes(model.to_bytes())


def test_a_custom_op_keeps_the_file_s_result_while_its_inputs_are_the_file_s() -> None:
    model = custom_model((-1, 4))
    assert out_shape(model, resolve_shapes(model)) == (1, 5)


def test_nobody_knows_what_a_custom_op_makes_of_another_shape() -> None:
    model = custom_model((-1, 4))
    assert out_shape(model, resolve_shapes(model, {"in": (2, 4)})) is None


def test_a_size_that_depends_on_data_is_unknown() -> None:
    model = one_op("WHERE", [(3, 4)], (1, 2))
    assert out_shape(model, resolve_shapes(model)) is None


def test_what_the_file_states_after_a_size_that_depends_on_data_is_kept() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    places = step(graph, "WHERE", [graph.input("in", "BOOL", (3, 4))], 2, "INT64")
    fixed = graph.tensor("fixed", "INT64", (1, 2))
    graph.op("RESHAPE", [places], [fixed], {"new_shape": [1, 2]})
    graph.output(fixed)
    opened = read_bytes(model.to_bytes())
    assert out_shape(opened, resolve_shapes(opened)) == (1, 2)


def test_ops_out_of_order_are_worked_out_in_the_order_of_their_tensors() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = image(graph)
    first = left_open(graph, "FLOAT32", 4)
    graph.output(step(graph, "DEPTH_TO_SPACE", [first], 4, "FLOAT32", block_size=2))
    weights = graph.constant("weights", "FLOAT32", (8, 1, 1, 3), [0] * 24)
    graph.op("CONV_2D", [source, weights, -1], [first], {"stride_w": 1, "stride_h": 1})
    opened = read_bytes(model.to_bytes())
    assert out_shape(opened, resolve_shapes(opened, {"image": (1, 5, 7, 3)})) == (1, 10, 14, 2)


def test_a_cycle_comes_to_an_end() -> None:
    model = read_bytes(build_cyclic())
    graph = model.subgraphs[0]
    opened = tuple(replace(tensor, shape_signature=(-1,) * len(tensor.shape)) for tensor in graph.tensors)
    assert resolve_shapes(replace(model, subgraphs=(replace(graph, tensors=opened),))).tensors


def test_a_subgraph_that_calls_itself_comes_to_an_end() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = image(graph)
    out = left_open(graph, "FLOAT32", 4)
    graph.op("WHILE", [source], [out], {"cond_subgraph_index": 0, "body_subgraph_index": 0})
    graph.output(out)
    opened = read_bytes(model.to_bytes())
    assert out_shape(opened, resolve_shapes(opened)) is None


def test_a_loop_that_grows_its_state_leaves_it_unknown() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 3), shape_signature=[-1, 3])
    out = left_open(graph, "FLOAT32", 2)
    graph.op("WHILE", [source], [out], {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    graph.output(out)
    for name in ("cond", "body"):
        part = model.subgraph(name)
        state = part.input("state", "FLOAT32", (1, 3), shape_signature=[-1, 3])
        if name == "cond":
            part.output(part.constant("yes", "BOOL", (), [1]))
        else:
            part.output(step(part, "CONCATENATION", [state, state], 2, "FLOAT32", axis=0))
    opened = read_bytes(model.to_bytes())
    assert out_shape(opened, resolve_shapes(opened)) is None


def test_branches_that_disagree_leave_the_result_unknown() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    choice = graph.input("choice", "BOOL", ())
    out = left_open(graph, "FLOAT32", 4)
    graph.op("IF", [choice, image(graph)], [out], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    graph.output(out)
    for count in (1, 2):
        part = model.subgraph()
        source = image(part)
        part.output(step(part, "CONCATENATION", [source] * count, 4, "FLOAT32", axis=3))
    opened = read_bytes(model.to_bytes())
    assert out_shape(opened, resolve_shapes(opened)) is None


DIMENSIONS = st.lists(st.integers(0, 4), max_size=4).map(tuple)


@given(st.lists(DIMENSIONS, min_size=1, max_size=3))
def test_shapes_broadcast_as_numpy_s_do(shapes: list[Shape]) -> None:
    try:
        expected: Shape | None = np.broadcast_shapes(*shapes)
    except ValueError:
        expected = None
    try:
        found: Shape | None = broadcast(*shapes)
    except MisfitError:
        found = None
    assert found == expected


PLACES = st.integers(-6, 6)
ENTRIES = st.tuples(PLACES, PLACES, st.integers(-3, 3).filter(bool), st.booleans(), st.booleans())


@given(st.lists(st.integers(0, 5), min_size=1, max_size=3).map(tuple), st.lists(ENTRIES, max_size=3))
def test_a_strided_slice_is_numpy_s(data: Shape, entries: list[tuple[int, int, int, bool, bool]]) -> None:
    entries = entries[: len(data)]
    masks = [sum(entry[which] << place for place, entry in enumerate(entries)) for which in (3, 4)]
    op = Op(0, "STRIDED_SLICE", 1, (0, 1, 2, 3), (4,), options={"begin_mask": masks[0], "end_mask": masks[1]})
    cuts, shape = strided_cuts(op, data, *([entry[which] for entry in entries] for which in (0, 1, 2)))
    wanted = np.arange(np.prod(data, dtype=int)).reshape(data)[
        tuple(
            slice(None if free else begin, None if open_end else end, by) for begin, end, by, free, open_end in entries
        )
    ]
    assert shape == wanted.shape
    if wanted.size:
        taken = np.ix_(*([cut.start + cut.step * place for place in range(cut.size)] for cut in cuts))
        assert (np.arange(np.prod(data, dtype=int)).reshape(data)[taken] == wanted).all()


MADE_BY_DATA = {"LiteRT__dynamic_shapes.tflite", "lstm.tflite"}
"""Models with sizes that depend on what runs through them."""

WRONG_IN_THE_FILE = {"control_flow.tflite"}
"""Its RFFT2D of 8 values states 8 frequencies; there are 5, and LiteRT refuses the model for it."""


@pytest.mark.slow
def test_the_rules_find_every_shape_real_files_state(readable_models: ReadableModels) -> None:
    wrong = []
    for path, model in readable_models("*"):
        if path.name in WRONG_IN_THE_FILE:
            continue
        stated, found = resolve_shapes(model), resolve_shapes(without_result_shapes(model))
        for graph in model.subgraphs:
            for op in graph.ops:
                for tensor in op.outputs:
                    shape = found.tensors[graph.index][tensor]
                    if shape is not None and shape != stated.tensors[graph.index][tensor]:
                        wrong.append((path.name, graph.index, op.index, shape))
    assert wrong == []


def test_only_custom_ops_and_data_leave_shapes_of_real_files_unknown(readable_models: ReadableModels) -> None:
    unknown, there = set(), set()
    for path, model in readable_models("*"):
        there.add(path.name)
        found = resolve_shapes(model)
        by_custom_ops = any(op.custom for graph in model.subgraphs for op in graph.ops)
        if not (by_custom_ops or model.problems) and any(None in shapes for shapes in found.tensors):
            unknown.add(path.name)
    assert unknown == MADE_BY_DATA & there


def without_result_shapes(model: Model) -> Model:
    """The same model with the shape of every op's result left open."""
    graphs = []
    for graph in model.subgraphs:
        made = {tensor for op in graph.ops for tensor in op.outputs}
        tensors = tuple(
            replace(tensor, shape=(1,) * len(tensor.shape), shape_signature=(-1,) * len(tensor.shape))
            if tensor.index in made and not tensor.constant
            else tensor
            for tensor in graph.tensors
        )
        graphs.append(replace(graph, tensors=tensors))
    return replace(model, subgraphs=tuple(graphs))


@pytest.mark.parametrize("scale", [4, 7])
def test_challenge_networks_have_litert_s_shapes_at_any_size(readable_models: ReadableModels, scale: int) -> None:
    models = {
        path: model
        for path, model in readable_models("challenge")
        if any(model.subgraphs[0].tensors[tensor].dynamic for tensor in model.subgraphs[0].inputs)
    }
    requests, expected = [], []
    for path, model in models.items():
        graph = model.subgraphs[0]
        sizes = {tensor: sized(graph.tensors[tensor].open_shape, scale) for tensor in graph.inputs}
        requests.append((path, list(sizes.items())))
        named = {graph.tensors[tensor].label: shape for tensor, shape in sizes.items()}
        expected.append(resolve_shapes(model, named).tensors[0])
    assert len(models) >= 4
    for answer, shapes in zip(litert_shapes(requests, run=False), expected, strict=True):
        assert not isinstance(answer, Refusal), answer
        assert {tensor: shapes[tensor] for tensor in answer if tensor < len(shapes)} == {
            tensor: shape for tensor, shape in answer.items() if tensor < len(shapes)
        }


def sized(shape: Shape, scale: int) -> Shape:
    """An open batch becomes ``scale``, an open height or width 8 times that."""
    return tuple((8 * scale if axis in (1, 2) else scale) if size == -1 else size for axis, size in enumerate(shape))
