"""Training networks of the zoo in its child process: recipes, schedule, checkpoints, and short trainings for real."""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from zoo_orders import light_rows, network_rows, small_size

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.errors import UsageError
from maistudio.imaging.resize import imresize
from maistudio.runtime.session import Session
from maistudio.tflite.read import read_model
from maistudio.zoo.forms import Form
from maistudio.zoo.representative import representative
from maistudio.zoo.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from maistudio.zoo.training.diary import HEADINGS, LOG, PROGRESS, Diary, Line
from maistudio.zoo.training.lesson import FILE, Lesson, Task
from maistudio.zoo.training.recipes import read_recipes, recipe_for
from maistudio.zoo.training.schedule import is_exam, rate_at

needs_tensorflow = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is None, reason="TensorFlow, which trains the zoo, isn't installed"
)
SIDE = 120
LIGHT = light_rows(network_rows())
ABPN = Lesson(
    name="abpn",
    task=Task.SR,
    scale=3,
    frames=1,
    white=255.0,
    images=(),
    validation=(),
    patch=16,
    batch=2,
    steps=30,
    learning_rate=1e-3,
    halvings=(0.5,),
    quantized_steps=10,
    form=Form.INT8,
    height=24,
    width=40,
    seed=1,
)
SYE_ISP = replace(ABPN, name="sye_isp", task=Task.ISP, scale=1, white=1023.0, quantized_steps=0, form=Form.FP32)
TASKS = {"quantized": Task.SR, "video": Task.VIDEO, "denoising": Task.DENOISE, "learned": Task.ISP}
CALIBRATED = {"mju_gogogo", "pureconvsr"}
"""Networks with layers of several ops, between which no range is learned: their files are calibrated instead."""
MOST_OFF = 0.1
"""Steps of 8 bits, where the network doesn't enlarge such differences itself."""


# Facts and rates


def test_every_challenge_has_a_recipe() -> None:
    assert {recipe.challenge for recipe in read_recipes()} == {challenge.id for challenge in shipped_challenges()}


@pytest.mark.parametrize("recipe", read_recipes(), ids=lambda recipe: recipe.challenge)
def test_a_recipe_fits_the_networks_of_its_challenge(recipe: Any) -> None:
    assert list(recipe.halvings) == sorted(recipe.halvings)
    assert {
        row.name for row in network_rows() if row.challenge == recipe.challenge and recipe.patch % row.multiple
    } == set()


def test_a_challenge_without_a_recipe_is_told() -> None:
    with pytest.raises(UsageError, match="nothing is known of training for none: choose one of mai2021"):
        recipe_for("none")


def test_a_lesson_is_read_as_it_was_written() -> None:
    lesson = replace(ABPN, images=("a.png", "é b.png"), validation=("c.png",))
    assert Lesson.from_json(lesson.to_json()) == lesson


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "abpn"}', ABPN.to_json().replace('"sr"', '"art"')])
def test_what_is_no_lesson_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="this is no lesson"):
        Lesson.from_json(text)


def test_the_rate_rises_then_halves_then_is_small_with_int8() -> None:
    lesson = replace(ABPN, steps=1000, quantized_steps=100, learning_rate=1.0)
    rates = [rate_at(lesson, step) for step in (0, 49, 99, 499, 500, 999, 1000, 1049, 1050, 1099)]
    assert rates == [0.01, 0.5, 1.0, 1.0, 0.5, 0.5, 0.1, 0.1, 0.05, 0.025]


def test_it_is_examined_before_int8_comes_in_and_at_the_end() -> None:
    lesson = replace(ABPN, steps=1003, quantized_steps=14)
    examined = [step for step in range(1, lesson.all_steps + 1) if is_exam(lesson, step)]
    assert examined[:2] == [25, 50]
    assert examined[-3:] == [1000, 1003, 1017]


# What is kept


STATE = Checkpoint(
    7, 3.5, [np.arange(6.0).reshape(2, 3), np.array(4, np.float32)], [np.array(7), np.ones(2)], (0.25, 3)
)


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.npz", ABPN, STATE)
    found = load_checkpoint(tmp_path / "c.npz", ABPN)
    assert found is not None
    assert (found.step, found.seconds, found.losses) == (7, 3.5, (0.25, 3))
    for kept, array in zip([*found.weights, *found.optimizer], [*STATE.weights, *STATE.optimizer], strict=True):
        np.testing.assert_array_equal(kept, array)


