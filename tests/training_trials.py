"""Run in a child: what becomes of networks of the zoo in a few steps of training, as JSON by name.

``losses``: of the first and the last step, on one batch. For those that are submitted as int8 also ``full_int8``, and
``off``: how far LiteRT's answer is from the answer with fake quantization, in steps of 8 bits, in the mean. ``shaken``
is the same of the answer when one value in fifty of the input is a step higher: so does a network enlarge ties that are
rounded the other way.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", KERAS_BACKEND="tensorflow")

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from maistudio.zoo.convert import convert
from maistudio.zoo.forms import Form
from maistudio.zoo.networks import NETWORKS
from maistudio.zoo.representative import representative
from maistudio.zoo.training.lesson import Lesson, Task
from maistudio.zoo.training.models import is_full_int8
from maistudio.zoo.training.pupil import Pupil
from maistudio.zoo.training.quantized import quantization_aware
from maistudio.zoo.training.stages import Stage, fused

STEPS = 4
RATE = 1e-5
SHAKEN_SHARE = 0.02


def tried(name: str, asked: dict[str, Any]) -> dict[str, Any]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)
    height, width = asked["size"]
    white, frames = asked["white"], asked["frames"]
    lesson = Lesson(
        name, Task(asked["task"]), 1, frames, white, (), (), 1, 1, STEPS, RATE, (), 0, Form.FP32, height, width, 1
    )
    network = NETWORKS[name]
    stage = Stage(Pupil((network.training or network.inference)(), lesson), network.inference())
    given = next(representative(height, width, stage.submitted.inputs[0].shape[-1], white, frames))
    wanted = np.zeros_like(stage.pupil.answer(given))
    if asked["int8"]:
        factor = wanted.shape[1] // height
        wanted = given.repeat(factor, 1).repeat(factor, 2)
        stage.pupil.begin_gently(given, wanted)  # what is far too bright is clipped, and shows no difference
    losses = [stage.pupil.learn(given, wanted, RATE) for _ in range(STEPS)]
    found: dict[str, Any] = {"losses": [losses[0], losses[-1]]}
    if asked["int8"]:
        found |= quantized(fused(stage).submitted, given, white)
    return found


def quantized(network: keras.Model, given: np.ndarray, white: float) -> dict[str, Any]:
    model = quantization_aware(network, white, white)
    given = np.rint(given)
    model(given, training=True)
    wanted = np.asarray(model(given, training=False)) * 255 / white
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(convert(model, given.shape[1], given.shape[2], Form.INT8, lambda: iter(())))
        if not is_full_int8(path):
            return {"full_int8": False}
        off = np.abs(answered(path, given) - wanted)
    higher = given + (np.random.default_rng(3).random(given.shape) < SHAKEN_SHARE)
    shaken = np.abs(np.asarray(model(higher, training=False)) * 255 / white - wanted)
    return {"full_int8": True, "off": float(off.mean()), "shaken": float(shaken.mean())}


def answered(path: Path, given: np.ndarray) -> np.ndarray:
    """What LiteRT makes of uint8, as uint8."""
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], given.astype(np.uint8))
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).astype(np.float32)


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps({name: tried(name, each) for name, each in asked.items()}))
