"""LiteRT's profiler on real models: every kernel finds its op. Each model runs in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from models import (
    build_abpn,
    build_dynamic_range,
    build_dynamic_shape,
    build_fp16_weights,
    build_if,
    build_multi_signature,
    build_strings,
    build_while,
    conv,
)

from maistudio.errors import RuntimeMissingError
from maistudio.runtime import c_api
from maistudio.tflite.costs import count_costs
from maistudio.tflite.draft import ModelDraft, per_tensor
from maistudio.tflite.read import read_model
from maistudio.tflite.shapes import resolve_shapes
from maistudio.timing.kernels import RawProfile, raw_profile_from
from maistudio.timing.op_profile import op_profile
from maistudio.timing.plan import nodes_of, parts_of
from maistudio.timing.values import Engine, OpProfile

pytest.importorskip("ai_edge_litert")

PROFILE = """
import json, sys
from maistudio.errors import MaiStudioError
from maistudio.runtime.op_profiling import profile_ops
from maistudio.timing.kernels import raw_profile_json
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration, Engine

path, engine, shapes, signature, as_bytes = json.loads(sys.argv[1])
model = open(path, "rb").read() if as_bytes else path
configuration = Configuration(Engine(engine), 1, {name: tuple(shape) for name, shape in shapes.items()}, signature)
heard = []
try:
    raw = profile_ops(model, configuration, Limits(5, 0, 5, 1, 0), lambda runs, elapsed_s: heard.append(runs))
    print(json.dumps({"raw": raw_profile_json(raw), "heard": heard}))
except MaiStudioError as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
"""

DELEGATES = """
import json, sys
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter(model_path=sys.argv[1], num_threads=1)
interpreter.allocate_tensors()
ops = [op for op in interpreter._get_ops_details() if op["op_name"] == "DELEGATE"]
print(json.dumps([[op["inputs"].tolist(), op["outputs"].tolist()] for op in ops]))
"""

Build = Callable[[Path], Path]
FLOATS = (1, 8, 8, 4)


def answer(program: str, argument: str) -> Any:
    run = subprocess.run([sys.executable, "-c", program, argument], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


def asked(
    path: Path,
    engine: Engine = Engine.XNNPACK,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    signature: str | None = None,
    as_bytes: bool = False,
) -> dict[str, Any]:
    return answer(PROFILE, json.dumps([str(path), engine.value, dict(shapes or {}), signature, as_bytes]))


def raw(path: Path, **how: Any) -> RawProfile:
    found = asked(path, **how)
    assert "error" not in found, found
    return raw_profile_from(found["raw"])


def profiled(path: Path, shapes: Mapping[str, tuple[int, ...]] | None = None, **how: Any) -> OpProfile:
    model = read_model(path)
    costs = count_costs(model, resolve_shapes(model, shapes or {}))
    return op_profile(raw(path, shapes=shapes, **how), model, costs)


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[bytes], Path]:
    def store(content: bytes) -> Path:
        path = tmp_path / "model.tflite"
        path.write_bytes(content)
        return path

    return store


def places(profile: OpProfile) -> list[tuple[int, tuple[int, ...]]]:
    return [(op.subgraph, op.indices) for op in profile.ops]


def build_merging() -> bytes:
    """EXP, PAD, a convolution that takes PAD and RELU into itself, RELU, TANH."""
    model = ModelDraft()
    graph = model.subgraph()
    last = graph.tensor("exp", "FLOAT32", FLOATS)
    graph.op("EXP", [graph.input("in", "FLOAT32", FLOATS)], [last])
    padding = graph.constant("padding", "INT32", (4, 2), [0, 0, 1, 1, 1, 1, 0, 0])
    padded = graph.tensor("padded", "FLOAT32", (1, 10, 10, 4))
    graph.op("PAD", [last, padding], [padded])
    last = conv(graph, padded, FLOATS, "conv")
    graph.values["operators"][-1]["builtin_options"][1]["padding"] = "VALID"
    for op_type in ("RELU", "TANH"):
        last, source = graph.tensor(op_type, "FLOAT32", FLOATS), last
        graph.op(op_type, [source], [last])
    graph.output(last)
    return model.to_bytes()


def build_split_by_litert() -> bytes:
    """EXP, POW, which XNNPACK leaves to LiteRT, then ABS, which waits for nothing, and TANH of POW."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", FLOATS)
    made = {name: graph.tensor(name, "FLOAT32", FLOATS) for name in ("EXP", "POW", "ABS", "TANH")}
    graph.op("EXP", [source], [made["EXP"]])
    graph.op("POW", [made["EXP"], made["EXP"]], [made["POW"]])
    graph.op("ABS", [source], [made["ABS"]])
    graph.op("TANH", [made["POW"]], [made["TANH"]])
    graph.output(made["ABS"], made["TANH"])
    return model.to_bytes()


