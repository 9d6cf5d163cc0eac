"""Constants decoded, dequantized and summed up."""

from __future__ import annotations

import math
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import models
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maistudio.errors import ExportError, ModelFileError, StaleFileError, WeightError
from maistudio.jobs.progress import finish
from maistudio.jobs.weights import save_values
from maistudio.tflite.draft import ModelDraft, pack_elements
from maistudio.tflite.elements import decode_elements
from maistudio.tflite.model import BufferSpan, Model, Quantization, QuantizationKind, Tensor
from maistudio.tflite.read import read_model
from maistudio.tflite.weights import decode, dequantize, histogram, real_values, statistics

BLOCKS_OF_TWO = Quantization(QuantizationKind.BLOCKWISE, block_size=2)


def named(model: Model, name: str) -> Tensor:
    return next(tensor for tensor in model.subgraphs[0].tensors if tensor.name == name)


def with_constant(element_type: str, shape: tuple[int, ...], data: bytes, **fields: Any) -> tuple[Model, Tensor]:
    draft = ModelDraft()
    draft.subgraph().constant("it", element_type, shape, data, **fields)
    model = models.read_bytes(draft.to_bytes())
    return model, model.subgraphs[0].tensors[0]


# Stored values


@pytest.mark.parametrize(
    ("element_type", "values"),
    [
        ("FLOAT64", [1.5, -2.25]),
        ("FLOAT32", [1.5, -2.25]),
        ("FLOAT16", [1.5, -65504.0]),
        ("BFLOAT16", [1.5, -(2.0**100)]),
        ("INT64", [2**63 - 1, -(2**63)]),
        ("UINT64", [2**64 - 1, 0]),
        ("INT32", [2**31 - 1, -(2**31)]),
        ("UINT32", [2**32 - 1, 0]),
        ("INT16", [32767, -32768]),
        ("UINT16", [65535, 0]),
        ("INT8", [127, -128]),
        ("UINT8", [255, 0]),
        ("INT4", [7, -8, 3]),
        ("UINT4", [15, 0, 8]),
        ("INT2", [1, -2, 0, -1, 1]),
        ("BOOL", [True, False]),
        ("STRING", [b"cat", b"", b"\xff\0"]),
    ],
)
def test_stored_values_come_back_in_every_type(element_type: str, values: list[Any]) -> None:
    data = pack_elements(element_type, values)
    assert decode_elements(data, element_type, (len(values),)).tolist() == values


@given(
    bits=st.sampled_from([("INT4", 4), ("INT2", 2)]),
    shape=hnp.array_shapes(max_dims=3, max_side=7),
    data=st.data(),
)
def test_packed_integers_come_back_in_any_shape(bits: tuple[str, int], shape: tuple[int, ...], data: Any) -> None:
    element_type, width = bits
    limit = 2 ** (width - 1)
    values = data.draw(hnp.arrays(np.int8, shape, elements=st.integers(-limit, limit - 1)))
    decoded = decode_elements(pack_elements(element_type, values.reshape(-1).tolist()), element_type, shape)
    assert (decoded == values).all()


@pytest.mark.parametrize(("element_type", "peer"), [("FLOAT8_E4M3FN", "float8_e4m3fn"), ("FLOAT8_E5M2", "float8_e5m2")])
def test_every_code_of_a_small_float_has_its_value(element_type: str, peer: str) -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes")
    codes = bytes(range(256))
    expected = np.frombuffer(codes, dtype=getattr(ml_dtypes, peer)).astype(np.float32)
    np.testing.assert_array_equal(decode_elements(codes, element_type, (256,)), expected)


@pytest.mark.parametrize(
    "data", [b"", b"\1\0\0\0", b"\xff\xff\xff\xff", b"\1\0\0\0\x0c\0\0\0\xff\0\0\0", b"\2\0\0\0" * 8]
)
def test_a_string_buffer_that_points_outside_itself_is_refused(data: bytes) -> None:
    with pytest.raises(WeightError):
        decode_elements(data, "STRING", (1,))


@pytest.mark.parametrize("element_type", ["RESOURCE", "VARIANT", "TYPE_120"])
def test_a_type_without_storage_is_refused(element_type: str) -> None:
    with pytest.raises(WeightError, match=f"values of type {element_type} have no storage"):
        decode_elements(b"1234", element_type, (1,))


