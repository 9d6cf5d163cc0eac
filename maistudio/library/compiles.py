"""What real compilers made of models, inside a transaction that the caller began."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from maistudio.library.restoring import LAST_SECOND
from maistudio.targets.values import Compiled, Proof, Verdict


@dataclass(frozen=True, slots=True)
class StoredCompile:
    """What a compiler, as target files name it, said ``at`` a moment, in seconds since 1970."""

    prover: str
    at: float
    compiled: Compiled


def store_compile(connection: sqlite3.Connection, model_sha256: str, stored: StoredCompile) -> None:
    """Keep one more compile of a model; those before it stay."""
    connection.execute(
        "INSERT INTO compiles (model_sha256, prover, at, said) VALUES (?, ?, ?, ?)",
        (model_sha256, stored.prover, stored.at, _said(stored.compiled)),
    )


def read_compiles(connection: sqlite3.Connection, model_sha256: str) -> tuple[StoredCompile, ...]:
    """The last compile of a model by each compiler, whatever the clock said; what makes no sense is passed over."""
    query = "SELECT * FROM compiles WHERE model_sha256 = ? ORDER BY id DESC"
    found: dict[str, StoredCompile] = {}
    for row in connection.execute(query, (model_sha256,)):
        try:
            if row["prover"] not in found:
                found[row["prover"]] = _stored(row)
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError):
            continue  # a person, a bad disk or a newer version wrote it
    return tuple(found.values())


def _said(compiled: Compiled) -> str:
    """Ops of one fate together: ten thousand that run take no more than their numbers."""
    alike: dict[Proof, list[tuple[int, int]]] = {}
    for place, proof in compiled.ops.items():
        alike.setdefault(proof, []).append(place)
    return json.dumps(
        {
            "by": compiled.by,
            "note": compiled.note,
            "difference": compiled.largest_difference,
            "ops": [[proof.verdict, proof.reason, proof.by, places] for proof, places in alike.items()],
        }
    )


def _stored(row: sqlite3.Row) -> StoredCompile:
    """Raises ValueError, TypeError, LookupError or others of their kind for what makes no sense."""
    at = row["at"]
    if not isinstance(at, float) or not 0 <= at <= LAST_SECOND:
        raise ValueError(f"it was asked at {at} s")
    said = json.loads(row["said"])
    ops: dict[tuple[int, int], Proof] = {}
    for verdict, reason, by, places in said["ops"]:
        proof = Proof(Verdict(verdict), _of(str, reason), _of(str, by))
        ops |= {(_of(int, subgraph), _of(int, op)): proof for subgraph, op in places}
    difference = said["difference"]
    compiled = Compiled(
        _of(str, said["by"]), ops, None if difference is None else _of(float, difference), _of(str, said["note"])
    )
    return StoredCompile(_of(str, row["prover"]), at, compiled)


def _of(kind: type[Any], value: object) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
