"""Advice on what keeps a model off a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from lint_models import Net
from models import build_custom, build_flex, read_bytes
from target_files import chain

from maistudio.targets.lints.refusals import advice_for, refusal_texts
from maistudio.targets.values import (
    Boundary,
    Finding,
    Judgement,
    OpReport,
    Proof,
    Side,
    TargetReport,
    TargetVerdict,
    Verdict,
)
from maistudio.tflite.model import Model

NOTHING = Side(0, 0, 0)
FLOAT_OPS = ((0, "CONV_2D"), (1, "ADD"), (2, "CONV_2D"))


def op_report(
    index: int,
    op_type: str,
    verdict: Verdict = Verdict.REFUSED,
    reason: str = "the delegate has no parser for it",
    proof: Proof | None = None,
) -> OpReport:
    return OpReport(0, index, op_type, Judgement(verdict, reason, "builder.cc:7"), proof)


def target_report(ops: Sequence[OpReport]) -> TargetReport:
    return TargetReport(
        target="gpu",
        name="The GPU",
        verdict=TargetVerdict.PARTIAL,
        summary="",
        partitions=(),
        delegated=NOTHING,
        rest=NOTHING,
        boundary=Boundary((), 0),
        ops=tuple(ops),
        provenance="",
    )


def split_net(op_type: str = "SPLIT") -> Model:
    net = Net(channels=4)
    axis = net.graph.constant("", "INT32", (), [3])
    pieces = [net.tensor((1, 16, 16, 2)) for _ in range(2)]
    net.graph.op(op_type, [axis, net.input], pieces, {"num_splits": 2})
    return read_bytes(net.done(*pieces))


def advice(model: Model, *ops: OpReport) -> Finding:
    (finding,) = advice_for(target_report(ops), model)
    return finding


def test_a_refused_split_is_told_with_reason_source_and_rewrite() -> None:
    found = advice(split_net(), op_report(0, "SPLIT"))
    assert found.id == "refused-SPLIT"
    assert found.message == "The GPU refuses 1 SPLIT op (op 0): the delegate has no parser for it"
    assert found.source.startswith("builder.cc:7; mai2021-video-super-resolution, section 3.1")
    assert found.rewrite == "split-to-slices"
    assert (found.subgraph, found.op, found.places) == (0, 0, ((0, 0),))


def test_an_op_that_fails_at_start_is_told_as_that() -> None:
    found = advice(split_net(), op_report(0, "SPLIT", Verdict.FAILS_AT_START, "it has no OpenGL shader"))
    assert found.id == "fails-SPLIT"
    assert found.message == "The GPU takes 1 SPLIT op (op 0) and then fails to start: it has no OpenGL shader"


@pytest.mark.parametrize("verdict", [Verdict.RUNS, Verdict.LEFT_ON_CPU, Verdict.CANDIDATE, Verdict.UNKNOWN])
def test_other_verdicts_ask_for_no_advice(verdict: Verdict) -> None:
    assert advice_for(target_report([op_report(0, "SPLIT", verdict)]), split_net()) == ()


def test_ops_of_one_type_and_reason_are_one_finding() -> None:
    found = advice(split_net(), *(op_report(at, "SPLIT") for at in (0, 3, 5)))
    assert found.message.startswith("The GPU refuses 3 SPLIT ops (first op 0)")
    assert found.places == ((0, 0), (0, 3), (0, 5))


def test_ops_refused_for_different_reasons_are_told_apart() -> None:
    ops = [op_report(0, "SPLIT", reason="one"), op_report(1, "SPLIT", reason="two")]
    assert len(advice_for(target_report(ops), split_net())) == 2


def test_what_fails_at_start_is_told_first() -> None:
    ops = [op_report(0, "GATHER"), op_report(1, "SPLIT", Verdict.FAILS_AT_START)]
    assert [found.id for found in advice_for(target_report(ops), split_net())] == ["fails-SPLIT", "refused-GATHER"]


def test_a_real_compile_is_the_source_where_it_speaks() -> None:
    proof = Proof(Verdict.REFUSED, "no shader", "LiteRT 2.3.0 on SwiftShader")
    found = advice(split_net(), op_report(0, "SPLIT", Verdict.RUNS, "", proof))
    assert found.message.endswith(": no shader")
    assert found.source.startswith("LiteRT 2.3.0 on SwiftShader; ")


def test_a_real_compile_that_runs_the_op_needs_no_advice() -> None:
    proof = Proof(Verdict.RUNS, "", "LiteRT 2.3.0 on SwiftShader")
    assert advice_for(target_report([op_report(0, "SPLIT", proof=proof)]), split_net()) == ()


def test_five_dimensions_come_before_the_op_type() -> None:
    net = Net()
    five = net.op("RESHAPE", [net.input], (1, 16, 16, 3, 1), {})
    found = advice(read_bytes(net.done(five)), op_report(0, "RESHAPE"))
    assert found.advice.startswith("Keep tensors at batch × height × width × channels")


def test_a_custom_op_is_told_as_custom() -> None:
    assert "maker's code" in advice(read_bytes(build_custom()), op_report(0, "MyOp")).advice


def test_a_flex_op_is_told_as_tensorflows() -> None:
    assert "SELECT_TF_OPS" in advice(read_bytes(build_flex()), op_report(0, "FlexAddV2")).advice


def test_a_reason_may_decide_the_advice() -> None:
    model = split_net()
    backwards = advice(model, op_report(0, "STRIDED_SLICE", reason="strides is −1: > 0 is taken"))
    masked = advice(model, op_report(0, "STRIDED_SLICE", reason="shrink_axis_mask is 1: 0 is taken"))
    assert "walk backwards" in backwards.advice
    assert "shrink_axis" in masked.advice


def test_an_op_without_advice_of_its_own_gets_the_general_one() -> None:
    assert advice(split_net(), op_report(0, "BITCAST")).advice == refusal_texts()[-1].advice


def test_ops_refused_for_being_float_are_one_finding() -> None:
    ops = [op_report(at, kind, reason=f"input {at} is FLOAT32: UINT8 or INT8 is taken") for at, kind in FLOAT_OPS]
    found = advice(split_net(), *ops)
    assert found.id == "refused-float"
    assert found.message == (
        "The GPU refuses 3 ops (CONV_2D, ADD; first op 0): input 0 is FLOAT32: UINT8 or INT8 is taken"
    )
    assert "Quantize the whole model" in found.advice


def test_an_op_that_another_float_would_do_is_not_refused_for_being_float() -> None:
    found = advice(split_net(), op_report(0, "ADD", reason="input 0 is FLOAT16: FLOAT32 or INT8 is taken"))
    assert found.id == "refused-ADD"


@pytest.mark.parametrize(
    ("reason", "about"),
    [
        ("the sizes of what SLICE at op 20 makes are known only when it runs", "sizes"),
        ("LESS needs NNAPI 1.2 (Android 10, API 29)", "android"),
        ("its version is 3: 1 is taken", "versions"),
        ("input 0 is INT32: FLOAT32 is taken", "integers"),
    ],
)
def test_what_many_ops_have_in_common_gives_the_finding_its_id(reason: str, about: str) -> None:
    assert advice(split_net(), op_report(0, "BITCAST", reason=reason)).id == f"refused-{about}"


def test_an_ops_own_advice_comes_before_that_on_integers() -> None:
    found = advice(split_net(), op_report(0, "CAST", reason="input 0 is INT32: FLOAT32 is taken"))
    assert found.advice.startswith("Feed the model the type it computes in")


def test_what_fails_at_start_is_not_helped_by_standing_at_the_end() -> None:
    found = advice(split_net(), op_report(0, "BITCAST", Verdict.FAILS_AT_START))
    assert "while it is in the model, nothing at all runs" in found.advice


def test_an_op_that_the_model_lacks_is_told_still() -> None:
    model = split_net()
    assert advice(model, op_report(99, "SPLIT")).rewrite == "split-to-slices"
    assert advice(model, OpReport(7, 0, "SPLIT", Judgement(Verdict.REFUSED, "", ""))).id == "refused-SPLIT"


def test_a_damaged_type_can_not_break_the_message() -> None:
    found = advice(split_net(), op_report(0, "a\nb" * 100))
    assert "\n" not in found.message + found.id
    assert len(found.id) < 80


def test_what_xnnpack_leaves_still_runs_on_the_cpu() -> None:
    report = replace(target_report([op_report(0, "GATHER")]), target="xnnpack")
    assert "LiteRT's own kernels run it" in advice_for(report, read_bytes(build_custom()))[0].advice


def test_only_gpu_delegates_are_said_to_take_one_partition() -> None:
    advice = {
        target: advice_for(replace(target_report([op_report(0, "SIGN")]), target=target), read_bytes(chain(["SIGN"])))
        for target in ("tflite-gpu-opencl", "ethos-u55")
    }
    assert "only the largest part" in advice["tflite-gpu-opencl"][0].advice
    assert "only the largest part" not in advice["ethos-u55"][0].advice
