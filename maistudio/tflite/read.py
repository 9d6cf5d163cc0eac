"""Read a ``.tflite`` into frozen values, without running it.

What can be read of a damaged file is read, and its faults are listed as problems; a file whose
structure gives nothing is refused in one sentence.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from maistudio.errors import ModelFileError
from maistudio.tflite.archive import list_files
from maistudio.tflite.check import check_model
from maistudio.tflite.flatbuffer import SCALARS, CorruptField, FlatBuffer
from maistudio.tflite.identify import START_BYTES, why_not_a_model
from maistudio.tflite.metadata import read_metadata
from maistudio.tflite.model import (
    AssociatedFile,
    BufferSpan,
    MetadataEntry,
    Model,
    ModelMetadata,
    Signature,
    SignatureTensor,
    Subgraph,
)
from maistudio.tflite.problems import Problems
from maistudio.tflite.read_graph import GraphParts, GraphReader, OpCode
from maistudio.tflite.schema import slots, tflite_schema
from maistudio.tflite.source import HELD_IN_MEMORY, Identity, PagedFile, Source
from maistudio.tflite.text import bytes_text

LARGEST_FILE = 2**38
"""Files over this size in bytes are refused: no model is that large, and a byte is held for each of their pages."""

METADATA_NAME = "TFLITE_METADATA"
_TEXT_METADATA_LIMIT = 4096
_METADATA_LIMIT = 64 * 2**20

Entry = TypeVar("Entry")


def read_model(path: Path | str) -> Model:
    """The model in a file.

    Raises ModelFileError, one sentence, when nothing of it can be read.
    """
    if not str(path):
        raise ModelFileError("''", "a file's name is missing: name a .tflite file")
    path = Path(path)
    try:
        with open_model_file(path) as file:
            identity = Identity.of(os.fstat(file.fileno()))
            start = file.read(START_BYTES)
            refusal = why_not_a_model(start, identity.size)
            if refusal is not None:
                raise ModelFileError(path, refusal)
            file.seek(0)
            if identity.size <= HELD_IN_MEMORY:
                held = file.read()
                return _read(held, Source(path, identity, held))
            return _read(_paged(path, file.fileno(), identity.size), Source(path, identity, None))
    except EOFError:
        raise ModelFileError(
            path, "the file was cut while it was read: wait until it is written, then open it"
        ) from None
    except OSError as error:
        raise ModelFileError(path, _why_not_opened(error)) from None


def open_model_file(path: Path) -> BinaryIO:
    """The file, open to be read. Raises ModelFileError where it can't be, and for what has no end, as a pipe may."""
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            # A pipe would be waited for without end.
            raise ModelFileError(path, "this is a device or pipe, not a file: save the model to a file first")
        return path.open("rb")
    except OSError as error:
        raise ModelFileError(path, _why_not_opened(error)) from None


def _paged(path: Path, descriptor: int, size: int) -> PagedFile:
    """Raises ModelFileError where a file of ``size`` bytes doesn't fit into memory's addresses."""
    if size <= LARGEST_FILE:
        with contextlib.suppress(OSError, MemoryError):
            return PagedFile(descriptor, size)
    raise ModelFileError(path, f"at {bytes_text(size)} it is too large to be opened as a model: choose another file")


