"""The content of a model's TFLITE_METADATA buffer, by the schema in ``resources/tflite/metadata_schema.json``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TypeVar

from maistudio.tflite.flatbuffer import SCALARS, CorruptField, FlatBuffer
from maistudio.tflite.model import AssociatedFile, ModelMetadata, TensorMetadata
from maistudio.tflite.schema import Field, Schema, load_schema

IDENTIFIER = b"M001"

Entry = TypeVar("Entry")


@cache
def metadata_schema() -> Schema:
    """The schema of TFLite model metadata."""
    return load_schema("tflite/metadata_schema.json")


@cache
def _fields(table: str) -> Mapping[str, Field]:
    return {field.name: field for field in metadata_schema().tables[table]}


def read_metadata(data: bytes) -> ModelMetadata:
    """The metadata in a buffer; inputs and outputs are those of the first subgraph.

    ``associated_files`` gathers every file named anywhere in it, each name once, sizes 0: they stand in the zip.
    Raises CorruptField where the bytes cannot be metadata.
    """
    if data[4:8] != IDENTIFIER:
        raise CorruptField(f"its identifier is {data[4:8].decode('ascii', 'replace')!r}, not 'M001'")
    buffer = FlatBuffer(data)
    model = _Table(buffer, "ModelMetadata", buffer.root())
    graphs = model.tables("subgraph_metadata", "SubGraphMetadata")
    first = graphs[0] if graphs else None
    return ModelMetadata(
        name=model.text("name"),
        description=model.text("description"),
        version=model.text("version"),
        author=model.text("author"),
        license=model.text("license"),
        min_parser_version=model.text("min_parser_version"),
        inputs=tuple(map(_tensor, first.tables("input_tensor_metadata", "TensorMetadata"))) if first else (),
        outputs=tuple(map(_tensor, first.tables("output_tensor_metadata", "TensorMetadata"))) if first else (),
        associated_files=_each_name_once(_all_files(model, graphs)),
    )


class _Table:
    """One table of the metadata, its fields by name."""

    def __init__(self, buffer: FlatBuffer, kind: str, position: int) -> None:
        self.buffer, self.kind, self.position = buffer, kind, position

    def _slot(self, field: str) -> int:
        return _fields(self.kind)[field].slot

    def text(self, field: str) -> str:
        return self.buffer.raw_string(self.position, self._slot(field)).decode("utf-8", "replace")

    def number(self, field: str) -> int:
        return self.buffer.scalar(self.position, self._slot(field), SCALARS[_fields(self.kind)[field].type], 0)

    def real(self, field: str) -> float:
        value = self.buffer.number(self.position, self._slot(field), SCALARS["float32"])
        return value if isinstance(value, float) else 0.0

    def reals(self, field: str) -> tuple[float, ...]:
        return self.buffer.floats(self.position, self._slot(field))

    def word(self, field: str) -> str:
        """An enumeration's word, as the schema spells it; its number where it is unknown."""
        number = self.number(field)
        return (_fields(self.kind)[field].words or {}).get(number, str(number))

    def table(self, field: str, kind: str) -> _Table | None:
        position = self.buffer.table(self.position, self._slot(field))
        return _Table(self.buffer, kind, position) if position else None

    def tables(self, field: str, kind: str) -> list[_Table]:
        return [_Table(self.buffer, kind, target) for target in self.buffer.targets(self.position, self._slot(field))]

    def union(self, field: str) -> _Table | None:
        """The table of a union field; None where it is absent or of a kind newer than the schema."""
        kinds = metadata_schema().unions[_fields(self.kind)[field].type.removeprefix("union ")]
        kind = kinds.get(self.number(f"{field}_type"), "NONE")
        return None if kind == "NONE" else self.table(field, kind)


def _tensor(tensor: _Table) -> TensorMetadata:
    units = _units(tensor, "process_units")
    normalization = next((unit for unit in units if unit.kind == "NormalizationOptions"), None)
    stats = tensor.table("stats", "Stats")
    content = tensor.table("content", "Content")
    return TensorMetadata(
        name=tensor.text("name"),
        description=tensor.text("description"),
        content=_content_words(content) if content else "",
        normalization_mean=normalization.reals("mean") if normalization else (),
        normalization_std=normalization.reals("std") if normalization else (),
        minimum=stats.reals("min") if stats else (),
        maximum=stats.reals("max") if stats else (),
        process_units=tuple(map(_unit_words, units)),
        associated_files=tuple(file.name for file in _tensor_files(tensor)),
    )


def _units(table: _Table, field: str) -> list[_Table]:
    """The options of each process unit that has some."""
    options = (unit.union("options") for unit in table.tables(field, "ProcessUnit"))
    return [option for option in options if option is not None]


