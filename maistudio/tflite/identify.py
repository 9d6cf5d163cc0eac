"""What a file is that isn't a readable ``.tflite``, from its first bytes, in words a person can act on."""

from __future__ import annotations

from maistudio.tflite.text import plural

IDENTIFIER = b"TFL3"
"""The file identifier of TFLite models, at byte 4."""

START_BYTES = 1024
"""What a file is shows in this many bytes, blank lines in front of a web page included."""

_KNOWN_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "a git-lfs pointer, not the model itself: fetch the model with `git lfs pull`"),
    (b"PK\x03\x04", "a zip archive: unpack it and open the .tflite inside"),
    (b"\x89HDF\r\n\x1a\n", "a Keras HDF5 file: convert it to .tflite first"),
    (b"\x1f\x8b", "a gzip archive: unpack it and open the .tflite inside"),
    (b"\x89PNG", "a PNG picture: choose a .tflite model"),
    (b"\xff\xd8\xff", "a JPEG picture: choose a .tflite model"),
    (b"\x7fELF", "a Linux program or library: choose a .tflite model"),
    (b"LITERTLM", "a LiteRT-LM bundle: open one of the .tflite models it was packed from"),
)
_UTF8_MARK = b"\xef\xbb\xbf"
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<?xml")


def why_not_a_model(start: bytes, size: int) -> str | None:
    """Why a file that starts with ``start``, its first ``START_BYTES``, cannot be a model; None if it may be one."""
    if size == 0:
        return "the file is empty: export or download the model again"
    for magic, what in _KNOWN_STARTS:
        if start.startswith(magic):
            return f"this is {what}"
    if start.removeprefix(_UTF8_MARK).lstrip().lower().startswith(_HTML_STARTS):
        return "this is a web page, not a model: download the file itself (on GitHub, with the Raw button)"
    if size < 8:
        return f"the file has only {plural(size, 'byte')}: export or download the model again"
    if start[4:8] == IDENTIFIER:
        return None
    if start[4:7] == b"TFL":
        found = start[4:8].decode("ascii", "replace")
        return f"its identifier at byte 4 is {found!r}, not 'TFL3': this version of the format can't be read"
    return "not a .tflite model (no 'TFL3' at byte 4): choose a model exported as .tflite"
