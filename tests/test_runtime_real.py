"""Every real model runs as LiteRT's own interpreter says it can, or is refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bare_litert import BareLiteRT, Question, same_bits
from lent_child import LentChild
from real_models import ManifestRow

from maistudio.errors import ModelRunError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import last
from maistudio.runtime.filling import filled
from maistudio.runtime.latency import measure_steps
from maistudio.runtime.session import Session
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration, Engine

BOUNDS = Bounds(memory_bytes=4_000_000_000, wall_seconds=120)
TOO_LARGE = "aiff22__MicroISP__tflite_model__MicroISP.tflite"
"""Takes 10 GB."""
FIVE = Limits(5, 0, 1, warmup_runs=1, warmup_seconds=0)
ENGINES = ("xnnpack", "builtin", "reference")
QUICK = (
    "hard/LiteRT__resource_vars_calibrated.tflite",
    "hard/LiteRT__multi_subgraphs_while.tflite",
    "hard/LiteRT__string_input_model.tflite",
    "hard/mediapipe__3in3out_model_swaps_input_2_and_0.tflite",
    "hard/nnstreamer__simple_32_in_32_out.tflite",
    "hard/test_data__keras_lstm_mnist_ptq.tflite",
    "hard/ai-edge-quantizer__duplicated_tensor_names.tflite",
    "large/mobilenetv2_224_int8.tflite",
)
FATAL = ("large/mobilenetv2_224_int8.tflite", "reference")
"""LiteRT dies of it."""


@pytest.fixture(scope="module")
def children() -> Iterator[LentChild]:
    with LentChild() as lent:
        yield lent


@pytest.fixture(scope="module")
def bare() -> Iterator[BareLiteRT]:
    with BareLiteRT() as process:
        yield process


def outcome(children: LentChild, path: Path, engine: str = "xnnpack") -> str:
    """The sentence that refuses a model; nothing where it was timed five times."""
    try:
        with Session.open(path, Configuration(Engine(engine)), BOUNDS, children) as session:
            last(measure_steps(session, FIVE))
    except ModelRunError as error:
        return str(error).removeprefix(f"{path}: ")
    return ""


@pytest.mark.slow
def test_each_model_runs_that_litert_can_allocate(manifest_rows: list[ManifestRow], children: LentChild) -> None:
    refused = {}
    for path, row in manifest_rows:
        if row.get("interpreter", "ok") == "ok" and path.name != TOO_LARGE and (sentence := outcome(children, path)):
            refused[path.name] = sentence
    assert set(refused) == {"control_flow.tflite"}  # its RESHAPE can't be prepared
    assert "its op 2 (RESHAPE) failed to prepare" in refused["control_flow.tflite"]


@pytest.mark.slow
def test_each_model_that_litert_refuses_is_one_sentence(manifest_rows: list[ManifestRow], children: LentChild) -> None:
    ran = []
    for path, row in manifest_rows:
        if row.get("interpreter", "ok") != "ok":
            sentence = outcome(children, path)
            if not sentence:
                ran.append(path.name)
            else:
                assert ": " in sentence, sentence
                assert "\n" not in sentence
                assert "MAI Studio failed" not in sentence
    # LiteRT's Python refuses the names of one, and the size of a tensor that the other doesn't use.
    assert set(ran) == {"synth__odd_names.tflite", "LiteRT__lstm_quantized2.tflite"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "without_kernels"),
    [("xnnpack", set()), ("builtin", set()), ("reference", {"sr_int8", "split_simple_int8"})],
)
def test_small_models_run_or_are_refused_in_one_sentence(
    models_folder: Path, children: LentChild, engine: str, without_kernels: set[str]
) -> None:
    paths = sorted(models_folder.glob("delegate-cases/*.tflite"))
    assert paths
    refused = {path.stem: sentence for path in paths if (sentence := outcome(children, path, engine))}
    assert set(refused) == {"custom_op", "resize_bicubic_flex"} | without_kernels
    assert all("for which this engine has no kernel" in refused[name] for name in without_kernels)


@pytest.mark.slow
def test_deaths_of_litert_are_one_sentence(real_file: Callable[[str], Path], children: LentChild) -> None:
    died = outcome(children, real_file("hard/LiteRT__blockwise_quantized.tflite"))
    assert (
        died
        == "LiteRT died of it (SIGABRT) while preparing its ops: the file may be damaged, or another engine may run it"
    )
    assert "LiteRT died of it (SIGABRT)" in outcome(
        children, real_file("large/mobilenetv2_224_int8.tflite"), "reference"
    )


@pytest.mark.slow
def test_a_model_beyond_the_bound_on_memory_is_one_sentence(
    real_file: Callable[[str], Path], children: LentChild
) -> None:
    assert "it passed the 4.0 GB of memory it may take" in outcome(children, real_file(f"challenge/{TOO_LARGE}"))


@pytest.mark.parametrize(
    ("name", "engine"), [(name, engine) for name in QUICK for engine in ENGINES if (name, engine) != FATAL]
)
def test_real_models_run_as_litert_runs_them(
    real_file: Callable[[str], Path], children: LentChild, bare: BareLiteRT, name: str, engine: str
) -> None:
    path = real_file(name)
    with Session.open(path, Configuration(Engine(engine)), BOUNDS, children) as session:
        arrays = [filled(spec) for spec in session.inputs]
        found = [list(session.run(arrays).values()) for _ in range(2)]
    wanted = bare.outputs(Question(path.read_bytes(), engine, [arrays, arrays]))
    assert all(map(same_bits, found, wanted))
