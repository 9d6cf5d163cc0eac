"""The N of a target file's conditions: a number, a test such as "<= 4", or a list of which one must hold."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from maistudio.toml.fields import as_number

COMPARISONS: Mapping[str, tuple[Callable[[float, float], bool], str]] = MappingProxyType(
    {
        "<=": (operator.le, "at most {}"),
        ">=": (operator.ge, "at least {}"),
        "<": (operator.lt, "less than {}"),
        ">": (operator.gt, "more than {}"),
        "!=": (operator.ne, "anything but {}"),
        "==": (operator.eq, "{}"),
    }
)
_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
_COMPARISON = re.compile(rf"(<=|>=|<|>|!=|==)\s*({_NUMBER})")
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_MULTIPLE = re.compile(r"multiple of (\d+)")


@dataclass(frozen=True, slots=True)
class NumberTest:
    """``holds`` says whether a number is meant; ``words`` say which are: "at most 4", "1 or 2"."""

    holds: Callable[[float], bool]
    words: str


def number_test(value: object) -> NumberTest:
    """The test a target file states. Raises ValueError where it states none."""
    if isinstance(value, list) and value:
        tests = [number_test(each) for each in value]
        return NumberTest(
            lambda number: any(test.holds(number) for test in tests), " or ".join(test.words for test in tests)
        )
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, int | float | Decimal):
        wanted = _plain(value)
        return NumberTest(lambda number: number == wanted, _shown(wanted))
    if isinstance(value, str):
        return _worded(value.strip())
    raise ValueError


def _worded(text: str) -> NumberTest:
    if found := _COMPARISON.fullmatch(text):
        compare, words = COMPARISONS[found[1]]
        bound = _plain(Decimal(found[2]))
        return NumberTest(lambda number: compare(number, bound), words.format(_shown(bound)))
    if found := _RANGE.fullmatch(text):
        low, high = _plain(Decimal(found[1])), _plain(Decimal(found[2]))
        return NumberTest(lambda number: low <= number <= high, f"{_shown(low)} to {_shown(high)}")
    if (found := _MULTIPLE.fullmatch(text)) and int(found[1]):
        step = int(found[1])
        return NumberTest(lambda number: number % step == 0, f"a multiple of {step}")
    raise ValueError


def _plain(number: float | Decimal) -> float:
    """Raises ValueError for a number that is not finite or of unbearable size."""
    bearable = as_number(number if isinstance(number, int | Decimal) else Decimal(number))
    if bearable is None:
        raise ValueError
    return int(bearable) if bearable == int(bearable) else float(bearable)


def _shown(number: float) -> str:
    return f"{number:g}".replace("-", "−") if isinstance(number, float) else str(number).replace("-", "−")
