"""What the panels say of ops, tensors and models, before any widget shows it."""

from __future__ import annotations

import pytest
from described import build_with_metadata
from models import (
    build_blockwise,
    build_conv_net,
    build_custom,
    build_cyclic,
    build_dynamic_shape,
    build_flex,
    build_index_out_of_range,
    build_multi_signature,
    build_no_ops,
    build_no_subgraph,
    build_odd_names,
    build_outside,
    build_quantized,
    build_sparse,
    build_strings,
    build_variable,
    build_while,
    read_bytes,
)
from panels import fact, opened_bytes, titles

from maistudio.gui.document import Selected
from maistudio.gui.panels.facts import LEAST_HIDDEN, Fact, Group, facts_text
from maistudio.gui.panels.op_facts import op_groups
from maistudio.gui.panels.summary_facts import file_groups, first_groups, heading_words, last_groups, type_groups
from maistudio.gui.panels.tensor_facts import tensor_groups
from maistudio.jobs.open import OpenedModel, open_model
from maistudio.jobs.progress import finish
from maistudio.tflite.draft import ModelDraft, per_channel
from maistudio.tflite.few_values import few_values
from maistudio.tflite.links import links_of, op_name, scope_of
from maistudio.tflite.options import AT_DEFAULT
from maistudio.tflite.roles import input_role, tensor_kinds
from maistudio.tflite.schema import tflite_schema

BUILDERS = (
    build_blockwise, build_conv_net, build_custom, build_cyclic, build_dynamic_shape, build_flex,
    build_index_out_of_range, build_multi_signature, build_no_ops, build_no_subgraph, build_odd_names, build_outside,
    build_quantized, build_sparse, build_strings, build_variable, build_while, build_with_metadata,
)  # fmt: skip


def of_op(opened: OpenedModel, op: int, subgraph: int = 0) -> tuple[Group, ...]:
    return op_groups(opened, links_of(opened.model.subgraphs[subgraph]), subgraph, op)


def of_tensor(opened: OpenedModel, tensor: int, subgraph: int = 0) -> tuple[Group, ...]:
    return tensor_groups(opened, links_of(opened.model.subgraphs[subgraph]), subgraph, tensor)


@pytest.fixture(scope="module")
def conv_net() -> OpenedModel:
    return opened_bytes(build_conv_net())


@pytest.fixture(scope="module")
def quantized() -> OpenedModel:
    return opened_bytes(build_quantized())


@pytest.mark.parametrize("build", BUILDERS)
def test_everything_of_every_model_can_be_told(build) -> None:
    opened = opened_bytes(build())
    groups = [*first_groups(opened, ""), *type_groups(opened), *last_groups(opened), *file_groups(opened)]
    for graph in opened.model.subgraphs:
        groups += [group for op in graph.ops for group in of_op(opened, op.index, graph.index)]
        groups += [group for tensor in graph.tensors for group in of_tensor(opened, tensor.index, graph.index)]
    assert all(isinstance(fact.value, str) and fact.value for group in groups for fact in group.facts)


def test_the_inputs_of_a_convolution_have_roles(conv_net: OpenedModel) -> None:
    inputs = next(group for group in of_op(conv_net, 0) if group.title == "Inputs")
    assert [fact.label for fact in inputs.facts if fact.label] == ["input", "weights", "bias"]


@pytest.mark.parametrize(
    ("op_type", "position", "count", "role"),
    [("ADD", 1, 2, "input 1"), ("ABS", 0, 1, "input"), ("LSTM", 18, 24, "output state"), ("NEW_OP", 0, 1, "input")],
)
def test_an_input_is_called_by_its_role(op_type: str, position: int, count: int, role: str) -> None:
    assert input_role(op_type, position, count) == role


def test_an_op_links_to_the_op_that_feeds_it(conv_net: OpenedModel) -> None:
    targets = [fact.target for group in of_op(conv_net, 1) if group.title == "Inputs" for fact in group.facts]
    assert Selected("op", 0, 0) in targets


