"""Where keys and array elements of a TOML text stand."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.resources import resource_path
from maistudio.toml.lines import Path, toml_lines

TEXT = '''# a comment with [brackets] and "quotes
top = "a # no comment"

[table] # [not.this]
"quoted key" = 1
dotted.key = 'x]'
long = """
[no]
table = 1
"""
list = [
    1, # one
    ["a", "]"],
    { inner = 3, other = [4,
      5] },
]

[[many]]
name = "first"
[many.sub]
deep = 1

[[many]]
name = "second"
literal = \'\'\'
[no]
two\'\'\'\'
after = """
three\\
"""""
inline = { a = "x" , b = 1 }
values = [
  1 # one, [two],
  , 2,
]
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("top",), 2),
        (("table",), 4),
        (("table", "quoted key"), 5),
        (("table", "dotted", "key"), 6),
        (("table", "long"), 7),
        (("table", "list"), 11),
        (("table", "list", 0), 12),
        (("table", "list", 1), 13),
        (("table", "list", 1, 1), 13),
        (("table", "list", 2, "other"), 14),
        (("table", "list", 2, "other", 1), 15),
        (("many", 0), 18),
        (("many", 0, "sub", "deep"), 21),
        (("many", 1), 23),
        (("many", 1, "name"), 24),
        (("many", 1, "literal"), 25),
        (("many", 1, "after"), 28),
        (("many", 1, "inline", "b"), 31),
        (("many", 1, "values", 1), 34),
    ],
)
def test_a_place_has_its_line(place: Path, line: int) -> None:
    assert toml_lines(TEXT)[place] == line


def test_a_quote_in_a_key_does_not_end_it() -> None:
    assert toml_lines('"a\\"b = [" = 1\nc = 2\n')[("c",)] == 2


def test_every_value_of_a_text_has_a_line() -> None:
    assert set(_places(tomllib.loads(TEXT))) <= toml_lines(TEXT).keys()


@pytest.mark.parametrize("file", sorted(resource_path("challenges").glob("*.toml")), ids=lambda file: file.stem)
def test_every_value_of_a_shipped_challenge_has_a_line(file: Any) -> None:
    text = file.read_text(encoding="utf-8")
    assert set(_places(tomllib.loads(text))) <= toml_lines(text).keys()


scalars = st.one_of(
    st.integers(-9, 9),
    st.booleans(),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=6),
    st.sampled_from(["]", "}", "#", ",", "\\", '"', "[[x]]", "\n", "= 1"]),
)
keys = st.text("abc", min_size=1, max_size=3)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(keys, values, max_size=4), st.lists(st.dictionaries(keys, values, max_size=3), max_size=3))
def test_what_a_writer_put_in_a_line_is_found_there(top: dict[str, Any], tables: list[dict[str, Any]]) -> None:
    lines = [f"{key} = {_written(value)} # {key}" for key, value in top.items()]
    wanted: dict[Path, int] = {(key,): row for row, key in enumerate(top, start=1)}
    for index, table in enumerate(tables):
        lines.append("[[zz]]")
        wanted["zz", index] = len(lines)
        for key, value in table.items():
            lines.append(f"{key} = {_written(value)}")
            wanted["zz", index, key] = len(lines)
    text = "\n".join(lines)
    found = toml_lines(text)
    assert set(_places(tomllib.loads(text))) <= found.keys()
    assert {place: found[place] for place in wanted} == wanted


def _written(value: Any) -> str:
    """A value as TOML, on one line. JSON's strings are TOML's basic strings."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_written(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _places(value: Any, place: Path = ()) -> Iterator[Path]:
    if place:
        yield place
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _places(inner, (*place, key))
