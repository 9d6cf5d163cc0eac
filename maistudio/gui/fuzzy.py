"""Finds a few typed letters in a text, in order, as a command palette does."""

from __future__ import annotations

WORD_START = 7
RUN = 8
GAP = 1


def score(typed: str, text: str) -> int | None:
    """How well ``typed`` fits ``text``, higher is better; None when its letters don't occur in order.

    Case and blanks in ``typed`` don't matter. Letters at the start of a word and letters in a row count more.
    """
    letters = [letter for letter in typed.casefold() if not letter.isspace()]
    folded = text.casefold()
    best: dict[int, int] = {-1: 0}
    for letter in letters:
        reached: dict[int, int] = {}
        for place, sofar in best.items():
            for found in _places(folded, letter, place + 1):
                worth = sofar + _worth(folded, place, found)
                if worth > reached.get(found, worth - 1):
                    reached[found] = worth
        best = reached
    return max(best.values(), default=None)


def _places(text: str, letter: str, start: int) -> list[int]:
    return [place for place in range(start, len(text)) if text[place] == letter]


def _worth(text: str, last: int, found: int) -> int:
    starts_word = found == 0 or not text[found - 1].isalnum()
    in_a_row = last >= 0 and found == last + 1
    return WORD_START * starts_word + RUN * in_a_row - GAP * min(found - last - 1, 10)
