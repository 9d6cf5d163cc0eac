"""A model on a target: verdicts, totals, what crosses, and the one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from models import conv, read_bytes
from target_files import ALL, HEAD, LARGEST, UNLISTED, chain, report_of, target_of

from maistudio.targets.values import Compiled, Proof, TargetReport, TargetVerdict, Verdict
from maistudio.tflite.draft import ModelDraft

RELU = '[[rule]]\nops = ["RELU"]\nsource = "a.cc:1"\n'
TANH_FAILS = (
    '[[rule]]\nops = ["TANH"]\nsource = "a.cc:2"\n'
    'fails_unless = [{ inputs = 2, because = "no shader", source = "gl.cc:9" }]\n'
)
TANH_CANDIDATE = (
    '[[rule]]\nops = ["TANH"]\nsource = "a.cc:2"\nverdict = "candidate"\nbecause = "the compiler decides"\n'
)
TANH_UNKNOWN = '[[rule]]\nops = ["TANH"]\nsource = "a.cc:2"\nverdict = "unknown"\nbecause = "nobody said"\n'


def verdicts(report: TargetReport) -> list[str]:
    return [op.verdict.value for op in report.ops]


def on(folder: Path, types: list[str], rules: str, rest: str = ALL + UNLISTED) -> TargetReport:
    return report_of(chain(types), target_of(folder, rules, rest))


def test_a_model_whose_ops_all_run_is_full(tmp_path: Path) -> None:
    report = on(tmp_path, ["RELU", "RELU"], RELU)
    assert (report.verdict, report.summary) == (TargetVerdict.FULL, "all 2 ops on the GPU")
    assert report.boundary.tensors == ()


def test_a_refused_op_makes_it_partial_and_is_named(tmp_path: Path) -> None:
    report = on(tmp_path, ["RELU", "TANH", "RELU"], RELU)
    assert report.verdict is TargetVerdict.PARTIAL
    assert report.summary == "2 of 3 ops on the GPU; TANH at op 1 keeps the rest on the CPU"


def test_an_op_no_rule_names_is_refused_with_the_words_and_source_for_it(tmp_path: Path) -> None:
    op = on(tmp_path, ["TANH"], RELU).ops[0]
    assert (op.verdict, op.reason, op.rule.source) == (Verdict.REFUSED, "no parser for TANH", "repo abc list.cc:2")


def test_nothing_that_runs_is_none(tmp_path: Path) -> None:
    report = on(tmp_path, ["TANH", "SIN"], RELU)
    assert report.verdict is TargetVerdict.NONE
    assert report.summary == "nothing runs on the GPU: TANH at op 0 and SIN at op 1 are refused"


def test_an_op_that_fails_at_start_keeps_all_others_off(tmp_path: Path) -> None:
    report = on(tmp_path, ["RELU", "TANH", "RELU"], RELU + TANH_FAILS)
    assert report.verdict is TargetVerdict.FAILS_AT_START
    assert verdicts(report) == ["left_on_cpu", "fails_at_start", "left_on_cpu"]
    assert report.ops[1].rule.source == "repo abc gl.cc:9"
    assert report.summary == "nothing runs on the GPU: TANH at op 1 keeps the delegate from starting"
    assert not any(part.taken for part in report.partitions)
    assert report.delegated.ops == 0


def test_an_op_that_would_fail_in_a_partition_that_is_not_taken_does_no_harm(tmp_path: Path) -> None:
    report = on(tmp_path, ["RELU", "RELU", "SIN", "TANH"], RELU + TANH_FAILS, LARGEST + UNLISTED)
    assert verdicts(report) == ["runs", "runs", "refused", "left_on_cpu"]
    assert report.verdict is TargetVerdict.PARTIAL


def test_candidates_alone_make_a_candidate(tmp_path: Path) -> None:
    report = on(tmp_path, ["TANH", "TANH"], TANH_CANDIDATE)
    assert report.verdict is TargetVerdict.CANDIDATE
    assert report.summary == "all 2 ops are candidates for the GPU: its compiler or driver decides"


def test_candidates_beside_a_refused_op_are_partial(tmp_path: Path) -> None:
    report = on(tmp_path, ["TANH", "SIN"], TANH_CANDIDATE)
    assert report.verdict is TargetVerdict.PARTIAL
    assert report.summary == "1 of 2 ops are candidates for the GPU; SIN at op 1 keeps the rest on the CPU"


def test_an_unknown_op_leaves_open_what_depends_on_it(tmp_path: Path) -> None:
    report = on(tmp_path, ["RELU", "RELU", "TANH", "RELU"], RELU + TANH_UNKNOWN, LARGEST + UNLISTED)
    assert verdicts(report) == ["runs", "runs", "unknown", "unknown"]
    assert report.ops[3].reason == "whether it is taken depends on an op of which nothing is known"
    assert report.verdict is TargetVerdict.UNKNOWN


def test_a_faulty_graph_is_refused_whole(tmp_path: Path) -> None:
    rules = RELU + '[[graph]]\nsource = "g.cc:4"\nrefused_unless = [{ check = "no_dynamic_tensors" }]\n'
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    shape = graph.input("shape", "INT32", (2,))
    out = graph.tensor("out", "FLOAT32", (1, 1), shape_signature=[-1, -1])
    graph.op("RESHAPE", [source, shape], [out])
    last = graph.tensor("last", "FLOAT32", (1, 1), shape_signature=[-1, -1])
    graph.op("RELU", [out], [last])
    graph.output(last)
    report = report_of(model.to_bytes(), target_of(tmp_path, rules))
    assert report.ops[1].reason == "the sizes of what RESHAPE at op 0 makes are known only when it runs"
    assert report.ops[1].rule.source == "repo abc g.cc:4"


def two_convolutions() -> bytes:
    """1×8×8×3 → conv to 4 → TANH → conv to 4. MACs 6,912 and 9,216."""
    model = ModelDraft()
    graph = model.subgraph()
    image = graph.input("image", "FLOAT32", (1, 8, 8, 3))
    first = conv(graph, image, (1, 8, 8, 4), "first")
    between = graph.tensor("between", "FLOAT32", (1, 8, 8, 4))
    graph.op("TANH", [first], [between])
    graph.output(conv(graph, between, (1, 8, 8, 4), "second"))
    return model.to_bytes()


CONV = '[[rule]]\nops = ["CONV_2D"]\nsource = "a.cc:1"\n'


def test_macs_and_weights_are_told_for_both_sides(tmp_path: Path) -> None:
    report = report_of(two_convolutions(), target_of(tmp_path, CONV, LARGEST + UNLISTED))
    assert (report.delegated.ops, report.delegated.macs, report.delegated.weight_bytes) == (1, 6912, 4 * (108 + 4))
    assert (report.rest.ops, report.rest.macs, report.rest.weight_bytes) == (2, 9216, 4 * (144 + 4))
    assert report.summary == "1 of 3 ops, 43 % of the MACs on the GPU; TANH at op 1 keeps the rest on the CPU"


def test_what_crosses_is_counted_once_in_bytes(tmp_path: Path) -> None:
    report = report_of(two_convolutions(), target_of(tmp_path, CONV))
    assert report.boundary.bytes == 2 * 4 * 8 * 8 * 4
    assert len(report.boundary.tensors) == 2


def test_what_stays_on_one_side_doesnt_cross(tmp_path: Path) -> None:
    report = report_of(two_convolutions(), target_of(tmp_path, CONV, LARGEST + UNLISTED))
    assert report.boundary.bytes == 4 * 8 * 8 * 4


def half_weights(op_type: str, *more: str) -> bytes:
    """A float16 constant, dequantized, into one op beside the input, and ``more`` behind it."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (4,))
    stored = graph.constant("stored", "FLOAT16", (4,), [1.0] * 4)
    wide = graph.tensor("wide", "FLOAT32", (4,))
    graph.op("DEQUANTIZE", [stored], [wide])
    out = graph.tensor("out", "FLOAT32", (4,))
    graph.op(op_type, [source, wide], [out])
    for each in more:
        source, out = out, graph.tensor(each, "FLOAT32", (4,))
        graph.op(each, [source], [out])
    graph.output(out)
    return model.to_bytes()


