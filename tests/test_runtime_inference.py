"""What a session computes equals what LiteRT's own interpreter computes, bit for bit, on each engine of the CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from bare_litert import BareLiteRT, Question, same_bits
from lent_child import LentChild
from models import ACCEPTED, build_abpn, build_dynamic_shape, build_multi_signature, build_odd_names
from runtime_models import build_counter, build_echo, build_many, build_relu

from maistudio.runtime.arena import PLAIN
from maistudio.runtime.protocol import STRING, TensorSpec
from maistudio.runtime.session import Session
from maistudio.tflite.draft import ModelDraft
from maistudio.timing.values import Configuration, Engine

ENGINES = ("xnnpack", "builtin", "reference")
PLAINLY = Configuration()


@pytest.fixture(scope="module")
def children() -> Iterator[LentChild]:
    with LentChild() as lent:
        yield lent


@pytest.fixture(scope="module")
def bare() -> Iterator[BareLiteRT]:
    with BareLiteRT() as process:
        yield process


def values(spec: TensorSpec, seed: int) -> np.ndarray:
    """Something for an input: small numbers of both signs, where its type has them."""
    random = np.random.default_rng(seed)
    if spec.dtype == STRING:
        return np.array([b"text"] * int(np.prod(spec.shape)), object).reshape(spec.shape)
    dtype = np.dtype(spec.dtype)
    if dtype.kind in "fc":
        return np.asarray(random.standard_normal(spec.shape)).astype(dtype)
    return np.asarray(random.integers(0, 3, spec.shape)).astype(dtype)


def ran_as_litert_does(
    children: LentChild,
    bare: BareLiteRT,
    content: bytes,
    configuration: Configuration,
    shapes: dict[int, tuple[int, ...]] | None = None,
) -> bool:
    """Whether three runs in a session give the same bits as three by LiteRT alone."""
    with Session.open(content, configuration, children=children) as session:
        named = [{spec.name: values(spec, seed) for spec in session.inputs} for seed in range(3)]
        found = [list(session.run(arrays).values()) for arrays in named]
    key = configuration.signature
    runs = named if key is not None else [list(arrays.values()) for arrays in named]
    wanted = bare.outputs(Question(content, configuration.engine.value, runs, shapes or {}, key))
    return len(found) == 3 and all(map(same_bits, found, wanted))


def one_op(op_type: str, element_type: str, result_type: str, shape: tuple[int, ...]) -> bytes:
    model = ModelDraft()
    graph = model.subgraph()
    source, out = graph.input("in", element_type, shape), graph.tensor("out", result_type, shape)
    graph.op(op_type, [source], [out])
    graph.output(out)
    return model.to_bytes()


@dataclass(frozen=True)
class Case:
    """A model and how it is run."""

    build: Callable[[], bytes]
    configuration: Configuration = PLAINLY
    shapes: tuple[tuple[int, tuple[int, ...]], ...] = ()


SPECIAL = {
    "a picture": Case(lambda: build_abpn(24, 40)),
    "two threads": Case(lambda: build_abpn(24, 40), Configuration(threads=2)),
    "resized": Case(build_dynamic_shape, Configuration(shapes={"image": (1, 9, 7, 3)}), ((0, (1, 9, 7, 3)),)),
    "resized to a batch": Case(
        build_dynamic_shape, Configuration(shapes={"image": (2, 3, 4, 3)}), ((0, (2, 3, 4, 3)),)
    ),
    "another rank": Case(lambda: build_relu((4,)), Configuration(shapes={"in": (2, 3, 5)}), ((0, (2, 3, 5)),)),
    "many of the same name": Case(build_many),
    "a variable": Case(build_counter),
    "a number": Case(lambda: build_relu(())),
    "a number of bytes": Case(lambda: build_echo("UINT8", ())),
    "nothing": Case(lambda: build_relu((0, 4))),
    "a signature of the main graph": Case(build_multi_signature, Configuration(signature="add")),
    "a signature of another graph": Case(build_multi_signature, Configuration(signature="multiply")),
    "nine dimensions": Case(lambda: build_echo("FLOAT32", (1, 2) + (1,) * 7)),
    "cast": Case(lambda: one_op("CAST", "FLOAT32", "INT16", (2, 3))),
    "halves of bytes in": Case(lambda: one_op("CAST", "INT4", "FLOAT32", (2, 3))),
    "halves of bytes out": Case(lambda: one_op("CAST", "FLOAT32", "INT4", (2, 3)), Configuration(Engine.BUILTIN)),
    "truths": Case(lambda: one_op("LOGICAL_NOT", "BOOL", "BOOL", (2, 3))),
    "half floats": Case(lambda: one_op("DEQUANTIZE", "FLOAT16", "FLOAT32", (2, 3))),
}
ECHOES = sorted({name.upper() for name in PLAIN} | {"STRING", "INT4", "UINT4"})


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ACCEPTED)
def test_models_run_as_litert_runs_them(children: LentChild, bare: BareLiteRT, name: str, engine: str) -> None:
    assert ran_as_litert_does(children, bare, ACCEPTED[name](), Configuration(Engine(engine)))


@pytest.mark.parametrize("name", SPECIAL)
def test_special_cases_run_as_litert_runs_them(children: LentChild, bare: BareLiteRT, name: str) -> None:
    case = SPECIAL[name]
    assert ran_as_litert_does(children, bare, case.build(), case.configuration, dict(case.shapes))


@pytest.mark.parametrize("element_type", ECHOES)
def test_every_type_comes_out_as_it_went_in(children: LentChild, bare: BareLiteRT, element_type: str) -> None:
    assert ran_as_litert_does(children, bare, build_echo(element_type, (2, 3)), Configuration())


def test_texts_of_any_bytes_go_through(children: LentChild) -> None:
    texts = np.array([[b"", b"\0\0"], ["Kätzchen".encode(), b"\xff" * 300]], object)
    with Session.open(build_echo("STRING", (2, 2)), children=children) as session:
        assert session.run([texts])["in"].tolist() == texts.tolist()


def test_an_image_in_another_byte_order_or_cut_from_one_is_the_same(children: LentChild) -> None:
    whole = np.random.default_rng(0).random((1, 8, 8, 6), np.float32)
    part = whole[:, ::-1, :, ::2]
    with Session.open(build_echo("FLOAT32", (1, 8, 8, 3)), children=children) as session:
        for given in (part, part.astype(">f4")):
            assert np.array_equal(session.run([given])["in"], part)


def test_names_that_are_no_utf8_are_readable_and_change_nothing(children: LentChild) -> None:
    array = np.linspace(-1, 1, 4, dtype=np.float32).reshape(1, 4)
    with Session.open(build_odd_names(), children=children) as session:
        (result,) = session.run([array]).items()
    assert result[0] == "�� broken"
    assert np.array_equal(result[1], np.maximum(array, 0))


def test_sizes_that_a_file_leaves_at_minus_one_run_as_those_asked_for(children: LentChild) -> None:
    array = np.linspace(-1, 1, 15, dtype=np.float32).reshape(3, 5)
    with Session.open(build_relu((-1, 5)), Configuration(shapes={"in": (3, 5)}), children=children) as session:
        assert (session.inputs[0].shape, session.inputs[0].open_shape) == ((3, 5), (-1, 5))
        assert np.array_equal(session.run([array])["out"], np.maximum(array, 0))
        session.resize({"in": (1, 5)})
        assert np.array_equal(session.run([array[:1]])["out"], np.maximum(array[:1], 0))


def test_sizes_left_at_minus_one_count_as_one_where_none_are_asked_for(children: LentChild) -> None:
    with Session.open(build_relu((-1, -1, 3)), children=children) as session:
        assert session.inputs[0].shape == (1, 1, 3)


def test_only_a_signature_of_another_graph_is_noted_as_copied(children: LentChild) -> None:
    for key, count in (("add", 0), ("multiply", 1)):
        with Session.open(build_multi_signature(), Configuration(signature=key), children=children) as session:
            assert len(session.notes) == count