def _why_not_opened(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file: check the path"
    if isinstance(error, NotADirectoryError):
        return "a part of this path is a file, not a folder: check the path"
    if isinstance(error, IsADirectoryError):
        return "this is a folder: choose the .tflite file in it"
    if isinstance(error, PermissionError):
        return "you may not read this file: change its permissions or copy it"
    return f"it can't be read ({error.strerror or error}): check the disk and try again"


def _read(data: bytes | PagedFile, source: Source) -> Model:
    buffer = FlatBuffer(data)
    problems = Problems()
    try:
        root = buffer.root()
        buffer.fields(root)
    except CorruptField as error:
        raise ModelFileError(
            source.path, f"the file is cut off or damaged ({error}): export or download it again"
        ) from None
    return _ModelReader(buffer, root, source, problems).read()


class _ModelReader:
    """One reading of one file: the parts of the root table, each guarded on its own."""

    def __init__(self, buffer: FlatBuffer, root: int, source: Source, problems: Problems) -> None:
        self.buffer, self.root, self.source, self.problems = buffer, root, source, problems
        self.slots = slots("Model")

    def read(self) -> Model:
        buffer = self.buffer
        version = self._guard("model", lambda: buffer.scalar(self.root, self.slots["version"], SCALARS["uint32"], 0), 0)
        description = self._guard("model", lambda: self._text(self.root, self.slots["description"], "description"), "")
        codes = self._entries("operator_codes", "op code", self._op_code, OpCode("UNREADABLE", False, 1))
        spans = self._entries("buffers", "buffer", self._buffer_span, BufferSpan(0, 0))
        spans += self._external_buffers(first=len(spans))
        tables = self._tables("subgraphs")
        graphs = self._read_graphs(tables, tuple(codes), tuple(spans))
        if self.problems and not any(graph.tensors or graph.ops for graph in graphs):
            first = self.problems.listed()[0]
            raise ModelFileError(
                self.source.path,
                f"the file is cut off or damaged ({first.where}: {first.what}): export or download it again",
            )
        entries = self._entries("metadata", "metadata entry", self._metadata_entry(spans), None)
        metadata = self._metadata(entries, spans)
        files = self._associated_files(metadata)
        signatures = self._entries("signature_defs", "signature", self._signature(graphs), None)
        model = Model(
            path=str(self.source.path),
            size_bytes=buffer.size,
            schema_version=version,
            description=description,
            subgraphs=graphs,
            buffers=tuple(spans),
            signatures=tuple(signature for signature in signatures if signature),
            metadata_entries=tuple(entry for entry in entries if entry),
            metadata=metadata,
            associated_files=files,
            problems=(),
            source=self.source,
        )
        check_model(model, self.problems)
        return replace(model, problems=self.problems.listed())

    def _guard(self, where: str, read: Callable[[], Entry], otherwise: Entry) -> Entry:
        try:
            return read()
        except CorruptField as error:
            self.problems.add(where, str(error))
            return otherwise

    def _entries(self, field: str, word: str, read: Callable[[int, int, str], Entry], otherwise: Entry) -> list[Entry]:
        """The tables of one of the root's lists; an unreadable one is replaced, and reported."""
        return self.problems.read_each(word, self._tables(field), read, otherwise)

    def _tables(self, field: str) -> list[int]:
        nothing: list[int] = []
        return self._guard(field.replace("_", " "), lambda: self.buffer.targets(self.root, self.slots[field]), nothing)

    def _text(self, table: int, slot: int, where: str) -> str:
        return self.problems.text(self.buffer.raw_string(table, slot), where)

    def _op_code(self, table: int, index: int, where: str) -> OpCode:
        buffer = self.buffer
        names, slot = tflite_schema().enums["BuiltinOperator"], slots("OperatorCode")
        deprecated = buffer.scalar(table, slot["deprecated_builtin_code"], SCALARS["int8"], 0)
        code = max(deprecated, buffer.scalar(table, slot["builtin_code"], SCALARS["int32"], 0))
        version = buffer.scalar(table, slot["version"], SCALARS["int32"], 1)
        name = names.get(code)
        if name == "CUSTOM":
            custom_code = self._text(table, slot["custom_code"], f"{where}, custom code")
            if not custom_code:
                self.problems.add(where, "a custom op without a custom code: no runtime can tell what it is")
            return OpCode(custom_code or "CUSTOM", True, version)
        if name is None:
            self.problems.add(where, f"builtin op {code} is not in the schema this program knows: a newer op?")
            return OpCode(f"BUILTIN_{code}", False, version)
        return OpCode(name, False, version)

    def _buffer_span(self, table: int, index: int, where: str) -> BufferSpan:
        buffer, slot = self.buffer, slots("Buffer")
        offset = buffer.scalar(table, slot["offset"], SCALARS["uint64"], 0)
        size = buffer.scalar(table, slot["size"], SCALARS["uint64"], 0)
        if offset > 1:
            if offset + size > buffer.size:
                raise CorruptField(
                    f"its data at byte {offset} with {size} bytes lies beyond the file's {buffer.size} bytes"
                )
            return BufferSpan(offset, size, outside_flatbuffer=True)
        start, count = buffer.span(table, slot["data"], 1)
        return BufferSpan(start, count)

    def _external_buffers(self, first: int) -> list[BufferSpan]:
        """Buffers kept in other files, placed behind the file's own ones."""
        self.external_by_id: dict[int, int] = {}

        def read_group(table: int, index: int, where: str) -> str:
            return self._text(table, slots("ExternalBufferGroup")["name"], where)

        groups = self._entries("external_buffer_groups", "external buffer group", read_group, "")

        def read(table: int, index: int, where: str) -> BufferSpan:
            slot = slots("ExternalBuffer")
            identity, group = (self.buffer.scalar(table, slot[name], SCALARS["uint32"], 0) for name in ("id", "group"))
            offset = self.buffer.scalar(table, slot["offset"], SCALARS["uint64"], 0)
            size = self.buffer.scalar(table, slot["length"], SCALARS["uint64"], 0)
            if group >= len(groups):
                raise CorruptField(f"it names group {group} of {len(groups)}")
            self.external_by_id[identity] = first + len(self.external_by_id)
            return BufferSpan(offset, size, external=groups[group] or "another file")

        spans = self._entries("external_buffers", "external buffer", read, None)
        return [span for span in spans if span is not None]

    def _read_graphs(
        self, tables: list[int], codes: tuple[OpCode, ...], spans: tuple[BufferSpan, ...]
    ) -> tuple[Subgraph, ...]:
        reader = GraphReader(self.buffer, codes, spans, self.external_by_id, len(tables), self.problems)
        parts = self.problems.read_each("subgraph", tables, reader.read, GraphParts("", (), (), (), ()))
        return tuple(Subgraph(index, *part) for index, part in enumerate(parts))

    def _metadata_entry(self, spans: list[BufferSpan]) -> Callable[[int, int, str], MetadataEntry | None]:
        def read(table: int, index: int, where: str) -> MetadataEntry:
            name = self._text(table, slots("Metadata")["name"], where)
            place = self.buffer.scalar(table, slots("Metadata")["buffer"], SCALARS["uint32"], 0)
            if place >= len(spans):
                raise CorruptField(f"it names buffer {place} of {len(spans)}")
            span = spans[place]
            return MetadataEntry(name, place, span.size, self._plain_text(span))

        return read

    def _plain_text(self, span: BufferSpan) -> str:
        """A metadata buffer's content where it is short printable text, as version strings are."""
        if not 0 < span.size <= _TEXT_METADATA_LIMIT or span.external:
            return ""
        try:
            text = self.buffer.bytes_at(span.offset, span.size).rstrip(b"\0").decode("utf-8")
        except UnicodeDecodeError:
            return ""
        return text if text.isprintable() else ""

    def _metadata(self, entries: list[MetadataEntry | None], spans: list[BufferSpan]) -> ModelMetadata | None:
        for entry in entries:
            if entry is not None and entry.name == METADATA_NAME and entry.size:
                span = spans[entry.buffer]
                return self._guard("model metadata", partial(self._described, span), None)
        return None

    def _described(self, span: BufferSpan) -> ModelMetadata:
        return read_metadata(self.buffer.bytes_at(span.offset, min(span.size, _METADATA_LIMIT)))

    def _associated_files(self, metadata: ModelMetadata | None) -> tuple[AssociatedFile, ...]:
        none: tuple[AssociatedFile, ...] = ()
        files = self._guard("appended zip", lambda: list_files(self.source), none)
        described = {file.name: file for file in metadata.associated_files} if metadata else {}
        for missing in sorted(described.keys() - {file.name for file in files}):
            self.problems.add("model metadata", f"it names the file {missing!r}, which is not packed in the model")
        return tuple(
            AssociatedFile(file.name, file.size, described[file.name].description, described[file.name].type)
            if file.name in described
            else file
            for file in files
        )

    def _signature(self, graphs: tuple[Subgraph, ...]) -> Callable[[int, int, str], Signature | None]:
        def read(table: int, index: int, where: str) -> Signature:
            slot = slots("SignatureDef")
            key = self._text(table, slot["signature_key"], where)
            graph = self.buffer.scalar(table, slot["subgraph_index"], SCALARS["uint32"], 0)
            if graph >= len(graphs):
                raise CorruptField(f"it names subgraph {graph} of {len(graphs)}")
            tensors = len(graphs[graph].tensors)
            inputs, outputs = (self._tensor_maps(table, slot[side], tensors, where) for side in ("inputs", "outputs"))
            return Signature(key, graph, inputs, outputs)

        return read

    def _tensor_maps(self, table: int, slot: int, tensors: int, where: str) -> tuple[SignatureTensor, ...]:
        def read(entry: int, index: int, where: str) -> SignatureTensor:
            name = self._text(entry, slots("TensorMap")["name"], where)
            tensor = self.buffer.scalar(entry, slots("TensorMap")["tensor_index"], SCALARS["uint32"], 0)
            if tensor >= tensors:
                raise CorruptField(f"{name or 'an entry'!r} names tensor {tensor} of {tensors}")
            return SignatureTensor(name, tensor)

        maps = self.problems.read_each(f"{where}, entry", self.buffer.targets(table, slot), read, None)
        return tuple(entry for entry in maps if entry is not None)
