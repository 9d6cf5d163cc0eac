"""A desktop entry starts the program wherever it lies."""

from __future__ import annotations

import pytest

from maistudio.jobs.desktop_entry import desktop_entry, quote_argument


def test_exec_opens_all_files_with_the_command() -> None:
    assert desktop_entry("Exec=@EXEC@\n", ["/opt/python", "-m", "maistudio"]) == "Exec=/opt/python -m maistudio %F\n"


def test_try_exec_is_the_program_unquoted() -> None:
    assert desktop_entry("TryExec=@TRY_EXEC@\n", ["/my apps/python"]) == "TryExec=/my apps/python\n"


@pytest.mark.parametrize(
    ("argument", "quoted"),
    [
        ("/opt/python3.12", "/opt/python3.12"),
        ("/my apps/python", '"/my apps/python"'),
        ("/a$b", '"/a\\$b"'),
        ('/a"b`c\\d', '"/a\\"b\\`c\\\\d"'),
        ("/50%", "/50%%"),
        ("/it's", '"/it\'s"'),
        ("", '""'),
    ],
)
def test_arguments_are_quoted_as_the_specification_says(argument: str, quoted: str) -> None:
    assert quote_argument(argument) == quoted


def test_a_backslash_of_the_quoting_is_escaped_again_in_the_value() -> None:
    assert desktop_entry("Exec=@EXEC@", ["/a$b"]) == 'Exec="/a\\\\$b" %F'


def test_a_program_with_a_percent_sign_in_its_path_is_started_by_env() -> None:
    assert desktop_entry("Exec=@EXEC@", ["/50%/python"]) == "Exec=env /50%%/python %F"
