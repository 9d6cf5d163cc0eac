"""What the conditions of a target file mean, each on an op that meets it and on one that doesn't."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from target_files import one_op, report_of, target_of

from maistudio.targets.number_tests import number_test
from maistudio.targets.values import OpReport, Verdict
from maistudio.tflite.draft import ModelDraft, per_channel, per_tensor

FLOAT = ("FLOAT32", (1, 4, 4, 4), None)


def judged(folder: Path, condition: str, model: bytes, op_type: str = "ADD") -> OpReport:
    rule = f'[[rule]]\nops = ["{op_type}"]\nsource = "a.cc:1"\nrefused_unless = [{condition}]\n'
    return report_of(model, target_of(folder, rule)).ops[0]


ADD = one_op("ADD", [FLOAT, FLOAT], options={"fused_activation_function": "RELU6"}, version=2)
ADD_CONSTANT = one_op("ADD", [FLOAT, ("FLOAT32", (4,), [1.0, 2.0, 3.0, 4.0])])
ADD_WIDE = one_op("ADD", [("FLOAT32", (1, 1, 4, 4, 4), None), FLOAT])
ADD_INT8 = one_op(
    "ADD",
    [("INT8", (1, 4, 4, 4), None), ("INT8", (1, 4, 4, 4), None)],
    [("INT8", (1, 4, 4, 4))],
    quantization={0: per_tensor(0.5, 3), 1: per_tensor(0.5, 3), 2: per_tensor(0.25)},
)
ADD_CHANNELS = one_op("ADD", [("INT8", (1, 4, 4, 2), None), FLOAT], quantization={0: per_channel([0.5, 0.25], 3)})
ADD_SHIFTED = one_op("ADD", [FLOAT], quantization={1: per_tensor(1, 5)})
PAD = one_op("PAD", [FLOAT, ("INT32", (4, 2), [0, 0, 1, 1, 2, -2, 0, 0])])
PAD_COMPUTED = one_op("PAD", [FLOAT, ("INT32", (4, 2), None)])
ONE_INPUT = one_op("ADD", [FLOAT])


@pytest.mark.parametrize(
    ("condition", "meets", "fails", "words"),
    [
        ('{ version = "<= 2" }', ADD, one_op("ADD", [FLOAT, FLOAT], version=3), "its version is 3: at most 2 is taken"),
        ("{ inputs = 2 }", ADD, ONE_INPUT, "it has 1 input: 2 is taken"),
        ("{ outputs = 1 }", ADD, one_op("ADD", [FLOAT], [("FLOAT32", (1,))] * 2), "it has 2 outputs: 1 is taken"),
        ("{ runtime_inputs = 2 }", ADD, ADD_CONSTANT, "it has 1 computed input: 2 is taken"),
        ("{ constant_inputs = [1, 2] }", ADD_CONSTANT, ADD, "it has 0 constant inputs: 1 or 2 is taken"),
        (
            '{ option = "fused_activation_function", is = ["NONE", "RELU6"] }',
            ADD,
            one_op("ADD", [FLOAT, FLOAT], options={"fused_activation_function": "TANH"}),
            "fused_activation_function is TANH: NONE or RELU6 is taken",
        ),
        (
            '{ option = "pot_scale_int16", is = true }',
            one_op("ADD", [FLOAT, FLOAT], options={"pot_scale_int16": True}),
            one_op("ADD", [FLOAT, FLOAT], options={"pot_scale_int16": False}),
            "pot_scale_int16 is false: true is taken",
        ),
        ("{ has_options = true }", ADD, ADD_CONSTANT, "it carries no options"),
        ('{ tensor = "all", rank = "<= 4" }', ADD, ADD_WIDE, "input 0 has rank 5: at most 4 is taken"),
        ('{ tensor = "input 1", constant = true }', ADD_CONSTANT, ADD, "input 1 is computed: a constant is taken"),
        ('{ tensor = "input -1", constant = true }', ADD_CONSTANT, ADD, "input 1 is computed: a constant is taken"),
        (
            '{ tensor = "runtime", type = ["FLOAT32", "FLOAT16"] }',
            ADD,
            ADD_INT8,
            "input 0 is INT8: FLOAT32 or FLOAT16 is taken",
        ),
        ('{ tensor = "constant inputs", elements = 4 }', ADD_CONSTANT, one_op("ADD", [FLOAT, ("INT32", (2,), [1, 2])]),
         "input 1 has 2 elements: 4 is taken"),
        ('{ tensor = "input 0", shape = [-1, 4, 4, 4] }', ADD, ADD_WIDE,
         "input 0 has the shape 1×1×4×4×4: ?×4×4×4 is taken"),
        ('{ tensor = "input 0", dim = [-1, "multiple of 4"] }', ADD, ADD_CHANNELS,
         "input 0 has 2 in dimension 3: a multiple of 4 is taken"),
        ('{ tensor = "inputs", quantized = ["none", "per_tensor"] }', ADD_INT8, ADD_CHANNELS,
         "input 0 is quantized per channel: not quantized or quantized per tensor is taken"),
        ('{ tensor = "output 0", zero_point = 0 }', ADD_INT8, ADD_SHIFTED,
         "the output has the zero point 5: 0 is taken"),
        ('{ tensor = "output 0", scale = "< 1" }', ADD_INT8, one_op("ADD", [FLOAT], quantization={1: per_tensor(2.5)}),
         "the output has the scale 2.5: less than 1 is taken"),
        ('{ tensor = "input 1", present = true }', ADD, ONE_INPUT, "input 1 is missing"),
        ('{ tensor = "input 1", present = false }', ONE_INPUT, ADD, "input 1 is given"),
        ('{ same = ["type"], of = ["inputs"] }', ADD, ADD_CHANNELS, "input 0 and input 1 differ in type"),
        ('{ same = ["scale", "zero_point"], of = ["input 0", "input 1"] }', ADD_INT8,
         one_op("ADD", [FLOAT, FLOAT], quantization={0: per_tensor(1), 1: per_tensor(2)}),
         "input 0 and input 1 differ in scale"),
        ('{ op = ["ADD", "MUL"] }', ADD, None, ""),
        ("{ any = [{ inputs = 1 }, { version = 2 }] }", ADD, ADD_CONSTANT,
         "it has 2 inputs: 1 is taken; and its version is 1: 2 is taken"),
        ("{ all = [{ inputs = 2 }, { version = 2 }] }", ADD, ADD_CONSTANT, "its version is 1: 2 is taken"),
        ('{ not = { inputs = 1 }, because = "one input" }', ADD, ONE_INPUT, "one input"),
        ("{ inputs = 2, version = 2 }", ADD, ADD_CONSTANT, "its version is 1: 2 is taken"),
        ('{ inputs = 2, because = "{op} wants two; {found}" }', ADD, ONE_INPUT,
         "ADD wants two; it has 1 input: 2 is taken"),
        ('{ tensor = "all", rank = 4, when = { inputs = 2 } }', ONE_INPUT, ADD_WIDE,
         "input 0 has rank 5: 4 is taken"),
    ],
)  # fmt: skip
def test_a_condition_holds_for_what_it_states_and_tells_what_else_it_found(
    tmp_path: Path, condition: str, meets: bytes, fails: bytes | None, words: str
) -> None:
    assert judged(tmp_path, condition, meets).verdict is Verdict.RUNS
    if fails is not None:
        found = judged(tmp_path, condition, fails)
        assert (found.verdict, found.reason) == (Verdict.REFUSED, words)


def test_values_of_a_small_constant_are_read(tmp_path: Path) -> None:
    found = judged(tmp_path, '{ tensor = "input 1", values = ">= 0" }', PAD, "PAD")
    assert found.reason == "input 1 holds −2: at least 0 is taken"


def test_values_that_are_computed_meet_no_condition_on_values(tmp_path: Path) -> None:
    found = judged(tmp_path, '{ tensor = "input 1", values = ">= 0" }', PAD_COMPUTED, "PAD")
    assert found.reason == "input 1 holds values that can't be told before it runs"


def test_a_value_that_is_no_number_is_unknown(tmp_path: Path) -> None:
    model = one_op("ADD", [FLOAT, ("FLOAT32", (1,), [float("nan")])])
    found = judged(tmp_path, '{ tensor = "input 1", values = ">= 0" }', model)
    assert found.reason == "input 1 holds values that can't be told before it runs"


def test_an_omitted_input_meets_every_condition_but_that_it_is_there(tmp_path: Path) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("ADD", [source, -1], [out])
    graph.output(out)
    data = model.to_bytes()
    assert judged(tmp_path, '{ tensor = "input 1", type = ["INT8"] }', data).verdict is Verdict.RUNS
    assert judged(tmp_path, '{ tensor = "input 1", present = true }', data).verdict is Verdict.REFUSED


def test_an_unknown_size_is_dynamic(tmp_path: Path) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4), shape_signature=[-1, 4])
    out = graph.tensor("out", "FLOAT32", (1, 4), shape_signature=[-1, 4])
    graph.op("ADD", [source, source], [out])
    graph.output(out)
    found = judged(tmp_path, '{ tensor = "input 0", dynamic = false }', model.to_bytes())
    assert found.reason == "input 0 has sizes that are unknown until it runs"


@pytest.mark.parametrize(
    ("stated", "holds", "doesnt"),
    [("<= 4", 4, 5), ("< 4", 3, 4), (">= 4", 4, 3), ("> 4", 5, 4), ("!= 4", 3, 4), ("== 4", 4, 5), (4, 4, 5),
     ("2..4", 4, 5), ("2..4", 2, 1), ("multiple of 8", 16, 12), ([1, "> 3"], 4, 2)],
)  # fmt: skip
def test_a_number_test_means_what_it_says(stated: object, holds: float, doesnt: float) -> None:
    test = number_test(stated)
    assert test.holds(holds)
    assert not test.holds(doesnt)


@given(st.text(max_size=12) | st.booleans() | st.none() | st.lists(st.text(max_size=3), max_size=2))
def test_what_is_no_number_test_is_refused_or_tests_numbers(stated: object) -> None:
    try:
        test = number_test(stated)
    except (ValueError, ArithmeticError):
        return
    assert test.holds(1) in (True, False)
