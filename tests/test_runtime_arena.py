"""Arrays come out of an arena as they went in, and nothing is read or written beyond its ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from maistudio.runtime.arena import PLAIN, new_arena, plain_dtype, put, take, take_into
from maistudio.runtime.protocol import STRING, ArrayRef, ProtocolError

ARENA = new_arena()

plain = hn.arrays(st.sampled_from(sorted(PLAIN)), hn.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4))
texts = hn.arrays(object, hn.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4), elements=st.binary())
arrays = st.dictionaries(st.text(), plain | texts, max_size=4)


@pytest.fixture
def arena() -> Iterator[int]:
    descriptor = new_arena()
    yield descriptor
    os.close(descriptor)


def same(found: np.ndarray, wanted: np.ndarray) -> bool:
    if wanted.dtype == object:
        return found.shape == wanted.shape and found.tolist() == wanted.tolist()
    return (found.dtype, found.shape, found.tobytes()) == (wanted.dtype, wanted.shape, wanted.tobytes())


@given(arrays)
def test_arrays_come_out_as_they_went_in(named: dict[str, np.ndarray]) -> None:
    refs = put(ARENA, named)
    assert list(refs) == list(named)
    assert all(same(take(ARENA, refs[name]), array) for name, array in named.items())


@given(plain, st.data())
def test_views_and_foreign_byte_orders_come_out_as_their_values(array: np.ndarray, data: st.DataObject) -> None:
    view = np.asarray(array.T[..., ::-1] if array.ndim else array)
    swapped = view.astype(view.dtype.newbyteorder(data.draw(st.sampled_from("<>="))))
    (ref,) = put(ARENA, {"x": swapped}).values()
    assert same(take(ARENA, ref), view)


@given(arrays, arrays)
def test_an_arena_holds_only_what_was_put_last(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> None:
    put(ARENA, first)
    refs = put(ARENA, second)
    end = max((ref.offset + ref.size for ref in refs.values()), default=0)
    assert end <= os.fstat(ARENA).st_size < end + 64


@given(plain.filter(lambda array: array.size and array.ndim))
def test_an_array_is_copied_into_a_place_that_fits(array: np.ndarray) -> None:
    (ref,) = put(ARENA, {"x": array}).values()
    target = np.empty(array.size, array.dtype)
    take_into(ARENA, ref, target)
    assert target.tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "target",
    [np.empty(3, np.float32), np.empty(5, np.float32), np.empty(4, np.int32), np.empty((4, 2), np.float32)[:, 0]],
)
def test_a_place_that_does_not_fit_is_left_alone(arena: int, target: np.ndarray) -> None:
    (ref,) = put(arena, {"x": np.ones(4, np.float32)}).values()
    target[...] = 7
    with pytest.raises(ProtocolError):
        take_into(arena, ref, target)
    assert (target == 7).all()


refs = st.builds(
    ArrayRef,
    dtype=st.sampled_from([*PLAIN, STRING, "object", "O", "i4,i4", "(((", "V8", "datetime64", ""]),
    shape=st.lists(st.integers(0, 9) | st.integers(0, 2**62 - 1), max_size=70).map(tuple),
    offset=st.integers(0, 300) | st.integers(0, 2**62 - 1),
    size=st.integers(0, 300) | st.integers(0, 2**62 - 1),
)


@given(refs, st.binary(max_size=200))
def test_any_ref_to_any_bytes_is_an_array_or_refused(ref: ArrayRef, content: bytes) -> None:
    os.ftruncate(ARENA, 0)
    os.pwrite(ARENA, content, 0)
    try:
        assert take(ARENA, ref).shape == ref.shape
    except ProtocolError:
        return
    assert ref.offset + ref.size <= len(content)


FOUR = ArrayRef("float32", (4,), 0, 16)


@pytest.mark.parametrize(
    "beyond",
    [{"offset": 4}, {"offset": 16}, {"offset": 2**61}, {"shape": (5,), "size": 20}, {"shape": (3,)}, {"size": 15},
     {"dtype": "float64"}, {"dtype": "int8"}, {"dtype": "object"}, {"shape": (2**44,)}, {"shape": (2**61, 2**61)},
     {"shape": (4, 0)}],
)  # fmt: skip
def test_what_the_arena_does_not_hold_is_refused(arena: int, beyond: dict[str, Any]) -> None:
    os.pwrite(arena, bytes(16), 0)
    assert take(arena, FOUR).tolist() == [0] * 4
    with pytest.raises(ProtocolError):
        take(arena, replace(FOUR, **beyond))


@pytest.mark.parametrize("shape", [(2**62 - 1, 0), (0,) * 65, (2**40, 2**40, 0)])
def test_an_empty_array_of_an_impossible_shape_is_refused(arena: int, shape: tuple[int, ...]) -> None:
    with pytest.raises(ProtocolError, match="no possible shape"):
        take(arena, ArrayRef("float32", shape, 0, 0))


@pytest.mark.parametrize("content", [b"", b"[", b"7", b"[7]", b'["?"]', b'["YQ=="', b'["YQ==","YQ=="]', b"[" * 5000])
def test_texts_that_are_none_are_refused(arena: int, content: bytes) -> None:
    os.pwrite(arena, content, 0)
    with pytest.raises(ProtocolError):
        take(arena, ArrayRef(STRING, (1,), 0, len(content)))


def test_texts_go_as_bytes_whatever_they_came_as(arena: int) -> None:
    for array in (np.array(["Kätzchen"]), np.array(["Kätzchen"], object), np.array(["Kätzchen".encode()])):
        (ref,) = put(arena, {"x": array}).values()
        assert take(arena, ref).tolist() == ["Kätzchen".encode()]


def test_a_lone_surrogate_is_no_crash(arena: int) -> None:
    (ref,) = put(arena, {"x": np.array(["\udcff"], object)}).values()
    assert take(arena, ref).shape == (1,)


def test_unknown_types_of_numbers_are_refused() -> None:
    assert plain_dtype("float16") == np.float16
    for name in ("float128", "object", "str", "datetime64[s]", ">f4", "i4,i4", "", "(((", "f4"):
        with pytest.raises(ProtocolError):
            plain_dtype(name)


def test_an_array_takes_its_own_size_on_its_way_and_no_more() -> None:
    child, process = new_arena(), psutil.Process()
    array = np.ones(30_000_000, np.uint8)
    put(child, {"x": array[:1]})
    before = process.memory_info().rss
    (ref,) = put(child, {"x": array}).values()
    assert process.memory_info().rss - before < 5_000_000
    out = take(child, ref)
    assert process.memory_info().rss - before < 35_000_000
    assert np.array_equal(out, array)
    os.close(child)
