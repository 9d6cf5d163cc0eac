"""XNNPACK's second opinion is what the interpreter runs, node by node."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from lent_child import LentChild
from models import build_flex, build_fp16_weights, build_if, build_no_subgraph, build_variable, read_bytes
from proving_models import build_called_once, build_ops, build_unread
from real_models import ReadableModels

from maistudio.errors import MaiStudioError, ModelRunError
from maistudio.runtime.child import last
from maistudio.runtime.proving import prove_steps
from maistudio.runtime.session import Session
from maistudio.runtime.xnnpack_proof import LEFT, UNPACKED
from maistudio.targets.values import Compiled, Verdict
from maistudio.timing.kernels import RawProfile, raw_profile_from
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration

pytest.importorskip("ai_edge_litert")

from maistudio.runtime.delegation import Listed, taken_nodes, unread_outputs, untold_nodes

RECORDED = "XNNPACK: ops left on the reference kernels"
TOO_LONG = ("MicroISP", "Diggers", "learnedisp", "imdn_rtc_time", "sr_abpn", "big_")
"""Files on which an inference takes long, or is one of thousands of ops of one kind."""

Prove = Callable[[bytes], Compiled]


@pytest.fixture(scope="module")
def children() -> Iterator[LentChild]:
    with LentChild() as lent:
        yield lent


@pytest.fixture
def prove(children: LentChild, tmp_path: Path) -> Prove:
    def proved(content: bytes) -> Compiled:
        path = tmp_path / "model.tflite"
        path.write_bytes(content)
        return last(prove_steps(path, "xnnpack", children=children))

    return proved


def verdicts(compiled: Compiled) -> list[Verdict]:
    return [compiled.ops[place].verdict for place in sorted(compiled.ops)]


def test_what_xnnpack_takes_runs_and_what_it_leaves_is_refused(prove: Prove) -> None:
    found = verdicts(prove(build_ops("ABS", "LOCAL_RESPONSE_NORMALIZATION", "NEG")))
    assert found == [Verdict.RUNS, Verdict.REFUSED, Verdict.RUNS]


def test_what_is_left_says_so(prove: Prove) -> None:
    assert prove(build_ops("LOCAL_RESPONSE_NORMALIZATION")).ops[0, 0].reason == LEFT


def test_the_label_names_version_and_place(prove: Prove) -> None:
    compiled = prove(build_ops("ABS"))
    assert compiled.by.startswith("LiteRT ")
    assert compiled.by.endswith("'s XNNPACK on this CPU")
    assert compiled.ops[0, 0].by == compiled.by


def test_constants_are_unpacked_at_the_start(prove: Prove) -> None:
    compiled = prove(build_fp16_weights())
    assert verdicts(compiled) == [Verdict.RUNS] * 3
    assert [compiled.ops[0, index].reason for index in range(3)] == [UNPACKED, UNPACKED, ""]


def test_an_op_that_xnnpack_takes_and_nobody_reads_runs(prove: Prove) -> None:
    assert verdicts(prove(build_unread("EXP"))) == [Verdict.RUNS] * 3


def test_an_op_that_xnnpack_leaves_and_nobody_reads_is_refused(prove: Prove) -> None:
    found = verdicts(prove(build_unread("LOCAL_RESPONSE_NORMALIZATION")))
    assert found == [Verdict.RUNS, Verdict.REFUSED, Verdict.RUNS]


def test_only_the_main_subgraph_is_proved(prove: Prove) -> None:
    assert {subgraph for subgraph, _ in prove(build_if()).ops} == {0}


def test_who_runs_an_op_that_makes_nothing_is_unknown(prove: Prove) -> None:
    assert verdicts(prove(build_variable())) == [Verdict.UNKNOWN, Verdict.RUNS, Verdict.RUNS]


def test_an_op_that_makes_nothing_is_refused_where_xnnpack_takes_nothing(prove: Prove) -> None:
    assert verdicts(prove(build_called_once())) == [Verdict.REFUSED] * 2


def test_a_model_of_no_ops_is_no_failure(prove: Prove) -> None:
    assert prove(build_ops()).ops == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (build_flex(), r"model\.tflite: its op .* is TensorFlow's own"),
        (build_no_subgraph(), "it has no subgraph, so there is nothing to compile"),
        (b"", "model.tflite"),
        (build_ops("ABS")[:200], "cut off or damaged"),
    ],
)
def test_what_cannot_be_compiled_is_one_sentence(prove: Prove, content: bytes, words: str) -> None:
    with pytest.raises(ModelRunError, match=words) as error:
        prove(content)
    assert "\n" not in str(error.value)


def test_the_steps_tell_what_is_done(children: LentChild, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(build_ops("ABS"))
    assert "asking XNNPACK" in set(prove_steps(path, "xnnpack", children=children))


def nodes(*listed: tuple[str, tuple[int, ...], tuple[int, ...]]) -> list[Listed]:
    return [Listed(number, *each) for number, each in enumerate(listed)]


def test_a_partition_ends_at_its_inputs() -> None:
    listed = nodes(
        ("A", (0,), (1,)), ("B", (1,), (2,)), ("C", (2,), (3,)), ("DELEGATE", (1,), (3,)), ("DELEGATE", (3,), (4,))
    )
    assert taken_nodes(listed) == {1, 2}


def test_a_node_beside_a_partition_is_not_in_it() -> None:
    listed = nodes(("A", (0,), (1,)), ("B", (0,), (2,)), ("C", (1, 2), (3,)), ("DELEGATE", (0, 2), (3,)))
    assert taken_nodes(listed) == {0, 2}


def test_nothing_tells_of_what_only_feeds_an_op_that_makes_nothing() -> None:
    kept = Listed(0, "CONCATENATION", (1, 2), (3,))
    also_read = Listed(1, "ADD", (1, 2), (4,))
    assign = Listed(2, "ASSIGN_VARIABLE", (0, 3, 4), ())
    other = Listed(3, "GATHER", (4,), (5,))
    assert untold_nodes([kept, also_read, assign, other], taken=set(), outputs={5}) == {0, 2}


def test_what_was_taken_or_is_an_output_is_told_of() -> None:
    one, two, assign = Listed(0, "ADD", (1,), (3,)), Listed(1, "SIN", (1,), (4,)), Listed(2, "ASSIGN", (3, 4), ())
    assert untold_nodes([one, two, assign], taken={0}, outputs={4}) == {2}


def test_what_a_partition_alone_reads_counts_as_unread() -> None:
    listed = nodes(("A", (0,), (1,)), ("B", (1,), (2,)), ("DELEGATE", (0, 2), (3,)))
    assert unread_outputs(listed, {3}) == [2]


def test_what_the_model_gives_is_read() -> None:
    assert unread_outputs(nodes(("A", (0,), (1,))), {1}) == []


def test_the_delegate_cases_are_as_recorded(models_folder: Path, children: LentChild) -> None:
    folder = models_folder / "delegate-cases"
    recorded = json.loads((folder / "delegate-cases.json").read_text("utf-8"))
    wrong = {}
    for name, answers in recorded.items():
        path = folder / f"{name}.tflite"
        wanted = answers[RECORDED]
        try:
            compiled = last(prove_steps(path, "xnnpack", children=children))
        except MaiStudioError:
            found = "error"
        else:
            ops = read_bytes(path.read_bytes()).subgraphs[0].ops
            left = [ops[index].type for (_, index), proof in compiled.ops.items() if proof.verdict is Verdict.REFUSED]
            found = ", ".join(left) or "none"
        if found != wanted.partition(":")[0]:
            wrong[name] = (found, wanted)
    assert not wrong
    assert len(recorded) == 41


def profiled(path: Path) -> RawProfile | None:
    """The kernels of an inference; None of a model that can't be profiled."""
    try:
        with Session.open(path, Configuration()) as session:
            limits = asdict(Limits(1, 0, 30, warmup_runs=1, warmup_seconds=0))
            return raw_profile_from(last(session.ask_steps("profile", {"limits": limits})))
    except MaiStudioError:
        return None


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["delegate-cases", "challenge", "hard", "large"])
def test_what_runs_is_what_the_profiler_sees_xnnpack_run(
    folder: str, readable_models: ReadableModels, children: LentChild
) -> None:
    """The kernels LiteRT's profiler sees of its own are those of the ops that are refused, and no others."""
    wrong, compared = {}, 0
    for path, model in readable_models(folder):
        if any(part in path.name for part in TOO_LONG) or len(model.subgraphs) != 1:
            continue
        try:
            compiled = last(prove_steps(path, "xnnpack", children=children))
        except MaiStudioError:
            continue
        profile = profiled(path)
        if profile is None:
            continue
        compared += 1
        kept = {kernel.node for kernel in profile.kernels if kernel.subgraph == 0 and kernel.node is not None}
        left = {index for (_, index), proof in compiled.ops.items() if proof.verdict is Verdict.REFUSED}
        if kept != left:
            wrong[path.name] = (sorted(kept - left), sorted(left - kept))
    assert not wrong
    assert compared
