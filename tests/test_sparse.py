"""Sparse constants laid out densely."""

from __future__ import annotations

from dataclasses import replace

import models
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maistudio.errors import WeightError
from maistudio.tflite.model import Model, SparseDimension, Sparsity, Tensor
from maistudio.tflite.sparse import densify
from maistudio.tflite.weights import decode


def sparse_tensor(model: Model) -> Tensor:
    return next(tensor for tensor in model.subgraphs[0].tensors if tensor.sparsity is not None)


def csr(dense: np.ndarray, block: tuple[int, int]) -> tuple[list[float], Sparsity]:
    """A matrix as dense rows of CSR columns of dense blocks, one way TFLite's converter writes it."""
    rows, columns = dense.shape[0] // block[0], dense.shape[1] // block[1]
    tiles = dense.reshape(rows, block[0], columns, block[1]).swapaxes(1, 2)
    segments, indices, values = [0], [], []
    for row in range(rows):
        kept = [column for column in range(columns) if tiles[row, column].any()]
        indices += kept
        segments.append(len(indices))
        for column in kept:
            values += tiles[row, column].reshape(-1).tolist()
    levels = (
        SparseDimension("DENSE", rows),
        SparseDimension("SPARSE_CSR", 0, tuple(segments), tuple(indices)),
        SparseDimension("DENSE", block[0]),
        SparseDimension("DENSE", block[1]),
    )
    return values, Sparsity((0, 1, 2, 3), (0, 1), levels)


@given(
    tiles=hnp.arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.integers(0, 2)),
    block=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_a_sparse_matrix_comes_back_dense(tiles: np.ndarray, block: tuple[int, int]) -> None:
    dense = np.kron(tiles, np.arange(1, block[0] * block[1] + 1, dtype=np.float32).reshape(block))
    values, sparsity = csr(dense, block)
    np.testing.assert_array_equal(densify(np.array(values, dtype=np.float32), sparsity, dense.shape), dense)


def test_the_traversal_order_may_swap_dimensions() -> None:
    by_columns = Sparsity((1, 0), (), (SparseDimension("DENSE", 3), SparseDimension("DENSE", 2)))
    assert densify(np.arange(6), by_columns, (2, 3)).tolist() == [[0, 2, 4], [1, 3, 5]]


def test_a_sparse_constant_is_decoded_at_its_places() -> None:
    model = models.read_bytes(models.build_sparse())
    expected = [[1, 0, 0, 0], [0, 4, 0, 0], [2, 3, 5, 0], [0, 0, 0, 6]]
    assert decode(model, 0, sparse_tensor(model)).tolist() == expected


DENSE_2 = SparseDimension("DENSE", 2)


@pytest.mark.parametrize(
    ("sparsity", "message"),
    [
        (Sparsity((0,), (), (DENSE_2,)), "traversal order"),
        (Sparsity((0, 0), (), (DENSE_2, DENSE_2)), "traversal order"),
        (Sparsity((0, 1, 2), (5,), (DENSE_2,) * 3), "block map"),
        (Sparsity((0, 1, 2), (1,), (DENSE_2,) * 3), "reaches index 3 of dimension 1"),
        (Sparsity((0, 1), (), (DENSE_2, SparseDimension("DENSE", 0))), "has the size 0"),
        (Sparsity((0, 1), (), (DENSE_2, SparseDimension("SPARSE_CSR", 0, (0, 1), (0,)))), "2 row bounds for 2 rows"),
        (Sparsity((0, 1), (), (DENSE_2, SparseDimension("SPARSE_CSR", 0, (0, 5, 1), (0,)))), "go backwards"),
        (Sparsity((0, 1), (), (DENSE_2, SparseDimension("SPARSE_CSR", 0, (0, 1, 2), (0,)))), "don't span"),
        (Sparsity((0, 1), (), (DENSE_2, SparseDimension("SPARSE_CSR", 0, (0, 1, 2), (0, -1)))), "the index -1"),
        (Sparsity((0, 1), (), (DENSE_2, SparseDimension("SPARSE_CSR", 0, (0, 1, 2), (0, 2)))), "reaches index 2"),
        (Sparsity((0, 1), (), (DENSE_2, SparseDimension("SPARSE_CSR", 0, (0, 0, 1), (0,)))), "holds 2 values where"),
    ],
)
def test_a_sparse_layout_that_contradicts_itself_is_refused(sparsity: Sparsity, message: str) -> None:
    with pytest.raises(WeightError, match=message):
        densify(np.ones(2, dtype=np.float32), sparsity, (2, 2))


def test_a_sparse_constant_too_large_to_be_laid_out_is_refused() -> None:
    one = SparseDimension("SPARSE_CSR", 0, (0, 1), (0,))
    huge = Sparsity((0, 1), (), (SparseDimension("DENSE", 1), one))
    with pytest.raises(WeightError, match="more than the 1,073,741,824 shown"):
        densify(np.ones(1, dtype=np.float32), huge, (2**20, 2**20))


def test_a_sparse_layout_of_absurd_levels_is_refused_before_it_is_laid_out() -> None:
    model = models.read_bytes(models.build_sparse())
    absurd = Sparsity((0, 1), (), (SparseDimension("DENSE", 2**31 - 1),) * 2)
    with pytest.raises(WeightError, match="takes"):
        decode(model, 0, replace(sparse_tensor(model), sparsity=absurd))
