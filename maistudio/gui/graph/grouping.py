"""Groups of ops that can be drawn as one box: name scopes and repeated structure, nested.

Every group is a run of ops in one topological order, so drawing any of them as single boxes never makes a cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, zip_longest

from maistudio.gui.graph.describe import LONGEST, op_title
from maistudio.gui.graph.repeats import runs
from maistudio.gui.graph.scopes import scope_path, scope_title
from maistudio.tflite.links import links_of, op_name
from maistudio.tflite.model import Subgraph
from maistudio.tflite.text import clean, elide_middle

SMALL_MODEL = 200
"""Models with fewer ops start with every group open."""
LARGE_MODEL = 3000
"""Models with more ops start whole unless their scopes have names: "Block 3 of 400" would tell less."""
READABLE = 42
"""Groups are opened at first while no more boxes than this are shown."""
CROWDED = 160
"""With more boxes than this in spite of its groups, a model is rather shown whole."""
TOO_FEW = 10
LEAST_OPS = 4
MOST_ENDS = 5
"""Repetitions with more tensors coming in and going out are no blocks."""
NEARLY_ALL = 0.85
"""A scope with this share of the ops around it says nothing and is looked through."""


@dataclass(frozen=True, slots=True)
class Group:
    """Ops ``order[start:stop]`` under a title. ``key`` names the group across reloads.

    ``parent`` and ``children`` are positions in ``Groups.groups`` (parent -1 at the top). ``alike`` is the same for
    groups of the same content; ``times`` counts the repetitions of a group that holds nothing else, 0 for others;
    ``named`` groups are name scopes.
    """

    key: str
    title: str
    start: int
    stop: int
    parent: int
    children: tuple[int, ...]
    alike: int
    times: int = 0
    named: bool = False


@dataclass(frozen=True, slots=True)
class Groups:
    """``order`` lists the ops in an order in which each comes after what it needs; parents come before children."""

    order: tuple[int, ...]
    groups: tuple[Group, ...]


def find_groups(graph: Subgraph) -> Groups:
    """The groups of a subgraph; none where its ops form a cycle."""
    orders = _orders(graph)
    if not orders:
        return Groups(tuple(range(len(graph.ops))), ())
    paths = [scope_path(op_name(graph, op)) for op in graph.ops]
    best = min(orders, key=lambda order: _changes([paths[op] for op in order]))
    return _Finder(graph, best, paths).find()


def first_collapsed(groups: Groups, ops: int) -> frozenset[str]:
    """Keys of the groups to show as one box at first: none in a small model, nor where that would tell too little."""
    roots = [n for n, group in enumerate(groups.groups) if group.parent < 0]
    if ops < SMALL_MODEL or (ops > LARGE_MODEL and not any(groups.groups[n].named for n in roots)):
        return frozenset()
    inside = [_shown_inside(groups, group) for group in groups.groups]
    shown = ops - sum(groups.groups[n].stop - groups.groups[n].start for n in roots) + len(roots)
    if shown > CROWDED:
        return frozenset()
    open_groups: set[int] = set()
    waiting = roots
    while waiting:
        kinds: dict[int, list[int]] = {}
        for n in waiting:
            kinds.setdefault(groups.groups[n].alike, []).append(n)
        waiting = []
        for members in sorted(kinds.values(), key=lambda alike: sum(inside[n] - 1 for n in alike)):
            more = sum(inside[n] - 1 for n in members)
            if shown + more <= READABLE:
                shown += more
                open_groups.update(members)
                waiting += [child for n in members for child in groups.groups[n].children]
    if shown < TOO_FEW:
        return frozenset()
    return frozenset(group.key for n, group in enumerate(groups.groups) if n not in open_groups)


def _shown_inside(groups: Groups, group: Group) -> int:
    """How many boxes an open group shows with its own groups closed."""
    held = sum(groups.groups[child].stop - groups.groups[child].start for child in group.children)
    return group.stop - group.start - held + len(group.children)


def _changes(paths: Sequence[tuple[str, ...]]) -> int:
    """How often scopes are entered on the way through these ops."""
    return sum(
        sum(a != b for a, b in zip_longest(before, after)) for before, after in pairwise(paths) if before != after
    )


def _orders(graph: Subgraph) -> list[list[int]]:
    """Orders in which each op comes after those it reads from; none for a cycle.

    The first has every op just before it is needed, so that what belongs together stands together; the second is
    the file's own, where that is one.
    """
    producer = links_of(graph).producer
    needs = [
        list(dict.fromkeys(m for t in op.inputs if 0 <= t < len(producer) and (m := producer[t]) is not None))
        for op in graph.ops
    ]
    results = (producer[tensor] for tensor in graph.outputs if 0 <= tensor < len(producer))
    order: list[int] = []
    state = [0] * len(graph.ops)
    for root in [*(op for op in results if op is not None), *range(len(graph.ops))]:
        stack = [root]
        while stack:
            op = stack[-1]
            if state[op] == 0:
                state[op] = 1
                stack += [need for need in reversed(needs[op]) if state[need] == 0]
                if any(state[need] == 1 for need in needs[op]):
                    return []
                continue
            stack.pop()
            if state[op] == 1:
                state[op] = 2
                order.append(op)
    if all(max(found, default=-1) < number for number, found in enumerate(needs)):
        return [order, list(range(len(graph.ops)))]
    return [order]


@dataclass(slots=True)
class _Node:
    """An op (no ``title``) or a group being put together; ``token`` is the same for nodes of the same content.

    ``scope`` is what a name scope is called, whichever time it is entered.
    """

    start: int
    stop: int
    token: int
    title: str = ""
    name: str = ""
    times: int = 0
    inner: tuple[_Node, ...] = ()
    scope: str = ""


class _Finder:
    """Collects the groups of one subgraph."""

    def __init__(self, graph: Subgraph, order: list[int], paths: Sequence[tuple[str, ...]]) -> None:
        self.graph = graph
        self.order = order
        self.paths = [paths[op] for op in order]
        self.known: dict[object, int] = {}
        self.types = [op_title(graph.ops[op].type, graph.ops[op].custom) for op in order]
        self.tokens = [self._token(title) for title in self.types]
        self.links = links_of(graph)
        self.crossing = self._crossing()

    def find(self) -> Groups:
        found: list[Group] = []
        nodes = self._folded(self._scoped(0, len(self.order), 0))
        for node in nodes:
            _flatten(node, -1, "", found)
        return Groups(tuple(self.order), tuple(found))

    def _token(self, value: object) -> int:
        return self.known.setdefault(value, len(self.known))

    def _crossing(self) -> list[int]:
        """How many tensors pass from the ops before each place in the order to it or beyond."""
        place = {op: n for n, op in enumerate(self.order)}
        change = [0] * (len(self.order) + 1)
        for made, users in zip(self.links.producer, self.links.users, strict=True):
            if made is not None and users:
                change[place[made] + 1] += 1
                change[max(place[user] for user in users) + 1] -= 1
        return list(accumulate(change[:-1]))

    def _scoped(self, start: int, stop: int, level: int) -> list[_Node]:
        """The interval as ops and scopes; a scope that covers nearly all of it is looked through."""
        nodes: list[_Node] = []
        seen: dict[str, int] = {}
        at = start
        while at < stop:
            scope = self._scope(at, level)
            end = at + 1
            while end < stop and scope is not None and self._scope(end, level) == scope:
                end += 1
            if scope is not None and end - at >= NEARLY_ALL * (stop - start):
                nodes += self._scoped(at, end, level + 1)
            elif scope is not None and end - at >= LEAST_OPS:
                number = seen[scope] = seen.get(scope, 0) + 1
                called = clean(scope_title(scope))
                title = f"{called} ({number})" if number > 1 else called
                inner = self._folded(self._scoped(at, end, level + 1))
                nodes.append(
                    _Node(at, end, self._content(at, end), title, f"{scope}#{number}", 0, tuple(inner), called)
                )
            else:
                nodes += [_Node(n, n + 1, self.tokens[n]) for n in range(at, end)]
            at = end
        return nodes

    def _scope(self, place: int, level: int) -> str | None:
        path = self.paths[place]
        return path[level] if level < len(path) else None

    def _content(self, start: int, stop: int) -> int:
        return self._token(tuple(self.tokens[start:stop]))

    def _folded(self, nodes: list[_Node]) -> list[_Node]:
        """The nodes of an interval with repetitions among them put into groups."""
        folded: list[_Node] = []
        at = 0
        found = runs(
            [node.token for node in nodes],
            [self.crossing[node.start] for node in nodes],
            lambda first, stop: self._ends(nodes[first].start, nodes[stop - 1].stop),
        )
        for number, run in enumerate(found):
            blocks: list[_Node] = []
            for time in range(run.times):
                part = nodes[run.start + time * run.period : run.start + (time + 1) * run.period]
                start, stop = part[0].start, part[-1].stop
                title = f"{_called(part)} {time + 1} of {run.times:,}"
                inner = tuple(self._folded(part)) if run.period >= 2 * LEAST_OPS else tuple(part)
                blocks.append(_Node(start, stop, self._content(start, stop), title, str(time), 0, inner))
            first, last = blocks[0], blocks[-1]
            title = f"{run.times:,} × {self._summary(nodes[run.start : run.start + run.period])}"
            whole = _Node(first.start, last.stop, self._content(first.start, last.stop), title, f"×{number}",
                          run.times, tuple(blocks))  # fmt: skip
            folded += [*nodes[at : run.start], whole]
            at = run.stop
        if len(folded) == 1 and not at < len(nodes) and folded[0].times:
            return list(folded[0].inner)
        return folded + nodes[at:]

    def _ends(self, start: int, stop: int) -> int | None:
        """How many tensors enter and leave these ops, None where they are too many for their number."""
        inside = {op: self.graph.ops[op] for op in self.order[start:stop]}
        made = {tensor for op in inside.values() for tensor in op.outputs}
        entering = {t for op in inside.values() for t in op.inputs if t >= 0 and self.links.producer[t] not in inside}
        entering = {tensor for tensor in entering if not self.graph.tensors[tensor].constant}
        leaving = sum(any(user not in inside for user in self.links.users[tensor]) for tensor in made)
        ends = len(entering) + leaving
        return ends if ends <= min(MOST_ENDS, max(2, len(inside) // 2)) else None

    def _summary(self, nodes: Sequence[_Node]) -> str:
        """The first few different things in a block."""
        titles = dict.fromkeys(node.scope or node.title or self.types[node.start] for node in nodes)
        few = list(titles)[:3]
        return ", ".join(few) + (" …" if len(titles) > len(few) else "")


def _called(nodes: Sequence[_Node]) -> str:
    """What a block is called: as the one scope that makes up most of it, or just a block."""
    scopes = [node for node in nodes if node.scope]
    if len(scopes) == 1 and 2 * (scopes[0].stop - scopes[0].start) > nodes[-1].stop - nodes[0].start:
        return scopes[0].scope
    return "Block"


def _flatten(node: _Node, parent: int, key: str, found: list[Group]) -> int:
    """Add a group and those in it to ``found``; gives its position, -1 for an op."""
    if not node.title:
        return -1
    number = len(found)
    key = f"{key}/{node.name}"
    found.append(Group(key, "", 0, 0, parent, (), node.token))
    inner = (_flatten(child, number, key, found) for child in node.inner)
    children = tuple(child for child in inner if child >= 0)
    title = elide_middle(node.title, LONGEST)
    named = not node.times and not node.name.isdigit()
    found[number] = Group(key, title, node.start, node.stop, parent, children, node.token, node.times, named)
    return number
