"""`maistudio zoo train`: what is asked becomes a lesson, a child learns it, and a stop loses little."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest
from pictures import noise, smooth

from maistudio.__main__ import main
from maistudio.cli import zoo_train
from maistudio.errors import UsageError
from maistudio.jobs import train as train_module
from maistudio.jobs.build import order_for
from maistudio.jobs.progress import Progress, finish
from maistudio.jobs.train import train
from maistudio.jobs.training_plan import Asked, Plan, plan_training
from maistudio.jobs.training_progress import Teller, duration_text
from maistudio.jobs.training_state import training_folder
from maistudio.zoo.forms import Form
from maistudio.zoo.tensorflow_here import tensorflow_version
from maistudio.zoo.training.lesson import Task
from maistudio.zoo.training.recipes import recipe_for

SR = "mai2021-quantized-super-resolution"

Told = Callable[..., str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with pictures in it; TensorFlow is said to be here."""
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    for place in range(4):
        photograph(f"photos/{place}.png", noise((210, 220, 3), seed=place))
    monkeypatch.setattr(train_module, "tensorflow_version", lambda: "9.9")
    return tmp_path


def photograph(name: str, pixels: np.ndarray) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    assert cv2.imwrite(name, pixels[..., ::-1])


# What is asked becomes a lesson.


def planned(name: str = "abpn", form: Form | None = None, size: tuple[int, int] | None = None, **asked: Any) -> Plan:
    return plan_training(order_for(name, form, size), Asked(Path("photos"), **asked))


def test_without_options_the_recipe_counts() -> None:
    recipe, lesson = recipe_for(SR), planned().lesson
    assert (lesson.patch, lesson.batch, lesson.steps) == (recipe.patch, recipe.batch, recipe.steps)
    assert (lesson.learning_rate, lesson.halvings) == (recipe.learning_rate, recipe.halvings)
    assert lesson.quantized_steps == recipe.quantized_steps
    assert (lesson.task, lesson.scale, lesson.form) == (Task.SR, 3, Form.INT8)
    assert (lesson.height, lesson.width) == (360, 640)


def test_what_is_asked_counts() -> None:
    lesson = planned("evsrnet", Form.FP16, (90, 64), patch=8, batch=2, steps=7, rate=0.5, seed=3).lesson
    assert (lesson.patch, lesson.batch, lesson.steps, lesson.learning_rate, lesson.seed) == (8, 2, 7, 0.5, 3)
    assert (lesson.task, lesson.frames, lesson.form) == (Task.VIDEO, 10, Form.FP16)
    assert (lesson.height, lesson.width, lesson.quantized_steps) == (90, 64, 0)


def test_steps_with_quantization_are_scaled_with_the_others() -> None:
    recipe = recipe_for(SR)
    share = recipe.quantized_steps / recipe.steps
    assert planned(steps=100).lesson.quantized_steps == pytest.approx(100 * share, abs=1)


@pytest.mark.parametrize(("name", "task"), [("noahtcv", Task.DENOISE), ("three_conv", Task.ISP)])
def test_each_challenge_has_its_task(name: str, task: Task) -> None:
    assert planned(name, patch=32).lesson.task is task


def test_a_usual_patch_grows_where_the_network_needs_more() -> None:
    assert planned("microisp_10").lesson.patch == 79


def test_one_picture_in_ten_is_held_out_to_validate_on() -> None:
    for place in range(4, 30):
        photograph(f"photos/{place}.png", noise((200, 200, 3)))
    plan = planned()
    names = {Path(each).name for each in plan.lesson.validation}
    assert names == {"5.png", "15.png", "25.png"}
    assert len(plan.lesson.images) == 27
    assert not set(plan.lesson.images) & set(plan.lesson.validation)
    assert plan.held_out


def test_pictures_to_validate_on_can_be_named() -> None:
    photograph("others/x.png", noise((200, 200, 3)))
    plan = planned(validation=Path("others"))
    assert [Path(each).name for each in plan.lesson.validation] == ["x.png"]
    assert len(plan.lesson.images) == 4
    assert not plan.held_out


