"""What compilers print is read as they mean it, and what doesn't add up is unknown."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models import read_bytes
from proving_models import build_half_weights, build_ops, build_swap

from maistudio.runtime.comparing import inputs_for, relative_difference
from maistudio.runtime.gpu_answers import (
    RUNS,
    Fate,
    adapter_of,
    failure_of,
    fate_alone,
    fault_of,
    refusals_of,
    refused_whole,
    stopped_before,
)
from maistudio.runtime.gpu_fates import fates, refusals_of_main, to_ask_alone
from maistudio.runtime.protocol import TensorSpec
from maistudio.runtime.vendor_plugins import intel_proofs
from maistudio.targets.values import Verdict
from maistudio.tflite.model import Model

# Printed by ai-edge-litert 2.3.0, for strided_slice_newaxis.tflite of the delegate cases.
PARTLY = """\
I0000 00:00:1795299885.591842   21797 environment.cc:532] Selected adapter: SwiftShader Device (Subzero), \
arch=swiftshader, vendor=google, backend=Vulkan, adapterType=CPU / Software
ERROR: Following operations are not supported by GPU delegate:
RESHAPE: Tensor dimensions must be less than 5. strided_slice3
STRIDED_SLICE: Max version supported: 2. Requested version 4.
1 operations will run on the GPU, and the remaining 2 operations will run on the CPU.
I0000 00:00:1795299885.594123   21797 delegate_kernel.cc:984] Initializing WebGPU-based API from graph.
ERROR: [./litert/cc/litert_compiled_model.h:1961]
└ Some ops are not accelerated. Add kLiteRtHwAcceleratorCpu to the compilation accelerator set.
"""
NOTHING = """\
ERROR: Following operations are not supported by GPU delegate:
GATHER_ND: Operation is not supported.
No operations will run on the GPU, and all 1 operations will run on the CPU.
"""
NOT_BUILT = """\
E0000 00:00:1795300213.589891   26406 delegate_webgpu.cc:478] Failed to create litert::ml_drift::DelegateKernelLiteRt: \
NOT_FOUND: Output id not found
=== Source Location Trace: ===
ERROR: Failed to initialize kernel.
ERROR: Restored original execution plan after delegate application failure.
"""
ABORTED = "F0000 00:00:1795300213.089190   26329 model.cc:218] Check failed: !IsInput(consumer, value) Node 0 is one\n"
DYNAMIC = (
    "WARNING: Attempting to use a delegate that only supports static-sized tensors with a graph that has "
    "dynamic-sized tensors (tensor#9 is a dynamic-sized tensor).\n"
)
CUSTOM = "ERROR: Encountered unresolved custom op: Betainc.\nERROR: Node number 1 (Betainc) failed to prepare.\n"
UNLOADED = """\
ERROR: [model_load.cc:316] Variable tensors not yet supported.
Failed to load model from buffer
└ ERROR: [litert/core/model/model_load.cc:511]
"""
CYCLE = "ERROR: Tensor 2 is both input 0 and output 0\n\nERROR: AllocateTensors() called on inconsistent model.\n"
SHADER = "E0000 00:00:1.5   9 environment.cc:105] Validation error: Error while parsing WGSL: :14:1 error: invalid\n"


def refusing(reasons: str, on_gpu: int, on_cpu: int) -> str:
    counts = f"{on_gpu} operations will run on the GPU, and the remaining {on_cpu} operations will run on the CPU."
    return f"ERROR: Following operations are not supported by GPU delegate:\n{reasons}\n{counts}\n"


def verdicts(content: bytes, words: str, alone: dict[int, Fate] | None = None, failure: str = "") -> list[Verdict]:
    model = read_bytes(content)
    found = fates(model, refusals_of_main(model, words), alone or {}, failure)
    return [found[index].verdict for index in range(len(model.subgraphs[0].ops))]


def test_the_adapter_is_named_and_a_software_one_as_such() -> None:
    adapter = adapter_of(PARTLY)
    assert adapter is not None
    assert (adapter.name, adapter.api, adapter.software) == ("SwiftShader Device (Subzero)", "Vulkan", True)


def test_an_adapter_of_hardware_is_no_software() -> None:
    adapter = adapter_of(
        "Selected adapter: Apple M2, arch=metal-3, vendor=apple, backend=Metal, adapterType=Integrated GPU"
    )
    assert adapter is not None
    assert (adapter.name, adapter.api, adapter.software) == ("Apple M2", "Metal", False)


def test_reasons_are_told_by_type_and_without_their_full_stop() -> None:
    (refusals,) = refusals_of(PARTLY)
    assert refusals.reasons == {
        "RESHAPE": ("Tensor dimensions must be less than 5. strided_slice3",),
        "STRIDED_SLICE": ("Max version supported: 2. Requested version 4",),
    }


def test_the_counts_are_told() -> None:
    assert [(each.on_gpu, each.on_cpu) for each in refusals_of(PARTLY + NOTHING)] == [(1, 2), (0, 1)]


def test_what_others_print_in_between_is_no_reason() -> None:
    words = refusing("INFO: Created a thing: here\nEXP: no.\nI0000 00:00:1.5 9 a.cc:1] More: words", 1, 1)
    assert refusals_of(words)[0].reasons == {"EXP": ("no",)}


@given(st.text(), st.text())
def test_whatever_is_printed_can_be_read(before: str, after: str) -> None:
    words = f"{before}\n{PARTLY}{after}"
    assert refusals_of(words)
    fate_alone("RESHAPE", False, words)


@pytest.mark.parametrize(
    ("full", "words", "verdict", "reason"),
    [
        (True, "", Verdict.RUNS, ""),
        (False, NOTHING, Verdict.REFUSED, "Operation is not supported"),
        (False, NOT_BUILT, Verdict.FAILS_AT_START, "can't build it: NOT_FOUND: Output id not found"),
        (False, DYNAMIC, Verdict.REFUSED, "aren't known before it runs (tensor 9)"),
        (False, CUSTOM, Verdict.UNKNOWN, "its op Betainc is custom"),
        (False, "ERROR: Node number 0 (GATHER_ND) failed to prepare.", Verdict.UNKNOWN, "LiteRT can't take it"),
        (False, UNLOADED, Verdict.UNKNOWN, "LiteRT can't take it: Variable tensors not yet supported"),
        (False, CYCLE, Verdict.UNKNOWN, "LiteRT can't take it: Tensor 2 is both input 0 and output 0"),
        (False, "", Verdict.UNKNOWN, "LiteRT doesn't say why"),
    ],
)
def test_an_op_alone_has_the_fate_its_words_tell(full: bool, words: str, verdict: Verdict, reason: str) -> None:
    fate = fate_alone("GATHER_ND", full, words)
    assert fate.verdict is verdict
    assert reason in fate.reason


def test_a_failed_check_is_the_failure() -> None:
    assert failure_of(ABORTED) == "!IsInput(consumer, value) Node 0 is one"


def test_what_says_nothing_is_not_the_failure() -> None:
    words = "ERROR: [a.h:1]\nERROR: Failed to initialize kernel.\nERROR: [b.cc:2] No room.\nERROR: Later."
    assert failure_of(words) == "No room"


def test_being_partial_tells_nothing_of_a_failure() -> None:
    assert (failure_of(PARTLY), refused_whole(PARTLY), stopped_before(PARTLY), fault_of(PARTLY)) == ("",) * 4


def test_what_webgpu_finds_wrong_is_told() -> None:
    assert fault_of(SHADER) == "Error while parsing WGSL: :14:1 error: invalid"


def test_an_op_whose_type_is_not_named_runs() -> None:
    assert verdicts(build_ops("ABS", "ZEROS_LIKE"), refusing("ZEROS_LIKE: no.", 1, 1)) == [
        Verdict.RUNS,
        Verdict.REFUSED,
    ]


def test_only_the_largest_partition_runs() -> None:
    found = verdicts(build_ops("ABS", "ZEROS_LIKE", "EXP", "NEG"), refusing("ZEROS_LIKE: no.", 2, 2))
    assert found == [Verdict.LEFT_ON_CPU, Verdict.REFUSED, Verdict.RUNS, Verdict.RUNS]


def test_of_equal_partitions_the_first_runs() -> None:
    found = verdicts(build_ops("ABS", "ZEROS_LIKE", "EXP"), refusing("ZEROS_LIKE: no.", 1, 2))
    assert found == [Verdict.RUNS, Verdict.REFUSED, Verdict.LEFT_ON_CPU]


def test_a_count_that_does_not_come_out_leaves_the_supported_unknown() -> None:
    found = verdicts(build_ops("ABS", "ZEROS_LIKE", "EXP", "NEG"), refusing("ZEROS_LIKE: no.", 3, 1))
    assert found == [Verdict.UNKNOWN, Verdict.REFUSED, Verdict.UNKNOWN, Verdict.UNKNOWN]


def model_of(*types: str) -> Model:
    return read_bytes(build_ops(*types))


def test_the_only_op_of_its_type_is_not_asked_alone() -> None:
    model = model_of("ABS", "ZEROS_LIKE", "ABS")
    assert to_ask_alone(model, refusals_of_main(model, refusing("ZEROS_LIKE: no.", 1, 2))) == []


def test_several_ops_of_a_refused_type_are_asked_alone() -> None:
    model = model_of("ABS", "ZEROS_LIKE", "ABS")
    assert to_ask_alone(model, refusals_of_main(model, refusing("ABS: no.", 1, 2))) == [0, 2]


def test_every_supported_op_of_what_failed_is_asked_alone() -> None:
    model = model_of("ABS", "ZEROS_LIKE", "ABS")
    assert to_ask_alone(model, refusals_of_main(model, refusing("ZEROS_LIKE: no.", 1, 2)), failed=True) == [0, 2]


@pytest.mark.parametrize("words", ["", refusing("ABS: no.", 1, 1), refusing("EXP: no.", 1, 2)])
def test_words_of_another_graph_make_every_op_asked_alone(words: str) -> None:
    model = model_of("ABS", "ZEROS_LIKE", "ABS")
    assert to_ask_alone(model, refusals_of_main(model, words)) == [0, 1, 2]


def test_what_cannot_be_built_fails_where_it_would_have_run() -> None:
    found = verdicts(
        build_ops("ABS", "ZEROS_LIKE", "EXP", "NEG"), refusing("ZEROS_LIKE: no.", 2, 2), failure="NOT_FOUND"
    )
    assert found == [Verdict.LEFT_ON_CPU, Verdict.REFUSED, Verdict.FAILS_AT_START, Verdict.FAILS_AT_START]


def test_an_op_that_fails_alone_is_the_one_to_blame() -> None:
    alone = {0: RUNS, 1: Fate(Verdict.FAILS_AT_START, "it dies")}
    assert verdicts(build_ops("ABS", "EXP"), "", alone, "it died") == [Verdict.RUNS, Verdict.FAILS_AT_START]


@pytest.mark.parametrize(
    ("after", "on_gpu", "on_cpu", "wanted"),
    [
        (("EXP", "ZEROS_LIKE", "ABS"), 2, 3, Verdict.RUNS),
        (("ZEROS_LIKE", "ABS", "NEG"), 2, 3, Verdict.LEFT_ON_CPU),
    ],
)
def test_a_folded_dequantize_goes_where_its_reader_goes(
    after: tuple[str, ...], on_gpu: int, on_cpu: int, wanted: Verdict
) -> None:
    words = refusing("DEQUANTIZE: \nZEROS_LIKE: no.", on_gpu, on_cpu)
    assert verdicts(build_half_weights(*after), words)[0] is wanted


def test_a_folded_dequantize_does_not_part_what_lies_around_it() -> None:
    words = refusing("DEQUANTIZE: \nZEROS_LIKE: no.", 2, 2)
    assert verdicts(build_half_weights("ZEROS_LIKE", before=["ABS"]), words) == [Verdict.RUNS] * 3 + [Verdict.REFUSED]


def test_the_same_is_no_difference() -> None:
    array = np.array([1.0, inf, -inf, nan], np.float32)
    assert relative_difference(array, array.copy()) == 0


def test_a_difference_is_a_share_of_the_largest_magnitude() -> None:
    assert relative_difference(np.array([1.0, -3.5]), np.array([1.0, -4.0])) == 0.125


@pytest.mark.parametrize("found", [nan, inf, -inf])
def test_what_is_not_finite_differs_without_end(found: float) -> None:
    assert relative_difference(np.array([found, 1.0]), np.array([0.5, 1.0])) == inf


def test_a_nan_of_the_cpu_that_the_gpu_has_not_differs_without_end() -> None:
    assert relative_difference(np.array([0.5]), np.array([nan])) == inf


def test_what_is_too_small_for_a_normal_number_counts_as_0() -> None:
    assert relative_difference(np.array([0.0]), np.array([1e-43])) == 0


def test_a_difference_from_nothing_but_zeros_is_taken_as_it_is() -> None:
    assert relative_difference(np.array([0.25, 0.0]), np.zeros(2)) == 0.25


def test_another_shape_differs_without_end() -> None:
    assert relative_difference(np.zeros(2), np.zeros(3)) == inf


@pytest.mark.parametrize(
    ("dtype", "scale", "least", "most"),
    [("float32", 0.0, 0, 1), ("int8", 0.5, -128, 127), ("uint8", 0.0, 0, 255), ("int16", 0.5, -32768, 32767)],
)
def test_inputs_spread_over_their_range(dtype: str, scale: float, least: float, most: float) -> None:
    values = inputs_for(TensorSpec("in", (4000,), (4000,), dtype, scale, 0), 0).astype(float)
    span = most - least
    assert least <= values.min() < least + span / 100
    assert most - span / 100 < values.max() <= most


@pytest.mark.parametrize("dtype", ["float32", "int8", "int32", "bool"])
def test_the_two_sets_of_inputs_differ(dtype: str) -> None:
    spec = TensorSpec("in", (40,), (40,), dtype, 0.0, 0)
    assert not np.array_equal(inputs_for(spec, 0), inputs_for(spec, 1))


def test_what_may_be_an_index_is_0_first() -> None:
    assert not inputs_for(TensorSpec("in", (40,), (40,), "int32", 0.0, 0), 0).any()


def test_a_text_is_empty() -> None:
    assert inputs_for(TensorSpec("in", (1,), (1,), "string", 0.0, 0), 1).tolist() == [b""]


# Printed by apply_plugin_main of ai-edge-litert 2.3.0 with openvino 2026.3.1.
INTEL = """\
INFO: [openvino_compiler_plugin.cc:497] op type 49 is not supported
INFO: [compiler_plugin.cc:742] Partitioned subgraph<0>, selected 3 ops, from a total of 4 ops. resulted in 2 partitions.
INFO: [openvino_compiler_plugin.cc:497] op type 101 is not supported
INFO: [compiler_plugin.cc:742] Partitioned subgraph<1>, selected 2 ops, from a total of 3 ops. resulted in 1 partitions.
"""


def test_intels_plugin_refuses_by_type_and_offers_the_rest() -> None:
    proofs = intel_proofs(read_bytes(build_swap()), INTEL, "it")
    assert proofs is not None
    assert [proof.verdict for proof in proofs.values()] == [
        Verdict.CANDIDATE,
        Verdict.REFUSED,
        *[Verdict.CANDIDATE] * 2,
    ]


@pytest.mark.parametrize("words", [INTEL.replace("selected 3", "selected 2"), INTEL.replace("of 4 ops", "of 5 ops")])
def test_counts_of_intels_plugin_that_do_not_come_out_prove_nothing(words: str) -> None:
    assert intel_proofs(read_bytes(build_swap()), words, "it") is None