def test_an_op_links_to_the_op_that_uses_its_result(conv_net: OpenedModel) -> None:
    targets = [fact.target for group in of_op(conv_net, 1) if group.title == "Outputs" for fact in group.facts]
    assert Selected("op", 0, 2) in targets


def test_of_very_many_inputs_the_first_are_described() -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    inputs = [graph.input(f"in{place}", "FLOAT32", (1,)) for place in range(250)]
    graph.op("ADD_N", inputs, [graph.tensor("sum", "FLOAT32", (1,))])
    found = next(group for group in of_op(opened_bytes(draft.to_bytes()), 0) if group.title == "Inputs")
    assert found.facts[-1].value == "and 50 more, in the table of tensors"


def test_options_are_shown_by_name(conv_net: OpenedModel) -> None:
    assert fact(of_op(conv_net, 1), "Options", "filter_width") == "2"


@pytest.mark.parametrize(
    ("title", "shown"), [("Options", False), ("Options at their default", True)], ids=["set", "at default"]
)
def test_an_option_at_a_default_that_says_nothing_stands_apart(conv_net: OpenedModel, title: str, shown: bool) -> None:
    group = next(group for group in of_op(conv_net, 0) if group.title == title)
    assert ("dilation_w_factor" in [fact.label for fact in group.facts]) == shown


def test_padding_is_shown_though_it_stands_at_the_default(conv_net: OpenedModel) -> None:
    assert "padding" in [fact.label for group in of_op(conv_net, 0) if group.title == "Options" for fact in group.facts]


def test_the_options_set_apart_stand_at_the_default_of_the_schema() -> None:
    tables = [table for name, table in tflite_schema().tables.items() if name.endswith("Options")]
    wrong = [
        field.name
        for table in tables
        for field in table
        if field.name in AT_DEFAULT
        and AT_DEFAULT[field.name] != (field.words[int(str(field.default))] if field.words else field.default)
    ]
    assert wrong == []


@pytest.mark.parametrize("build", [build_conv_net, build_quantized, build_multi_signature])
def test_the_live_tensors_of_an_op_are_its_live_memory(build) -> None:
    opened = opened_bytes(build())
    graph = opened.model.subgraphs[0]
    held = [
        sum(
            int(fact.tip.split(" ")[0].replace(",", ""))
            for group in of_op(opened, op.index)
            if group.title == "Live tensors"
            for fact in group.facts
        )
        for op in graph.ops
    ]
    assert held == list(opened.memory[0].live_bytes)


def test_the_largest_live_tensor_stands_first(conv_net: OpenedModel) -> None:
    group = next(group for group in of_op(conv_net, 0) if group.title == "Live tensors")
    sizes = [int(fact.tip.split(" ")[0].replace(",", "")) for fact in group.facts]
    assert sizes == sorted(sizes, reverse=True)


def test_a_live_tensor_is_a_link(conv_net: OpenedModel) -> None:
    group = next(group for group in of_op(conv_net, 0) if group.title == "Live tensors")
    assert {fact.target for fact in group.facts} == {Selected("tensor", 0, 0), Selected("tensor", 0, 3)}


def test_the_macs_of_an_op_come_with_their_share(conv_net: OpenedModel) -> None:
    assert fact(of_op(conv_net, 0), "Cost", "MACs") == "6.91 k · 85.0% of all"


def test_a_small_constant_is_shown_by_its_values(conv_net: OpenedModel) -> None:
    values = [fact.value for group in of_op(conv_net, 3) if group.title == "Inputs" for fact in group.facts]
    assert "1, 64" in values


def test_a_control_flow_op_links_to_the_subgraphs_it_calls() -> None:
    opened = opened_bytes(build_while())
    calls = [fact.target for group in of_op(opened, 0) for fact in group.facts if fact.label == "Calls"]
    assert calls == list(opened.model.subgraphs[0].ops[0].subgraphs)


def test_custom_options_that_are_no_map_are_shown_raw() -> None:
    assert fact(of_op(opened_bytes(build_custom(b"abc")), 0), "Custom options", "As text") == "abc"


