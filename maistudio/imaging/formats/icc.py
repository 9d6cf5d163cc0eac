"""The name of an embedded colour profile, so that a person learns what is not applied."""

from __future__ import annotations

import struct
from struct import unpack_from

from maistudio.errors import clean

LONGEST_NAME = 80
MOST_TAGS = 256


def profile_note(profile: bytes, name: str = "") -> tuple[str, ...]:
    """A note that ``profile`` is not applied; none where it calls itself sRGB.

    ``name`` is taken where the profile has no description of its own.
    """
    name = clean(_description(profile) or name)[:LONGEST_NAME]
    if "sRGB" in name:
        return ()
    called = f"'{name}'" if name else "(without a name)"
    return (f"its colour profile {called} is not applied: the values are as stored",)


def _description(profile: bytes) -> str:
    """The text of the profile's 'desc' tag (ICC.1, profileDescriptionTag), empty where none can be read."""
    try:
        (count,) = unpack_from(">I", profile, 128)
        for tag in range(min(count, MOST_TAGS)):
            signature, offset, size = unpack_from(">4sII", profile, 132 + 12 * tag)
            if signature == b"desc":
                return _text(profile[offset : offset + size])
    except struct.error:
        pass
    return ""


def _text(tag: bytes) -> str:
    """Of version 4, in the first of its languages; of version 2, in ASCII."""
    if tag[:4] == b"mluc":
        length, offset = unpack_from(">II", tag, 20)
        return tag[offset : offset + length].decode("utf-16-be", "replace").rstrip("\0")
    (length,) = unpack_from(">I", tag, 8)
    return tag[12 : 12 + length].split(b"\0")[0].decode("latin-1")
