"""Faults that only show when a tensor's values are held against each other."""

from __future__ import annotations

import pytest
from models import read_bytes

from maistudio.tflite.draft import ModelDraft


def faults(shape: list[int], signature: list[int]) -> list[tuple[str, str]]:
    """The problems of a model of two inputs, the second of this shape and signature."""
    model = ModelDraft()
    graph = model.subgraph()
    graph.input("sound", "FLOAT32", (1,))
    graph.input("in", "FLOAT32", shape, shape_signature=signature)
    return [(problem.where, problem.what) for problem in read_bytes(model.to_bytes()).problems]


def test_a_shape_signature_of_another_rank_is_reported() -> None:
    fault = ("subgraph 0, tensor 1", "its shape signature [-1, 3, 1] has another rank than its shape")
    assert faults([1, 3], [-1, 3, 1]) == [fault]


@pytest.mark.parametrize(("shape", "signature"), [([1, 3], [-1, 3]), ([1, 3], []), ([], [-1, 3])])
def test_a_shape_signature_of_the_same_rank_or_none_is_sound(shape: list[int], signature: list[int]) -> None:
    assert faults(shape, signature) == []


@pytest.mark.parametrize(("shape", "signature"), [([1] * 256, []), ([1], [1] * 256)], ids=["shape", "signature"])
def test_a_tensor_of_more_than_255_dimensions_is_unreadable(shape: list[int], signature: list[int]) -> None:
    ((where, what),) = faults(shape, signature)
    assert (where, what.partition(" at byte")[0], what.endswith("claims 256 dimensions")) == (
        "subgraph 0, tensor 1",
        "its shape",
        True,
    )