def test_a_flex_op_says_what_runs_it() -> None:
    assert fact(of_op(opened_bytes(build_flex()), 0), "Op", "Runs by") == "the Flex delegate"


def test_scales_per_channel_are_summed_up(quantized: OpenedModel) -> None:
    assert fact(of_tensor(quantized, 1), "Quantization", "Scales") == "4, 0.0625 to 0.5"


def test_a_quantized_activation_shows_the_reals_it_can_hold(quantized: OpenedModel) -> None:
    assert fact(of_tensor(quantized, 3), "Quantization", "Range") == "−65.5 to 62"


def test_a_blockwise_tensor_links_to_its_scales() -> None:
    opened = opened_bytes(build_blockwise())
    weights = next(t for t in opened.model.subgraphs[0].tensors if t.quantization and t.quantization.block_size)
    assert fact(of_tensor(opened, weights.index), "Quantization", "Block size") == "32"


def test_a_sparse_tensor_shows_its_levels() -> None:
    opened = opened_bytes(build_sparse())
    sparse = next(tensor for tensor in opened.model.subgraphs[0].tensors if tensor.sparsity)
    assert fact(of_tensor(opened, sparse.index), "Sparsity", "Level 0").startswith("dense")


def test_a_constant_says_where_it_lies_in_the_file(quantized: OpenedModel) -> None:
    span = quantized.model.buffers[quantized.model.subgraphs[0].tensors[1].buffer]
    assert fact(of_tensor(quantized, 1), "In the file", "Offset").startswith(f"{span.offset:,} ")


def test_bytes_behind_the_flatbuffer_are_told_apart() -> None:
    opened = opened_bytes(build_outside())
    outside = next(t for t in opened.model.subgraphs[0].tensors if opened.model.buffers[t.buffer].outside_flatbuffer)
    values = [fact.value for group in of_tensor(opened, outside.index) for fact in group.facts]
    assert "outside the flatbuffer" in values


def test_a_tensor_nobody_uses_says_so(conv_net: OpenedModel) -> None:
    graph = conv_net.model.subgraphs[0]
    assert titles(of_tensor(conv_net, graph.outputs[0])).count("Graph") == 1


def test_the_metadata_of_an_input_stands_with_its_tensor() -> None:
    opened = opened_bytes(build_with_metadata())
    assert "From the metadata" in titles(of_tensor(opened, opened.model.subgraphs[0].inputs[0]))


@pytest.mark.parametrize(("tensor", "kind"), [(0, "input"), (1, "constant"), (3, "activation"), (13, "output")])
def test_a_tensor_is_told_by_its_part_in_the_graph(conv_net: OpenedModel, tensor: int, kind: str) -> None:
    assert tensor_kinds(conv_net.model.subgraphs[0])[tensor] == kind


def test_a_variable_is_no_activation() -> None:
    kinds = tensor_kinds(opened_bytes(build_variable()).model.subgraphs[0])
    assert "variable" in kinds or "unused" not in kinds


def test_links_name_producer_and_users(conv_net: OpenedModel) -> None:
    links = links_of(conv_net.model.subgraphs[0])
    assert (links.producer[3], links.users[3]) == (0, (1,))


def test_an_op_goes_by_the_name_of_its_first_output(conv_net: OpenedModel) -> None:
    graph = conv_net.model.subgraphs[0]
    assert op_name(graph, graph.ops[0]) == "stem/conv/output"


@pytest.mark.parametrize(("name", "scope"), [("a/b/c", "a/b"), ("c", ""), ("a/b;x/y/z", "a"), ("", "")])
def test_a_scope_is_what_stands_before_the_last_slash(name: str, scope: str) -> None:
    assert scope_of(name) == scope


def test_the_summary_tells_parameters_and_macs(conv_net: OpenedModel) -> None:
    groups = first_groups(conv_net, "")
    assert (fact(groups, "Cost", "Parameters"), fact(groups, "Cost", "MACs")) == ("802", "8.13 k")


def test_the_summary_counts_two_flops_a_mac(conv_net: OpenedModel) -> None:
    assert fact(first_groups(conv_net, ""), "Cost", "FLOPs") == "16.3 k"


