"""Outputs as NumPy's own files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.jobs.feeding.array_files import array_file, keys_of, renamed

NAMES = st.lists(
    st.one_of(st.text(max_size=8), st.sampled_from(["a/b", "a_b", "a\\b", "x", "x.npy", "x_npy", "a_b_2", ""])),
    unique=True,
    max_size=12,
)


@pytest.mark.parametrize("name", ["file", "allow_pickle", "args", "kwds", "first", "self"])
def test_an_output_may_be_called_as_an_argument_of_numpy(name: str) -> None:
    data = array_file({"other": np.zeros(2), name: np.arange(3)}, ".npz")
    with np.load(io.BytesIO(data)) as arrays:
        assert sorted(arrays) == sorted(["other", name])
        assert arrays[name].tolist() == [0, 1, 2]


@given(NAMES)
def test_every_output_is_read_back_under_its_own_key(names: list[str]) -> None:
    data = array_file({name: np.array(place) for place, name in enumerate(names)}, ".NPZ")
    with np.load(io.BytesIO(data)) as arrays:
        assert [int(arrays[key]) for key in keys_of(names)] == list(range(len(names)))
        assert len(arrays.files) == len(names)


@given(NAMES)
def test_no_key_leads_out_of_a_folder_or_into_one(names: list[str]) -> None:
    with zipfile.ZipFile(io.BytesIO(array_file(dict.fromkeys(names, np.zeros(1)), ".npz"))) as archive:
        for member in archive.namelist():
            assert member.isprintable()
            assert not {"/", "\\"} & set(member)


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (["StatefulPartitionedCall:0", "größe 1"], ["StatefulPartitionedCall:0", "größe 1"]),
        (["../../../x"], [".._.._.._x"]),
        (["a\\b", "a\nb", "a\ud800b"], ["a_b", "a_b_2", "a_b_3"]),
        (["a/b", "a_b"], ["a_b_2", "a_b"]),
        (["x", "x.npy"], ["x", "x_npy"]),
        ([""], ["_"]),
        (["n" * 70_000], ["n" * 200]),
    ],
)
def test_names_become_keys(names: Sequence[str], keys: Sequence[str]) -> None:
    assert list(keys_of(names)) == keys


def test_texts_are_read_back_without_pickle() -> None:
    data = array_file({"text": np.array([b"one", b"three"], dtype=object)}, ".npy")
    assert np.load(io.BytesIO(data)).tolist() == [b"one", b"three"]


def test_other_names_are_told() -> None:
    assert list(renamed(["a/b", "c"], ".npz")) == ["some outputs have other names in the file: a_b for a/b"]


@pytest.mark.parametrize(("names", "suffix"), [(["a", "b"], ".npz"), (["a/b"], ".npy")])
def test_there_is_nothing_to_tell_of_names_that_are_kept_or_not_stored(names: Sequence[str], suffix: str) -> None:
    assert list(renamed(names, suffix)) == []
