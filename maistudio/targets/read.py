"""Read a target file. Its form stands in ``resources/targets/README.md``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from maistudio.errors import FactsFileError
from maistudio.targets.conditions import Condition, read_condition, read_conditions, version_condition
from maistudio.targets.folding import Fold
from maistudio.targets.predicates import Reads
from maistudio.targets.predicates.graphs import GRAPH_PREDICATES
from maistudio.targets.profile import SAYS, GraphCondition, Partitioning, Rule, Target, Unit
from maistudio.targets.values import Verdict
from maistudio.toml.fields import Fields, facts_text, read_fields

MOST_EXTENDED = 4
"""Files one above the other."""

_TEXTS = ("name", "engine", "version", "backend", "device", "says", "source")
_TOP = (*_TEXTS, "notes", "prover", "extends", "abstract", "fails_first")
_TABLES = ("partition", "unlisted", "global", "graph", "rule")
_UNLESS: Mapping[str, Verdict] = MappingProxyType(
    {
        "refused_unless": Verdict.REFUSED,
        "fails_unless": Verdict.FAILS_AT_START,
        "unknown_unless": Verdict.UNKNOWN,
        "candidate_unless": Verdict.CANDIDATE,
    }
)
"""In the order in which they are asked."""
_RULE = ("ops", "source", "version", *_UNLESS, "verdict", "because", "note", "keep", "unit", "units")
_END_VERDICTS = (Verdict.RUNS, Verdict.CANDIDATE, Verdict.REFUSED, Verdict.UNKNOWN)
_NAMED = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")

Extended = Callable[[str], Path]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A file and those it extends, put together: the texts of the uppermost, the rules of all."""

    texts: Mapping[str, str]
    notes: tuple[str, ...]
    rules: Mapping[str, Rule]
    before: tuple[tuple[Verdict, Condition], ...]
    after: tuple[tuple[Verdict, Condition], ...]
    graph: tuple[GraphCondition, ...]
    unlisted: Rule | None
    partitioning: Partitioning | None


_NOTHING = _Draft({}, (), {}, (), (), (), None, None)


def read_target(path: Path, extended: Extended) -> Target | None:
    """The target that a file describes, None for a file that is only there to be extended.

    ``extended`` finds the file of a name after ``extends``.

    Raises FactsFileError, with the line, for a file that can't be read or says something wrong or too little.
    """
    if _NAMED.fullmatch(path.stem) is None:
        raise FactsFileError(path, 1, "a target's file must be named by small letters, digits and dashes: rename it")
    fields = _fields(path)
    if fields.values.get("abstract") is True:
        return None
    draft = _read(fields, extended, MOST_EXTENDED)
    texts = draft.texts
    for name in _TEXTS:
        if name not in texts:
            raise fields.wrong((), f'the file lacks the key "{name}": add it')
    if draft.unlisted is None or draft.partitioning is None:
        raise fields.wrong((), "the file lacks [unlisted] or [partition]: add it")
    order = list(_UNLESS.values())
    if fields.values.get("fails_first") is True:
        order.sort(key=lambda verdict: verdict is not Verdict.FAILS_AT_START)
    return Target(
        path.stem, texts["name"], texts["engine"], texts["version"], texts["backend"], texts["device"], texts["says"],
        texts["source"], draft.notes, texts.get("prover", ""),
        MappingProxyType({op: _complete(rule, draft, order) for op, rule in draft.rules.items()}),
        draft.unlisted if draft.unlisted.verdict is Verdict.REFUSED else _complete(draft.unlisted, draft, order),
        draft.graph, draft.partitioning,
    )  # fmt: skip


def _fields(path: Path) -> Fields:
    return read_fields(path, facts_text(path, "target"))


def _read(fields: Fields, extended: Extended, left: int) -> _Draft:
    fields.known_only((*_TOP, *_TABLES))
    base = _NOTHING
    if "extends" in fields.values:
        if not left:
            raise fields.wrong(("extends",), "too many files extend each other")
        base = _read(_fields(_base(fields, extended)), extended, left - 1)
    texts = {name: fields.text(name) for name in _TEXTS if name in fields.values}
    if "says" in texts:
        fields.choice("says", SAYS)
    if "prover" in fields.values:
        texts["prover"] = fields.text("prover", "")
    texts = {**base.texts, **texts}
    source = texts.get("source", "")
    return _Draft(
        texts,
        (*base.notes, *(fields.texts("notes") if "notes" in fields.values else ())),
        _rules(fields, source, base.rules),
        (*base.before, *_global(fields, source, after=False)),
        (*base.after, *_global(fields, source, after=True)),
        (*base.graph, *(each for table in fields.tables("graph") for each in _graph(table, source))),
        _unlisted(fields.table("unlisted"), source) if "unlisted" in fields.values else base.unlisted,
        _partitioning(fields.table("partition"), source) if "partition" in fields.values else base.partitioning,
    )


def _base(fields: Fields, extended: Extended) -> Path:
    """The file that this one extends."""
    name = fields.text("extends")
    path = extended(name) if _NAMED.fullmatch(name) else None
    if path is None or not path.is_file():
        raise fields.wrong(("extends",), f'there is no target file "{name}" to extend: name one without its ending')
    return path


