"""Write the bundled sample models: ``python packaging/make_samples.py`` from the top of the checkout.

Their weights are pseudo-random numbers, the same on every machine: nothing was trained.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import prod, sqrt
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from maistudio.tflite.archive import append_files
from maistudio.tflite.draft import GraphDraft, ModelDraft, per_channel, per_tensor
from maistudio.tflite.write import write_metadata

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
SEED = 2021
NOTE = "The weights are pseudo-random numbers made by packaging/make_samples.py, not trained. Apache-2.0."

ABPN_SIZE = (360, 640)
ABPN_CHANNELS = (28, 28, 28, 28, 28, 27, 27)
UNET_SIZE = (256, 256)

PIXEL_RANGE = 255.0
HIDDEN_RANGE = 700.0
"""The range given to hidden activations: weights of variance 2 / fan-in keep their root mean square near
140 (He et al. 2015), and 700 is five times that."""
RESIDUAL = 0.02
"""How much smaller the last convolution's weights are, so that its output only touches the picture up."""


def main() -> None:
    SAMPLES.mkdir(parents=True, exist_ok=True)
    for name, model in (("abpn_x3.tflite", abpn()), ("unet_denoise.tflite", unet())):
        (SAMPLES / name).write_bytes(model)
        print(f"{name}: {len(model):,} bytes")


def abpn() -> bytes:
    """Anchor-based plain net for ×3 super-resolution (Du et al., CVPRW 2021), int8 with uint8 input and output.

    1×360×640×3 to 1×1080×1920×3: seven 3×3 convolutions predict what is added to the input repeated nine
    times, and depth-to-space spreads the sum over the larger picture.
    """
    random = Random(SEED)
    height, width = ABPN_SIZE
    pixels = per_tensor(1.0, -128)
    model = ModelDraft("ABPN x3 with random weights, a sample of MAI Studio")
    graph = model.subgraph()
    low = graph.input("input", "UINT8", (1, height, width, 3), quantization=per_tensor(1.0, 0))
    start = graph.tensor("quantize", "INT8", (1, height, width, 3), quantization=pixels)
    graph.op("QUANTIZE", [low], [start])
    anchor = graph.tensor("anchor", "INT8", (1, height, width, 27), quantization=pixels)
    graph.op("CONCATENATION", [start] * 9, [anchor], {"axis": 3}, version=2)

    features, channels, scale = start, 3, 1.0
    for layer, filters in enumerate(ABPN_CHANNELS, start=1):
        last = layer == len(ABPN_CHANNELS)
        # The residual is signed and small; what a ReLU lets through is not negative.
        out_scale = HIDDEN_RANGE * RESIDUAL / 127 if last else HIDDEN_RANGE / 255
        result = graph.tensor(
            f"conv_{layer}/output", "INT8", (1, height, width, filters),
            quantization=per_tensor(out_scale, 0 if last else -128),
        )  # fmt: skip
        spread = _he_bound(9 * channels) * (RESIDUAL if last else 1.0)
        constants = _quantized_conv(graph, random, f"conv_{layer}", (filters, 3, 3, channels), spread, scale)
        graph.op(
            "CONV_2D", [features, *constants], [result],
            {"padding": "SAME", "stride_w": 1, "stride_h": 1, "fused_activation_function": "NONE" if last else "RELU"},
            version=3,
        )  # fmt: skip
        features, channels, scale = result, filters, out_scale

    # A scale of 1 from 0 to 255 makes the addition clip to the range of a picture.
    total = graph.tensor("add", "INT8", (1, height, width, 27), quantization=pixels)
    graph.op("ADD", [anchor, features], [total], {}, version=2)
    large = graph.tensor("depth_to_space", "INT8", (1, 3 * height, 3 * width, 3), quantization=pixels)
    graph.op("DEPTH_TO_SPACE", [total], [large], {"block_size": 3}, version=2)
    out = graph.tensor("output", "UINT8", (1, 3 * height, 3 * width, 3), quantization=per_tensor(1.0, 0))
    graph.op("QUANTIZE", [large], [out])
    graph.output(out)
    model.signature("serving_default", {"image": low}, {"upscaled": out})
    model.metadata("TFLITE_METADATA", _metadata("ABPN x3", "Image super-resolution by a factor of 3.", "upscaled"))
    return append_files(model.to_bytes(), {"about.txt": (NOTE + "\n").encode()})


def unet() -> bytes:
    """A small float32 U-Net that subtracts noise from a 1×256×256×3 picture of values 0 to 1."""
    random = Random(SEED)
    height, width = UNET_SIZE
    model = ModelDraft("U-Net denoiser with random weights, a sample of MAI Studio")
    graph = model.subgraph()
    noisy = graph.input("input", "FLOAT32", (1, height, width, 3))
    full = _conv(graph, random, "encoder/level_1/conv", noisy, 8)
    half = _conv(graph, random, "encoder/level_2/down", full, 16, stride=2)
    half = _conv(graph, random, "encoder/level_2/conv", half, 16)
    quarter = _conv(graph, random, "bottom/down", half, 24, stride=2)
    quarter = _conv(graph, random, "bottom/conv", quarter, 24)
    half = _joined(graph, "decoder/level_2/skip", _up(graph, random, "decoder/level_2/up", quarter, 16), half)
    half = _conv(graph, random, "decoder/level_2/conv", half, 16)
    full = _joined(graph, "decoder/level_1/skip", _up(graph, random, "decoder/level_1/up", half, 8), full)
    full = _conv(graph, random, "decoder/level_1/conv", full, 8)
    noise = _conv(graph, random, "noise", full, 3, gain=RESIDUAL, activation="NONE")
    clean = graph.tensor("output", "FLOAT32", (1, height, width, 3))
    graph.op("SUB", [noisy, noise], [clean], {})
    graph.output(clean)
    model.signature("serving_default", {"noisy": noisy}, {"clean": clean})
    return model.to_bytes()


