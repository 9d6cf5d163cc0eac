"""The Ethos-U55's rules against what Vela 5.2.0 said: one op at a time, and of real models."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ethos_cases import CASES, T, conv, full, i8, i16
from models import read_bytes
from target_files import facts_of

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.report import report_on
from maistudio.targets.values import OpReport, TargetReport, TargetVerdict, Verdict
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.read import read_model

REFUSED_BY_VELA = {
    "challenge/Algolzw__NCNet__model.tflite": 1,
    "challenge/ECNUSR__PureConvSR-AIM2022__trial24__model.tflite": 1,
    "challenge/NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3_time.tflite": 1,
    "hard/LiteRT__mixed16x8.tflite": 2,
    "hard/test_data__movenet_single_pose_lightning_ptq.tflite": 29,
    "hard/test_data__posenet_mobilenet_v1_075_353_481_16_quant_decoder.tflite": 1,
    "hard/tflite-micro__audio_preprocessor_int8.tflite": 19,
    "large/mobilenetv2_224_fp32.tflite": 65,
    "large/mobilenetv2_224_int8.tflite": 0,
    "large/sr_abpn_x3_360x640_int8.tflite": 1,
}
"""How many ops of the file ``vela --show-cpu-operations`` (5.2.0, ethos-u55-128) left to the CPU."""
NOT_COUNTED_BY_VELA = {"if_cond"}
"""Vela counts two of the three ops of this one's main graph; its log refuses all three."""


@pytest.fixture(scope="module")
def ethos() -> Target:
    return shipped_targets(["ethos-u55"])[0]


def report_of_file(path: Path, target: Target) -> TargetReport:
    return report_on(facts_of(read_model(path)), target)


def first_op(data: bytes, target: Target) -> OpReport:
    return report_on(facts_of(read_bytes(data)), target).ops[0]


@pytest.mark.parametrize("name", CASES)
def test_an_op_is_judged_as_vela_judged_it(name: str, ethos: Target) -> None:
    op = first_op(CASES[name].build(), ethos)
    assert (op.verdict.value, op.reason) == (CASES[name].verdict, op.reason)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.verdict != "runs"])
def test_what_is_not_taken_is_told_with_its_place_in_velas_source(name: str, ethos: Target) -> None:
    op = first_op(CASES[name].build(), ethos)
    assert op.reason
    assert re.match(r"ethos-u-vela 5\.2\.0( ethosu/regor/\S+\.cpp|, asked on )", op.rule.source)


def test_the_recorded_counts_of_the_delegate_cases_are_met(models_folder: Path, ethos: Target) -> None:
    folder = models_folder / "delegate-cases"
    recorded = json.loads((folder / "delegate-cases.json").read_text(encoding="utf-8"))
    wrong = []
    for name, answers in recorded.items():
        report = report_of_file(folder / f"{name}.tflite", ethos)
        said = answers["Vela U55 npu/cpu"]
        main = [op.verdict for op in report.ops if op.subgraph == 0]
        if said == "rc1":
            met = report.verdict is TargetVerdict.FAILS_AT_START
        else:
            met = name in NOT_COUNTED_BY_VELA or main.count(Verdict.REFUSED) == int(said.split("/")[1])
        if not met:
            wrong.append((name, said, [verdict.value for verdict in main]))
    assert not wrong


@pytest.mark.parametrize("file", REFUSED_BY_VELA)
def test_a_real_model_has_as_many_ops_refused_as_vela_left_to_the_cpu(
    file: str, models_folder: Path, ethos: Target
) -> None:
    path = models_folder / file
    if not path.exists():
        pytest.skip(f"no {path}")
    verdicts = [op.verdict for op in report_of_file(path, ethos).ops]
    assert verdicts.count(Verdict.REFUSED) == REFUSED_BY_VELA[file]
    assert Verdict.FAILS_AT_START not in verdicts


def test_one_op_that_makes_no_sense_to_vela_keeps_all_others_off(ethos: Target) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "INT8", (1, 4), quantization={"scale": [0.5], "zero_point": [0]})
    middle = graph.tensor("middle", "INT8", (1, 4), quantization={"scale": [0.5], "zero_point": [0]})
    out = graph.tensor("out", "INT16", (1, 4), quantization={"scale": [0.5], "zero_point": [0]})
    graph.op("RELU", [source], [middle])
    graph.op("EXP", [middle], [out], {})
    graph.output(out)
    report = report_on(facts_of(read_bytes(model.to_bytes())), ethos)
    assert report.verdict is TargetVerdict.FAILS_AT_START
    assert [op.verdict.value for op in report.ops] == ["left_on_cpu", "fails_at_start"]


def test_weights_whose_sum_may_be_too_large_are_unknown(ethos: Target) -> None:
    wide = conv("unknown", source=i8(1, 8, 8, 3627), weights=i8(4, 3, 3, 3627, values=1))
    narrow = conv("runs", source=i8(1, 8, 8, 3626), weights=i8(4, 3, 3, 3626, values=1))
    assert first_op(wide.build(), ethos).verdict is Verdict.UNKNOWN
    assert first_op(narrow.build(), ethos).verdict is Verdict.RUNS


def test_a_wide_bias_too_long_to_look_into_is_unknown(ethos: Target) -> None:
    long = conv(
        "unknown",
        weights=i8(65, 3, 3, 4, values=1),
        bias=T("INT64", (65,), 0.25, values=0),
        source=i16(1, 8, 8, 4),
        out=i16(1, 8, 8, 65),
    )
    assert first_op(long.build(), ethos).verdict is Verdict.UNKNOWN


def test_weights_of_three_axes_are_refused_by_velas_source(ethos: Target) -> None:
    """Vela 5.2.0 itself dies on these; its source refuses them."""
    case = full("refused", i8(4, 2, 4, values=1))
    assert first_op(case.build(), ethos).reason.startswith("its weights have the shape 4×2×4")