def test_pictures_that_can_not_be_used_are_left_out() -> None:
    photograph("photos/small.png", smooth(20, 20))
    Path("photos/broken.png").write_bytes(b"no picture")
    plan = planned()
    assert [Path(each.path).name for each in plan.skipped] == ["broken.png", "small.png"]
    assert len(plan.lesson.images) + len(plan.lesson.validation) == 4


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Told:
    """The verb's sentence where it refuses."""

    def told(*arguments: str) -> str:
        assert main(["zoo", "train", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        return captured.err

    return told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("resnet",), "no network resnet"),
        (("abpn", "--steps", "0"), "--steps 0: give a whole number"),
        (("abpn", "--steps", "many"), "--steps many: give a whole number"),
        (("abpn", "--rate", "2"), "--rate 2: give a number above 0"),
        (("abpn", "--rate", "fast"), "--rate fast: give a number"),
        (("abpn", "--shape", "open"), "a training writes a file of one size"),
        (("noahtcv", "--patch", "33"), "--patch 33: noahtcv takes multiples of 4, 4 or more"),
        (("microisp_10", "--patch", "32"), "--patch 32: microisp_10 takes 79 or more"),
        (("abpn", "--patch", "100"), "holds no picture that can be used"),
        (("abpn", "--validation", "nowhere"), "nowhere: can't be listed (No such file or directory)"),
        (("abpn", "--validation", "photos"), "is learned from, too"),
    ],
)
def test_what_can_not_be_trained_is_told_in_a_sentence(refused: Told, arguments: Sequence[str], sentence: str) -> None:
    assert sentence in refused(*arguments, "--images", "photos", "-o", "x.tflite")


@pytest.mark.parametrize(
    ("images", "sentence"),
    [("nowhere", "nowhere: can't be listed"), ("empty", "empty: holds no pictures"), ("one", "one: holds a single")],
)
def test_a_folder_without_enough_pictures_is_told(refused: Told, images: str, sentence: str) -> None:
    Path("empty").mkdir()
    photograph("one/a.png", noise((200, 200, 3)))
    assert sentence in refused("abpn", "--images", images, "-o", "x.tflite")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [("nowhere/x.tflite", "there is no such folder"), ("photos", "this is a folder"), ("mine.tflite", "--overwrite")],
)
def test_a_place_that_can_not_be_written_is_told_before_anything_is_learned(
    refused: Told, output: str, sentence: str
) -> None:
    Path("mine.tflite").write_bytes(b"trained for weeks")
    assert sentence in refused("abpn", "--images", "photos", "-o", output)
    assert not list(Path.cwd().rglob("*.training"))


def test_without_tensorflow_it_says_what_to_install(refused: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_module, "tensorflow_version", tensorflow_version)
    monkeypatch.setattr("maistudio.zoo.tensorflow_here.NAMES", ("no-such-tensorflow",))
    assert "pip install" in refused("abpn", "--images", "photos", "-o", "x.tflite")


# From here on another child stands in for TensorFlow.

