"""What a target's rules say of each op of a subgraph, before it is known which partitions are taken."""

from __future__ import annotations

from maistudio.targets.facts import GraphFacts, OpFacts
from maistudio.targets.profile import Rule, Target
from maistudio.targets.values import Judgement, Verdict

Failure = tuple[int, str]
"""The place of a rule's condition, and how it fails; behind all conditions and "" for none."""


def judge(target: Target, facts: GraphFacts) -> tuple[Judgement, ...]:
    """The judgement of each op, in file order. ``facts`` must be for what the target folds."""
    for condition in target.graph:
        words = facts.answer(condition.test)
        if words:
            refused = Judgement(Verdict.REFUSED, condition.because.replace("{found}", words) or words, condition.source)
            return (refused,) * len(facts.graph.ops)
    folded = Judgement(Verdict.RUNS, "folded into what reads it", target.partitioning.source)
    judged = []
    known: dict[tuple[int, bool], Judgement] = {}
    failures: dict[int, Failure] = {}
    coarse, fine = facts.coarse_keys, None
    for op in facts.graph.ops:
        index = op.index
        if index in facts.folded_ops:
            judged.append(folded)
            continue
        rule = target.rule_for(op.type, op.custom)
        if rule.fine and fine is None:
            fine = facts.fine_keys
        key = (fine[index], True) if rule.fine and fine is not None else (coarse[index], False)
        found = None if rule.around else known.get(key)
        if found is None:
            failure = failures.get(coarse[index])
            if failure is None:
                failure = failures[coarse[index]] = shared_failure(rule, facts.ops[index])
            found = known[key] = judge_op(rule, facts.ops[index], failure)
        judged.append(found)
    if target.partitioning.takes_folded:
        _refuse_shared(target, facts, judged)
    return tuple(judged)


def _refuse_shared(target: Target, facts: GraphFacts, judged: list[Judgement]) -> None:
    """Refuse each folded op that a refused op reads too: what it makes is wanted on the CPU."""
    users, ops = facts.links.users, facts.graph.ops
    for op in facts.folded_ops:
        readers = (reader for tensor in ops[op].outputs for reader in users[tensor] if reader not in facts.folded_ops)
        refused = next((reader for reader in readers if judged[reader].verdict is Verdict.REFUSED), None)
        if refused is not None:
            words = f"{ops[refused].type} at op {refused} reads it too, and is not taken"
            judged[op] = Judgement(Verdict.REFUSED, words, target.partitioning.source)


def shared_failure(rule: Rule, facts: OpFacts) -> Failure:
    """The first condition that fails of those that all ops of a kind share."""
    for place in rule.shared:
        words = rule.conditions[place][1].test(facts)
        if words:
            return place, words
    return len(rule.conditions), ""


def judge_op(rule: Rule, facts: OpFacts, failure: Failure) -> Judgement:
    """What one rule says of one op, of whose kind the ``failure`` is known."""
    first, words = failure
    for place in rule.own:
        if place > first:
            break
        found = rule.conditions[place][1].test(facts)
        if found:
            first, words = place, found
            break
    if words:
        verdict, condition = rule.conditions[first]
        return Judgement(verdict, _noted(words, rule.note), condition.source)
    unit, words = _unit(rule, facts)
    if words:
        return Judgement(Verdict.REFUSED, _noted(words, rule.note), rule.source)
    because = rule.because.replace("{op}", facts.op.type)
    return Judgement(rule.verdict, _noted(because, rule.note), rule.source, unit)


def _unit(rule: Rule, facts: OpFacts) -> tuple[str, str]:
    """The unit that runs an op, else why none does."""
    words = ""
    for unit in rule.units:
        words = unit.when.test(facts) if unit.when else ""
        if not words:
            return unit.name, ""
    return "", words


def _noted(words: str, note: str) -> str:
    return f"{words} ({note})" if words and note else words or note
