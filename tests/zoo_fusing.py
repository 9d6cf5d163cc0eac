"""Run in a child: how far each network's fused form is from its training form, as JSON by name.

The training form's weights, biases and statistics are moved off their first values, so that nothing is left out by
being zero. ``shaken`` is how far the training form is from itself when the last bit of every value in the input
changes: no form can be nearer to it for certain. ``unfused`` is how far the two are apart
without fusing: what a wrong fusion would look like. ``seen`` is the share of the values that no clip hides.
"""

from __future__ import annotations

import json
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", KERAS_BACKEND="tensorflow")

import keras
import numpy as np

from maistudio.zoo.fuse import fuse
from maistudio.zoo.networks import NETWORKS


def moved(model: keras.Model) -> None:
    random = np.random.default_rng(3)
    for weight in model.weights:
        lowest = 0.0 if "variance" in weight.path else -0.01
        added = random.uniform(lowest, 0.01, weight.shape)
        weight.assign(weight * random.uniform(0.7, 1.3, weight.shape) + added)


def differences(name: str, side: int) -> dict[str, float]:
    keras.utils.set_random_seed(7)
    network = NETWORKS[name]
    assert network.training is not None
    training, inference = network.training(), network.inference()
    moved(training)
    shape = (1, side, side, training.inputs[0].shape[-1])
    picture = np.random.default_rng(5).uniform(0, 1, shape).astype(np.float32)  # far from any clip at white
    wanted = np.asarray(training(picture, training=False))
    shaken = np.asarray(training(np.nextafter(picture, np.float32(-1)), training=False))
    before = np.asarray(inference(picture, training=False))
    fuse(training, inference)
    after = np.asarray(inference(picture, training=False))
    largest = float(np.abs(wanted).max())
    return {
        "fused": float(np.abs(after - wanted).max()) / largest,
        "shaken": float(np.abs(shaken - wanted).max()) / largest,
        "unfused": float(np.abs(before - wanted).max()) / largest,
        "seen": float(((wanted > 0) & (wanted < largest)).mean()),
    }


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    fused = {name: asked[name] for name in asked if NETWORKS[name].training is not None}
    found = {name: differences(name, side) for name, side in fused.items()}
    print(json.dumps(found))
