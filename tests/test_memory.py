"""What is live at each op, and an arena plan that is sound, TFLite's own and fast."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litert import litert_answers
from models import build_conv_net, build_cyclic, build_fp16_weights, build_sparse, build_strings, read_bytes
from shape_cases import image, step

from maistudio.tflite import memory
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.memory import (
    ALIGNMENT,
    Lifetime,
    MemoryPlan,
    Placement,
    live_sets,
    plan_arena,
    plan_memory,
)
from maistudio.tflite.model import Model
from maistudio.tflite.read import read_model
from maistudio.tflite.shapes import resolve_shapes


def plan_of(model: Model) -> MemoryPlan:
    return plan_memory(model, 0, resolve_shapes(model))


def chain(*elements: int) -> Model:
    """Ops in a row between float vectors of these lengths; the first is the input, the last the output."""
    model = ModelDraft()
    graph = model.subgraph()
    tensors = [graph.input("t0", "FLOAT32", (elements[0],))]
    tensors += [graph.tensor(f"t{place}", "FLOAT32", (count,)) for place, count in enumerate(elements[1:], start=1)]
    for before, after in pairwise(tensors):
        graph.op("ABS", [before], [after])
    graph.output(tensors[-1])
    return read_bytes(model.to_bytes())


def test_the_live_set_is_what_an_op_reads_and_writes_in_a_chain() -> None:
    assert plan_of(chain(1, 10, 100, 5)).live_bytes == (44, 440, 420)


def test_the_peak_is_the_largest_live_set_and_names_its_op() -> None:
    plan = plan_of(chain(1, 10, 100, 5))
    assert (plan.live_set_peak, plan.peak_op) == (440, 1)


def test_a_tensor_that_is_needed_later_stays_live() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (10,))
    first, second, total = (graph.tensor(name, "FLOAT32", (10,)) for name in ("first", "second", "total"))
    graph.op("ABS", [source], [first])
    graph.op("ABS", [first], [second])
    graph.op("ADD", [first, second], [total], {})
    graph.output(total)
    assert plan_of(read_bytes(model.to_bytes())).live_bytes == (80, 80, 120)


def test_a_graph_output_stays_live_to_the_end() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (10,))
    early, middle, late = (graph.tensor(name, "FLOAT32", (10,)) for name in ("early", "middle", "late"))
    graph.op("ABS", [source], [early])
    graph.op("ABS", [early], [middle])
    graph.op("ABS", [middle], [late])
    graph.output(early, late)
    assert plan_of(read_bytes(model.to_bytes())).live_bytes == (80, 80, 120)


def test_a_variable_is_live_throughout() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    tensors = [graph.input("in", "FLOAT32", (1,)), *(graph.tensor("", "FLOAT32", (1,)) for _ in range(3))]
    state = graph.tensor("state", "FLOAT32", (100,), is_variable=True)
    graph.op("ABS", [tensors[0]], [tensors[1]])
    graph.op("ADD", [tensors[1], state], [tensors[2]], {})
    graph.op("ABS", [tensors[2]], [tensors[3]])
    graph.output(tensors[3])
    assert plan_of(read_bytes(model.to_bytes())).live_bytes == (408, 408, 408)


def test_weights_are_no_activations_even_when_dequantized() -> None:
    plan = plan_of(read_bytes(build_fp16_weights()))
    assert plan.live_bytes[-1] == 4 * (8 * 8 * 3 + 8 * 8 * 4)


def test_a_sparse_constant_made_dense_is_no_activation() -> None:
    """The input alone while DENSIFY runs, input and output of 4×4 floats at ADD."""
    assert plan_of(read_bytes(build_sparse())).live_bytes == (64, 128)


def build_unread() -> bytes:
    """Beside two ABS in a row, a third whose result nothing reads: 16 floats in, 160 in every result."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 16))
    unread, first, out = (graph.tensor(name, "FLOAT32", (10, 16)) for name in ("unread", "first", "out"))
    repeats = graph.constant("repeats", "INT32", (2,), [10, 1])
    graph.op("TILE", [source, repeats], [unread], {})
    graph.op("TILE", [source, repeats], [first], {})
    graph.op("TANH", [first], [out])
    graph.output(out)
    return model.to_bytes()


def test_a_result_that_nothing_reads_keeps_its_place_in_the_arena_to_the_end() -> None:
    assert plan_of(read_bytes(build_unread())).arena_bytes == 64 + 3 * 640


