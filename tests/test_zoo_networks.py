"""Every network of the zoo builds, converts, runs, and is as large as what was measured of it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from litert import Refusal
from zoo_orders import Ran, build_here, light_rows, network_rows, output_shape, run_all, small_order, small_size

from maistudio.jobs.build import order_for
from maistudio.jobs.kept_networks import BuiltFile
from maistudio.tflite.read import read_model
from maistudio.zoo.built import read_built
from maistudio.zoo.catalogue import find_network, shelves
from maistudio.zoo.forms import Form, Order
from maistudio.zoo.rows import Row

if importlib.util.find_spec("tensorflow") is None:
    pytest.skip("TensorFlow, which builds the zoo, isn't installed", allow_module_level=True)
pytestmark = pytest.mark.slow

ROWS = network_rows()
FLOATS = [row for row in ROWS if row.form is not Form.INT8]
LIGHT_FLOATS = light_rows(FLOATS)
PARAMETERS = {"abpn": 42_539, "xlsr": 21_947, "ncnet": 52_279, "noahtcv": 49_555, "sye_isp": 5_640, "three_conv": 3_060}
"""Trained ones, counted in public code."""
DANN = 7.73e6
"""As its report gives it, to three digits."""
SIZE_OFF = 0.01
SIZE_BYTES = 2048
"""What shapes, names and padding may change in a file."""
FLOAT_ERROR = 1e-4
FUSING_ERROR = 5
"""Times what a change of the last bit of the input does: the networks enlarge what float32 rounds, some by a lot."""
UNFUSED = 0.01
"""Of the largest value: what is further apart is another network."""
each_network = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
each_light_float_network = pytest.mark.parametrize("row", LIGHT_FLOATS, ids=lambda row: row.name)


def twin(row: Row) -> Order:
    """Of open size; float32, since calibrating all at their challenge's size takes too long."""
    return order_for(row.name, Form.FP32, dynamic=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Order, BuiltFile]:
    """Every network as submitted at a small size, its twin, and the float ones as int8."""
    cache = tmp_path_factory.mktemp("zoo")
    submitted = build_here([small_order(row) for row in ROWS], cache)
    twins = build_here([twin(row) for row in ROWS], cache)
    return submitted | twins | build_here([small_order(row, Form.INT8) for row in LIGHT_FLOATS], cache)


@pytest.fixture(scope="module")
def answers(built: Mapping[Order, BuiltFile]) -> Mapping[Order, Ran | Refusal]:
    """What LiteRT makes of each on the same picture."""
    rows = {row.name: row for row in ROWS}
    ran = run_all([(file.path, rows[order.name]) for order, file in built.items()])
    return dict(zip(built, ran, strict=True))


@each_network
def test_it_runs_and_gives_the_picture_its_challenge_asks_for(row: Row, answers: Mapping[Order, Any]) -> None:
    ran = answers[small_order(row)]
    ends = ("uint8", "uint8") if row.form is Form.INT8 else ("float32", "float32")
    assert (ran.shape, ran.types, ran.finite) == (output_shape(row), ends, True)


@each_network
def test_its_twin_of_open_size_gives_a_picture_too(row: Row, answers: Mapping[Order, Any]) -> None:
    ran = answers[twin(row)]
    assert (ran.shape, ran.finite) == (output_shape(row), True)


@each_network
def test_its_twin_has_an_input_of_open_size(row: Row, built: Mapping[Order, BuiltFile]) -> None:
    graph = read_model(built[twin(row)].path).subgraphs[0]
    assert graph.tensors[graph.inputs[0]].open_shape[1:3] == (-1, -1)


@pytest.mark.parametrize("row", [row for row in FLOATS if row.form is Form.FP32], ids=lambda row: row.name)
def test_a_float_twin_gives_the_same_picture(row: Row, answers: Mapping[Order, Any]) -> None:
    assert answers[twin(row)].total == pytest.approx(answers[small_order(row)].total, rel=FLOAT_ERROR)


@each_light_float_network
def test_a_float_network_can_be_had_as_int8(row: Row, answers: Mapping[Order, Any]) -> None:
    ran = answers[small_order(row, Form.INT8)]
    assert (ran.shape, ran.types) == (output_shape(row), ("uint8", "uint8"))


