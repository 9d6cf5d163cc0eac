"""At which size, and in how many tiles, a picture goes through a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from models import build_conv_net, read_bytes
from picture_models import OPEN, blurring, enlarging, picture_input

from maistudio.errors import ModelRunError, UsageError
from maistudio.jobs.feeding.fitting import NO_WISHES, Fitter, Wishes
from maistudio.jobs.feeding.tensors import picture_tensors
from maistudio.jobs.run_memory import INTERPRETER_BYTES, memory_to_run
from maistudio.runtime.protocol import TensorSpec
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.model import Model
from maistudio.tflite.shapes import resolve_shapes

PLENTY = 2**40
Size = tuple[int, int]


def fitter(data: bytes, memory: int = PLENTY) -> Fitter:
    model = read_bytes(data)
    graph = model.subgraphs[0]
    tensor = graph.tensors[graph.inputs[0]]
    spec = TensorSpec(tensor.label, tensor.shape, tensor.open_shape, "float32", 0.0, 0)
    return Fitter(model, 0, tensor.label, picture_tensors([spec])[0], 0, memory)


def halving(size: Size = OPEN, skip: bool = False) -> bytes:
    """A picture halved twice by pooling and enlarged again: sides that 4 doesn't divide lose pixels.

    With ``skip``, the picture itself lies before the result in its channels.
    """
    model = ModelDraft()
    graph = model.subgraph()
    shape = [1, *(max(1, side) for side in size), 3]
    last = graph.input("picture", "FLOAT32", shape, shape_signature=[1, *size, 3])
    options = {"padding": "VALID", "stride_w": 2, "stride_h": 2, "filter_width": 2, "filter_height": 2}
    for step in range(2):
        shape = [1, *(max(1, side // 2) for side in shape[1:3]), 3]
        open_shape = [1, *(-1 if side < 0 else shape[1 + place] for place, side in enumerate(size)), 3]
        pooled = graph.tensor(f"pooled {step}", "FLOAT32", shape, shape_signature=open_shape)
        graph.op("AVERAGE_POOL_2D", [last], [pooled], options)
        last = pooled
    repeated = graph.tensor("repeated", "FLOAT32", [*shape[:3], 48], shape_signature=[*open_shape[:3], 48])
    graph.op("CONCATENATION", [last] * 16, [repeated], {"axis": 3})
    large = graph.tensor("large", "FLOAT32", [1, 4 * shape[1], 4 * shape[2], 3], shape_signature=[1, *size, 3])
    graph.op("DEPTH_TO_SPACE", [repeated], [large], {"block_size": 4})
    if skip:
        joined = graph.tensor("joined", "FLOAT32", [1, 1, 1, 6], shape_signature=[1, *size, 6])
        graph.op("CONCATENATION", [0, large], [joined], {"axis": 3})
        large = joined
    graph.output(large)
    return model.to_bytes()


def test_an_open_input_takes_the_picture_whole() -> None:
    fit = fitter(blurring()).fit((37, 53), NO_WISHES)
    assert (fit.tiling.tile, len(fit.tiling), fit.notes) == ((37, 53), 1, ())


def test_a_fixed_input_of_the_same_size_takes_it_whole() -> None:
    fit = fitter(blurring((37, 53))).fit((37, 53), NO_WISHES)
    assert (len(fit.tiling), fit.notes) == (1, ())


def test_a_larger_picture_is_run_in_tiles_of_the_fixed_size() -> None:
    fit = fitter(blurring((40, 60))).fit((70, 90), NO_WISHES)
    assert (fit.tiling.tile, len(fit.tiling)) == ((40, 60), 4)
    assert fit.notes == ("run in 4 tiles of 60×40 that overlap by 10 px or more: the size of its input",)


def test_a_smaller_picture_is_filled_up_to_the_fixed_size() -> None:
    fit = fitter(blurring((40, 60))).fit((30, 60), NO_WISHES)
    assert fit.tiling.padding == (10, 0)
    assert fit.notes == ("filled up to 60×40 by repeating its edges, which were cut off again",)


def test_a_picture_is_filled_up_where_the_network_needs_whole_steps() -> None:
    fit = fitter(halving()).fit((38, 40), NO_WISHES)
    assert (fit.tiling.tile, fit.tiling.padding) == ((40, 40), (2, 0))


def test_a_picture_that_already_has_whole_steps_is_not() -> None:
    assert fitter(halving()).fit((36, 40), NO_WISHES).tiling.padding == (0, 0)


@pytest.mark.parametrize("size", [OPEN, (32, 32)])
def test_tiles_start_where_the_steps_of_the_network_do(size: Size) -> None:
    wishes = Wishes(32 if size == OPEN else None, 6)
    starts = [span.start for span in fitter(halving(size)).fit((32, 100), wishes).tiling.columns]
    assert starts == [0, 24, 48, 68]


def test_tiles_can_be_asked_for() -> None:
    fit = fitter(enlarging()).fit((70, 90), Wishes(48, 8))
    assert fit.tiling.tile == (48, 48)
    assert fit.notes[0].endswith("that overlap by 8 px or more: as asked for")


def test_tiles_too_small_to_overlap_do_without() -> None:
    columns = fitter(halving((4, 8))).fit((4, 30), NO_WISHES).tiling.columns
    assert [span.start for span in columns] == [0, 8, 16, 22]


def test_tiles_asked_for_are_no_larger_than_the_picture() -> None:
    assert fitter(enlarging()).fit((30, 90), Wishes(64)).tiling.tile == (30, 64)


def test_tiles_asked_for_cover_whole_steps_of_the_network() -> None:
    assert fitter(halving()).fit((70, 90), Wishes(30, 4)).tiling.tile == (32, 32)


def test_tiles_of_a_fixed_input_cannot_be_asked_for() -> None:
    with pytest.raises(UsageError, match="--tile 32: the model's input is always 60×40"):
        fitter(blurring((40, 60))).fit((70, 90), Wishes(32))


def test_a_picture_that_needs_too_much_memory_is_run_in_tiles() -> None:
    whole = fitter(blurring()).model
    enough = needed(whole, (800, 800))
    fit = fitter(blurring(), enough).fit((1600, 1600), NO_WISHES)
    assert fit.tiling.tile == (768, 768)
    assert "would need about" in fit.notes[0]


def test_a_picture_that_needs_no_more_than_there_is_goes_in_whole() -> None:
    enough = needed(fitter(blurring()).model, (800, 800))
    assert len(fitter(blurring(), enough).fit((800, 800), NO_WISHES).tiling) == 1


def test_too_little_memory_even_for_small_tiles_is_told() -> None:
    with pytest.raises(ModelRunError, match="even in tiles of 128 px"):
        fitter(blurring(), 1000).fit((1600, 1600), NO_WISHES)


def needed(model: Model, size: Size) -> int:
    shapes = resolve_shapes(model, {"picture": (1, *size, 3)})
    memory = memory_to_run(model, shapes, 0)
    assert memory is not None
    return memory


def test_memory_counts_the_pointers_to_every_tap() -> None:
    size = (1000, 1000)
    one, two = (needed(fitter(blurring(radius=radius)).model, size) for radius in (1, 2))
    tap_pointers = 8 * 9 * 1000 * 1000
    picture = 4 * 3 * 1000 * 1000
    assert one == pytest.approx(INTERPRETER_BYTES + tap_pointers + 2 * picture + 2 * picture, rel=0.01)
    assert two - one == pytest.approx(tap_pointers, abs=picture + 1000)


def test_memory_counts_weights_twice() -> None:
    model = fitter(blurring((8, 8))).model
    shapes = resolve_shapes(model)
    few, many = (memory_to_run(model, shapes, weight_bytes) for weight_bytes in (0, 1000))
    assert few is not None
    assert many == few + 2000


def odd(size: Size = OPEN, scale: int = 1) -> bytes:
    """An op nobody knows, which makes a picture smaller by ``scale``, then one that is known."""
    model = ModelDraft()
    graph = model.subgraph()
    picture = picture_input(graph, 3, size)
    sides = [-1 if side < 0 else side // scale for side in size]
    result = graph.tensor("result", "FLOAT32", (1, *map(abs, sides), 3), shape_signature=[1, *sides, 3])
    graph.custom_op("Odd", [picture], [result], b"")
    last = graph.tensor("last", "FLOAT32", (1, *map(abs, sides), 3), shape_signature=[1, *sides, 3])
    kernel = graph.constant("kernel", "FLOAT32", (1, 3, 3, 3), [0.0] * 27)
    bias = graph.constant("bias", "FLOAT32", (3,), [0.0] * 3)
    options = {"padding": "SAME", "stride_w": 1, "stride_h": 1, "depth_multiplier": 1}
    graph.op("DEPTHWISE_CONV_2D", [result, kernel, bias], [last], options)
    graph.output(last)
    return model.to_bytes()


def test_memory_of_an_unknown_shape_is_unknown() -> None:
    read = read_bytes(odd())
    assert memory_to_run(read, resolve_shapes(read, {"picture": (1, 8, 8, 3)}), 0) is None


def test_a_model_of_unknown_shapes_takes_the_picture_whole() -> None:
    assert fitter(odd(), 1).fit((37, 53), NO_WISHES).tiling.tile == (37, 53)


def test_the_shapes_in_the_file_count_where_the_input_is_fixed() -> None:
    columns = fitter(odd((32, 32), scale=2)).fit((32, 61), Wishes(overlap=2)).tiling.columns
    assert columns[-1].kept_to == 62


def test_a_picture_is_filled_up_for_the_parts_of_a_network_to_meet() -> None:
    assert fitter(halving(skip=True)).fit((38, 40), NO_WISHES).tiling.tile == (40, 40)


def test_channels_that_lie_first_are_no_coarse_grid() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    picture = picture_input(graph, 3, (64, 64))
    order, back = (
        graph.constant(name, "INT32", (4,), axes) for name, axes in (("o", [0, 3, 1, 2]), ("b", [0, 2, 3, 1]))
    )
    first = graph.tensor("first", "FLOAT32", (1, 3, 64, 64))
    graph.op("TRANSPOSE", [picture, order], [first], {})
    last = graph.tensor("last", "FLOAT32", (1, 64, 64, 3))
    graph.op("TRANSPOSE", [first, back], [last], {})
    graph.output(last)
    assert fitter(model.to_bytes()).fit((64, 65), NO_WISHES).tiling.padding == (0, 0)


def test_a_network_that_averages_over_the_picture_is_told_of_in_tiles() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    picture = graph.input("picture", "FLOAT32", (1, 40, 40, 3))
    axes = graph.constant("axes", "INT32", (2,), [1, 2])
    mean = graph.tensor("mean", "FLOAT32", (1, 1, 1, 3))
    graph.op("MEAN", [picture, axes], [mean], {"keep_dims": True})
    result = graph.tensor("result", "FLOAT32", (1, 40, 40, 3))
    graph.op("SUB", [picture, mean], [result], {})
    graph.output(result)
    found = fitter(model.to_bytes())
    assert "average over the whole picture" in found.fit((40, 80), NO_WISHES).notes[-1]
    assert found.fit((40, 40), NO_WISHES).notes == ()


def test_a_classifier_is_fitted_too(tmp_path: Path) -> None:
    assert fitter(build_conv_net()).fit((8, 8), NO_WISHES).notes == ()


@pytest.mark.parametrize(
    ("size", "wishes"), [(OPEN, Wishes(24, 24)), (OPEN, Wishes(24, 2**16)), ((20, 30), Wishes(overlap=30))]
)
def test_an_overlap_of_a_whole_tile_is_refused_even_where_one_tile_does(size: Size, wishes: Wishes) -> None:
    with pytest.raises(UsageError, match=r"can't overlap by .*: give less, or larger tiles"):
        fitter(blurring(size)).fit((10, 10), wishes)


def test_an_overlap_may_exceed_the_short_side_of_a_tile_that_has_no_neighbour_there() -> None:
    assert len(fitter(blurring((20, 60))).fit((20, 100), Wishes(overlap=30)).tiling) > 1


@pytest.mark.parametrize(("size", "wishes"), [(OPEN, Wishes(overlap=2**16)), (OPEN, Wishes(64, 8))])
def test_an_overlap_without_a_neighbour_is_told_to_change_nothing(size: Size, wishes: Wishes) -> None:
    assert fitter(blurring(size)).fit((20, 30), wishes).notes == ("run in one piece: --overlap changes nothing",)
