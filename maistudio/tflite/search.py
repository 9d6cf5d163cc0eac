"""Find ops and tensors of a model by type, name, index, shape and option.

A query is words that must all match, in any order and any case:

- ``conv`` in the type, name or options; ``padding=same`` in the options
- ``#12`` or ``12`` for an index, ``op 12`` or ``tensor 12`` for one kind
- ``360x640``, ``360×640`` or ``1,360,640,3`` for dimensions that follow each other in a shape
- ``type:conv``, ``name:block1``, ``shape:640``, ``option:same`` for one field
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from maistudio.tflite.links import op_name
from maistudio.tflite.model import Model, Subgraph, Tensor
from maistudio.tflite.roles import tensor_kinds
from maistudio.tflite.text import clean, options_text, shape_text

Kind = Literal["op", "tensor"]

_EXACT_INDEX = re.compile(r"\s*(op|tensor)\s*#?\s*(\d{1,9})\s*$", re.IGNORECASE)
_INDEX = re.compile(r"(#?)(\d{1,9})$")
_SHAPE = re.compile(r"[\[(]?(?:\d+|\?)(?:[x×,](?:\d+|\?))+[\])]?$", re.IGNORECASE)
_SHAPE_SPACES = re.compile(r"(?<=[\d?])\s*([x×,*])\s*(?=[\d?])", re.IGNORECASE)
_FIELD = re.compile(r"(type|name|shape|option|kind):(.+)$", re.IGNORECASE)


class Entry(NamedTuple):
    """What can be found of one op or tensor; all but ``type`` and ``name`` in the form it is compared in.

    ``shapes`` joins the shapes as "×1×360×640×3×". ``kind_word`` is "op", or what the tensor is ("constant").
    """

    kind: Kind
    subgraph: int
    number: int
    type: str
    name: str
    lower_type: str
    lower_name: str
    options: str
    shapes: str
    kind_word: str


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query. ``shape`` and ``index`` are what it may also mean; ``field`` limits where it is looked for.

    ``only_index`` is set for "#12", which means nothing else.
    """

    text: str
    field: str = ""
    shape: str = ""
    index: int | None = None
    only_index: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Words that must all match; ``kind`` limits the search to ops or to tensors."""

    words: tuple[Word, ...]
    kind: Kind | None = None


def parse(text: str) -> Query:
    """Read a query. Any text is one; blank text has no words."""
    exact = _EXACT_INDEX.match(text)
    if exact:
        kind: Kind = "op" if exact.group(1).lower() == "op" else "tensor"
        return Query((Word(exact.group(2), index=int(exact.group(2)), only_index=True),), kind)
    closed_up = _SHAPE_SPACES.sub(r"\1", text)
    return Query(tuple(_word(word) for word in closed_up.lower().split()))


def _word(text: str) -> Word:
    field = _FIELD.match(text)
    if field:
        name, value = field.groups()
        return Word(value, field=name, shape=_shape_key(value) if name == "shape" else "")
    number = _INDEX.match(text)
    if number:
        return Word(text, index=int(number.group(2)), only_index=bool(number.group(1)))
    return Word(text, shape=_shape_key(text) if _SHAPE.match(text) else "")


def _shape_key(text: str) -> str:
    dimensions = re.findall(r"\d+|\?", text)
    return f"×{'×'.join(dimensions)}×" if dimensions else text


def matches(entry: Entry, query: Query) -> bool:
    """Whether ``entry`` has every word of ``query``."""
    if query.kind is not None and entry.kind != query.kind:
        return False
    return all(_has(entry, word) for word in query.words)


def filtered(entries: Iterable[Entry], query: Query) -> list[Entry]:
    """The entries that match, in their order. Plain words are tested in one comprehension each, for speed."""
    kept = list(entries)
    rest = []
    for word in query.words:
        if word.field or word.shape or word.index is not None:
            rest.append(word)
        else:
            text = word.text
            kept = [
                entry
                for entry in kept
                if text in entry.lower_name
                or text in entry.lower_type
                or text in entry.options
                or text == entry.kind_word
            ]
    if rest or query.kind is not None:
        narrowed = Query(tuple(rest), query.kind)
        kept = [entry for entry in kept if matches(entry, narrowed)]
    return kept


def _has(entry: Entry, word: Word) -> bool:
    if word.field:
        return _FIELD_TESTS[word.field](entry, word)
    if word.index is not None and entry.number == word.index:
        return True
    if word.only_index:
        return False
    if word.shape and word.shape in entry.shapes:
        return True
    text = word.text
    return text in entry.lower_name or text in entry.lower_type or text in entry.options or text == entry.kind_word


_FIELD_TESTS: dict[str, Callable[[Entry, Word], bool]] = {
    "type": lambda entry, word: word.text in entry.lower_type,
    "name": lambda entry, word: word.text in entry.lower_name,
    "shape": lambda entry, word: word.shape in entry.shapes,
    "option": lambda entry, word: word.text in entry.options,
    "kind": lambda entry, word: word.text in entry.kind_word,
}


def find(entries: Iterable[Entry], text: str) -> list[Entry]:
    """The entries that match, best first: exact ones, then beginnings, then the rest, each in the order given.

    Blank text finds nothing.
    """
    query = parse(text)
    if not query.words:
        return []
    ranked: tuple[list[Entry], list[Entry], list[Entry], list[Entry]] = ([], [], [], [])
    for entry in filtered(entries, query):
        ranked[_rank(entry, query.words[0])].append(entry)
    return [entry for rank in ranked for entry in rank]


def _rank(entry: Entry, word: Word) -> int:
    text = word.text
    exact = (entry.lower_name, *entry.lower_type.split(" "))
    if (word.index is not None and entry.number == word.index) or text in exact:
        return 0
    if entry.lower_type.startswith(text) or entry.lower_name.startswith(text) or f"/{text}" in entry.lower_name:
        return 1
    if text in entry.lower_name or text in entry.lower_type:
        return 2
    return 3


def entries_of(model: Model) -> Iterator[list[Entry]]:
    """Everything that can be found in ``model``, piece by piece: of each subgraph its ops, then its tensors."""
    for graph in model.subgraphs:
        yield op_entries(graph)
        yield tensor_entries(graph)


def op_entries(graph: Subgraph) -> list[Entry]:
    """One entry per op, in order. Its shapes are those of its inputs and outputs."""
    shape_key = cache(_shape_text_key)
    shapes = [_shapes_key(tensor, shape_key) for tensor in graph.tensors]
    options_key, type_key = _options_keys(), cache(_type_key)
    count = len(shapes)
    entries = []
    for op in graph.ops:
        name = op_name(graph, op)
        around = " ".join([shapes[tensor] for tensor in (*op.inputs, *op.outputs) if 0 <= tensor < count])
        options = options_key(op.options)
        entries.append(
            Entry("op", graph.index, op.index, op.type, name, type_key(op.type), name.lower(), options, around, "op")
        )
    return entries


def tensor_entries(graph: Subgraph) -> list[Entry]:
    """One entry per tensor, in order."""
    shape_key = cache(_shape_text_key)
    return [
        Entry(
            "tensor", graph.index, tensor.index, tensor.type, tensor.name, tensor.type.lower(), tensor.name.lower(), "",
            _shapes_key(tensor, shape_key), kind,
        )
        for tensor, kind in zip(graph.tensors, tensor_kinds(graph), strict=True)
    ]  # fmt: skip


def _options_keys() -> Callable[[Mapping[str, object]], str]:
    """Options in lower case, worked out once for all ops that have the same ones."""
    known: dict[str, str] = {}

    def key(options: Mapping[str, object]) -> str:
        if not options:
            return ""
        content = str(options)
        if content not in known:
            known[content] = options_text(options).lower()
        return known[content]

    return key


def _type_key(op_type: str) -> str:
    """An op type as the schema writes it and as the graph does: "conv_2d conv2d"."""
    lower = op_type.lower()
    return f"{lower} {lower.replace('_', '')}" if "_" in lower else lower


def _shape_text_key(shape: tuple[int, ...]) -> str:
    return f"×{shape_text(shape)}×"


def _shapes_key(tensor: Tensor, shape_key: Callable[[tuple[int, ...]], str]) -> str:
    """The static shape, and the signature where it says something else."""
    shape, signature = tensor.shape, tensor.open_shape
    if signature == shape:
        return shape_key(shape)
    return f"{shape_key(shape)} {shape_key(signature)}"


def label_of(entry: Entry) -> str:
    """An entry on one line: "CONV_2D  #12" or a tensor's name."""
    if entry.kind == "op":
        return f"{clean(entry.type)} #{entry.number}"
    return clean(entry.name) or f"tensor {entry.number}"