def _he_bound(fan_in: int) -> float:
    """Half the width of a uniform distribution of variance 2 / fan-in."""
    return sqrt(6.0 / fan_in)


def _uniform(random: Random, count: int, bound: float) -> list[float]:
    """Only ``random()`` is promised to stay the same between Python versions."""
    return [bound * (2.0 * random.random() - 1.0) for _ in range(count)]


def _quantized_conv(
    graph: GraphDraft, random: Random, name: str, shape: tuple[int, int, int, int], bound: float, in_scale: float
) -> tuple[int, int]:
    """int8 weights with a scale per filter, and int32 biases, as tensor indices."""
    filters, per_filter = shape[0], prod(shape[1:])
    scales: list[float] = []
    stored: list[int] = []
    for _ in range(filters):
        real = _uniform(random, per_filter, bound)
        scales.append(max(map(abs, real)) / 127)
        stored += [round(value / scales[-1]) for value in real]
    biases = _uniform(random, filters, bound * PIXEL_RANGE / 8)
    bias_scales = [in_scale * scale for scale in scales]
    weights = graph.constant(f"{name}/weights", "INT8", shape, stored, quantization=per_channel(scales, 0))
    bias = graph.constant(
        f"{name}/bias", "INT32", (filters,),
        [round(value / scale) for value, scale in zip(biases, bias_scales, strict=True)],
        quantization=per_channel(bias_scales, 0),
    )  # fmt: skip
    return weights, bias


def _shape(graph: GraphDraft, tensor: int) -> Sequence[int]:
    shape: Sequence[int] = graph.values["tensors"][tensor]["shape"]
    return shape


def _conv(
    graph: GraphDraft, random: Random, name: str, source: int, filters: int,
    *, stride: int = 1, gain: float = 1.0, activation: str = "RELU",
) -> int:  # fmt: skip
    """A 3×3 convolution with its ReLU."""
    _, height, width, channels = _shape(graph, source)
    bound = gain * _he_bound(9 * channels)
    weights = graph.constant(
        f"{name}/weights", "FLOAT32", (filters, 3, 3, channels), _uniform(random, filters * 9 * channels, bound)
    )
    bias = graph.constant(f"{name}/bias", "FLOAT32", (filters,), _uniform(random, filters, bound / 8))
    result = graph.tensor(f"{name}/output", "FLOAT32", (1, height // stride, width // stride, filters))
    graph.op(
        "CONV_2D", [source, weights, bias], [result],
        {"padding": "SAME", "stride_w": stride, "stride_h": stride, "fused_activation_function": activation},
    )  # fmt: skip
    return result


def _up(graph: GraphDraft, random: Random, name: str, source: int, filters: int) -> int:
    """A 2×2 transposed convolution that doubles height and width."""
    _, height, width, channels = _shape(graph, source)
    shape = (1, 2 * height, 2 * width, filters)
    size = graph.constant(f"{name}/size", "INT32", (4,), shape)
    weights = graph.constant(
        f"{name}/weights", "FLOAT32", (filters, 2, 2, channels),
        _uniform(random, filters * 4 * channels, _he_bound(channels)),
    )  # fmt: skip
    result = graph.tensor(f"{name}/output", "FLOAT32", shape)
    graph.op("TRANSPOSE_CONV", [size, weights, source], [result], {"padding": "SAME", "stride_w": 2, "stride_h": 2})
    return result


def _joined(graph: GraphDraft, name: str, coarse: int, skipped: int) -> int:
    """Channels of the upsampled features followed by those of the skip connection."""
    _, height, width, channels = _shape(graph, coarse)
    result = graph.tensor(name, "FLOAT32", (1, height, width, channels + _shape(graph, skipped)[3]))
    graph.op("CONCATENATION", [coarse, skipped], [result], {"axis": 3})
    return result


def _metadata(name: str, what: str, output: str) -> bytes:
    height, width = ABPN_SIZE
    picture = ("ImageProperties", {"color_space": "RGB", "default_size": {"width": width, "height": height}})
    larger = ("ImageProperties", {"color_space": "RGB", "default_size": {"width": 3 * width, "height": 3 * height}})
    unchanged = {"options": ("NormalizationOptions", {"mean": [0.0], "std": [1.0]})}
    stats = {"min": [0.0], "max": [PIXEL_RANGE]}
    return write_metadata(
        {
            "name": name,
            "description": f"{what} {NOTE}",
            "author": "MAI Studio",
            "license": "Apache-2.0",
            "min_parser_version": "1.0.0",
            "associated_files": [
                {"name": "about.txt", "description": "Where the weights are from", "type": "DESCRIPTIONS"}
            ],
            "subgraph_metadata": [
                {
                    "input_tensor_metadata": [
                        {"name": "image", "content": {"content_properties": picture}, "process_units": [unchanged],
                         "stats": stats}
                    ],
                    "output_tensor_metadata": [
                        {"name": output, "content": {"content_properties": larger}, "stats": stats}
                    ],
                }
            ],
        }
    )  # fmt: skip


if __name__ == "__main__":
    main()
