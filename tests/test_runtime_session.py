"""A session refuses what doesn't fit in a sentence and lives on, and says so when it is over."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import psutil
import pytest
from lent_child import LentChild
from models import (
    build_abpn,
    build_chain,
    build_custom,
    build_dynamic_shape,
    build_flex,
    build_multi_signature,
    build_no_subgraph,
)
from runtime_models import build_counter, build_echo, build_endless, build_gather, build_many, build_relu
from stand_ins import gone, wait_until
from timed_models import add_net

from maistudio.errors import ModelRunError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import last
from maistudio.runtime.latency import measure_steps
from maistudio.runtime.session import Session
from maistudio.tflite.draft import ModelDraft
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration, Engine

ROW = np.ones((1, 4), np.float32)


@pytest.fixture(scope="module")
def children() -> Iterator[LentChild]:
    with LentChild() as lent:
        yield lent


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(ModelRunError) as caught:
        attempt()
    return str(caught.value)


MISFITS: Mapping[str, tuple[object, str]] = {
    "a wrong name": ({"out": ROW}, "it has no input 'out': its inputs are 'in'"),
    "a wrong shape": ([ROW[:, :3]], "its input 'in' takes float32 of 1×4, and was given float32 of 1×3"),
    "a wrong rank": ([ROW[0]], "its input 'in' takes float32 of 1×4, and was given float32 of 4"),
    "a number": ([np.float32(1)], "its input 'in' takes float32 of 1×4, and was given float32 of one number"),
    "a wrong type": ([ROW.astype(np.float64)], "takes float32 of 1×4, and was given float64 of 1×4"),
    "texts": ([np.array([["a"] * 4])], "takes float32 of 1×4, and was given string of 1×4"),
    "an exotic type": ([ROW.astype(np.longdouble)], "takes float32 of 1×4, and was given "),
    "a list": ([[1.0, 2.0]], "takes float32 of 1×4, and was given float64 of 2"),
    "nothing": ({}, "its input 'in' was given nothing: give all 1 inputs"),
    "too few": ([], "it has 1 inputs, and 0 arrays were given"),
    "too many": ([ROW, ROW], "it has 1 inputs, and 2 arrays were given"),
    "one too many by name": ({"in": ROW, "more": ROW}, "it has no input 'more'"),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_arrays_that_do_not_fit_are_refused_and_the_session_lives_on(children: LentChild, misfit: str) -> None:
    arrays, sentence = MISFITS[misfit]
    with Session.open(build_chain(1), children=children) as session:
        spec_name = session.inputs[0].name
        assert sentence in refusal(lambda: session.run(arrays))  # type: ignore[arg-type]
        assert np.array_equal(session.run({spec_name: ROW})["step_0"], ROW)


def test_what_a_model_refuses_to_compute_leaves_the_session_alive(children: LentChild) -> None:
    with Session.open(build_gather(), Configuration(Engine.BUILTIN), children=children) as session:
        sentence = refusal(lambda: session.run([np.array([9], np.int32)]))
        assert "the model: its op 0 (GATHER) failed to invoke: check the shapes and values of its inputs" in sentence
        assert session.run([np.array([3], np.int32)])["out"] == 3
        wait_until(lambda: "index out of bounds" in session.log.lower())
        assert "line " not in session.log


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 5, 3), "failed to prepare"),
        ((1, 5, 5, 4), "failed to prepare"),
        ((1, -5, 5, 3), "its input 'image' can't be 1×-5×5×3: give sizes from 0 to 2,147,483,647"),
        ((1, 2**31, 1, 3), "give sizes from 0 to 2,147,483,647"),
    ],
)
def test_a_refused_resize_leaves_the_session_at_its_old_shapes(
    children: LentChild, shape: tuple[int, ...], words: str
) -> None:
    image = np.ones((1, 4, 6, 3), np.float32)
    configuration = Configuration(Engine.BUILTIN, shapes={"image": image.shape})
    with Session.open(build_dynamic_shape(), configuration, children=children) as session:
        before = session.run([image])["conv/output"]
        assert words in refusal(lambda: session.resize({"image": shape}))
        assert session.inputs[0].shape == image.shape
        assert np.array_equal(session.run([image])["conv/output"], before)


def test_a_resize_of_an_unknown_input_is_refused(children: LentChild) -> None:
    with Session.open(build_chain(1), children=children) as session:
        assert "it has no input 'x': its inputs are 'in'" in refusal(lambda: session.resize({"x": (1, 4)}))


def test_a_resize_changes_the_inputs_named_alone(children: LentChild) -> None:
    with Session.open(build_many(("a", "b")), children=children) as session:
        session.resize({"a": (2, 1)})
        session.resize({"b": (2, 2)})
        assert [spec.shape for spec in session.inputs] == [(2, 1), (2, 2)]
        assert (
            session.run([np.ones((2, 1), np.float32), np.ones((2, 2), np.float32)])["sum #1"].tolist() == [[2, 2]] * 2
        )


def test_what_a_model_holds_lasts_from_run_to_run(children: LentChild) -> None:
    with Session.open(build_counter(), children=children) as session:
        one = np.ones(1, np.float32)
        assert [float(session.run([one])["after"][0]) for _ in range(3)] == [1, 2, 3]


UNRUNNABLE: Mapping[str, tuple[Callable[[], bytes], Configuration, str]] = {
    "custom op": (build_custom, Configuration(), "its op MyOp is custom, and LiteRT has no code for it"),
    "Flex op": (build_flex, Configuration(), "its op AddV2 is TensorFlow's own (Flex)"),
    "no subgraph": (build_no_subgraph, Configuration(), "it has no subgraph, so there is nothing to run"),
    "nothing": (lambda: b"", Configuration(), "it is no whole .tflite file"),
    "a page": (lambda: b"<html>" * 99, Configuration(), "it is no whole .tflite file"),
    "half": (lambda: build_abpn()[:3000], Configuration(), "it is no whole .tflite file"),
    "no type": (lambda: build_echo("BFLOAT16"), Configuration(), "a data type that LiteRT can't hand over"),
    "no threads": (lambda: build_chain(1), Configuration(threads=0), "num_threads should"),
    "a signature": (build_multi_signature, Configuration(signature="x"), "no signature 'x': its signatures are 'add'"),
    "no signatures": (lambda: build_chain(1), Configuration(signature="x"), "'x': its signatures are none"),
    "an input": (lambda: build_chain(1), Configuration(shapes={"x": (1,)}), "it has no input 'x'"),
    "an input of a signature": (
        build_multi_signature, Configuration(signature="multiply", shapes={"in": (1,)}), "no input 'in'",
    ),
    "a size of a signature": (
        build_multi_signature, Configuration(signature="multiply", shapes={"x": (1, -1)}), "can't be 1×-1: give sizes",
    ),
    "a size": (lambda: build_relu((1, 4)), Configuration(shapes={"in": (1, 2**31)}), "can't be 1×2147483648"),
    "sizes": (lambda: build_relu((2**30, 2**30, 2**30)), Configuration(), "its tensor 0 has sizes that multiply to"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNRUNNABLE)
def test_what_cannot_be_loaded_is_one_sentence(children: LentChild, case: str) -> None:
    build, configuration, sentence = UNRUNNABLE[case]

    def attempt() -> None:
        with Session.open(build(), configuration, children=children) as session:
            session.run([np.ones(spec.shape, spec.dtype) for spec in session.inputs])

    told = refusal(attempt)
    assert sentence in told
    assert told.startswith("the model: ")
    assert "\n" not in told


@pytest.mark.parametrize("name", ["nothing.tflite", "."])
def test_a_path_that_cannot_be_read_is_one_sentence(children: LentChild, tmp_path: Path, name: str) -> None:
    assert "it can't be read" in refusal(lambda: Session.open(str(tmp_path) + "/" + name, children=children))


@pytest.mark.parametrize("name", [b"a b.tflite", "Kätzchen 😀.tflite".encode(), b"\xff\xfe.tflite", b"-P"])
def test_a_file_may_have_any_name(
    children: LentChild, tmp_path: Path, name: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(build_chain(1))
    monkeypatch.chdir(tmp_path)
    with Session.open(Path(os.fsdecode(name)), children=children) as session:
        assert np.array_equal(session.run([ROW])["step_0"], ROW)


def test_a_model_that_never_ends_is_one_sentence_and_the_end_of_the_session() -> None:
    with Session.open(build_endless(), bounds=Bounds(wall_seconds=0.7)) as session:
        start = [np.zeros(1, np.int32)]
        told = "the model: it passed the 0.7 s it may take while running it, and was stopped"
        assert told in refusal(lambda: session.run(start))
        wait_until(lambda: gone(session.pid))
        for attempt in (lambda: session.run(start), lambda: session.resize({})):
            assert refusal(attempt) == "the model: its process was stopped while running it: open the model again"


def test_a_run_that_is_closed_kills_the_child() -> None:
    with Session.open(build_endless()) as session:
        steps = session.run_steps([np.zeros(1, np.int32)])
        while next(steps) != "running it":
            pass
        steps.close()
        wait_until(lambda: gone(session.pid))


def test_an_opening_that_is_closed_leaves_no_child() -> None:
    before = {process.pid for process in psutil.Process().children()}
    steps = Session.open_steps(build_chain(1))
    assert isinstance(next(steps), str)
    steps.close()
    assert {process.pid for process in psutil.Process().children()} <= before


def test_more_memory_than_the_bound_is_one_sentence() -> None:
    configuration = Configuration(Engine.BUILTIN, shapes={"in": (1, 2**31 - 1)})  # 8 GB in, 8 GB out

    def attempt() -> None:
        with Session.open(build_relu((1, 4), (1, -1)), configuration, Bounds(memory_bytes=500_000_000)) as session:
            last(measure_steps(session, Limits(1, 0, 1)))

    assert "memory" in refusal(attempt)


def test_sessions_run_side_by_side() -> None:
    with Session.open(build_counter()) as first, Session.open(build_counter()) as second:
        one = np.ones(1, np.float32)
        first.run([one])
        assert (float(first.run([one])["after"][0]), float(second.run([one])["after"][0])) == (2, 1)
        assert first.pid != second.pid


def test_a_session_tells_what_ran_and_how_long(children: LentChild) -> None:
    with Session.open(build_abpn(), children=children) as session:
        session.run([np.zeros(spec.shape, spec.dtype) for spec in session.inputs])
        assert 0 < session.wall_us < 1e6
        assert 0 < session.init_us < 1e6
        assert session.runtime_version.startswith("LiteRT 2.")
        assert session.stage == "running it"
        wait_until(lambda: "XNNPACK delegate" in session.log)


def test_the_bytes_of_a_model_are_not_kept_beside_it(children: LentChild) -> None:
    with Session.open(build_abpn(), children=children):
        assert os.fstat(children.take()._channel.to_child).st_size == 0


def test_a_resize_takes_numpys_integers(children: LentChild) -> None:
    with Session.open(add_net((1, 1, 1, 3), (1, -1, -1, 3)), children=children) as session:
        session.resize({"x": tuple(np.array([1, 5, 6, 3]))})
        assert session.inputs[0].shape == (1, 5, 6, 3)


def test_an_input_that_is_no_name_is_refused_and_the_session_lives_on(children: LentChild) -> None:
    with Session.open(add_net(), children=children) as session:
        ones = np.ones((1, 4, 4, 3), np.float32)
        with pytest.raises(ModelRunError, match="it has no input '7'"):
            session.run({7: ones})  # type: ignore[dict-item]
        assert session.run({"x": ones})["y"].max() == 2


def test_a_session_that_is_forgotten_ends_its_child() -> None:
    session = Session.open(add_net())
    child = psutil.Process(session.pid)
    del session
    gc.collect()
    assert not child.is_running()


def test_a_signature_of_any_negative_size_leaves_it_open(children: LentChild) -> None:
    with Session.open(add_net((1, 4, 4, 3), (-(2**31), 4, 4, 3)), children=children) as session:
        assert session.inputs[0].open_shape == (-1, 4, 4, 3)


def test_names_too_long_for_a_message_are_refused_in_a_sentence() -> None:
    model = ModelDraft("long names")
    graph = model.subgraph()
    given = graph.input("x" * (17 << 20), "FLOAT32", (1,))
    made = graph.tensor("y", "FLOAT32", (1,))
    graph.op("ADD", [given, given], [made], {"fused_activation_function": "NONE"})
    graph.output(made)
    with pytest.raises(ModelRunError, match="shorten their names"):
        Session.open(model.to_bytes())