def test_a_buffer_of_the_wrong_size_is_refused_with_both_sizes() -> None:
    model, tensor = with_constant("FLOAT32", (5,), b"\0" * 16)
    with pytest.raises(WeightError, match=r"subgraph 0, tensor 0 \(it\): \[5\] of FLOAT32 takes 20 bytes .* holds 16"):
        decode(model, 0, tensor)


@pytest.mark.parametrize("shape", [(2**31 - 1,) * 6, (-1, 4), (1,) * 100])
def test_an_absurd_shape_is_refused(shape: tuple[int, ...]) -> None:
    model, tensor = with_constant("FLOAT32", (1,), b"\0" * 4)
    with pytest.raises(WeightError):
        decode(model, 0, replace(tensor, shape=shape))


def test_a_tensor_without_data_is_refused() -> None:
    model = models.read_bytes(models.build_conv_net())
    with pytest.raises(WeightError, match="only while the model runs"):
        decode(model, 0, named(model, "image"))


def test_weights_behind_the_flatbuffer_are_decoded() -> None:
    model = models.read_bytes(models.build_outside())
    assert decode(model, 0, named(model, "factor")).tolist() == [models.ramp(4)]


def test_weights_in_another_file_are_refused_by_its_name() -> None:
    model, tensor = with_constant("FLOAT32", (1,), b"\0" * 4)
    elsewhere = replace(model, buffers=(*model.buffers, BufferSpan(0, 4, external="weights.bin")))
    with pytest.raises(WeightError, match=r"another file, 'weights\.bin'"):
        decode(elsewhere, 0, replace(tensor, buffer=len(elsewhere.buffers) - 1))


def test_weights_beyond_the_end_of_the_file_are_refused() -> None:
    model, tensor = with_constant("FLOAT32", (1,), b"\0" * 4)
    beyond = replace(model, buffers=(BufferSpan(0, 0), BufferSpan(model.size_bytes - 2, 4)))
    with pytest.raises(WeightError, match="beyond the end of the file"):
        decode(beyond, 0, tensor)


def test_weights_of_a_changed_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maistudio.tflite.read.HELD_IN_MEMORY", 0)
    path = tmp_path / "model.tflite"
    path.write_bytes(models.build_outside())
    model = read_model(path)
    path.write_bytes(models.build_outside() + b"more")
    with pytest.raises(StaleFileError):
        decode(model, 0, named(model, "factor"))


# Real values


@pytest.mark.parametrize("scale", [math.inf, math.nan, 3e38])
def test_a_damaged_scale_gives_values_that_say_so(scale: float) -> None:
    real = dequantize(np.array([0, 127], dtype=np.int8), Quantization(QuantizationKind.PER_TENSOR, (scale,), (1,)))
    assert not np.isfinite(real[1])


def test_per_tensor_values_are_scaled_from_the_zero_point() -> None:
    quantization = Quantization(QuantizationKind.PER_TENSOR, (0.5,), (3,))
    assert dequantize(np.array([3, 5, -1], dtype=np.int8), quantization).tolist() == [0.0, 1.0, -2.0]


@given(shape=hnp.array_shapes(min_dims=2, max_dims=4, max_side=4), axis=st.integers(0, 3), data=st.data())
def test_per_channel_values_take_the_scale_of_their_channel(shape: tuple[int, ...], axis: int, data: Any) -> None:
    axis %= len(shape)
    stored = data.draw(hnp.arrays(np.int8, shape))
    scales = tuple(2.0**-channel for channel in range(shape[axis]))
    zeros = tuple(range(shape[axis]))
    real = dequantize(stored, Quantization(QuantizationKind.PER_CHANNEL, scales, zeros, axis))
    for place in np.ndindex(shape):
        assert real[place] == scales[place[axis]] * (int(stored[place]) - zeros[place[axis]])


def test_blocks_of_consecutive_elements_share_a_scale() -> None:
    stored = np.array([[1, 2, 3, 4], [5, 6, 7, 8]], dtype=np.int8)
    real = dequantize(stored, BLOCKS_OF_TWO, np.array([[1.0, 10.0], [100.0, 1000.0]]), np.array([0, 1, 0, 0]))
    assert real.tolist() == [[1, 2, 20, 30], [500, 600, 7000, 8000]]