def test_there_may_be_no_checkpoint_yet(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path / "c.npz", ABPN) is None


def test_a_checkpoint_of_another_lesson_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.npz", ABPN, STATE)
    with pytest.raises(UsageError, match="is of another training"):
        load_checkpoint(tmp_path / "c.npz", replace(ABPN, seed=2))


@pytest.mark.parametrize("cut", [0, 1, 100, -20])
def test_a_cut_checkpoint_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "c.npz"
    save_checkpoint(path, ABPN, STATE)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(UsageError, match="can't be read: start the training anew"):
        load_checkpoint(path, ABPN)


def test_the_log_forgets_what_comes_after_the_checkpoint(tmp_path: Path) -> None:
    diary = Diary(tmp_path, 30)
    diary.reopen(0)
    for step in (10, 20):
        diary.add(Line(step, 1.25, 0.5, 30.0, 29.0))
    with (tmp_path / LOG).open("a") as log:
        log.write("30,1.")
    Diary(tmp_path, 30).reopen(10)
    assert (tmp_path / LOG).read_text().splitlines() == [HEADINGS, "10,1.2,0.5,30.0000,29.0000"]


def test_progress_tells_the_last_examination(tmp_path: Path) -> None:
    diary = Diary(tmp_path, 40)
    diary.reopen(0)
    diary.add(Line(10, 1.0, 0.5, 30.0, 29.0))
    told = json.loads((tmp_path / PROGRESS).read_text())
    assert told == {
        "stage": "training", "done": 0.25, "step": 10, "steps": 40, "loss": 0.5, "psnr": 30.0, "baseline_psnr": 29.0
    }  # fmt: skip


# Short trainings


