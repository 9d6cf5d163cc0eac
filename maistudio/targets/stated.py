"""What the conditions of a target file state: numbers, words, truths and tensors, and how a failed one is told."""

from __future__ import annotations

from maistudio.targets.number_tests import NumberTest, number_test
from maistudio.targets.selectors import Selector, selected
from maistudio.toml.fields import Fields


def number_of(fields: Fields, name: str) -> NumberTest:
    try:
        return number_test(fields.value(name))
    except (ValueError, ArithmeticError):
        raise fields.wrong((name,), f'"{name}" must be a number, a test such as "<= 4", or a list of them') from None


def words_of(fields: Fields, name: str) -> tuple[str, ...]:
    value = fields.value(name)
    return (value,) if isinstance(value, str) else fields.texts(name)


def truth_of(fields: Fields, name: str) -> bool:
    value = fields.value(name)
    if not isinstance(value, bool):
        raise fields.wrong((name,), f'"{name}" must be true or false')
    return value


def selector_of(fields: Fields, name: str, words: str) -> Selector:
    try:
        return selected(words)
    except ValueError:
        raise fields.wrong((name,), f'"{words}" means no tensors: use "input 0", "outputs", "runtime"') from None


def unless_taken(wanted: NumberTest, found: float, words: str) -> str:
    return "" if wanted.holds(found) else f"{words.format(shown(found))}: {wanted.words} is taken"


def shown(number: float) -> str:
    return f"{number:.6g}".replace("-", "−")
