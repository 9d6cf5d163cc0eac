"""Conditions of target files, made into tests of an op. What they mean stands in ``resources/targets/README.md``.

A test answers "" where the condition holds, else says in words what was found and what is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.number_tests import number_test
from maistudio.targets.predicates import Predicate, Reads, predicate_named, reads_of
from maistudio.targets.stated import number_of, selector_of, shown, truth_of, unless_taken, words_of
from maistudio.targets.tensor_conditions import TENSOR_MAKERS, scales_of, zero_points_of
from maistudio.tflite.model import Tensor
from maistudio.tflite.text import plural
from maistudio.toml.fields import Fields

Test = Callable[[OpFacts], str]

_EXTRAS = ("because", "source", "when")


@dataclass(frozen=True, slots=True)
class Condition:
    """``test`` answers what is wrong with an op; ``reads`` says what else of it decides than what its key holds."""

    test: Test
    reads: Reads
    source: str = ""


def read_conditions(fields: Fields, name: str) -> tuple[Condition, ...]:
    """The conditions under a key, none where it is missing. Raises FactsFileError, with the line, for faulty ones."""
    return tuple(_condition(each) for each in fields.tables(name))


def read_condition(fields: Fields, name: str) -> Condition:
    """The one condition under a key."""
    return _condition(fields.table(name))


def version_condition(fields: Fields) -> Condition:
    """The condition on the op's version that stands under "version"."""
    return Condition(_version(fields)[0], Reads.OP)


def _condition(fields: Fields) -> Condition:
    makers = _MAKERS
    tests: list[Test] = []
    reads = Reads.OP
    kinds = [key for key in makers if key in fields.values]
    fields.known_only((*makers, *_EXTRAS, *(name for key in kinds for name in makers[key][1])))
    if not kinds:
        raise fields.wrong((), f"a condition must have one of {', '.join(makers)}")
    for key in kinds:
        test, needs = makers[key][0](fields)
        tests.append(test)
        reads |= needs
    test = tests[0] if len(tests) == 1 else _all_of(tests)
    if "because" in fields.values:
        test = _because(test, fields.text("because"))
    if "when" in fields.values:
        guard = read_condition(fields, "when")
        test = _guarded(test, guard.test)
        reads |= guard.reads
    return Condition(test, reads, fields.text("source", ""))


def _because(test: Test, words: str) -> Test:
    def told(facts: OpFacts) -> str:
        found = test(facts)
        return found and words.replace("{op}", facts.op.type).replace("{found}", found)

    return told


def _guarded(test: Test, guard: Test) -> Test:
    return lambda facts: "" if guard(facts) else test(facts)


def _all_of(tests: Sequence[Test]) -> Test:
    return lambda facts: next((found for test in tests if (found := test(facts))), "")


def _version(fields: Fields) -> tuple[Test, Reads]:
    wanted = number_of(fields, "version")
    return lambda facts: unless_taken(wanted, facts.op.version, "its version is {}"), Reads.OP


def _count(name: str, what: str, count: Callable[[OpFacts], int]) -> Callable[[Fields], tuple[Test, Reads]]:
    def make(fields: Fields) -> tuple[Test, Reads]:
        wanted = number_of(fields, name)

        def test(facts: OpFacts) -> str:
            found = count(facts)
            return "" if wanted.holds(found) else f"it has {plural(found, what)}: {wanted.words} is taken"

        return test, Reads.OP

    return make


def _option(fields: Fields) -> tuple[Test, Reads]:
    name = fields.text("option")
    holds, taken = _option_test(fields)

    def test(facts: OpFacts) -> str:
        found = facts.option(name)
        return "" if found is None or holds(found) else f"{name} is {_option_text(found)}: {taken} is taken"

    return test, Reads.OP


def _option_test(fields: Fields) -> tuple[Callable[[object], bool], str]:
    """The test of an option's value under "is", and what it takes in words."""
    wanted = fields.value("is")
    if isinstance(wanted, bool):
        return lambda found: found == wanted, _option_text(wanted)
    words = wanted if isinstance(wanted, list) else [wanted]
    if all(isinstance(each, str) and not _is_test(each) for each in words):
        return lambda found: found in words, " or ".join(words)
    test = number_of(fields, "is")
    return lambda found: isinstance(found, int | float) and test.holds(found), test.words


def _option_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return shown(value) if isinstance(value, int | float) else str(value)


def _is_test(text: str) -> bool:
    try:
        number_test(text)
    except (ValueError, ArithmeticError):
        return False
    return True


def _has_options(fields: Fields) -> tuple[Test, Reads]:
    wanted = truth_of(fields, "has_options")
    said = "it carries no options" if wanted else "it carries options"
    return lambda facts: "" if bool(facts.op.options) == wanted else said, Reads.OP


def _op(fields: Fields) -> tuple[Test, Reads]:
    types = frozenset(words_of(fields, "op"))
    listed = ", ".join(sorted(types))
    return lambda facts: "" if facts.op.type in types else f"it is none of {listed}", Reads.OP


