"""What the window remembers, and that nothing in its file can keep it from starting."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray

from maistudio.gui.settings import LARGEST_FILE, LONGEST_PATH, RECENT_KEPT, Settings, settings_path

THEMES = ("system", "light", "dark")


def written(path: Path) -> Settings:
    """Settings as the next start reads them."""
    return Settings(path)


def test_a_word_is_remembered(tmp_path: Path) -> None:
    first = Settings(tmp_path / "window.ini")
    first.put_word("theme", "dark")
    first.save()
    assert written(tmp_path / "window.ini").word("theme", THEMES) == "dark"


def test_a_state_is_remembered_byte_for_byte(tmp_path: Path) -> None:
    first = Settings(tmp_path / "window.ini")
    first.put_state("geometry", QByteArray(bytes(range(256))))
    first.save()
    assert written(tmp_path / "window.ini").state("geometry").data() == bytes(range(256))


@pytest.mark.parametrize(("kept", "read"), [("300", 300), ("7", 100), ("99999", 500), ("-3", 200), ("9" * 99, 200)])
def test_a_number_stays_within_bounds(tmp_path: Path, kept: str, read: int) -> None:
    (tmp_path / "window.ini").write_text(f"[General]\nheight={kept}\n")
    assert Settings(tmp_path / "window.ini").number("height", 200, 100, 500) == read


def test_what_was_never_set_is_the_first_word_allowed(tmp_path: Path) -> None:
    assert Settings(tmp_path / "window.ini").word("theme", THEMES) == "system"


def test_a_word_nobody_knows_counts_as_not_set(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text("[General]\ntheme=mauve\n")
    assert Settings(tmp_path / "window.ini").word("theme", THEMES) == "system"


@pytest.mark.parametrize("count", [0, 1, 2, RECENT_KEPT])
def test_recent_files_are_remembered_newest_first(tmp_path: Path, count: int) -> None:
    first = Settings(tmp_path / "window.ini")
    for number in range(count):
        first.add_recent(f"/models/{number}, with a comma.tflite")
    first.save()
    expected = [f"/models/{number}, with a comma.tflite" for number in reversed(range(count))]
    assert written(tmp_path / "window.ini").recent() == expected


def test_a_file_opened_again_moves_to_the_front(tmp_path: Path) -> None:
    kept = Settings(tmp_path / "window.ini")
    for path in ("/a", "/b", "/a"):
        kept.add_recent(path)
    assert kept.recent() == ["/a", "/b"]


def test_the_recent_list_stays_short(tmp_path: Path) -> None:
    kept = Settings(tmp_path / "window.ini")
    for number in range(RECENT_KEPT + 5):
        kept.add_recent(f"/{number}")
    assert len(kept.recent()) == RECENT_KEPT


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8"))))
def test_a_corrupt_file_reads_as_nothing_set(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(b"[General]\n" + content)
    kept = Settings(path)
    assert kept.word("theme", THEMES) in THEMES
    assert all(isinstance(entry, str) for entry in kept.recent())
    assert isinstance(kept.state("geometry"), QByteArray)


@pytest.mark.qt_log_ignore("QVariant::load: unknown user type", extend=True)
@pytest.mark.parametrize(
    "value", ["@Variant(\\0\\0\\0\\x7f)", "@ByteArray(\\xff\\xfe)", "@Rect(1 2 3 4)", "@Invalid()", "%%%", "1, 2, 3"]
)
def test_values_of_other_types_count_as_not_set(tmp_path: Path, value: str) -> None:
    path = tmp_path / "window.ini"
    path.write_text(f"[General]\ntheme={value}\n")
    assert Settings(path).word("theme", THEMES) == "system"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no POSIX file modes here")
def test_a_file_that_cannot_be_written_troubles_nobody(tmp_path: Path) -> None:
    (tmp_path / "window.ini").mkdir()
    kept = Settings(tmp_path / "window.ini")
    kept.put_word("theme", "dark")
    kept.save()


def test_without_a_path_nothing_is_kept() -> None:
    kept = Settings(None)
    kept.put_word("theme", "dark")
    kept.add_recent("/a")
    assert (kept.word("theme", THEMES), kept.recent()) == ("system", [])


def test_the_file_lies_in_the_users_configuration_folder() -> None:
    assert settings_path() == Path(os.environ["XDG_CONFIG_HOME"]) / "maistudio" / "window.ini"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "window.ini")
    code = f"""
from pathlib import Path
from maistudio.gui.settings import Settings
kept = Settings(Path({str(tmp_path / "window.ini")!r}))
kept.put_word("theme", "dark")
kept.save()
print(kept.word("theme", ("system", "dark")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "system\n"


def too_large(path: Path) -> bytes:
    content = b"[General]\ntheme=dark\nnotes=" + b"x" * LARGEST_FILE
    path.write_bytes(content)
    return content


def test_a_file_too_large_to_be_ours_counts_as_nothing_set(tmp_path: Path) -> None:
    too_large(tmp_path / "window.ini")
    assert Settings(tmp_path / "window.ini").word("theme", THEMES) == "system"


def test_a_file_too_large_to_be_ours_is_not_written_over(tmp_path: Path) -> None:
    content = too_large(tmp_path / "window.ini")
    kept = Settings(tmp_path / "window.ini")
    kept.put_word("theme", "light")
    kept.save()
    assert (tmp_path / "window.ini").read_bytes() == content


def test_of_a_long_recent_list_only_the_first_are_read(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text("[General]\nrecent=" + ", ".join(f"/{number}" for number in range(1000)))
    assert Settings(tmp_path / "window.ini").recent() == [f"/{number}" for number in range(RECENT_KEPT)]


def test_a_recent_path_longer_than_any_file_s_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text(f"[General]\nrecent=/{'a' * LONGEST_PATH}, /b")
    assert Settings(tmp_path / "window.ini").recent() == ["/b"]