def build_with_state() -> bytes:
    """ADD of a variable tensor, as the state of a recurrent op."""
    model = ModelDraft()
    graph = model.subgraph()
    state, out = graph.tensor("state", "FLOAT32", (1, 4), is_variable=True), graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("ADD", [graph.input("in", "FLOAT32", (1, 4)), state], [out], {})
    graph.output(out)
    return model.to_bytes()


def build_renamed() -> bytes:
    """EXP of a tensor of any length, which its signature calls otherwise."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("tensor", "FLOAT32", (1, 1), shape_signature=[1, -1])
    out = graph.tensor("out", "FLOAT32", (1, 1), shape_signature=[1, -1])
    graph.op("EXP", [source], [out])
    graph.output(out)
    return model.signature("run", {"argument": source}, {"result": out}).to_bytes()


def build_root() -> bytes:
    """SQRT of int8, which LiteRT refuses to take of negative numbers."""
    model = ModelDraft()
    graph = model.subgraph()
    scale = {"quantization": per_tensor(0.5)}
    out = graph.tensor("out", "INT8", (1, 64), **scale)
    graph.op("SQRT", [graph.input("in", "INT8", (1, 64), **scale)], [out])
    graph.output(out)
    return model.to_bytes()


def test_each_op_of_a_network_is_timed(stored):
    assert places(profiled(stored(build_abpn(64, 64)))) == [(0, (index,)) for index in range(10)]


def test_ops_that_xnnpack_merges_are_one_entry(stored):
    assert places(profiled(stored(build_merging()))) == [(0, (0,)), (0, (1, 2, 3)), (0, (4,))]


def test_a_merged_entry_is_named_for_the_op_its_kernel_runs(stored):
    assert profiled(stored(build_merging())).ops[1].type == "CONV_2D"


def test_weights_unpacked_at_start_are_merged_into_their_convolution(stored):
    assert places(profiled(stored(build_fp16_weights()))) == [(0, (0, 1, 2))]


def test_a_dynamic_quantization_is_part_of_its_op(stored):
    assert places(profiled(stored(build_dynamic_range()))) == [(0, (0,))]


def test_partitions_are_told_apart(stored):
    found = profiled(stored(build_split_by_litert()))
    assert [(op.indices, op.partition) for op in found.ops] == [((0,), 0), ((2,), 0), ((1,), None), ((3,), 1)]


def test_an_op_xnnpack_leaves_is_run_by_litert(stored):
    found = profiled(stored(build_split_by_litert()))
    assert {op.type: op.executor for op in found.ops}["POW"] is Engine.BUILTIN


@pytest.mark.parametrize("engine", [Engine.BUILTIN, Engine.REFERENCE])
def test_without_xnnpack_each_op_is_litert_s(stored, engine):
    found = profiled(stored(build_merging()), engine=engine)
    assert [(op.indices, op.executor) for op in found.ops] == [((index,), engine) for index in range(5)]


def test_the_ops_of_a_loop_are_those_of_its_subgraphs(stored):
    assert {op.subgraph: op.type for op in profiled(stored(build_while())).ops} == {0: "WHILE", 1: "LESS", 2: "ADD"}


def test_an_op_of_a_loop_is_called_once_a_turn(stored):
    found = raw(stored(build_while()))
    assert {kernel.subgraph: kernel.calls for kernel in found.kernels} == {0: 1.0, 1: 11.0, 2: 10.0}


def test_only_the_branch_that_runs_is_timed(stored):
    assert sorted({op.subgraph for op in profiled(stored(build_if())).ops}) == [0, 2]


def test_a_signature_runs_its_own_subgraph(stored):
    found = profiled(stored(build_multi_signature()), signature="multiply")
    assert [(op.subgraph, op.type) for op in found.ops] == [(1, "MUL")]


def test_a_shape_that_was_asked_for_is_the_one_that_runs(stored):
    shapes = {"image": (1, 256, 256, 3)}
    small, large = (profiled(stored(build_dynamic_shape()), shapes=given) for given in (None, shapes))
    assert large.ops[0].us > small.ops[0].us + 50


def test_an_input_of_the_main_subgraph_goes_by_its_tensor_s_name(stored):
    content = build_renamed()
    assert len(raw(stored(content), shapes={"tensor": (1, 9)}).kernels) == 1


def test_an_input_of_a_signature_goes_by_the_signature_s_name(stored):
    content = build_renamed()
    assert len(raw(stored(content), shapes={"argument": (1, 9)}, signature="run").kernels) == 1


def test_a_model_that_refuses_random_inputs_is_given_others(stored):
    assert [op.type for op in profiled(stored(build_root())).ops] == ["SQRT"]


def test_a_model_is_taken_from_memory_too(stored):
    assert len(raw(stored(build_abpn()), as_bytes=True).kernels) == 10


def test_each_run_is_heard_of(stored):
    assert asked(stored(build_abpn()))["heard"] == [1, 2, 3, 4, 5]


def test_the_wall_time_of_each_run_is_kept(stored):
    assert len(raw(stored(build_abpn())).wall_us) == 5


@pytest.mark.parametrize(
    ("build", "how", "words"),
    [
        (build_with_state, {}, "ModelRunError: LiteRT can't read it for profiling: .*variable tensors"),
        (build_strings, {}, "ModelRunError: .*plain numbers only"),
        (build_multi_signature, {"signature": "divide"}, "ModelRunError: .*signature 'divide'.*'add', 'multiply'"),
        (build_abpn, {"shapes": {"picture": (1, 8, 8, 3)}}, "ModelRunError: .*no input 'picture'.*input"),
        (build_abpn, {"shapes": {"input": (1, 8, 8, 5)}}, "ModelRunError: LiteRT can't"),
        (build_abpn, {"engine": Engine.GPU}, "RuntimeMissingError: per-op times need the CPU"),
    ],
)
def test_what_can_t_be_profiled_is_told_in_a_sentence(stored, build, how, words):
    found = asked(stored(build()), **how)
    assert re.match(words, found["error"]), found


@pytest.mark.parametrize("version", ["2.1.5", "2.4.0", "3.0.0", "1.4.0"])
def test_a_version_whose_interface_is_not_known_is_refused(monkeypatch, version):
    monkeypatch.setattr(c_api, "version", lambda _: version)
    with pytest.raises(RuntimeMissingError, match=f"per-op times need LiteRT 2.1.6 to 2.3.x, .*{version}"):
        c_api.CApi()


def test_a_library_that_lacks_a_function_is_refused(monkeypatch):
    monkeypatch.setattr(c_api, "_SIGNATURES", {"FlyToTheMoon": ()})
    with pytest.raises(RuntimeMissingError, match="per-op times need LiteRtFlyToTheMoon"):
        c_api.CApi()


def test_a_missing_litert_is_told(monkeypatch):
    monkeypatch.setattr(c_api, "find_spec", lambda _: None)
    with pytest.raises(RuntimeMissingError, match="install ai-edge-litert"):
        c_api.CApi()


CHALLENGE = [
    "challenge/Algolzw__NCNet__model.tflite",
    "challenge/ECNUSR__PureConvSR-AIM2022__trial24__model.tflite",
    "challenge/Feynman1999__MAI-VSR-Diggers__ckpt__model.tflite",
    "challenge/Zheng222__IMDN__TF_model__imdn_rtc_time.tflite",
    "challenge/NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3_time.tflite",
    "challenge/mv-lab__AISP__mai22-learnedisp__model.tflite",
    "large/sr_abpn_x3_360x640_fp32.tflite",
    "large/sr_abpn_x3_360x640_fp16.tflite",
    "large/sr_abpn_x3_360x640_int8.tflite",
]
OTHERS = [
    "large/mobilenetv2_224_fp32.tflite",
    "large/mobilenetv2_224_int8.tflite",
    "large/big_wide_1000.tflite",
    "delegate-cases/lstm.tflite",
    "delegate-cases/sr_dynrange.tflite",
    "hard/LiteRT__torchaudio_conformer.tflite",
    "hard/ai-edge-quantizer__toy_model_with_kv_cache_multi_signature.tflite",
    "hard/nnstreamer__deeplabv3_257_mv_gpu.tflite",
    "hard/test_data__movenet_single_pose_lightning_ptq.tflite",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", CHALLENGE + OTHERS)
def test_every_kernel_of_a_real_model_finds_its_op(real_file, name):
    assert [op.kernels for op in profiled(real_file(name)).ops if not op.indices] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CHALLENGE)
def test_kernels_explain_nearly_all_of_a_challenge_network_s_time(real_file, name):
    assert profiled(real_file(name)).explained >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("name", CHALLENGE + OTHERS)
def test_partitions_are_those_of_litert_s_interpreter(real_file, name):
    """Which latency is measured with: each of its delegates reads and writes what a partition here does."""
    path = real_file(name)
    graph = read_model(path).subgraphs[0]
    nodes = nodes_of(read_model(path), 0)
    kept = {kernel.node for kernel in raw(path).kernels if kernel.subgraph == 0}
    found = []
    for part in parts_of(nodes, {node.number for node in nodes} - kept):
        inside = {node.number for node in part.nodes}
        made = {value for node in part.nodes for value in node.outputs}
        read = {value for node in part.nodes for value in node.inputs} - made
        outside = {value for node in nodes if node.number not in inside for value in node.inputs} | {*graph.outputs}
        if part.delegated:
            found.append(({value for value in read if not graph.tensors[value].constant}, made & outside))
    told = answer(DELEGATES, str(path))
    assert found == [
        ({value for value in read if value >= 0 and not graph.tensors[value].constant}, set(made))
        for read, made in told
    ]
