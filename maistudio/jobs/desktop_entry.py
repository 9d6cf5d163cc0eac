"""The text of the program's desktop entry, by the Desktop Entry Specification."""

from __future__ import annotations

from collections.abc import Sequence

# The spec's reserved characters: an argument that has one is quoted.
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_ESCAPED_IN_QUOTES = frozenset('"`$\\')
_ESCAPED_IN_VALUE = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def desktop_entry(template: str, command: Sequence[str]) -> str:
    """``template`` with @EXEC@ starting ``command`` on the files opened and @TRY_EXEC@ naming its program."""
    # GLib looks for the program before it turns %% into %, and drops an entry whose program it misses.
    found = ["env", *command] if "%" in command[0] else command
    arguments = [quote_argument(argument) for argument in found]
    return template.replace("@EXEC@", escape_value(" ".join([*arguments, "%F"]))).replace(
        "@TRY_EXEC@", escape_value(command[0])
    )


def quote_argument(argument: str) -> str:
    """One argument of Exec that stands for ``argument`` literally, before the escaping of values."""
    literal = argument.replace("%", "%%")
    if literal and _RESERVED.isdisjoint(literal):
        return literal
    escaped = "".join(f"\\{character}" if character in _ESCAPED_IN_QUOTES else character for character in literal)
    return f'"{escaped}"'


def escape_value(text: str) -> str:
    """A value of type string as it is written in a desktop file."""
    return text.translate(_ESCAPED_IN_VALUE)