def test_a_result_that_nothing_reads_is_live_only_while_it_is_written() -> None:
    assert plan_of(read_bytes(build_unread())).live_bytes == (64 + 640, 64 + 640, 2 * 640)


BUILT: Mapping[str, Callable[[], bytes]] = {"conv_net": build_conv_net, "sparse": build_sparse, "unread": build_unread}


def test_the_arena_of_a_chain_reuses_what_is_free() -> None:
    assert plan_of(chain(16, 160, 160, 160, 160)).arena_bytes == 64 + 640 + 640


def test_a_tensor_of_unknown_size_leaves_the_peak_unknown_and_is_named() -> None:
    model = read_bytes(build_strings())
    plan = plan_of(model)
    assert (plan.live_set_peak, plan.arena_bytes, plan.unknown) == (None, None, (2,))


def test_without_ops_inputs_are_all_there_is() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    graph.output(graph.input("in", "FLOAT32", (10,)))
    plan = plan_of(read_bytes(model.to_bytes()))
    assert (plan.live_bytes, plan.live_set_peak, plan.peak_op, plan.arena_bytes) == ((), 40, None, 40)


def test_what_is_read_before_it_is_written_is_live_from_the_start() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1,))
    late, out = graph.tensor("late", "FLOAT32", (10,)), graph.tensor("out", "FLOAT32", (1,))
    graph.op("ABS", [late], [out])
    graph.op("ABS", [source], [late])
    graph.output(out)
    assert plan_of(read_bytes(model.to_bytes())).live_bytes == (48, 48)


def test_a_cycle_has_a_plan() -> None:
    assert plan_of(read_bytes(build_cyclic())).arena_bytes


def test_memory_follows_the_given_shape() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    graph.output(step(graph, "ABS", [image(graph)], 4, "FLOAT32"))
    opened = read_bytes(model.to_bytes())
    plan = plan_memory(opened, 0, resolve_shapes(opened, {"image": (1, 10, 20, 3)}))
    assert plan.live_set_peak == 2 * 4 * 10 * 20 * 3


OPS = 12
SPANS = st.tuples(st.integers(0, OPS - 1), st.integers(0, OPS - 1)).map(sorted)
LIFETIMES = st.lists(st.tuples(SPANS, st.integers(0, 300)), max_size=25).map(
    lambda drawn: [Lifetime(tensor, first, last, size) for tensor, ((first, last), size) in enumerate(drawn)]
)


def clashes(places: Sequence[Placement]) -> list[tuple[int, int]]:
    """Pairs of tensors that live together and overlap."""
    return [
        (one.tensor, other.tensor)
        for one, other in combinations(places, 2)
        if one.first <= other.last
        and other.first <= one.last
        and one.offset < other.offset + other.size
        and other.offset < one.offset + one.size
    ]


@given(LIFETIMES)
def test_tensors_that_live_together_lie_apart(lifetimes: list[Lifetime]) -> None:
    assert clashes(plan_arena(lifetimes, OPS - 1)) == []


@given(LIFETIMES, st.integers(0, 60))
def test_they_lie_apart_when_gaps_are_no_longer_searched(lifetimes: list[Lifetime], comparisons: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "_MOST_COMPARISONS", comparisons)
        patch.setattr(memory, "_FEW_NEIGHBOURS", 2)
        assert clashes(plan_arena(lifetimes, OPS - 1)) == []


@given(LIFETIMES)
def test_every_tensor_is_placed_once_at_a_multiple_of_the_alignment(lifetimes: list[Lifetime]) -> None:
    places = plan_arena(lifetimes, OPS - 1)
    assert sorted(place.tensor for place in places) == [life.tensor for life in lifetimes]
    assert all(place.offset % ALIGNMENT == 0 for place in places)


@given(LIFETIMES)
def test_no_plan_is_smaller_than_the_live_set(lifetimes: list[Lifetime]) -> None:
    arena = max((place.offset + place.size for place in plan_arena(lifetimes, OPS - 1)), default=0)
    assert arena >= max(live_sets(lifetimes, OPS))


@given(LIFETIMES)
def test_the_plan_is_that_of_looking_at_every_pair(lifetimes: list[Lifetime]) -> None:
    found = {place.tensor: place.offset for place in plan_arena(lifetimes, OPS - 1) if place.size}
    assert found == placed_by_pairs(lifetimes)


