"""The sample models shipped with the program."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from pathlib import Path

import make_samples
import models
import numpy as np
import pytest
from litert import litert_output

from maistudio.resources import resource_path
from maistudio.tflite.model import Model
from maistudio.tflite.read import read_model

SIZE_LIMIT = 100_000
SAMPLES = {"abpn_x3.tflite": make_samples.abpn, "unet_denoise.tflite": make_samples.unet}


def shipped(name: str) -> Path:
    return resource_path(f"samples/{name}")


def without_path(model: Model) -> Model:
    return replace(model, path="")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_what_its_command_makes(name: str) -> None:
    assert without_path(read_model(shipped(name))) == without_path(models.read_bytes(SAMPLES[name]()))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_no_faults_and_is_small(name: str) -> None:
    model = read_model(shipped(name))
    assert model.problems == ()
    assert model.size_bytes < SIZE_LIMIT


def test_abpn_has_its_published_parameter_count() -> None:
    graph = read_model(shipped("abpn_x3.tflite")).subgraphs[0]
    assert sum(prod(tensor.shape) for tensor in graph.tensors if tensor.constant) == 42_539


def test_abpn_upscales_a_picture_in_litert_and_stays_near_it() -> None:
    across = np.linspace(20, 230, 640)[None, :, None] * np.ones((360, 1, 3))
    low = across.astype(np.uint8)[None]
    large = litert_output(shipped("abpn_x3.tflite"), low)
    repeated = low.repeat(3, axis=1).repeat(3, axis=2)
    assert large.shape == (1, 1080, 1920, 3)
    assert np.abs(large.astype(float) - repeated).mean() < 10


def test_the_denoiser_runs_in_litert() -> None:
    noisy = np.full((1, 256, 256, 3), 0.5, dtype=np.float32)
    clean = litert_output(shipped("unet_denoise.tflite"), noisy)
    assert np.abs(clean - noisy).max() < 0.2
