"""How ops are grouped into partitions, and which of them are taken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from models import read_bytes
from target_files import ALL, LARGEST, UNLISTED, branches, chain, report_of, target_of

from maistudio.targets.partitions import needs_of, partitions
from maistudio.targets.values import Verdict
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.links import links_of
from maistudio.tflite.model import Op, Subgraph, Tensor

RELU_RUNS = '[[rule]]\nops = ["RELU"]\nsource = "a.cc:1"\n'


def graph_of(inputs: Sequence[Sequence[int]]) -> Subgraph:
    """Op n makes tensor n + 1 of the tensors listed; tensor 0 is the input."""
    tensors = tuple(Tensor(n, f"t{n}", "FLOAT32", (1,), None, 0, False) for n in range(len(inputs) + 1))
    ops = tuple(Op(n, "RELU", 1, tuple(read), (n + 1,)) for n, read in enumerate(inputs))
    return Subgraph(0, "main", tensors, ops, (0,), (len(inputs),))


def swept(graph: Subgraph, accepted: Sequence[bool]) -> list[tuple[int, ...]]:
    """The same by TFLite's own way: sweeps over all ops, as long as one of the present side is ready."""
    made: dict[int, bool] = {0: True}
    left = [op.index for op in graph.ops]
    groups = []
    while left:
        side: bool | None = None
        group: list[int] = []
        moved = True
        while moved:
            moved = False
            for op in list(left):
                if all(tensor in made for tensor in graph.ops[op].inputs) and side in (None, accepted[op]):
                    side = accepted[op]
                    group.append(op)
                    left.remove(op)
                    made[op + 1] = True
                    moved = True
        if side:
            groups.append(tuple(sorted(group)))
    return groups


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Subgraph, list[bool]]:
    count = draw(st.integers(1, 14))
    inputs = [draw(st.lists(st.integers(0, op), min_size=1, max_size=3)) for op in range(count)]
    return graph_of(inputs), draw(st.lists(st.booleans(), min_size=count, max_size=count))


@given(graphs())
def test_groups_are_those_of_repeated_sweeps(case: tuple[Subgraph, list[bool]]) -> None:
    graph, accepted = case
    assert list(partitions(needs_of(graph, links_of(graph)), accepted)) == swept(graph, accepted)


def test_ops_that_wait_for_each_other_are_in_no_group() -> None:
    graph = graph_of([[0], [3], [2]])
    assert partitions(needs_of(graph, links_of(graph)), [True] * 3) == ((0,),)


def test_only_the_largest_partition_is_taken_by_a_gpu(tmp_path: Path) -> None:
    report = report_of(
        chain(["RELU", "TANH", "RELU", "RELU", "TANH", "RELU"]), target_of(tmp_path, RELU_RUNS, LARGEST + UNLISTED)
    )
    assert [part.ops for part in report.partitions if part.taken] == [(2, 3)]
    assert report.ops[0].verdict is Verdict.LEFT_ON_CPU
    assert report.ops[0].reason == "its partition of 1 op is not taken: only the largest partition is"
    assert report.ops[0].rule.source == "repo abc part.cc:1"


def test_of_partitions_of_equal_size_the_first_is_taken(tmp_path: Path) -> None:
    report = report_of(chain(["RELU", "TANH", "RELU"]), target_of(tmp_path, RELU_RUNS, LARGEST + UNLISTED))
    assert [part.ops for part in report.partitions if part.taken] == [(0,)]


def test_partitions_below_the_smallest_size_are_left(tmp_path: Path) -> None:
    rest = ALL + "smallest = 2\n" + UNLISTED
    report = report_of(chain(["RELU", "TANH", "RELU", "RELU"]), target_of(tmp_path, RELU_RUNS, rest))
    assert [part.ops for part in report.partitions if part.taken] == [(2, 3)]
    assert report.ops[0].reason == "its partition has 1 op: only partitions of at least 2 are taken"


def test_a_partition_below_the_smallest_size_is_taken_where_it_is_the_whole_model(tmp_path: Path) -> None:
    rest = ALL + "smallest = 2\nsmallest_unless_whole = true\n" + UNLISTED
    target = target_of(tmp_path, RELU_RUNS, rest)
    assert report_of(chain(["RELU"]), target).delegated.ops == 1
    assert report_of(chain(["RELU", "TANH"]), target).delegated.ops == 0


def test_a_branch_beside_a_refused_op_stays_in_the_partition(tmp_path: Path) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    made = branches(graph, source, ["RELU", "TANH", "RELU"], (1, 4))
    graph.output(*made)
    report = report_of(read_bytes(model.to_bytes()), target_of(tmp_path, RELU_RUNS))
    assert [part.ops for part in report.partitions] == [(0, 2)]