def test_block_scales_are_found_in_the_tensor_they_are_named_by() -> None:
    model = models.read_bytes(models.build_blockwise())
    real = real_values(model, 0, named(model, "weights"))
    stored = np.array([place % 15 - 7 for place in range(256)]).reshape(8, 32)
    scales = np.array([[0.5, 1.0, 0.25, 2.0, 0.125, 4.0, 0.0625, 8.0]]).T
    np.testing.assert_array_equal(real, (stored * scales).reshape(4, 64))


def test_wide_biases_keep_their_precision() -> None:
    quantization = Quantization(QuantizationKind.PER_TENSOR, (2.0**-24,), (2**24,))
    assert dequantize(np.array([2**24 + 1]), quantization).tolist() == [2.0**-24]


def test_values_without_quantization_are_real_as_they_are() -> None:
    model = models.read_bytes(models.build_conv_net())
    tensor = named(model, "stem/conv/weights")
    np.testing.assert_array_equal(real_values(model, 0, tensor), decode(model, 0, tensor))


@pytest.mark.parametrize(
    "quantization",
    [
        Quantization(QuantizationKind.PER_TENSOR),
        Quantization(QuantizationKind.PER_TENSOR, (1.0,), (0, 0)),
        Quantization(QuantizationKind.PER_CHANNEL, (1.0, 1.0), (0, 0), axis=0),
        Quantization(QuantizationKind.PER_CHANNEL, (1.0, 1.0), (0, 0), axis=7),
        Quantization(QuantizationKind.BLOCKWISE, block_size=32),
    ],
)
def test_scales_that_do_not_fit_are_refused(quantization: Quantization) -> None:
    with pytest.raises(WeightError):
        dequantize(np.zeros((3, 4), dtype=np.int8), quantization)


@pytest.mark.parametrize(("scales", "zeros"), [(np.ones(3), None), (np.ones(2), np.zeros(3))])
def test_block_scales_that_do_not_cover_the_values_are_refused(scales: np.ndarray, zeros: np.ndarray | None) -> None:
    with pytest.raises(WeightError):
        dequantize(np.zeros(4, dtype=np.int8), BLOCKS_OF_TWO, scales, zeros)


def test_a_missing_tensor_of_scales_is_refused() -> None:
    model = models.read_bytes(models.build_blockwise())
    tensor = named(model, "weights")
    assert tensor.quantization is not None
    elsewhere = replace(tensor, quantization=replace(tensor.quantization, scales_tensor=99))
    with pytest.raises(WeightError, match="the tensor of its scales, 99, does not exist"):
        real_values(model, 0, elsewhere)


DAMAGED = ["sparse", "strings", "blockwise", "int4", "quantized", "outside", "fp16_weights"]
BUILT = {name: models.ACCEPTED[f"build_{name}"]() for name in DAMAGED}


@settings(max_examples=300)
@given(
    name=st.sampled_from(DAMAGED),
    places=st.lists(st.integers(0, 2**16), min_size=1, max_size=4),
    value=st.binary(min_size=4, max_size=4),
)
def test_constants_of_a_damaged_model_are_decoded_or_refused(name: str, places: list[int], value: bytes) -> None:
    damaged = bytearray(BUILT[name])
    for place, byte in zip(places, value, strict=False):
        damaged[8 + place % (len(damaged) - 8)] = byte
    with suppress(ModelFileError):
        model = models.read_bytes(bytes(damaged))
        for graph in model.subgraphs:
            for tensor in graph.tensors:
                with suppress(WeightError):
                    real_values(model, graph.index, tensor)


# LiteRT's own view of constants

READ_CONSTANTS = """
import sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

interpreter = Interpreter(sys.argv[1], experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
interpreter.allocate_tensors()
arrays = {str(index): interpreter.get_tensor(index) for index in map(int, sys.argv[3:])}
np.savez(sys.argv[2], **arrays)
"""