@each_network
def test_its_size_is_what_was_measured_whatever_the_shape(row: Row, built: Mapping[Order, BuiltFile]) -> None:
    measured = read_built().networks[row.name].size_bytes
    size = built[small_order(row)].path.stat().st_size
    assert abs(size - measured) <= max(SIZE_OFF * measured, SIZE_BYTES)


@each_network
def test_its_parameters_are_those_measured(row: Row, built: Mapping[Order, BuiltFile]) -> None:
    assert built[small_order(row)].parameters == read_built().networks[row.name].parameters


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_as_known(name: str, built: Mapping[Order, BuiltFile]) -> None:
    order = small_order(find_network(name, shelves())[1])
    assert built[order].parameters == PARAMETERS[name]


def test_dann_has_as_many_parameters_as_reported(built: Mapping[Order, BuiltFile]) -> None:
    order = small_order(find_network("dann_isp", shelves())[1])
    assert built[order].parameters == pytest.approx(DANN, rel=0.001)


SEQUENCES = {
    "abpn": "NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3_time.tflite",
    "ncnet": "Algolzw__NCNet__model.tflite",
    "pureconvsr": "ECNUSR__PureConvSR-AIM2022__trial24__model.tflite",
    "diggers": "Feynman1999__MAI-VSR-Diggers__ckpt__model.tflite",
    "microisp_10": "aiff22__MicroISP__tflite_model__MicroISP.tflite",
}
JMU = "mv-lab__AISP__mai22-learnedisp__model.tflite"


@pytest.mark.parametrize("name", SEQUENCES)
def test_its_ops_are_those_of_the_teams_file(
    name: str, built: Mapping[Order, BuiltFile], real_file: Callable[[str], Path]
) -> None:
    order = small_order(find_network(name, shelves())[1])
    theirs = read_model(real_file(f"challenge/{SEQUENCES[name]}"))
    assert op_types(read_model(built[order].path)) == op_types(theirs)


def test_jmus_ops_are_those_of_its_file_but_for_what_todays_converter_writes_otherwise(
    built: Mapping[Order, BuiltFile], real_file: Callable[[str], Path]
) -> None:
    order = small_order(find_network("jmu_cvlab", shelves())[1])
    ours = Counter(op_types(read_model(built[order].path)))
    theirs = Counter(op_types(read_model(real_file(f"challenge/{JMU}"))))
    assert theirs - ours == Counter({"RESHAPE": 4, "POW": 1, "MAXIMUM": 1})
    assert ours - theirs == Counter({"MUL": 1, "RELU": 1})


def op_types(model: Any) -> list[str]:
    return [op.type for op in model.subgraphs[0].ops]


@pytest.fixture(scope="module")
def fusing() -> Mapping[str, Mapping[str, float]]:
    """How far fused forms are from training forms, of every network that has both."""
    asked = {row.name: small_size(row)[0] for row in ROWS}
    script = Path(__file__).with_name("zoo_fusing.py")
    command = [sys.executable, str(script), json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=script.parent.parent)
    assert done.returncode == 0, done.stderr[-2000:]
    found: Mapping[str, Mapping[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


FUSING = {
    *("tinyvsrnet", "prpsr", "scsrn", "rpq", "pureconvsr", "vccip", "rbpn", "rtsir2022", "acsr", "repgsr", "icl"),
    *("mier", "rfd_csa_small", "rfd_csa_large", "sye_isp"),
}


def test_the_networks_whose_teams_fused_branches_have_a_training_form(fusing: Mapping[str, Any]) -> None:
    assert set(fusing) == FUSING


def test_every_fused_form_computes_what_its_training_form_does(fusing: Mapping[str, Mapping[str, float]]) -> None:
    assert {
        name: found["fused"] for name, found in fusing.items() if found["fused"] > FUSING_ERROR * found["shaken"]
    } == {}


def test_what_they_compute_is_not_hidden_by_clips(fusing: Mapping[str, Mapping[str, float]]) -> None:
    assert {name: found["seen"] for name, found in fusing.items() if found["seen"] < 0.1} == {}


def test_without_fusing_they_are_far_apart(fusing: Mapping[str, Mapping[str, float]]) -> None:
    assert {name: found["unfused"] for name, found in fusing.items() if found["unfused"] < UNFUSED} == {}
