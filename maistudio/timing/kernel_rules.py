"""Which of XNNPACK's kernels can do the work of which ops, read from a table of what was observed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from maistudio.resources import resource_path
from maistudio.tflite.model import Op

TABLE = "timing/xnnpack_kernels.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kernel does, as op types: see the head of the table."""

    runs: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    prepares: frozenset[str] = frozenset()
    finishes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KernelRules:
    """The rules by the first words of a kernel's name."""

    rules: Mapping[str, Rule]

    def of(self, kernel: str) -> Rule:
        """The rule for a kernel; one that the table lacks runs the op of the same name."""
        name = first_words(kernel)
        return self.rules.get(name) or Rule(runs=frozenset({name.upper().replace(" ", "_")}))


def first_words(kernel: str) -> str:
    """A kernel's name without its layout, types and microkernel."""
    return kernel.partition(" (")[0]


def finishes(rule: Rule, op: Op) -> bool:
    """Whether a kernel of this rule does the activation that is fused to ``op``."""
    return op.type in rule.finishes and op.options.get("fused_activation_function", "NONE") != "NONE"


def read_kernel_rules() -> KernelRules:
    """The rules of the table that is shipped."""
    table = tomllib.loads(resource_path(TABLE).read_text("utf-8"))
    groups: Mapping[str, list[str]] = table["groups"]
    return KernelRules(
        {
            name: Rule(**{field: _members(ops, groups) for field, ops in row.items()})
            for name, row in table["kernels"].items()
        }
    )


def _members(names: Iterable[str], groups: Mapping[str, list[str]]) -> frozenset[str]:
    return frozenset(op for name in names for op in (groups[name[1:]] if name.startswith("@") else [name]))
