"""Draw the README's pictures from the bundled samples.

python packaging/make_pictures.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PICTURES = TOP / "packaging" / "pictures"
SHOWN = (("abpn_x3", "light"), ("unet_denoise", "dark"))


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    for sample, theme in SHOWN:
        model, picture = f"resources/samples/{sample}.tflite", PICTURES / f"{sample}-{theme}.png"
        command = [sys.executable, "-m", "maistudio", "screenshot", model]
        command += ["--theme", theme, "--size", "1280x800", "-o", str(picture)]
        subprocess.run(command, check=True, cwd=TOP)


if __name__ == "__main__":
    main()