def placed_by_pairs(lifetimes: Sequence[Lifetime]) -> dict[int, int]:
    """The plan as TFLite makes it, by going through all tensors placed before."""

    def order(life: Lifetime) -> tuple[int, ...]:
        whole = life.first == 0 and life.last == OPS - 1
        return (0, life.tensor) if whole else (1, -life.size, life.first)

    offsets: dict[int, int] = {}
    for life in sorted((life for life in lifetimes if life.size), key=order):
        beside = sorted(
            (offsets[other.tensor], other.size)
            for other in lifetimes
            if other.tensor in offsets and other.first <= life.last and life.first <= other.last
        )
        best, best_fit, end = -1, 2**63, 0
        for offset, size in beside:
            start = -(-end // ALIGNMENT) * ALIGNMENT
            if start + life.size <= offset and offset - start < best_fit:
                best, best_fit = start, offset - end
            end = max(end, offset + size)
        offsets[life.tensor] = best if best >= 0 else -(-end // ALIGNMENT) * ALIGNMENT
    return offsets


@pytest.mark.parametrize(
    "last",
    [lambda op: op + 1, lambda op: op + 1_500, lambda op: 9_999],
    ids=["chain", "wide", "all_outputs"],
)
def test_ten_thousand_tensors_are_planned_in_little_time(last: Callable[[int], int]) -> None:
    lifetimes = [Lifetime(op, op, min(9_999, last(op)), 64 + op * 7919 % 4096) for op in range(10_000)]
    started = time.process_time()
    places = plan_arena(lifetimes, 9_999)
    assert time.process_time() - started < 5
    assert max(place.offset + place.size for place in places) >= max(live_sets(lifetimes, 10_000))


ARENA_IN_LITERT = """
def answer(request):
    path, activations = request
    interpreter = Interpreter(path, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    extents = []
    for index in activations:
        data = interpreter.tensor(index)()
        start = data.__array_interface__["data"][0]
        extents.append((start, start + data.nbytes))
    return max(end for _, end in extents) - min(start for start, _ in extents)
"""
"""The size of the arena as LiteRT lays it out. The reference kernels need no scratch tensors."""

SAME_AS_LITERT = (
    "large/sr_abpn_x3_360x640_fp32.tflite",
    "large/sr_abpn_x3_360x640_fp16.tflite",
    "large/mobilenetv2_224_fp32.tflite",
    "large/big_wide_1000.tflite",
    "large/big_chain_1000.tflite",
    "hard/nnstreamer__simple_32_in_32_out.tflite",
    "hard/nnstreamer__deeplabv3_257_mv_gpu.tflite",
    "hard/test_data__movenet_single_pose_lightning_ptq.tflite",
    "challenge/Zheng222__IMDN__TF_model__imdn_rtc_time.tflite",
)
"""Real files that LiteRT's reference kernels run, without ops that share memory between input and output."""


def litert_arenas(files: Mapping[str, Path]) -> dict[str, tuple[MemoryPlan, object]]:
    """Each file's plan, and the bytes LiteRT lays its activations out in."""
    plans = {name: plan_of(read_model(path)) for name, path in files.items()}
    requests = [[str(files[name]), [place.tensor for place in plan.placements]] for name, plan in plans.items()]
    return dict(zip(plans, zip(plans.values(), litert_answers(ARENA_IN_LITERT, requests), strict=True), strict=True))


@pytest.fixture(scope="module")
def real_arenas(real_file: Callable[[str], Path]) -> dict[str, tuple[MemoryPlan, object]]:
    return litert_arenas({name: real_file(name) for name in SAME_AS_LITERT})


@pytest.mark.parametrize("name", SAME_AS_LITERT)
def test_the_arena_is_as_large_as_litert_s(real_arenas: dict[str, tuple[MemoryPlan, object]], name: str) -> None:
    plan, litert = real_arenas[name]
    assert plan.arena_bytes == litert


@pytest.fixture(scope="module")
def built_arenas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[MemoryPlan, object]]:
    files = {name: tmp_path_factory.mktemp("arenas") / f"{name}.tflite" for name in BUILT}
    for name, build in BUILT.items():
        files[name].write_bytes(build())
    return litert_arenas(files)


@pytest.mark.parametrize("name", BUILT)
def test_the_arena_of_a_built_model_is_as_large_as_litert_s(
    built_arenas: dict[str, tuple[MemoryPlan, object]], name: str
) -> None:
    plan, litert = built_arenas[name]
    assert plan.arena_bytes == litert
