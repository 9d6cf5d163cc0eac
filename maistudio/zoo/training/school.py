"""The child process that trains a network: TensorFlow takes seconds to load, and prints as it likes.

It works in one folder, and goes on where it was stopped, whatever stopped it:

- ``lesson.json``: what to learn (``Lesson``);
- ``log.csv``: a line for each examination: step, seconds, loss, psnr, baseline_psnr;
- ``progress.json``: ``stage``, ``done`` (a fraction), and while it learns ``step``, ``steps``, ``loss``, ``psnr``,
  ``baseline_psnr``, the two last as they were at the last examination;
- ``checkpoint.npz``: what is needed to go on, written at each examination and every minute;
- ``model.tflite``, ``model_none.tflite``, ``model_none_float.tflite``: the model, its twin of open size, and that in
  floats;
- ``result.json``, the last: ``tensorflow``, ``parameters``, ``steps``, ``seconds``, ``psnr`` of what was trained,
  ``float_psnr`` of the same weights in floats, ``baseline_psnr``, ``ranges`` (of int8: learned or calibrated, else
  null), ``skipped`` (pictures that couldn't be used, each with ``path`` and ``reason``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from maistudio.errors import UsageError
from maistudio.save import replace_content
from maistudio.zoo.training import lesson as lesson_module
from maistudio.zoo.training.diary import Diary
from maistudio.zoo.training.lesson import Lesson

RESULT = "result.json"


def main(arguments: Sequence[str]) -> int:
    """Learn the lesson in the folder named. Raises UsageError, one sentence, for what can't be learned."""
    folder = Path(arguments[0])
    try:
        lesson = Lesson.from_json((folder / lesson_module.FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{folder}: there is no lesson that can be read: start the training anew") from None
    diary = Diary(folder, lesson.all_steps)
    diary.stage("starting TensorFlow")
    _start_tensorflow(lesson.seed)
    _graduate(folder, lesson, diary)
    return 0


def _start_tensorflow(seed: int) -> None:
    """The same numbers each time on a CPU, and nearly so on a GPU, of which only what is needed is taken."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    if tf.config.list_physical_devices("GPU"):
        tf.config.experimental.enable_tensor_float_32_execution(False)  # its 10 bits don't show that branches fuse
    else:
        tf.config.experimental.enable_op_determinism()


def _graduate(folder: Path, lesson: Lesson, diary: Diary) -> None:
    import tensorflow as tf

    from maistudio.zoo.training.course import teach
    from maistudio.zoo.training.models import write_models
    from maistudio.zoo.training.pupil import Pupil

    learned = teach(folder, lesson, diary)
    diary.stage("examining it", 1.0)
    stage, exam = learned.stage, learned.exam
    psnr, float_psnr = exam.psnr(stage.pupil.answer), exam.psnr(Pupil(stage.submitted, lesson).answer)
    diary.stage("writing the models", 1.0)
    ranges = write_models(folder, lesson, learned)
    result = {
        "tensorflow": tf.__version__,
        "parameters": int(sum(weight.shape.num_elements() for weight in stage.submitted.trainable_weights)),
        "steps": lesson.all_steps,
        "seconds": learned.seconds,
        "psnr": psnr,
        "float_psnr": float_psnr,
        "baseline_psnr": exam.baseline_psnr,
        "ranges": ranges,
        "skipped": [asdict(each) for each in learned.batches.skipped],
    }
    replace_content(folder / RESULT, json.dumps(result, indent=1, ensure_ascii=False).encode())