FOLDING = 'folds = ["float16_dequantize"]\n'
ADD = '[[rule]]\nops = ["ADD"]\nsource = "a.cc:1"\nrefused_unless = [{ tensor = "input 1", constant = true }]\n'


def test_folded_weights_are_constants_and_their_op_runs_with_the_whole_model(tmp_path: Path) -> None:
    report = report_of(half_weights("ADD"), target_of(tmp_path, ADD, ALL + FOLDING + UNLISTED))
    assert verdicts(report) == ["runs", "runs"]
    assert report.ops[0].reason == "folded into what reads it"
    assert [part.ops for part in report.partitions] == [(1,)]


def test_a_folded_op_stays_on_the_cpu_where_only_a_part_is_taken(tmp_path: Path) -> None:
    report = report_of(half_weights("ADD", "TANH"), target_of(tmp_path, ADD, ALL + FOLDING + UNLISTED))
    assert verdicts(report) == ["left_on_cpu", "runs", "refused"]
    assert report.ops[0].reason == "it is folded only where the whole model is taken"


def test_what_a_folded_op_makes_doesnt_cross(tmp_path: Path) -> None:
    report = report_of(half_weights("ADD", "TANH"), target_of(tmp_path, ADD, ALL + FOLDING + UNLISTED))
    assert report.boundary.bytes == 4 * 4


