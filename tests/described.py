"""A model with metadata and files packed behind it."""

from __future__ import annotations

from collections.abc import Mapping

from maistudio.tflite.archive import append_files
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.write import write_metadata

METADATA_VALUES = {
    "name": "Tiny classifier",
    "description": "Says which of two things a picture shows.",
    "version": "v2",
    "author": "Somebody",
    "license": "Apache-2.0",
    "min_parser_version": "1.3.0",
    "subgraph_metadata": [
        {
            "input_tensor_metadata": [
                {
                    "name": "image",
                    "description": "A picture of something",
                    "content": {
                        "content_properties": (
                            "ImageProperties",
                            {"color_space": "RGB", "default_size": {"width": 224, "height": 224}},
                        )
                    },
                    "process_units": [{"options": ("NormalizationOptions", {"mean": [127.5], "std": [127.5]})}],
                    "stats": {"min": [0.0], "max": [255.0]},
                }
            ],
            "output_tensor_metadata": [
                {
                    "name": "probability",
                    "content": {"content_properties": ("FeatureProperties", {}), "range": {"min": 1, "max": 1}},
                    "process_units": [{"options": ("ScoreThresholdingOptions", {"global_score_threshold": 0.5})}],
                    "associated_files": [
                        {"name": "labels.txt", "description": "What it may show", "type": "TENSOR_AXIS_LABELS"}
                    ],
                }
            ],
        }
    ],
    "associated_files": [{"name": "notes.txt", "type": "DESCRIPTIONS"}],
}
"""The metadata of ``build_with_metadata``, by the schema's names."""

PACKED_FILES: Mapping[str, bytes] = {"labels.txt": b"cat\ndog\n", "notes.txt": b"made for tests\n"}


def build_with_metadata() -> bytes:
    """A model with metadata and two files packed behind it."""
    model = ModelDraft("described")
    graph = model.subgraph()
    image = graph.input("image", "FLOAT32", (1, 224, 224, 3))
    axes = graph.constant("axes", "INT32", (2,), [1, 2])
    out = graph.tensor("probability", "FLOAT32", (1, 3))
    graph.op("MEAN", [image, axes], [out], {"keep_dims": False})
    graph.output(out)
    model.metadata("min_runtime_version", b"1.5.0".ljust(16, b"\0"))
    model.metadata("TFLITE_METADATA", write_metadata(METADATA_VALUES))
    return append_files(model.to_bytes(), PACKED_FILES)
