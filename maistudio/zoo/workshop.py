"""The child process that builds networks: TensorFlow takes seconds to load, gigabytes on disk, and prints as it likes.

It reads its orders from a file and answers by files in one folder, whole or not there at all:

- ``orders.json``: a list of objects with ``name``, ``form``, ``height`` and ``width`` (null: left open), ``pictures``
  (height and width of those to calibrate by), ``white`` (the input's largest value), ``frames``, ``file`` (to be
  written in the folder);
- ``progress.json``: ``stage`` and ``done``, a fraction;
- ``answers.json``: for each order an object with ``parameters`` (trained, as the report counts them), or with
  ``refusal``; ``tensorflow`` is the version. Or ``failure``, where TensorFlow can't be imported.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maistudio.save import replace_content
from maistudio.tflite.text import elide_middle
from maistudio.zoo.forms import Form
from maistudio.zoo.representative import SAMPLES, representative

ORDERS, PROGRESS, ANSWERS = "orders.json", "progress.json", "answers.json"
SEED = 2021
LONGEST_REASON = 300


def main(folder_name: str) -> int:
    """Build what ``orders.json`` in this folder asks for. A network that fails doesn't keep the rest."""
    folder = Path(folder_name)
    orders = json.loads((folder / ORDERS).read_text(encoding="utf-8"))
    _tell(folder, "starting TensorFlow", 0)
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # what is computed here is little, and must not differ by machine
    os.environ["KERAS_HOME"] = folder_name  # a user's own settings of Keras would build other networks
    try:
        import keras  # noqa: F401
        import tensorflow as tf
    except Exception as error:  # noqa: BLE001 what a broken installation raises is anything
        _write(folder / ANSWERS, {"failure": f"{type(error).__name__}: {_first_line(error)}"})
        return 1

    answers = []
    for place, order in enumerate(orders):
        try:
            answers.append(_built(folder, order, place, len(orders)))
        except Exception as error:  # noqa: BLE001 what TensorFlow raises is its own
            answers.append({"refusal": f"{type(error).__name__}: {_first_line(error)}"})
    _write(folder / ANSWERS, {"tensorflow": tf.__version__, "answers": answers})
    return 0


def _built(folder: Path, order: dict[str, Any], place: int, count: int) -> dict[str, Any]:
    import keras

    from maistudio.zoo.convert import convert
    from maistudio.zoo.networks import NETWORKS

    name, form = order["name"], Form(order["form"])

    def tell(what: str, share: float) -> None:
        _tell(folder, f"{what} {name}", (place + share) / count)

    tell("building", 0)
    keras.backend.clear_session()  # else names count on from the network before, and the bytes differ
    keras.utils.set_random_seed(SEED)
    model = NETWORKS[name].inference()
    tell("converting", 0.2)

    def pictures() -> Iterator[NDArray[np.float32]]:
        height, width = order["pictures"]
        channels = model.inputs[0].shape[-1]
        for done, picture in enumerate(representative(height, width, channels, order["white"], order["frames"])):
            tell(f"calibrating ({done + 1} of {SAMPLES})", 0.3 + 0.6 * done / SAMPLES)
            yield picture

    data = convert(model, order["height"], order["width"], form, pictures)
    replace_content(folder / order["file"], data)
    return {"parameters": int(sum(np.prod(weight.shape) for weight in model.trainable_weights))}


def _first_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}"
    line = next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")
    return elide_middle(line, LONGEST_REASON)


def _tell(folder: Path, stage: str, done: float) -> None:
    _write(folder / PROGRESS, {"stage": stage, "done": done})


def _write(path: Path, value: dict[str, Any]) -> None:
    replace_content(path, json.dumps(value).encode())
