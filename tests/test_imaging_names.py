"""What `maistudio.imaging` offers by name, and when it is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

import maistudio.imaging


@pytest.mark.parametrize("name", maistudio.imaging.__all__)
def test_each_name_is_there(name: str) -> None:
    assert getattr(maistudio.imaging, name) is not None
    assert name in dir(maistudio.imaging)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match=r"module maistudio\.imaging has no attribute nothing"):
        _ = maistudio.imaging.nothing


def test_conventions_are_imported_without_numpy() -> None:
    probe = "import sys, maistudio.imaging.conventions; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
