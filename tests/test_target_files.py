"""Target files: what they may say, how they extend each other, and the sentence for each fault."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from target_files import ALL, HEAD, UNLISTED, chain, report_of, target_of, write_target

from maistudio.errors import FactsFileError, UsageError
from maistudio.targets.catalogue import catalogue, shipped_targets
from maistudio.targets.predicates import FAMILIES
from maistudio.targets.read import read_target
from maistudio.targets.values import Verdict

RULE = '[[rule]]\nops = ["RELU"]\nsource = "a.cc:1"\n'
WANTED = (
    "tflite-gpu-2021", "tflite-gpu-opencl", "tflite-gpu-opengl", "litert-gpu", "nnapi-27", "nnapi-28", "nnapi-29",
    "nnapi-30", "xnnpack", "hexagon", "coreml", "qualcomm-qnn", "mediatek-neuron", "mediatek-neuron-2022",
    "samsung-enn", "google-tensor", "synaptics-vs680", "ethos-u55", "intel-npu",
)  # fmt: skip


def test_every_target_of_the_product_is_shipped() -> None:
    assert set(WANTED) <= {target.id for target in shipped_targets()}


def test_every_rule_and_condition_that_is_shipped_has_a_source() -> None:
    bare = [
        (target.id, op)
        for target in shipped_targets()
        for op, rule in [*target.rules.items(), ("[unlisted]", target.unlisted)]
        for source in (rule.source, *(condition.source for _, condition in rule.conditions))
        if not source.removeprefix(target.source).strip()
    ]
    assert not bare


def test_no_two_families_of_predicates_share_a_name() -> None:
    names = [name for family in FAMILIES for name in family.PREDICATES]
    assert len(names) == len(set(names))


def test_no_vendor_of_an_npu_is_said_to_run_anything() -> None:
    """Nobody ran their compilers: candidates at best."""
    vendors = {"qualcomm-qnn", "mediatek-neuron", "mediatek-neuron-2022", "samsung-enn", "google-tensor", "intel-npu"}
    said = {
        (target.id, op)
        for target in shipped_targets()
        if target.id in vendors
        for op, rule in target.rules.items()
        if rule.verdict is Verdict.RUNS
    }
    assert not said


def test_a_file_that_extends_another_replaces_its_rules_or_adds_to_them(tmp_path: Path) -> None:
    base = "abstract = true\n" + HEAD + ALL + UNLISTED + RULE + RULE.replace("RELU", "TANH")
    (tmp_path / "base.toml").write_text(base, encoding="utf-8")
    more = (
        '[[rule]]\nops = ["RELU"]\nsource = "b.cc:1"\nverdict = "refused"\nbecause = "replaced"\n'
        '[[rule]]\nops = ["TANH"]\nsource = "b.cc:2"\nkeep = true\nfails_unless = [{ inputs = 2 }]\n'
    )
    target = target_of(tmp_path, more, rest="", head='name = "More"\nextends = "base"\n')
    report = report_of(chain(["RELU", "TANH"]), target)
    assert [op.rule.verdict.value for op in report.ops] == ["refused", "fails_at_start"]
    assert [op.rule.source for op in report.ops] == ["repo abc b.cc:1", "repo abc b.cc:2"]
    assert (target.name, target.engine) == ("More", "Engine")


def test_an_abstract_file_is_no_target(tmp_path: Path) -> None:
    path = write_target(tmp_path, RULE, head="abstract = true\n" + HEAD)
    assert read_target(path, lambda name: tmp_path / name) is None


def test_conditions_on_every_op_are_asked_before_its_own_or_after(tmp_path: Path) -> None:
    own = '[[rule]]\nops = ["RELU"]\nsource = "a.cc:1"\nrefused_unless = [{ inputs = 5, because = "own" }]\n'
    every = '[[global]]\nsource = "a.cc:2"\nrefused_unless = [{ inputs = 4, because = "every" }]\n'
    asked = {
        later: report_of(chain(["RELU"]), target_of(tmp_path, own + every + later)).ops[0].reason
        for later in ("", "after = true\n")
    }
    assert asked == {"": "every", "after = true\n": "own"}


def test_failures_can_be_asked_before_refusals(tmp_path: Path) -> None:
    rule = RULE + "refused_unless = [{ inputs = 5 }]\nfails_unless = [{ inputs = 4 }]\n"
    found = [
        report_of(chain(["RELU"]), target_of(tmp_path, rule, head=head)).ops[0].verdict
        for head in (HEAD, HEAD + "fails_first = true\n")
    ]
    assert found == [Verdict.REFUSED, Verdict.FAILS_AT_START]


def test_a_source_with_an_equals_sign_stands_for_itself(tmp_path: Path) -> None:
    rule = '[[rule]]\nops = ["RELU"]\nsource = "= TensorFlow issue #42577"\n'
    assert report_of(chain(["RELU"]), target_of(tmp_path, rule)).ops[0].rule.source == "TensorFlow issue #42577"


def test_a_custom_op_is_found_by_its_code_or_by_the_rule_for_custom_ops(tmp_path: Path) -> None:
    target = target_of(tmp_path, RULE.replace("RELU", "Resampler") + RULE.replace("RELU", "CUSTOM").replace(":1", ":9"))
    assert target.rule_for("Resampler", custom=True).source == "repo abc a.cc:1"
    assert target.rule_for("Betainc", custom=True).source == "repo abc a.cc:9"
    assert target.rule_for("GELU", custom=False).source == "repo abc list.cc:2"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (RULE + "refuses = []\n", 19, 'there is no key "refuses" here'),
        (RULE + 'refused_unless = [{ inputs = "about 2" }]\n', 19, '"inputs" must be a number, a test such as "<= 4"'),
        (RULE + 'refused_unless = [{ tensor = "inputz", rank = 4 }]\n', 19, '"inputz" means no tensors'),
        (RULE + 'refused_unless = [{ tensor = "inputs" }]\n', 19, '"tensor" needs one of'),
        (RULE + 'refused_unless = [{ tensor = "inputs", colour = 4 }]\n', 19, 'there is no key "colour" here'),
        (RULE + "refused_unless = [{ }]\n", 19, "a condition must have one of"),
        (RULE + 'refused_unless = [{ check = "luck" }]\n', 19, 'there is no predicate "luck"'),
        (RULE + 'refused_unless = [{ same = ["luck"], of = ["inputs"] }]\n', 19, '"luck" can\'t be compared'),
        (RULE + 'refused_unless = [{ tensor = "inputs", quantized = ["well"] }]\n', 19, '"well" is no scheme'),
        (RULE + 'verdict = "fine"\n', 19, '"verdict" is "fine"'),
        (RULE + 'verdict = "refused"\n', 19, 'the verdict "refused" needs "because"'),
        (RULE + RULE, 20, '"RELU" has a rule already in this file'),
        ('[[rule]]\nops = ["RELU"]\n', 16, '[[rule]] lacks the key "source"'),
        ('[[graph]]\nsource = "a:1"\nrefused_unless = [{ check = "luck" }]\n', 18, '"check" is "luck"'),
        ("[[rule]\n", 16, "not valid TOML"),
        ('extends = "gone"\n', 1, 'there is no target file "gone" to extend'),
        (f'extends = "{"a" * 300}"\n', 1, "to extend"),
        ('extends = "../secret"\n', 1, "to extend"),
        (RULE + 'refused_unless = [{ inputs = "<= 1e99999999" }]\n', 19, '"inputs" must be a number'),
        (RULE + "refused_unless = [{ inputs = inf }]\n", 19, '"inputs" must be a number'),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    before = text.startswith("extends")
    with pytest.raises(FactsFileError) as raised:
        target_of(tmp_path, "" if before else text, head=text + HEAD if before else HEAD)
    assert words in str(raised.value)
    assert raised.value.line == line


@pytest.mark.parametrize("arguments", ["", ", with = { of = [1] }", ', with = { of = "nothing" }'])
def test_a_predicate_asked_wrongly_is_told_with_its_line_when_it_is_asked(tmp_path: Path, arguments: str) -> None:
    target = target_of(tmp_path, RULE + f'refused_unless = [{{ check = "none_of_size_zero"{arguments} }}]\n')
    with pytest.raises(FactsFileError, match=r"line 19: \"none_of_size_zero\" can't be asked of RELU so"):
        report_of(chain(["RELU"]), target)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not a target file" in str(catalogue(tmp_path).faults[0])


def test_a_file_that_extends_itself_is_told(tmp_path: Path) -> None:
    with pytest.raises(FactsFileError, match="too many files extend each other"):
        target_of(tmp_path, "", head='extends = "a-target"\n' + HEAD)


def test_a_file_without_a_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(FactsFileError, match='lacks the key "name"'):
        target_of(tmp_path, RULE, head=HEAD.replace('name = "A delegate"\n', ""))


def test_a_users_file_is_a_target_like_others(tmp_path: Path) -> None:
    write_target(tmp_path, RULE, name="my-npu")
    found = catalogue(tmp_path)
    assert found.named("my-npu").name == "A delegate"
    assert not found.faults


def test_a_users_file_may_extend_a_shipped_one(tmp_path: Path) -> None:
    write_target(tmp_path, "", name="my-gpu", head='name = "Mine"\nextends = "tflite-gpu-opencl"\n', rest="")
    assert "CONV_2D" in catalogue(tmp_path).named("my-gpu").rules


def test_a_users_faulty_file_costs_only_itself(tmp_path: Path) -> None:
    write_target(tmp_path, RULE, name="my-npu")
    write_target(tmp_path, "[[rule]\n", name="broken")
    found = catalogue(tmp_path)
    assert [str(fault) for fault in found.faults if "broken.toml, line" in str(fault)]
    assert found.named("my-npu")


def test_a_users_file_with_the_id_of_a_shipped_target_is_told(tmp_path: Path) -> None:
    write_target(tmp_path, RULE, name="xnnpack")
    assert "is shipped with the program" in str(catalogue(tmp_path).faults[0])


def test_an_unknown_target_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"there is no target gpu: choose one of .*tflite-gpu-2021"):
        catalogue(None).named("gpu")


@settings(deadline=None)
@given(st.text(alphabet='[]{}="abcopsRELU_\n#.,-0123<', max_size=80))
def test_any_text_is_a_target_or_an_expected_error(text: str) -> None:
    with TemporaryDirectory() as folder, contextlib.suppress(FactsFileError):
        target_of(Path(folder), text)