def test_the_summary_leads_to_the_op_with_the_most_macs(conv_net: OpenedModel) -> None:
    cost = next(group for group in first_groups(conv_net, "") if group.title == "Cost")
    most = next(fact for fact in cost.facts if fact.label == "Most MACs")
    assert (most.value, most.target) == ("CONV_2D #0 · 6.91 k (85.0%)", Selected("op", 0, 0))


def test_a_model_of_several_subgraphs_says_whose_inputs_are_listed() -> None:
    groups = first_groups(opened_bytes(build_multi_signature()), "")
    assert {"Inputs of subgraph 0", "Outputs of subgraph 0", "Memory of subgraph 0"} <= set(titles(groups))


def test_the_peak_names_its_subgraph_where_there_are_several() -> None:
    groups = first_groups(opened_bytes(build_multi_signature()), "")
    assert fact(groups, "Memory of subgraph 0", "Peak at").endswith(" · subgraph 0")


@pytest.mark.parametrize(
    ("build", "can_ask", "target"),
    [(build_dynamic_shape, True, "input shapes"), (build_dynamic_shape, False, None), (build_conv_net, True, None)],
    ids=["open", "nobody to ask", "fixed"],
)
def test_open_input_shapes_lead_to_their_choice(build, can_ask: bool, target: str | None) -> None:
    cost = next(group for group in first_groups(opened_bytes(build()), "", can_ask) if group.title == "Cost")
    assert next(fact.target for fact in cost.facts if fact.label == "At shape") == target


def cost_of(opened: OpenedModel, can_ask: bool = False) -> tuple[Fact, ...]:
    return next(group for group in first_groups(opened, "", can_ask) if group.title == "Cost").facts


def test_setting_open_shapes_stands_first_in_the_costs() -> None:
    first = cost_of(opened_bytes(build_dynamic_shape()), can_ask=True)[0]
    assert (first.value, first.target) == ("Set input shapes…", "input shapes")


@pytest.mark.parametrize(
    ("title", "label", "words"),
    [
        ("Cost", "MACs", "108 at placeholder shapes"),
        ("Cost", "FLOPs", "216 at placeholder shapes"),
        ("Memory", "Live-set peak", "28 B at placeholder shapes"),
        ("Memory", "Arena", "80 B at placeholder shapes"),
    ],
)
def test_numbers_that_hold_for_placeholders_say_so(title: str, label: str, words: str) -> None:
    assert fact(first_groups(opened_bytes(build_dynamic_shape()), ""), title, label) == words


def test_an_op_whose_costs_hold_for_placeholders_says_so() -> None:
    assert fact(of_op(opened_bytes(build_dynamic_shape()), 0), "Cost", "At shape") == "the file's placeholders"


@pytest.fixture(scope="module")
def at_given_shapes(tmp_path_factory: pytest.TempPathFactory) -> OpenedModel:
    path = tmp_path_factory.mktemp("given") / "model.tflite"
    path.write_bytes(build_dynamic_shape())
    return finish(open_model(path, {"image": (1, 4, 4, 3)}))


def test_at_given_shapes_nothing_is_asked_for(at_given_shapes: OpenedModel) -> None:
    assert "Set input shapes…" not in [fact.value for fact in cost_of(at_given_shapes, can_ask=True)]


def test_at_given_shapes_no_number_holds_for_placeholders(at_given_shapes: OpenedModel) -> None:
    assert "placeholder" not in facts_text(first_groups(at_given_shapes, ""))


def without_rank() -> OpenedModel:
    """A custom op whose result has no rank in the file, and none that could be worked out."""
    draft = ModelDraft()
    graph = draft.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    out = graph.tensor("out", "FLOAT32", (), has_rank=False)
    graph.custom_op("MyOp", [source], [out], b"")
    graph.output(out)
    return opened_bytes(draft.signature("serving_default", {"x": source}, {"y": out}).to_bytes())


def test_the_summary_calls_a_missing_shape_unknown() -> None:
    groups = first_groups(without_rank(), "")
    assert [fact.value for group in groups if group.title == "Outputs" for fact in group.facts] == [
        "out",
        "unknown float32",
    ]