def pictures(folder: Path, count: int, seed: int) -> tuple[str, ...]:
    """Photograph-like pictures, made by arithmetic."""
    made = representative(SIDE // 2, SIDE // 2, 3 * count, 255.0, samples=1)
    whole = np.rint(next(made)[0]).astype(np.uint8)
    paths = []
    for place in range(count):
        part = imresize(np.ascontiguousarray(whole[..., 3 * place : 3 * place + 3]), 2)
        paths.append(str(folder / f"{seed}-{place}.png"))
        cv2.imwrite(paths[-1], np.roll(part, seed, axis=1))
    return tuple(paths)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    folder = tmp_path_factory.mktemp("pictures")
    return replace(ABPN, images=pictures(folder, 3, 0), validation=pictures(folder, 1, 40))


def school(folder: Path, lesson: Lesson) -> subprocess.Popen[str]:
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_text(lesson.to_json())
    command = [sys.executable, "-m", "maistudio", "_school", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def taught(folder: Path, lesson: Lesson) -> dict[str, Any]:
    child = school(folder, lesson)
    _, words = child.communicate(timeout=600)
    assert child.returncode == 0, words
    return json.loads((folder / "result.json").read_text())


def log_of(folder: Path) -> list[list[float]]:
    """The lines of the log without the seconds."""
    lines = [line.split(",") for line in (folder / LOG).read_text().splitlines()[1:]]
    return [[float(number) for place, number in enumerate(line) if place != 1] for line in lines]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, lesson: Lesson) -> tuple[Path, Mapping[str, Any]]:
    """ABPN, trained for some steps without a stop."""
    folder = tmp_path_factory.mktemp("school") / "abpn"
    return folder, taught(folder, lesson)


@pytest.mark.slow
@needs_tensorflow
def test_the_log_has_a_line_for_each_examination(trained: tuple[Path, Mapping[str, Any]]) -> None:
    folder, result = trained
    lines = log_of(folder)
    assert [line[0] for line in lines] == [10, 20, 30, 40]
    assert (result["steps"], result["parameters"], result["ranges"]) == (40, 42_539, "learned")
    assert result["psnr"] == pytest.approx(lines[-1][2], abs=1e-3)
    assert result["baseline_psnr"] == pytest.approx(lines[-1][3], abs=1e-3)


@pytest.mark.slow
@needs_tensorflow
def test_what_is_trained_is_full_int8_of_its_size_and_has_its_twins(trained: tuple[Path, Mapping[str, Any]]) -> None:
    folder, _ = trained
    graph = read_model(folder / "model.tflite").subgraphs[0]
    ends = [graph.tensors[index] for index in (*graph.inputs, *graph.outputs)]
    assert [(end.type, end.shape, end.quantization.scales) for end in ends] == [
        ("UINT8", (1, 24, 40, 3), (1.0,)),
        ("UINT8", (1, 72, 120, 3), (1.0,)),
    ]
    picture = np.random.default_rng(1).integers(0, 256, (1, 24, 40, 3), np.uint8)
    answers = []
    for name, given in (("model", picture), ("model_none", picture), ("model_none_float", picture.astype(np.float32))):
        with Session.open(folder / f"{name}.tflite") as session:
            if name != "model":
                session.resize({"input": given.shape})
            answers += [answer.astype(np.float32) for answer in session.run([given]).values()]
    np.testing.assert_array_equal(answers[0], answers[1])
    assert np.abs(answers[2] - answers[0]).mean() < 2


@pytest.mark.slow
@needs_tensorflow
@pytest.mark.parametrize("step", [10, 40], ids=["with floats", "with int8"])
def test_a_killed_training_goes_on_and_ends_as_if_nothing_had_been(
    trained: tuple[Path, Mapping[str, Any]], lesson: Lesson, step: int, tmp_path: Path
) -> None:
    folder = tmp_path / "school"
    child = school(folder, lesson)
    while not (folder / LOG).exists() or not any(line[0] >= step for line in log_of(folder)):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    result = taught(folder, lesson)
    assert log_of(folder) == log_of(trained[0])
    assert (folder / "model.tflite").read_bytes() == (trained[0] / "model.tflite").read_bytes()
    assert result["psnr"] == trained[1]["psnr"]


@pytest.mark.slow
@needs_tensorflow
def test_branches_are_trained_and_fused(lesson: Lesson, tmp_path: Path) -> None:
    branched = replace(SYE_ISP, images=lesson.images, validation=lesson.validation, patch=8, steps=10)
    result = taught(tmp_path / "sye", branched)
    assert (result["parameters"], result["ranges"]) == (5640, None)
    assert result["float_psnr"] == pytest.approx(result["psnr"], abs=1e-3)


@pytest.mark.slow
@needs_tensorflow
def test_another_lesson_is_refused_in_a_sentence(
    trained: tuple[Path, Mapping[str, Any]], lesson: Lesson, tmp_path: Path
) -> None:
    folder = tmp_path / "school"
    folder.mkdir()
    (folder / "checkpoint.npz").write_bytes((trained[0] / "checkpoint.npz").read_bytes())
    child = school(folder, replace(lesson, seed=9))
    _, words = child.communicate(timeout=120)
    assert child.returncode == 2
    assert "this checkpoint is of another training" in words


def test_a_folder_without_a_lesson_is_told(tmp_path: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-m", "maistudio", "_school", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert child.returncode == 2
    assert "there is no lesson that can be read" in child.stderr


# Every network but the largest


@pytest.fixture(scope="module")
def tried() -> Mapping[str, Any]:
    """Every network, trained for a few steps on one batch."""
    frames = {challenge.id: challenge.model.frames for challenge in shipped_challenges()}
    asked = {
        row.name: {
            "size": small_size(row),
            "white": row.white,
            "frames": frames[row.challenge],
            "task": next(task for word, task in TASKS.items() if word in row.challenge),
            "int8": row.form is Form.INT8,
        }
        for row in LIGHT
    }
    script = Path(__file__).with_name("training_trials.py")
    child = subprocess.run([sys.executable, script, json.dumps(asked)], capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout.splitlines()[-1])


@pytest.mark.slow
@needs_tensorflow
@pytest.mark.parametrize("row", LIGHT, ids=lambda row: row.name)
def test_it_learns(row: Any, tried: Mapping[str, Any]) -> None:
    first, last = tried[row.name]["losses"]
    assert np.isfinite(last)
    assert last < first


@pytest.mark.slow
@needs_tensorflow
@pytest.mark.parametrize("row", [row for row in LIGHT if row.form is Form.INT8], ids=lambda row: row.name)
def test_its_file_computes_what_was_trained_with_int8(row: Any, tried: Mapping[str, Any]) -> None:
    found = tried[row.name]
    assert found["full_int8"] is (row.name not in CALIBRATED)
    assert found.get("off", 0.0) < max(MOST_OFF, found.get("shaken", 0.0))