def litert_constants(model: Model, path: Path, tensors: list[Tensor], folder: Path) -> dict[str, np.ndarray]:
    """Constants as LiteRT gives them, read in a child process."""
    pytest.importorskip("ai_edge_litert")
    out = folder / "constants.npz"
    command = [sys.executable, "-c", READ_CONSTANTS, str(path), str(out), *(str(tensor.index) for tensor in tensors)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with np.load(out) as arrays:
        return dict(arrays)


@pytest.mark.parametrize(
    "name",
    ["conv_net", "quantized", "int16x8", "fp16_weights", "dynamic_range", "int4", "outside", "multi_signature"],
)
def test_constants_are_what_litert_holds(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(models.ACCEPTED[f"build_{name}"]())
    model = read_model(path)
    tensors = [tensor for tensor in model.subgraphs[0].tensors if tensor.constant]
    held = litert_constants(model, path, tensors, tmp_path)
    for tensor in tensors:
        np.testing.assert_array_equal(decode(model, 0, tensor), held[str(tensor.index)])


RUN_ON_RAMP = """
import sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter(sys.argv[1])
interpreter.allocate_tensors()
source, result = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
interpreter.set_tensor(source["index"], np.load(sys.argv[2]))
interpreter.invoke()
np.save(sys.argv[2], interpreter.get_tensor(result["index"]))
"""


def litert_output(data: bytes, source: np.ndarray, folder: Path) -> np.ndarray:
    """What LiteRT makes of one input, in a child process."""
    pytest.importorskip("ai_edge_litert")
    path, array = folder / "model.tflite", folder / "array.npy"
    path.write_bytes(data)
    np.save(array, source)
    subprocess.run(
        [sys.executable, "-c", RUN_ON_RAMP, str(path), str(array)], check=True, capture_output=True, timeout=120
    )
    output: np.ndarray = np.load(array)
    return output


def test_litert_lays_a_sparse_constant_out_the_same(tmp_path: Path) -> None:
    data = models.build_sparse()
    dense = litert_output(data, np.zeros((4, 4), dtype=np.float32), tmp_path)
    model = models.read_bytes(data)
    np.testing.assert_array_equal(decode(model, 0, named(model, "sparse")), dense)


@pytest.mark.parametrize("name", ["dynamic_range", "int4", "blockwise"])
def test_litert_multiplies_by_the_same_real_values(name: str, tmp_path: Path) -> None:
    data = models.ACCEPTED[f"build_{name}"]()
    source = np.linspace(-1, 1, 64, dtype=np.float32)[None]
    model = models.read_bytes(data)
    expected = source @ real_values(model, 0, named(model, "weights")).T
    # LiteRT rounds the input to 8 bits before it multiplies.
    np.testing.assert_allclose(
        litert_output(data, source, tmp_path), expected, rtol=0.02, atol=0.02 * np.abs(expected).max()
    )


@pytest.mark.slow
def test_constants_of_real_networks_are_what_litert_holds(models_folder: Path, tmp_path: Path) -> None:
    for path in sorted((models_folder / "challenge").glob("*.tflite")):
        model = read_model(path)
        tensors = [tensor for tensor in model.subgraphs[0].tensors if tensor.constant]
        held = litert_constants(model, path, tensors, tmp_path)
        for tensor in tensors:
            np.testing.assert_array_equal(decode(model, 0, tensor), held[str(tensor.index)])


@pytest.mark.slow
def test_every_constant_of_every_real_model_has_values_and_statistics(models_folder: Path) -> None:
    for path in sorted(models_folder.glob("*/*.tflite")):
        try:
            model = read_model(path)
        except ModelFileError:
            continue
        for graph in model.subgraphs:
            for tensor in graph.tensors:
                if tensor.constant:
                    values = real_values(model, graph.index, tensor)
                    assert values.shape == tensor.shape
                    if values.dtype.kind in "iufb":
                        assert sum(histogram(values).counts) <= statistics(values).count


# Saved values


@pytest.mark.parametrize("element_type", ["FLOAT32", "FLOAT16", "INT8", "INT4", "BOOL"])
def test_saved_values_come_back_with_shape_and_type(element_type: str, tmp_path: Path) -> None:
    model, tensor = with_constant(element_type, (2, 1), pack_elements(element_type, [1, 0]))
    values = decode(model, 0, tensor)
    path = finish(save_values(values, tmp_path / "it.npy"))
    loaded = np.load(path)
    assert (loaded.dtype, loaded.tolist()) == (values.dtype, values.tolist())


def test_values_that_can_not_be_written_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError):
        finish(save_values(np.zeros(3), tmp_path / "missing" / "it.npy"))