def test_folded_ops_are_taken_and_counted_where_a_delegate_does_so(tmp_path: Path) -> None:
    report = report_of(half_weights("ADD"), target_of(tmp_path, ADD, ALL + FOLDING + 'folded = "taken"\n' + UNLISTED))
    assert [part.ops for part in report.partitions] == [(0, 1)]


def test_a_taken_folded_op_is_refused_where_a_refused_op_reads_it_too(tmp_path: Path) -> None:
    report = report_of(half_weights("SIN"), target_of(tmp_path, ADD, ALL + FOLDING + 'folded = "taken"\n' + UNLISTED))
    assert report.ops[0].reason == "SIN at op 1 reads it too, and is not taken"


def test_without_folding_a_dequantize_is_an_op_like_others(tmp_path: Path) -> None:
    report = report_of(half_weights("ADD"), target_of(tmp_path, ADD))
    assert verdicts(report) == ["refused", "refused"]


def compiled(*found: Verdict, difference: float | None = None) -> Compiled:
    proofs = {(0, op): Proof(verdict, "because it said so", "a compiler") for op, verdict in enumerate(found)}
    return Compiled("a compiler", proofs, difference)


def test_a_real_compile_wins_over_the_rule_and_both_are_kept(tmp_path: Path) -> None:
    report = report_of(chain(["RELU", "TANH"]), target_of(tmp_path, RELU), compiled(Verdict.REFUSED, Verdict.RUNS))
    assert verdicts(report) == ["refused", "runs"]
    assert [op.rule.verdict.value for op in report.ops] == ["runs", "refused"]
    assert all(op.disagrees for op in report.ops)
    assert report.provenance == "proved by running a compiler"
    assert [part.ops for part in report.partitions] == [(1,)]


@pytest.mark.parametrize("difference", [0.5, float("nan"), float("inf")])
def test_a_full_compile_with_other_outputs_is_wrong(tmp_path: Path, difference: float) -> None:
    report = report_of(chain(["RELU"]), target_of(tmp_path, RELU), compiled(Verdict.RUNS, difference=difference))
    assert report.verdict is TargetVerdict.WRONG_OUTPUT
    assert "its outputs are wrong" in report.summary


def test_a_full_compile_with_the_same_outputs_is_full(tmp_path: Path) -> None:
    report = report_of(chain(["RELU"]), target_of(tmp_path, RELU), compiled(Verdict.RUNS, difference=1e-6))
    assert report.verdict is TargetVerdict.FULL


def test_every_label_says_who_says_so(tmp_path: Path) -> None:
    said = {
        word: report_of(
            chain(["RELU"]), target_of(tmp_path, RELU, head=HEAD.replace('"source"', f'"{word}"'))
        ).provenance
        for word in ("source", "documents", "candidate")
    }
    assert said == {
        "source": "from the source of repo @ abc",
        "documents": "from documents: repo abc",
        "candidate": "candidate: the vendor's compiler decides; listed in repo abc",
    }


def test_the_unit_inside_an_accelerator_is_told(tmp_path: Path) -> None:
    rules = (
        '[[rule]]\nops = ["RELU", "TANH"]\nsource = "a.cc:1"\n'
        'units = [{ unit = "NN", when = { op = ["RELU"] } }, { unit = "TP" }]\n'
    )
    report = on(tmp_path, ["RELU", "TANH"], rules)
    assert [op.rule.unit for op in report.ops] == ["NN", "TP"]


def test_an_op_that_no_unit_runs_is_refused(tmp_path: Path) -> None:
    rules = '[[rule]]\nops = ["RELU"]\nsource = "a.cc:1"\nunits = [{ unit = "NN", when = { inputs = 2 } }]\n'
    assert on(tmp_path, ["RELU"], rules).ops[0].reason == "it has 1 input: 2 is taken"


def test_a_model_without_ops_is_no_failure(tmp_path: Path) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    graph.output(graph.input("in", "FLOAT32", (1,)))
    report = report_of(read_bytes(model.to_bytes()), target_of(tmp_path, RELU))
    assert report.summary == "the model has no ops"
