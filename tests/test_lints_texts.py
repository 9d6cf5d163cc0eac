"""The texts of lints and refusals, and the lints on all real models."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from models import build_abpn, read_bytes
from real_models import ReadableModels

from maistudio.errors import UsageError
from maistudio.targets.lint_texts import Grade, lint_texts
from maistudio.targets.lints import LINTS, find
from maistudio.targets.lints.refusals import refusal_texts
from maistudio.tflite.parameters import parameters_of
from maistudio.tflite.read import read_model
from maistudio.tflite.shapes import resolve_shapes

REWRITES = frozenset(
    {
        *("split-to-slices", "clip-before-depth-to-space", "nearest-to-conv"),
        *("remove-dead-ops", "remove-no-ops", "clip-to-relu"),
    }
)
REPORTS = (
    *("mai2021-denoising", "mai2021-quantized-super-resolution", "mai2021-video-super-resolution"),
    *("mai2022-learned-isp", "mai2022-quantized-super-resolution"),
)

PLAIN = frozenset(
    {
        *("mobilenetv2_224_fp32.tflite", "mobilenetv2_224_int8.tflite"),
        *("big_chain_1000.tflite", "big_wide_1000.tflite", "control_flow.tflite"),
    }
)
"""Classifiers and made-up graphs: nothing to be said of."""

WINNERS = {
    "Feynman1999__MAI-VSR-Diggers__ckpt__model.tflite": {
        *("large-kernels", "batch-as-frames", "odd-channels", "unclipped-output"),
    },
    "ECNUSR__PureConvSR-AIM2022__trial24__model.tflite": {"skewed-first-layer"},
    "NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3_time.tflite": {
        *("copied-channels", "clip-after-depth-to-space", "skewed-first-layer", "odd-channels"),
    },
    "Algolzw__NCNet__model.tflite": {"clip-after-depth-to-space", "skewed-first-layer"},
    "aiff22__MicroISP__tflite_model__MicroISP.tflite": {"odd-channels"},
}
"""What is told of networks that did well; the advice says of each that they do it."""


def test_every_lint_has_a_source() -> None:
    for text in lint_texts().values():
        assert text.source.startswith((*REPORTS, "LiteRT 8-bit", "seen on ", "{sources}")), text.id


@pytest.mark.parametrize("place", range(len(refusal_texts())))
def test_every_refusal_has_a_source(place: int) -> None:
    source = refusal_texts()[place].source
    assert source.startswith((*REPORTS, "tflite/", "LiteRT guide", "VeriSilicon/tflite-vx-delegate"))


def test_rewrites_are_named_as_they_are() -> None:
    named = {text.rewrite for text in lint_texts().values()} | {text.rewrite for text in refusal_texts()}
    assert named - {""} <= REWRITES


def test_the_gravest_lints_stand_first() -> None:
    grades = [text.grade for text in lint_texts().values()]
    assert grades == sorted(grades)
    assert set(grades) == set(Grade)


def test_only_the_last_refusal_fits_every_op() -> None:
    for text in refusal_texts()[:-1]:
        assert text.ops or text.least_rank or text.fails or text.says or text.targets != ("",)
    last = refusal_texts()[-1]
    assert (last.ops, last.least_rank, last.says, last.fails) == (frozenset(), 0, None, False)
    assert last.targets == ("",)


def test_findings_stand_in_the_order_of_their_texts(readable_models: ReadableModels) -> None:
    for _, model in readable_models("challenge"):
        found = find(model, resolve_shapes(model), parameters_of(model))
        assert [each.id for each in found] == [name for name in lint_texts() if name in {each.id for each in found}]


def test_the_gravest_finding_comes_first_whichever_lint_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    model = read_bytes(build_abpn(16, 16))
    shapes, parameters = resolve_shapes(model), parameters_of(model)
    found = find(model, shapes, parameters)
    assert len(found) > 1
    monkeypatch.setattr("maistudio.targets.lints.LINTS", LINTS[::-1])
    assert find(model, shapes, parameters) == found


def test_what_is_told_of_networks_that_did_well_is_known(readable_models: ReadableModels) -> None:
    for path, model in readable_models("challenge"):
        if path.name in WINNERS:
            found = find(model, resolve_shapes(model), parameters_of(model))
            assert {each.id for each in found} == WINNERS[path.name], path.name


def test_every_real_model_is_looked_at_without_complaint(readable_models: ReadableModels) -> None:
    for folder in ("hard", "challenge", "delegate-cases"):
        for path, model in readable_models(folder):
            try:
                shapes = resolve_shapes(model)
            except UsageError:
                continue
            for each in find(model, shapes, parameters_of(model)):
                assert not re.search(r"[{}]", each.message + each.advice + each.source), path.name
                assert each.op is None or (each.subgraph, each.op) in each.places


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_classifiers_and_made_up_graphs_have_nothing_said_of(real_file: Callable[[str], Path], name: str) -> None:
    model = read_model(real_file(f"large/{name}"))
    assert find(model, resolve_shapes(model), parameters_of(model)) == ()


@pytest.mark.slow
def test_ten_thousand_ops_take_less_than_half_a_second(readable_models: ReadableModels) -> None:
    for _, model in readable_models("large"):
        shapes, parameters = resolve_shapes(model), parameters_of(model)
        began = time.process_time()
        find(model, shapes, parameters)
        assert time.process_time() - began < 0.5
