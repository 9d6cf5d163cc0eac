"""Draw the README's pictures from the bundled samples, one of which is timed for it.

python packaging/make_pictures.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PICTURES = TOP / "packaging" / "pictures"
SHOWN = (
    ("abpn_x3", "light", "graph"),
    ("unet_denoise", "dark", "graph"),
    ("abpn_x3", "light", "targets"),
    ("abpn_x3", "light", "profile"),
    ("abpn_x3", "light", "zoo"),
)
TIMED = "resources/samples/abpn_x3.tflite"


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as library:
        environ = os.environ | {"MAISTUDIO_LIBRARY": library}
        _maistudio(environ, "profile", TIMED, "--ops")
        for sample, theme, page in SHOWN:
            name = f"{sample}-{theme}.png" if page == "graph" else f"{page}-{theme}.png"
            model = f"resources/samples/{sample}.tflite"
            looks = ("--page", page, "--theme", theme, "--size", "1280x800", "-o", str(PICTURES / name))
            _maistudio(environ, "screenshot", model, *looks)


def _maistudio(environ: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "maistudio", *arguments], check=True, cwd=TOP, env=environ)


if __name__ == "__main__":
    main()
