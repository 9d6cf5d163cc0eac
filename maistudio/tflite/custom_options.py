"""The options of custom and Flex ops by name, where their bytes say them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maistudio.tflite.flatbuffer import CorruptField
from maistudio.tflite.flexbuffer import read_flexbuffer
from maistudio.tflite.model import NO_OPTIONS, Model, Op
from maistudio.tflite.nodedef import read_node_def

READ_LIMIT = 16 * 2**20
"""Options longer than this many bytes are never decoded; only their first bytes are returned."""

_SHOWN_OF_LONG = 4096


def custom_options(model: Model, op: Op) -> Mapping[str, object] | bytes:
    """What the custom options of an op say: a FlexBuffers map by its keys, a Flex op's node, else the raw bytes.

    A Flex op gives ``op``, ``name`` and ``attr``, the node's attributes by name. An op without custom options
    gives an empty mapping; of more than READ_LIMIT bytes only the first 4,096 are returned.
    Raises StaleFileError where the file changed since it was opened.
    """
    if op.custom_options is None:
        return NO_OPTIONS
    offset, size = op.custom_options
    if size > READ_LIMIT:
        return model.source.read(offset, _SHOWN_OF_LONG)
    return decode_custom_options(model.source.read(offset, size), op.flex)


def decode_custom_options(data: bytes, flex: bool) -> Mapping[str, object] | bytes:
    """The same for the bytes alone: only a well-formed FlexBuffers map, or a Flex op's pair, is taken for options."""
    if not data:
        return NO_OPTIONS
    try:
        value = read_flexbuffer(data)
        if flex and isinstance(value, tuple):
            return _flex_options(value)
    except CorruptField:
        return data
    return MappingProxyType(value) if isinstance(value, dict) else data


def _flex_options(pair: tuple[object, ...]) -> Mapping[str, object]:
    """A Flex op's options: the op's name and its serialized NodeDef."""
    if len(pair) != 2:
        raise CorruptField("a Flex op holds no pair of name and node")
    node = pair[1].encode() if isinstance(pair[1], str) else pair[1]
    if not isinstance(node, bytes):
        raise CorruptField("a Flex op holds no node")
    read = read_node_def(node)
    return MappingProxyType({"op": read.op, "name": read.name, "attr": read.attributes})
