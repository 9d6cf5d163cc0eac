"""A check as plain values, ready for JSON."""

from __future__ import annotations

from typing import Any

from maistudio.jobs.inspect import plain
from maistudio.targets.profile import Target
from maistudio.targets.summary import macs_share
from maistudio.targets.values import Finding, OpReport, TargetReport


def target_values(target: Target) -> dict[str, Any]:
    """A target as ``maistudio targets --json`` lists it."""
    return {
        "id": target.id,
        "name": target.name,
        "engine": target.engine,
        "version": target.version,
        "backend": target.backend,
        "device": target.device,
        "says": target.says,
        "source": target.source,
        "prover": target.prover or None,
        "ops": sorted(target.rules),
        "notes": list(target.notes),
    }


def report_values(report: TargetReport) -> dict[str, Any]:
    """A target's part of what ``maistudio check --json`` prints.

    Sizes are bytes, shares 0 to 1; unknown numbers are None, an endless difference is a word.
    """
    return {
        "id": report.target,
        "name": report.name,
        "verdict": report.verdict,
        "summary": report.summary,
        "provenance": report.provenance,
        "proof": {
            "by": report.proved_by,
            "failure": report.failure or None,
            "note": report.note or None,
            "largest_difference": plain(report.largest_difference),
        }
        if report.proved_by or report.failure
        else None,
        "partitions": [
            {
                "subgraph": part.subgraph,
                "ops": list(part.ops),
                "macs": part.macs,
                "weight_bytes": part.weight_bytes,
                "taken": part.taken,
            }
            for part in report.partitions
        ],
        "delegated": {
            "ops": report.delegated.ops,
            "of": len(report.ops),
            "macs": report.delegated.macs,
            "macs_share": macs_share(report),
            "weight_bytes": report.delegated.weight_bytes,
        },
        "rest": {"ops": report.rest.ops, "macs": report.rest.macs, "weight_bytes": report.rest.weight_bytes},
        "boundary_bytes": report.boundary.bytes,
        "boundary_tensors": [{"subgraph": graph, "tensor": tensor} for graph, tensor in report.boundary.tensors],
        "ops": [_op(op) for op in report.ops],
    }


def _op(op: OpReport) -> dict[str, Any]:
    rule: dict[str, Any] = {"verdict": op.rule.verdict, "reason": op.rule.reason, "source": op.rule.source}
    if op.rule.unit:
        rule["unit"] = op.rule.unit
    return {
        "subgraph": op.subgraph,
        "index": op.index,
        "type": op.type,
        "verdict": op.verdict,
        "rule": rule,
        "proof": None
        if op.proof is None
        else {"verdict": op.proof.verdict, "reason": op.proof.reason, "by": op.proof.by},
    }


def lint_values(finding: Finding) -> dict[str, Any]:
    """A finding as it is printed. ``target`` is the one it keeps the model off, None for advice that holds for all."""
    return {
        "id": finding.id,
        "subgraph": finding.subgraph,
        "op": finding.op,
        "message": finding.message,
        "advice": finding.advice,
        "source": finding.source,
        "target": finding.target or None,
        "rewrite": finding.rewrite or None,
        "places": [{"subgraph": graph, "op": op} for graph, op in finding.places],
    }
