"""Name scopes: which module of the training framework an op came from, as its output's name tells."""

from __future__ import annotations

import re

MOST_LEVELS = 12
_CLASS_PATH = re.compile(r"[a-z_0-9]+(?:\.[a-z_0-9]+)*\._?([A-Z]\w*)$")


def scope_path(name: str) -> tuple[str, ...]:
    """The scopes of an op from the outermost in, given the name of its output.

    TensorFlow's converter joins the names of fused ops by ";" and may cut the front of the first one; PyTorch's
    writes the module path, ";" and a number. Deeper levels than ``MOST_LEVELS`` are left out.
    """
    parts = name.split(";")
    first = parts[0]
    if len(parts) > 1 and all(part == "" or part.isdigit() for part in parts[1:]):
        scopes = first
    else:
        scopes = first.rpartition("/")[0] or _whole("", parts[1:])
        whole = _whole(scopes, parts[1:]) if scopes else ""
        scopes = whole or scopes
    return tuple(scopes.split("/")[:MOST_LEVELS]) if scopes else ()


def _whole(ending: str, others: list[str]) -> str:
    """The scope path among ``others`` that ends like ``ending``, "" for none."""
    for other in others:
        scope, _, last = other.rpartition("/")
        at = f"{scope}/".find(f"{ending}/") if ending else -1
        if at > 0:
            return scope[: at + len(ending)]
        if ending == "" and last:
            return scope
    return ""


def scope_title(scope: str) -> str:
    """A scope as people call it: a PyTorch module without its Python path."""
    match = _CLASS_PATH.match(scope)
    return match.group(1) if match else scope