STAND_IN = """
import io, json, os, pathlib, sys, time
import numpy as np
folder = pathlib.Path(sys.argv[1])
RESULT = {"psnr": 28.5, "float_psnr": 28.75, "baseline_psnr": 27.25, "skipped": []}
lesson = json.loads((folder / "lesson.json").read_text())
def tell(**told):
    part = folder / "part"
    part.write_text(json.dumps(told))
    part.replace(folder / "progress.json")
def keep(step):
    np.savez(folder / "checkpoint.npz", step=np.array(step))
def finish():
    for name in ("model", "model_none", "model_none_float"):
        (folder / f"{name}.tflite").write_bytes(f"{name} of {lesson['name']}".encode())
    (folder / "result.json").write_text(json.dumps(RESULT))
{body}
"""
LEARNS = """
tell(stage="starting TensorFlow", done=0.0)
time.sleep(0.2)
tell(stage="training", done=0.5, step=lesson["steps"] // 2, loss=3.25, psnr=27.0, baseline_psnr=27.25)
time.sleep(0.2)
keep(lesson["steps"])
finish()
"""
STOPS_HALF_WAY = """
keep(5)
tell(stage="training", done=0.5, step=6, loss=3.25, psnr=None, baseline_psnr=None)
time.sleep(60)
"""
DIES = "print('InternalError: no'); sys.exit(3)"
DISK_FULL = "print('OSError: [Errno 28] No space left on device'); sys.exit(1)"
REFUSES = "print('maistudio: this checkpoint is of another training: start anew'); sys.exit(2)"
KILLED = "os.kill(os.getpid(), 9)"


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Says what the child does."""

    def use(body: str) -> None:
        script = STAND_IN.replace("{body}", body)
        monkeypatch.setattr(train_module, "own_command", lambda _, folder: (sys.executable, "-c", script, folder))

    return use


School = Callable[[str], None]
OUT = Path("out.tflite")
OPTIONS = ("--images", "photos", "--steps", "10", "-o", "out.tflite")
ASKED = ("abpn", *OPTIONS)


@pytest.fixture
def trained(capsys: pytest.CaptureFixture[str]) -> Told:
    def told(*more: str, name: str = "abpn") -> str:
        assert main(["zoo", "train", name, *OPTIONS, *more]) == 0
        return capsys.readouterr().out

    return told


def test_the_model_lies_where_it_was_asked_for_and_the_log_beside_it(school: School, trained: Told) -> None:
    school(LEARNS)
    told = trained()
    assert OUT.read_bytes() == b"model of abpn"
    assert [path.name for path in Path.cwd().glob("*.tflite")] == ["out.tflite"]
    assert "28.50 dB (28.75 dB in floats)" in told
    assert "27.25 dB, bicubic enlargement" in told
    assert "3, and 1 to validate on, held out of the same folder" in told
    assert str(Path("out.tflite.training/log.csv")) in told


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("abpn", "zoo test out.tflite --images DIR"),
        ("diggers", "zoo test out.tflite --images DIR --values 0..1"),
        ("three_conv", "zoo test out.tflite --images DIR"),
        ("microisp_10", "zoo test out.tflite --images DIR --values 0..1"),
    ],
)
def test_the_command_that_measures_it_is_told(school: School, trained: Told, name: str, command: str) -> None:
    school(LEARNS)
    assert trained(name=name).splitlines()[-1].endswith(command)


def test_twins_are_written_beside(school: School, trained: Told) -> None:
    school(LEARNS)
    trained("--twins")
    assert Path("out_none.tflite").read_bytes() == b"model_none of abpn"
    assert Path("out_none_float.tflite").read_bytes() == b"model_none_float of abpn"


def test_what_was_trained_is_told_as_json(school: School, trained: Told) -> None:
    school(LEARNS)
    values = json.loads(trained("--json"))
    assert values["files"] == ["out.tflite"]
    assert values["result"]["psnr"] == 28.5
    assert (values["lesson"]["steps"], values["resumed_at"], values["held_out"]) == (10, 0, True)


def test_pictures_left_out_are_told_and_the_others_learned(school: School, capsys: pytest.CaptureFixture[str]) -> None:
    Path("photos/broken.png").write_bytes(b"no picture")
    school(LEARNS)
    assert main(["zoo", "train", *ASKED]) == 0
    assert "left out: photos/broken.png: is not a picture" in capsys.readouterr().err.replace(f"{Path.cwd()}/", "")


def test_pictures_that_turn_out_to_be_broken_are_told(school: School, capsys: pytest.CaptureFixture[str]) -> None:
    school(
        LEARNS.replace("finish()", "RESULT['skipped'] = [{'path': 'a.png', 'reason': 'a.png: is cut short'}]\nfinish()")
    )
    assert main(["zoo", "train", *ASKED]) == 0
    assert "left out: a.png: is cut short" in capsys.readouterr().err


def stopped() -> None:
    """A training that is broken off at step 6, of which step 5 is kept."""
    job = train(planned(steps=10), OUT)
    while not next(job).stage.startswith("step 6"):
        pass
    (child,) = psutil.Process().children()
    job.close()
    assert not child.is_running()


def test_closing_it_ends_the_child_and_keeps_its_state(school: School) -> None:
    school(STOPS_HALF_WAY)
    stopped()
    assert not OUT.exists()
    assert (training_folder(OUT) / "checkpoint.npz").exists()


def test_the_same_command_goes_on(school: School, trained: Told) -> None:
    school(STOPS_HALF_WAY)
    stopped()
    school(LEARNS)
    assert json.loads(trained("--json"))["resumed_at"] == 5


def test_ctrl_c_says_that_it_can_go_on(
    school: School, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(job: Any, stream: Any) -> Any:
        while not next(job).stage.startswith("step 6"):
            pass
        raise KeyboardInterrupt

    school(STOPS_HALF_WAY)
    monkeypatch.setattr(zoo_train, "finish_told", interrupted)
    assert main(["zoo", "train", *ASKED]) == 130
    assert "stopped: the same command goes on from step 5, which is kept in out.tflite" in capsys.readouterr().err
    assert psutil.Process().children() == []


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (("--steps", "20"), "steps 10, not 20"),
        (("--rate", "0.5"), "learning rate 0.001, not 0.5"),
        (("--fp32",), "form int8, not fp32"),
        (("--seed", "7"), "seed 2021, not 7"),
        (("--images", "more"), "other pictures, other pictures to validate on"),
    ],
)
def test_another_training_is_not_mixed_with_what_is_there(
    school: School, refused: Told, other: Sequence[str], difference: str
) -> None:
    for place in range(3):
        photograph(f"more/{place}.png", noise((200, 200, 3)))
    school(STOPS_HALF_WAY)
    stopped()
    told = refused(*ASKED, *other)
    assert "out.tflite.training: there is another training (" in told
    assert difference in told
    assert "--restart" in told


def test_a_restart_begins_anew_and_leaves_other_files_alone(school: School, trained: Told) -> None:
    school(STOPS_HALF_WAY)
    stopped()
    mine = training_folder(OUT) / "notes.txt"
    mine.write_text("mine")
    school(LEARNS)
    values = json.loads(trained("--json", "--restart", "--steps", "20"))
    assert (values["resumed_at"], values["lesson"]["steps"]) == (0, 20)
    assert mine.read_text() == "mine"


def test_what_is_finished_is_not_trained_again(school: School, trained: Told) -> None:
    school(LEARNS)
    trained()
    OUT.unlink()
    school(DIES)
    trained("--twins")
    assert OUT.read_bytes() == b"model of abpn"
    assert Path("out_none.tflite").exists()


def test_a_broken_plan_is_told(school: School, refused: Told) -> None:
    training_folder(OUT).mkdir()
    (training_folder(OUT) / "lesson.json").write_text("{")
    assert "what is there is no training that can go on: begin anew with --restart" in refused(*ASKED)


def test_a_file_in_the_place_of_the_folder_is_told(refused: Told) -> None:
    training_folder(OUT).write_text("mine")
    assert "out.tflite.training: no training can be kept there (File exists)" in refused(*ASKED)


def test_two_trainings_in_one_folder_are_refused(school: School) -> None:
    school(STOPS_HALF_WAY)
    first = train(planned(steps=10), OUT)
    while not next(first).stage.startswith("step"):
        pass
    with pytest.raises(UsageError, match="a training is under way there"):
        finish(train(planned(steps=10), OUT))
    first.close()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (DIES, "training abpn ended early: InternalError: no"),
        (DISK_FULL, "the disk is full: make room, then the same command goes on"),
        (REFUSES, "maistudio: this checkpoint is of another training: start anew"),
        (KILLED, "the system killed it, most likely for want of memory"),
    ],
)
def test_a_child_that_dies_is_told(school: School, refused: Told, body: str, sentence: str) -> None:
    school(body)
    assert sentence in refused(*ASKED)


def told_at(folder: Path, **values: Any) -> Progress:
    (folder / "progress.json").write_text(json.dumps(values))
    return Teller(folder, planned(steps=1000, form=Form.FP32).lesson)("")


def test_a_line_has_step_loss_and_quality_beside_the_baseline(tmp_path: Path) -> None:
    told = told_at(tmp_path, stage="training", done=0.5, step=500, loss=3.14159, psnr=27.513, baseline_psnr=26.9)
    assert told == Progress("step 500/1,000  loss 3.142  27.51 dB (bicubic 26.90)", 0.5)


def test_a_line_has_only_what_is_known(tmp_path: Path) -> None:
    assert told_at(tmp_path, stage="reading pictures", done=0.0) == Progress("reading pictures", 0.0)
    assert told_at(tmp_path, stage="training", done=0.1, step=100, loss=float("nan")).stage == "step 100/1,000"
    assert Teller(tmp_path / "nowhere", planned().lesson)("") == Progress("starting")


def test_the_time_left_follows_from_the_pace_of_this_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teller = Teller(tmp_path, planned(steps=1000, form=Form.FP32).lesson)
    now = iter([100.0, 130.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    for step in (400, 500):
        (tmp_path / "progress.json").write_text(json.dumps({"step": step}))
        told = teller("")
    assert told.stage == "step 500/1,000  2 min left"


@pytest.mark.parametrize(
    ("seconds", "text"), [(5.2, "5 s"), (80, "80 s"), (150, "2 min"), (3600, "1 h 0 min"), (9000, "2 h 30 min")]
)
def test_durations_are_told(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


# For real.


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="TensorFlow isn't installed")
def test_a_network_is_trained_and_measured(trained: Told, capsys: pytest.CaptureFixture[str]) -> None:
    for place in range(4):
        photograph(f"photos/{place}.png", smooth(200, 220)[:, :: 1 - place % 2 * 2].copy())
    values = json.loads(trained("--steps", "30", "--patch", "16", "--batch", "4", "--shape", "32x48", "--json"))
    assert values["result"]["psnr"] > 5
    assert main(["zoo", "test", "out.tflite", "--images", "photos", "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["task"] == "sr"
    assert done["mean"]["psnr"] > 5