def _tensor(fields: Fields) -> tuple[Test, Reads]:
    select = selector_of(fields, "tensor", fields.text("tensor"))
    kinds = [key for key in TENSOR_MAKERS if key in fields.values]
    must_be = "present" in fields.values and truth_of(fields, "present")
    must_lack = "present" in fields.values and not must_be
    if not kinds and "present" not in fields.values:
        raise fields.wrong(("tensor",), f'"tensor" needs one of present, {", ".join(TENSOR_MAKERS)}')
    tests, reads = [], Reads.OP
    for key in kinds:
        test, needs = TENSOR_MAKERS[key](fields)
        tests.append(test)
        reads |= needs

    def check(facts: OpFacts) -> str:
        for name, tensor in select(facts):
            if tensor is None:
                if must_be:
                    return f"{name} is missing"
                continue
            if must_lack:
                return f"{name} is given"
            for test in tests:
                if found := test(facts, tensor):
                    return f"{name} {found}"
        return ""

    return check, reads


_SAME: Mapping[str, Callable[[OpFacts, Tensor], object]] = MappingProxyType(
    {
        "type": lambda _, tensor: tensor.type,
        "shape": lambda facts, tensor: facts.shape(tensor),
        "rank": lambda facts, tensor: facts.rank(tensor),
        "scale": lambda _, tensor: tuple(scales_of(tensor)),
        "zero_point": lambda _, tensor: tuple(zero_points_of(tensor)),
    }
)


def _same(fields: Fields) -> tuple[Test, Reads]:
    kinds = words_of(fields, "same")
    for kind in kinds:
        if kind not in _SAME:
            raise fields.wrong(("same",), f'"{kind}" can\'t be compared: use {", ".join(_SAME)}')
    selectors = [selector_of(fields, "of", each) for each in fields.texts("of")]

    def test(facts: OpFacts) -> str:
        tensors = [(name, each) for select in selectors for name, each in select(facts) if each is not None]
        for kind in kinds:
            of = _SAME[kind]
            known = [(name, found) for name, each in tensors if (found := of(facts, each)) is not None]
            odd = next((name for name, found in known if found != known[0][1]), None)
            if odd is not None:
                return f"{known[0][0]} and {odd} differ in {kind.replace('_', ' ')}"
        return ""

    fine = Reads.FINE if {"scale", "zero_point"} & set(kinds) else Reads.OP
    return test, fine


def _check(fields: Fields) -> tuple[Test, Reads]:
    name = fields.text("check")
    predicate: Predicate | None = predicate_named(name)
    if predicate is None:
        raise fields.wrong(("check",), f'there is no predicate "{name}"')
    arguments = fields.table("with").values if "with" in fields.values else {}
    run = predicate

    def test(facts: OpFacts) -> str:
        try:
            return run(facts, arguments)
        except (LookupError, TypeError, ValueError):
            words = f'"{name}" can\'t be asked of {facts.op.type} so: see how the shipped targets ask it'
            raise fields.wrong(("check",), words) from None

    return test, reads_of(name)


def _any(fields: Fields) -> tuple[Test, Reads]:
    conditions = read_conditions(fields, "any")

    def test(facts: OpFacts) -> str:
        found = []
        for condition in conditions:
            words = condition.test(facts)
            if not words:
                return ""
            found.append(words)
        return "; and ".join(dict.fromkeys(found))

    return test, _reads(conditions)


def _all(fields: Fields) -> tuple[Test, Reads]:
    conditions = read_conditions(fields, "all")
    return _all_of([condition.test for condition in conditions]), _reads(conditions)


def _not(fields: Fields) -> tuple[Test, Reads]:
    condition = read_condition(fields, "not")
    said = fields.text("because", "it is what this rule bars")
    return lambda facts: "" if condition.test(facts) else said, condition.reads


def _reads(conditions: Sequence[Condition]) -> Reads:
    reads = Reads.OP
    for condition in conditions:
        reads |= condition.reads
    return reads


_MAKERS: Mapping[str, tuple[Callable[[Fields], tuple[Test, Reads]], tuple[str, ...]]] = MappingProxyType(
    {
        "version": (_version, ()),
        "inputs": (_count("inputs", "input", lambda facts: len(facts.op.inputs)), ()),
        "outputs": (_count("outputs", "output", lambda facts: len(facts.op.outputs)), ()),
        "runtime_inputs": (
            _count("runtime_inputs", "computed input", lambda facts: len(facts.runtime_inputs)), ()
        ),
        "constant_inputs": (
            _count("constant_inputs", "constant input", lambda facts: len(facts.constant_inputs)), ()
        ),
        "option": (_option, ("is",)),
        "has_options": (_has_options, ()),
        "op": (_op, ()),
        "tensor": (_tensor, ("present", *TENSOR_MAKERS)),
        "same": (_same, ("of",)),
        "check": (_check, ("with",)),
        "any": (_any, ()),
        "all": (_all, ()),
        "not": (_not, ()),
    }
)  # fmt: skip