def _content_words(content: _Table) -> str:
    """What a tensor holds, for example "image RGB 224×224", "bounding boxes, center, pixel, dimension 2"."""
    properties = content.union("content_properties")
    if properties is None:
        return ""
    words = _CONTENT_WORDS[properties.kind](properties)
    span = content.table("range", "ValueRange")
    if span is None:
        return words
    first, last = span.number("min"), span.number("max")
    return f"{words}, dimension {first}" if first == last else f"{words}, dimensions {first} to {last}"


def _image_words(image: _Table) -> str:
    words = ["image"]
    if image.word("color_space") != "UNKNOWN":
        words.append({"GRAYSCALE": "greyscale"}.get(image.word("color_space"), image.word("color_space")))
    size = image.table("default_size", "ImageSize")
    if size is not None:
        words.append(f"{size.number('width')}×{size.number('height')}")
    return " ".join(words)


def _box_words(boxes: _Table) -> str:
    parts = ["bounding boxes"]
    if boxes.word("type") != "UNKNOWN":
        parts.append(_plain(boxes.word("type")))
    parts.append(_plain(boxes.word("coordinate_type")))
    order = boxes.buffer.integers(boxes.position, _fields(boxes.kind)["index"].slot, "uint32")
    if order:
        parts.append("order " + " ".join(map(str, order)))
    return ", ".join(parts)


def _audio_words(audio: _Table) -> str:
    channels = audio.number("channels")
    return f"audio, {channels} channel{'' if channels == 1 else 's'} at {audio.number('sample_rate'):,} Hz"


_CONTENT_WORDS: Mapping[str, Callable[[_Table], str]] = {
    "FeatureProperties": lambda _: "feature",
    "ImageProperties": _image_words,
    "BoundingBoxProperties": _box_words,
    "AudioProperties": _audio_words,
}


def _unit_words(unit: _Table) -> str:
    return _UNIT_WORDS[unit.kind](unit)


def _normalization_words(unit: _Table) -> str:
    return f"normalisation: mean {_numbers(unit.reals('mean'))}, std {_numbers(unit.reals('std'))}"


def _calibration_words(unit: _Table) -> str:
    transformation = _plain(unit.word("score_transformation"))
    return f"score calibration: {transformation}, default score {unit.real('default_score'):g}"


def _tokenizer_words(unit: _Table, kind: str, detail: str = "") -> str:
    names = [file.name for file in _unit_files(unit)]
    words = f"{kind} tokenizer{detail}"
    return f"{words}: {', '.join(names)}" if names else words


_UNIT_WORDS: Mapping[str, Callable[[_Table], str]] = {
    "NormalizationOptions": _normalization_words,
    "ScoreCalibrationOptions": _calibration_words,
    "ScoreThresholdingOptions": lambda unit: f"score threshold: {unit.real('global_score_threshold'):g}",
    "BertTokenizerOptions": lambda unit: _tokenizer_words(unit, "BERT"),
    "SentencePieceTokenizerOptions": lambda unit: _tokenizer_words(unit, "SentencePiece"),
    "RegexTokenizerOptions": lambda unit: _tokenizer_words(
        unit, "regular expression", f" ({unit.text('delim_regex_pattern')})"
    ),
}


def _all_files(model: _Table, graphs: list[_Table]) -> list[AssociatedFile]:
    files = _files(model, "associated_files")
    for graph in graphs:
        files += _files(graph, "associated_files")
        for field in ("input_process_units", "output_process_units"):
            for unit in _units(graph, field):
                files += _unit_files(unit)
        for field in ("input_tensor_metadata", "output_tensor_metadata"):
            for tensor in graph.tables(field, "TensorMetadata"):
                files += _tensor_files(tensor)
    return files


def _tensor_files(tensor: _Table) -> list[AssociatedFile]:
    files = _files(tensor, "associated_files")
    for unit in _units(tensor, "process_units"):
        files += _unit_files(unit)
    return files


def _unit_files(unit: _Table) -> list[AssociatedFile]:
    fields = (field for field, spec in _fields(unit.kind).items() if spec.type == "[AssociatedFile]")
    return [file for field in fields for file in _files(unit, field)]


def _files(table: _Table, field: str) -> list[AssociatedFile]:
    return [
        AssociatedFile(
            name=file.text("name"), size=0, description=file.text("description"), type=_plain(file.word("type"))
        )
        for file in table.tables(field, "AssociatedFile")
    ]


def _each_name_once(files: Iterable[AssociatedFile]) -> tuple[AssociatedFile, ...]:
    first: dict[str, AssociatedFile] = {}
    for file in files:
        first.setdefault(file.name, file)
    return tuple(first.values())


def _plain(word: str) -> str:
    """A word of the schema as prose: TENSOR_AXIS_LABELS becomes "tensor axis labels", UNKNOWN nothing."""
    return "" if word == "UNKNOWN" else word.lower().replace("_", " ")


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:g}" for value in values)
