"""A challenge file built in code, for tests to change."""

from __future__ import annotations

from pathlib import Path

from maistudio.challenges.challenge import Challenge
from maistudio.challenges.read import read_challenge

SIXTH = """\
id = "sixth"
title = "A sixth challenge"
year = 2026
task = "image denoising"
report = "nobody et al."
scale = 2
targets = ["tflite-gpu-opencl"]

[device]
name = "A phone"
soc = "A chip"
accelerator = "GPU"
accelerator_name = "A GPU"
delegate = "A delegate"

[model]
input = [1, 8, 8, 3]
output = [1, 16, 16, 3]
values = [0, 255]
packing = "none"

[metric]
convention = "basicsr-y"
mean_over = "pictures"

[runtime]
column = "accelerator_ms"
unit = "ms"

[score]
constant = 1048576
constant_text = "2^20"

[[dataset]]
id = "pairs"
title = "Pairs"
input = "noisy/{scene}.png"
truth = "clean/{scene}.png"

[[track]]
id = "score"
title = "Table 1"
ranked_by = "score"
columns = ["team", "psnr", "accelerator_ms", "score", "standing"]
rows = [
    ["First", 12.50, 8, 4.00, "ranked"], # 2^25 / (2^20 · 8)
    ["Late", 13, 8, 8.00, "unranked"],
    ["Second", 12, 8, 2.00, "ranked"],
    ["Old", 11, "Failed", "-", "baseline"],
]
"""


def write(folder: Path, text: str = SIXTH, name: str = "sixth.toml") -> Path:
    """The file, in a folder that is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def sixth(folder: Path, old: str = "", new: str = "") -> Challenge:
    """The challenge of the file, with one passage of it replaced."""
    assert old in SIXTH
    return read_challenge(write(folder, SIXTH.replace(old, new) if old else SIXTH))
