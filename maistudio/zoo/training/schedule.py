"""How fast a network learns at each step, and when it is examined."""

from __future__ import annotations

from maistudio.zoo.training.lesson import Lesson

WARM_UP = 100
"""Steps, or a tenth of them all if that is less, over which the rate rises from almost nothing: large first steps can
silence rectifiers for good."""
QUANTIZED_SHARE = 0.1
"""Of the first rate, with int8 in the loop."""
QUANTIZED_HALVINGS = (0.5, 0.75)
EXAMS = 40
FEWEST_STEPS = 10
"""Between two exams."""


def rate_at(lesson: Lesson, step: int) -> float:
    """The learning rate of a step, which counts from 0."""
    if step >= lesson.steps:
        behind = (step - lesson.steps) / lesson.quantized_steps
        rate = lesson.learning_rate * QUANTIZED_SHARE
        return rate * 0.5 ** sum(behind >= share for share in QUANTIZED_HALVINGS)
    rate = lesson.learning_rate * 0.5 ** sum(step >= share * lesson.steps for share in lesson.halvings)
    return rate * min(1.0, (step + 1) / min(WARM_UP, max(1, lesson.steps // 10)))


def is_exam(lesson: Lesson, step: int) -> bool:
    """Whether the network is examined after ``step`` steps: now and then, before int8 comes in, and at the end."""
    between = max(FEWEST_STEPS, lesson.all_steps // EXAMS)
    return step % between == 0 or step in (lesson.steps, lesson.all_steps)