def test_a_signature_calls_a_missing_shape_unknown() -> None:
    signature = next(group for group in last_groups(without_rank()) if group.title.startswith("Signature"))
    assert signature.facts[-1].value == "tensor 1 · unknown"


def test_the_details_of_a_tensor_call_a_missing_shape_unknown() -> None:
    assert fact(of_tensor(without_rank(), 1), "Tensor", "Shape") == "unknown"


@pytest.mark.parametrize(
    ("scales", "words"),
    [([0.5, 0.5], "2, all 0.5"), ([0.5, 0.50001], "2, 0.5 to 0.500010014")],
    ids=["equal", "nearly equal"],
)
def test_scales_that_are_close_are_told_apart(scales: list[float], words: str) -> None:
    draft = ModelDraft()
    draft.subgraph().constant("c", "INT8", (2, 2), [1, 2, 3, 4], quantization=per_channel(scales, 0))
    tensor = opened_bytes(draft.to_bytes())
    assert fact(of_tensor(tensor, 0), "Quantization", "Scales") == words


@pytest.mark.parametrize(("users", "lines"), [(8 + LEAST_HIDDEN - 1, 11), (8 + LEAST_HIDDEN, 9)])
def test_a_few_more_users_are_listed_rather_than_counted(users: int, lines: int) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    middle = graph.tensor("middle", "FLOAT32", (1, 4))
    graph.op("RELU", [graph.input("in", "FLOAT32", (1, 4))], [middle])
    for number in range(users):
        out = graph.tensor(f"out{number}", "FLOAT32", (1, 4))
        graph.op("RELU", [middle], [out])
        graph.output(out)
    outputs = next(group for group in of_op(opened_bytes(draft.to_bytes()), 0) if group.title == "Outputs")
    assert len([fact for fact in outputs.facts if fact.value.startswith(("to ", "and "))]) == lines


def test_the_summary_lists_problems_first() -> None:
    assert titles(first_groups(opened_bytes(build_cyclic()), ""))[0] == "Problems"


def test_a_model_without_a_subgraph_has_a_summary() -> None:
    assert "no subgraph" in fact(first_groups(opened_bytes(build_no_subgraph()), ""), "Model", "Ops")


def test_a_model_without_ops_shows_no_costs() -> None:
    assert not {"Cost", "Memory", "Quantization"} & set(titles(first_groups(opened_bytes(build_no_ops()), "")))


def test_unknown_shapes_are_named_in_the_summary() -> None:
    opened = opened_bytes(build_dynamic_shape())
    assert heading_words(opened).startswith("1 op" if opened.model.op_count == 1 else f"{opened.model.op_count} ops")


def test_each_signature_has_its_group() -> None:
    opened = opened_bytes(build_multi_signature())
    assert [title for title in titles(last_groups(opened)) if title.startswith("Signature")] == [
        f"Signature {signature.key}" for signature in opened.model.signatures
    ]


def test_facts_are_copied_as_labelled_lines() -> None:
    group = Group("Cost", (Fact("MACs", "1 k"), Fact("", "at 1×3")))
    assert facts_text([group]) == "Cost\n  MACs: 1 k\n    at 1×3\n"


@pytest.mark.parametrize(
    ("element_type", "shape", "values", "shown"),
    [
        ("INT32", (2, 2), [0, 1, -1, 0], (0, 1, -1, 0)),
        ("INT64", (), [2**40], (2**40,)),
        ("FLOAT32", (1,), [0.5], (0.5,)),
        ("FLOAT32", (4,), [0.5] * 4, ()),
        ("INT32", (9,), range(9), ()),
        ("INT8", (2,), [1, 2], ()),
    ],
)
def test_only_small_plain_constants_are_shown_by_value(element_type, shape, values, shown) -> None:
    draft = ModelDraft()
    draft.subgraph().constant("c", element_type, shape, values)
    model = read_bytes(draft.to_bytes())
    assert few_values(model, model.subgraphs[0].tensors[0]) == shown
