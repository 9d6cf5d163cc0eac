"""The tables of ops and tensors as values, and their export as text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from models import build_conv_net, build_odd_names, build_quantized
from panels import opened_bytes

from maistudio.errors import ExportError
from maistudio.jobs.tables import (
    Column,
    Table,
    byte_size,
    op_table,
    op_types,
    sorted_rows,
    tensor_table,
    tsv,
    write_csv,
)
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.model import Tensor


@pytest.fixture(scope="module")
def conv_net():
    return opened_bytes(build_conv_net())


def column(table: Table, title: str) -> Column:
    return next(column for column in table.columns if column.title == title)


def texts(table: Table, title: str) -> list[str]:
    return [column(table, title).text(row) for row in range(table.rows)]


def test_ops_are_listed_in_the_order_of_the_file(conv_net) -> None:
    types = texts(op_table(conv_net, 0), "Type")
    assert types == ["CONV_2D", "MAX_POOL_2D", "DEPTHWISE_CONV_2D", "RESHAPE", "FULLY_CONNECTED", "SOFTMAX"]


def test_the_inputs_of_an_op_leave_out_constants(conv_net) -> None:
    assert texts(op_table(conv_net, 0), "Inputs")[0] == "1×8×8×3"


def test_shares_of_macs_add_up(conv_net) -> None:
    share = column(op_table(conv_net, 0), "% of MACs")
    assert sum(share.value(row) for row in range(6)) == pytest.approx(100)


def test_a_constant_is_as_large_as_its_bytes_in_the_file() -> None:
    table = tensor_table(opened_bytes(build_quantized()), 0)
    assert [column(table, "Size").value(row) for row in range(4)] == [192, 108, 16, 256]


def test_a_tensor_says_who_makes_and_who_uses_it(conv_net) -> None:
    table = tensor_table(conv_net, 0)
    assert (texts(table, "Produced by")[3], texts(table, "Used by")[3]) == ("CONV_2D #0", "MAX_POOL_2D #1")


def test_only_costs_are_looked_at_from_the_largest(conv_net) -> None:
    titles = [entry.title for entry in op_table(conv_net, 0).columns if entry.largest_first]
    assert titles == ["MACs", "% of MACs", "Parameters", "Weights", "Activations", "Live"]


def test_numbers_sort_as_numbers(conv_net) -> None:
    table = op_table(conv_net, 0)
    titles = [entry.title for entry in table.columns]
    macs = [column(table, "MACs").value(row) for row in sorted_rows(table, range(6), titles.index("MACs"), True)]
    assert macs == sorted(macs, reverse=True)


@pytest.mark.parametrize("descending", [False, True])
def test_rows_without_a_value_come_last_either_way(descending: bool) -> None:
    values = [3, None, 1, None, 2]
    table = Table((Column("n", values.__getitem__, str, "count"),), 5)
    assert sorted_rows(table, range(5), 0, descending)[-2:] == [1, 3]


def test_words_sort_without_regard_to_case() -> None:
    values = ["c", "B", "a"]
    assert sorted_rows(Table((Column("w", values.__getitem__, str),), 3), range(3), 0) == [2, 1, 0]


def test_rows_of_equal_value_keep_their_order() -> None:
    table = Table((Column("n", lambda row: 0, str, "count"),), 4)
    assert sorted_rows(table, [2, 0, 3, 1], 0, True) == [2, 0, 3, 1]


def test_copied_rows_have_a_heading_and_plain_numbers(conv_net) -> None:
    heading, row = (line.split("\t") for line in tsv(op_table(conv_net, 0), [4]).splitlines())
    cells = dict(zip(heading, row, strict=True))
    assert (cells["Type"], cells["Parameters"], cells["Weights (bytes)"]) == ("FULLY_CONNECTED", "650", "2600")


def test_a_name_with_line_breaks_stays_one_row() -> None:
    table = tensor_table(opened_bytes(build_odd_names()), 0)
    assert len(tsv(table, range(table.rows)).splitlines()) == table.rows + 1


def test_the_exported_csv_reads_back_as_the_table(conv_net, tmp_path: Path) -> None:
    table = op_table(conv_net, 0)
    write_csv(tmp_path / "ops.csv", table, range(table.rows))
    with (tmp_path / "ops.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[1] for row in rows[1:]] == texts(table, "Type")


def test_a_csv_that_cannot_be_written_is_refused_in_a_sentence(conv_net, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="the table can't be written there"):
        write_csv(tmp_path / "none" / "ops.csv", op_table(conv_net, 0), [0])


def build_of_unknown_size() -> bytes:
    """The places where a condition of 3×4 holds, which nobody can count beforehand, as 64-bit numbers."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "BOOL", (3, 4))
    places = graph.tensor("places", "INT64", (1, 2), shape_signature=[-1, 2])
    graph.op("WHERE", [source], [places], {})
    graph.output(places)
    return model.to_bytes()


def test_unknown_sizes_are_left_empty() -> None:
    size = column(tensor_table(opened_bytes(build_of_unknown_size()), 0), "Size")
    assert [(size.value(row), size.text(row)) for row in range(2)] == [(12, "12"), (None, "")]


def test_what_an_op_writes_is_left_empty_where_its_size_is_unknown() -> None:
    assert texts(op_table(opened_bytes(build_of_unknown_size()), 0), "Activations") == [""]


@pytest.mark.parametrize(
    ("element_type", "shape", "size"),
    [("FLOAT32", (2, 3), 24), ("INT4", (3,), 2), ("FLOAT32", None, None), ("FLOAT32", (-1, 3), None),
     ("FLOAT32", (-1, -3), None), ("RESOURCE", (2,), None)],
    ids=["known", "packed", "unknown", "open", "negative twice", "handle"],
)  # fmt: skip
def test_a_tensor_has_a_size_where_shape_and_type_give_one(
    element_type: str, shape: tuple[int, ...] | None, size: int | None
) -> None:
    assert byte_size(Tensor(0, "", element_type, (), None, 0, constant=False), shape) == size


def test_op_types_count_every_op_once(conv_net) -> None:
    assert sum(len(share.ops) for share in op_types(conv_net)) == conv_net.model.op_count


def test_macs_of_the_op_types_add_up(conv_net) -> None:
    assert sum(share.macs or 0 for share in op_types(conv_net)) == conv_net.costs.macs