def _rules(fields: Fields, source: str, base: Mapping[str, Rule]) -> dict[str, Rule]:
    rules = dict(base)
    own: set[str] = set()
    for table in fields.tables("rule"):
        table.known_only(_RULE)
        rule = _rule(table, source)
        keep = table.values.get("keep", False)
        for op in table.texts("ops"):
            if op in own and keep is not True:
                raise table.wrong(("ops",), f'"{op}" has a rule already in this file: put them together')
            own.add(op)
            rules[op] = _added(rules[op], rule) if keep is True and op in rules else rule
    return rules


def _rule(fields: Fields, source: str) -> Rule:
    verdict = Verdict(fields.choice("verdict", _END_VERDICTS, Verdict.RUNS))
    because = fields.text("because", "")
    if verdict is not Verdict.RUNS and not because.strip():
        raise fields.wrong(("verdict",), f'the verdict "{verdict}" needs "because": say why')
    said = _full(fields.text("source"), source)
    conditions: list[tuple[Verdict, Condition]] = []
    if "version" in fields.values:
        conditions.append((Verdict.REFUSED, replace(version_condition(fields), source=said)))
    conditions += _conditions(fields, said, source)
    units = _units(fields)
    reads = Reads.OP
    for _, condition in conditions:
        reads |= condition.reads
    for unit in units:
        reads |= unit.when.reads if unit.when else Reads.OP
    return Rule(said, tuple(conditions), verdict, because, fields.text("note", ""), units, reads)


def _conditions(fields: Fields, said: str, source: str) -> list[tuple[Verdict, Condition]]:
    return [
        (verdict, replace(each, source=_full(each.source, source) if each.source else said))
        for name, verdict in _UNLESS.items()
        for each in read_conditions(fields, name)
    ]


def _units(fields: Fields) -> tuple[Unit, ...]:
    if "unit" in fields.values:
        return (Unit(fields.text("unit"), None),)
    units = []
    for each in fields.tables("units"):
        each.known_only(("unit", "when"))
        units.append(Unit(each.text("unit"), read_condition(each, "when") if "when" in each.values else None))
    return tuple(units)


def _added(base: Rule, more: Rule) -> Rule:
    """A rule with another's conditions behind its own; what else the other states counts."""
    stated = more.verdict is not Verdict.RUNS
    return Rule(
        more.source if stated else base.source,
        (*base.conditions, *more.conditions),
        more.verdict if stated else base.verdict,
        more.because if stated else base.because,
        more.note or base.note,
        more.units or base.units,
        base.reads | more.reads,
    )


def _complete(rule: Rule, draft: _Draft, order: Sequence[Verdict]) -> Rule:
    """A rule with the conditions on every op around its own, in the order in which they are asked."""
    conditions = (*draft.before, *rule.conditions, *draft.after)
    reads = rule.reads
    for _, condition in conditions:
        reads |= condition.reads
    ordered = tuple(sorted(conditions, key=lambda pair: order.index(pair[0])))
    return replace(rule, conditions=ordered, reads=reads)


def _global(fields: Fields, source: str, after: bool) -> Iterable[tuple[Verdict, Condition]]:
    """The conditions on every op that are asked before its own rule's, or after."""
    for each in fields.tables("global"):
        each.known_only(("source", "after", *_UNLESS))
        if (each.values.get("after") is True) == after:
            yield from _conditions(each, _full(each.text("source"), source), source)


def _graph(fields: Fields, source: str) -> list[GraphCondition]:
    fields.known_only(("source", "refused_unless"))
    said = _full(fields.text("source"), source)
    found = []
    for each in fields.tables("refused_unless"):
        each.known_only(("check", "because"))
        name = each.choice("check", tuple(GRAPH_PREDICATES))
        found.append(GraphCondition(GRAPH_PREDICATES[name], each.text("because", ""), said))
    return found


def _unlisted(fields: Fields, source: str) -> Rule:
    fields.known_only(("verdict", "because", "source", "note"))
    verdict = Verdict(fields.choice("verdict", (Verdict.REFUSED, Verdict.CANDIDATE, Verdict.UNKNOWN)))
    said = _full(fields.text("source"), source)
    return Rule(said, (), verdict, fields.text("because"), fields.text("note", ""), (), Reads.OP)


def _partitioning(fields: Fields, source: str) -> Partitioning:
    fields.known_only(("take", "folds", "folded", "smallest", "smallest_unless_whole", "most", "source"))
    take = fields.choice("take", ("largest", "all"))
    folds = fields.texts("folds") if "folds" in fields.values else ()
    for fold in folds:
        if fold not in set(Fold):
            raise fields.wrong(("folds",), f'"{fold}" is no fold: use {", ".join(Fold)}')
    most = fields.whole("most", 1, 1_000_000) if "most" in fields.values else (1 if take == "largest" else None)
    smallest = fields.whole("smallest", 1, 1_000_000) if "smallest" in fields.values else 1
    return Partitioning(
        most=most,
        smallest=smallest,
        smallest_unless_whole=fields.values.get("smallest_unless_whole") is True,
        folds=frozenset(map(Fold, folds)),
        takes_folded=fields.choice("folded", ("apart", "taken"), "apart") == "taken",
        source=_full(fields.text("source"), source),
    )


def _full(place: str, source: str) -> str:
    """A rule's source in full: a place in the file's source, or words of its own behind "="."""
    return place[1:].strip() if place.startswith("=") else f"{source} {place}".strip()
