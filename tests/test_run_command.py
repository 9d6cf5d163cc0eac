"""`maistudio run MODEL IN -o OUT`."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest
from models import build_conv_net
from picture_models import (
    averaging,
    blurring,
    described,
    developing,
    enlarging,
    negative,
    quantized,
    turned,
    two_inputs,
    two_outputs,
    whole_numbers,
)
from pictures import noise, smooth

from maistudio.__main__ import main
from maistudio.cli.run import report
from maistudio.errors import ModelRunError
from maistudio.imaging.conventions import DEFAULT
from maistudio.imaging.metrics import psnr
from maistudio.imaging.picture import Pixels
from maistudio.imaging.reading import load
from maistudio.imaging.resize import imresize
from maistudio.jobs.feeding.fitting import Fit, Fitter, Wishes
from maistudio.jobs.run_model import PictureRun, RunReport
from maistudio.runtime.protocol import TensorSpec
from maistudio.runtime.session import Session
from maistudio.timing.values import Configuration

pytest.importorskip("ai_edge_litert")

Run = Callable[..., str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the verb; what it prints, on standard error where it is refused."""

    def told(*arguments: str, status: int = 0) -> str:
        assert main(["run", *arguments]) == status
        captured = capsys.readouterr()
        assert (captured.err == "") == (status == 0)
        return captured.out if status == 0 else captured.err

    return told


def model(data: bytes, name: str = "model.tflite") -> str:
    Path(name).write_bytes(data)
    return name


def picture(name: str = "in.png", pixels: Pixels | None = None) -> str:
    given = smooth(24, 36) if pixels is None else pixels
    Path(name).parent.mkdir(exist_ok=True)
    assert cv2.imwrite(name, given[..., ::-1] if given.shape[-1] == 3 else given)
    return name


def twice(pixels: Pixels) -> Pixels:
    return pixels.repeat(2, axis=0).repeat(2, axis=1)


def test_an_open_model_takes_the_size_of_the_picture(run: Run) -> None:
    run(model(enlarging()), picture(), "-o", "out.png", "--values", "0..1")
    assert np.array_equal(load("out.png").pixels, twice(smooth(24, 36)))


@pytest.mark.parametrize(
    ("kind", "scale", "zero_point"), [("UINT8", 1.0, 0), ("INT8", 1.0, -128), ("INT16", 255 / 32767, 0)]
)
def test_quantized_models_give_the_picture_back(run: Run, kind: str, scale: float, zero_point: int) -> None:
    data = enlarging(scale=1, element_type=kind, quantization=quantized(scale, zero_point))
    run(model(data), picture(), "-o", "out.png")
    assert np.array_equal(load("out.png").pixels, smooth(24, 36))


def test_a_model_that_clips_at_one_is_found_to_take_0_to_1(run: Run) -> None:
    text = run(model(enlarging(limits=(0.0, 1.0))), picture(), "-o", "out.png")
    assert "values 0..1, by trial" in text
    assert np.array_equal(load("out.png").pixels, twice(smooth(24, 36)))


def test_a_model_of_whole_numbers_is_found_to_take_0_to_255(run: Run) -> None:
    assert "values 0..255, by trial" in run(model(whole_numbers()), picture(), "-o", "out.png")
    assert np.array_equal(load("out.png").pixels, smooth(24, 36))


def test_a_range_that_cannot_be_told_names_the_option(run: Run) -> None:
    text = run(model(negative()), picture(), "-o", "out.png", status=2)
    assert text.startswith(
        "maistudio: model.tflite: which range of values it takes can't be told: say it with --values"
    )
    assert not Path("out.png").exists()


def test_the_range_asked_for_is_taken(run: Run) -> None:
    text = run(model(enlarging(limits=(0.0, 1.0))), picture(), "-o", "out.png", "--values", "0..255")
    assert "values 0..255, as asked for" in text
    assert load("out.png").pixels.max() <= 255


def test_the_range_of_the_challenge_is_taken_with_a_note_of_a_better_one(run: Run) -> None:
    arguments = ("-o", "out.png", "--challenge", "mai2022-quantized-super-resolution")
    text = run(model(enlarging(limits=(0.0, 1.0))), picture(), *arguments)
    assert "values 0..255, as the challenge mai2022-quantized-super-resolution says" in text
    assert "--values 0..1 suits this model better" in text


def test_a_larger_picture_goes_through_a_fixed_model_in_tiles(run: Run) -> None:
    pixels = smooth(50, 70)
    text = run(model(blurring((32, 40))), picture(pixels=pixels), "-o", "tiled.png", "--values", "0..255")
    run(model(blurring()), "in.png", "-o", "whole.png", "--values", "0..255")
    assert "in 4 tiles" in text
    assert np.array_equal(load("tiled.png").pixels, load("whole.png").pixels)


def test_tiles_asked_for_change_nothing(run: Run) -> None:
    path, source = model(blurring(radius=3)), picture(pixels=smooth(50, 70))
    run(path, source, "-o", "whole.png", "--values", "0..255")
    assert "in 12 tiles" in run(path, source, "-o", "tiled.png", "--values", "0..255", "--tile", "24", "--overlap", "6")
    assert np.array_equal(load("tiled.png").pixels, load("whole.png").pixels)


def test_a_shape_asked_for_is_the_size_of_the_tiles(run: Run) -> None:
    text = run(model(blurring()), picture(), "-o", "out.png", "--values", "0..255", "--shape", "picture=1x16x20x3")
    assert "tiles of 20×16" in text


def test_a_smaller_picture_is_filled_up_and_cut_again(run: Run) -> None:
    text = run(model(enlarging(size=(32, 40))), picture(), "-o", "out.png", "--values", "0..1")
    assert "filled up to 40×32" in text
    assert np.array_equal(load("out.png").pixels, twice(smooth(24, 36)))


def test_a_grey_picture_goes_through_a_model_of_rgb(run: Run) -> None:
    grey = smooth(24, 36, 1)
    run(model(enlarging()), picture(pixels=grey), "-o", "out.png", "--values", "0..1")
    assert np.array_equal(load("out.png").pixels, twice(grey).repeat(3, axis=2))


def test_colours_come_out_grey_of_a_model_of_grey(run: Run) -> None:
    text = run(model(enlarging(channels=1)), picture(), "-o", "out.png", "--values", "0..1")
    assert "luma" in text
    assert load("out.png").pixels.shape == (48, 72, 1)


def test_16_bits_stay_16_bits(run: Run) -> None:
    deep = noise((24, 36, 3), np.uint16)
    run(model(enlarging()), picture(pixels=deep), "-o", "out.png", "--values", "0..1")
    found = load("out.png").pixels
    assert found.dtype == np.uint16
    assert np.abs(found.astype(int) - twice(deep)).max() <= 1


def test_a_mosaic_is_packed_as_the_challenge_says(run: Run) -> None:
    counts = noise((8, 12), np.uint16, seed=3) % 1024
    path = model(enlarging(scale=1, channels=4))
    run(path, picture(pixels=counts[..., None]), "-o", "out.npy", "--challenge", "mai2022-learned-isp")
    found = np.load("out.npy")
    assert found.shape == (1, 4, 6, 4)
    assert np.array_equal(found[0, ..., 0], counts[1::2, 1::2])
    assert np.array_equal(found[0, ..., 2], counts[0::2, 0::2])


def test_a_mosaic_on_0_to_1_is_divided_by_its_white(run: Run) -> None:
    counts = np.full((8, 12, 1), 510, np.uint16)
    arguments = ("--challenge", "mai2022-learned-isp", "--values", "0..1", "--white", "1020")
    run(model(enlarging(scale=1, channels=4)), picture(pixels=counts), "-o", "out.npy", *arguments)
    assert np.load("out.npy").max() == pytest.approx(0.5)


def test_frames_go_in_and_come_out_together(run: Run) -> None:
    for place in range(3):
        picture(f"clip/{place}.png", noise((16, 20, 3), seed=place))
    text = run(model(enlarging(channels=6)), "clip", "-o", "out", "--values", "0..1")
    assert "the last frame was repeated once" in text
    assert sorted(path.name for path in Path("out").iterdir()) == ["0.png", "1.png", "2.png"]
    for place in range(3):
        assert np.array_equal(load(f"out/{place}.png").pixels, twice(noise((16, 20, 3), seed=place)))


def test_a_folder_is_run_picture_by_picture(run: Run) -> None:
    for place, name in enumerate(("a.png", "b.png")):
        picture(f"in/{name}", smooth(20 + place, 24))
    run(model(enlarging()), "in", "-o", "out", "--values", "0..1")
    assert np.array_equal(load("out/a.png").pixels, twice(smooth(20, 24)))
    assert np.array_equal(load("out/b.png").pixels, twice(smooth(21, 24)))


def test_a_broken_picture_of_a_folder_is_told_and_the_rest_is_run(run: Run) -> None:
    picture("in/a.png")
    picture("in/c.png")
    Path("in/b.png").write_text("no picture")
    assert "in/b.png: is not a picture" in run(model(enlarging()), "in", "-o", "out", "--values", "0..1", status=2)
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "c.png"]


def test_a_broken_picture_alone_is_the_error(run: Run) -> None:
    Path("in.png").write_text("no picture")
    text = run(model(enlarging()), "in.png", "-o", "out.png", status=2)
    assert text == (
        "maistudio: in.png: is not a picture that can be read: choose a PNG, JPEG, TIFF, WebP or BMP file\n"
    )


def test_a_result_that_cannot_be_written_leaves_what_was_there(run: Run) -> None:
    Path("out.tif").mkdir()
    picture("in.tif")
    Path("out.tif/in.tif").mkdir()
    assert "can't be written" in run(model(enlarging()), "in.tif", "-o", "out.tif", "--values", "0..1", status=2)


@pytest.mark.parametrize("place", ["in.png", "./in.png"])
def test_the_picture_is_never_overwritten(run: Run, place: str) -> None:
    before = Path(picture()).read_bytes()
    assert "would overwrite" in run(model(enlarging()), "in.png", "-o", place, "--values", "0..1", status=2)
    assert Path("in.png").read_bytes() == before


def test_a_folder_is_never_its_own_result(run: Run) -> None:
    picture("in/a.png")
    assert "would overwrite" in run(model(enlarging()), "in", "-o", "in", status=2)


def test_a_link_of_a_folder_that_leads_nowhere_is_told_and_the_rest_is_run(run: Run) -> None:
    picture("in/a.png")
    Path("in/b.png").symlink_to("missing.png")
    text = run(model(enlarging()), "in", "-o", "out", "--values", "0..1", status=2)
    assert "in/b.png: is a link to a file that isn't there" in text
    assert [path.name for path in Path("out").iterdir()] == ["a.png"]


def test_a_refused_folder_leaves_no_folder_behind(run: Run) -> None:
    picture("in/a.png")
    arguments = ("--values", "0..1", "--tile", "8", "--overlap", "8")
    run(model(enlarging()), "in", "-o", "new/out", *arguments, status=2)
    assert not Path("new").exists()


def test_a_folder_that_was_there_stays(run: Run) -> None:
    picture("in/a.png")
    Path("out").mkdir()
    run(model(enlarging()), "in", "-o", "out", "--values", "0..1", "--tile", "8", "--overlap", "8", status=2)
    assert Path("out").is_dir()


LONG = "x" * 300


@pytest.mark.parametrize("source", [LONG, f"{LONG}.png", f"{LONG}.mp4"])
def test_an_input_whose_name_is_too_long_is_one_sentence(run: Run, source: str) -> None:
    text = run(model(enlarging()), source, "-o", "out.png" if source.endswith("g") else "out", status=2)
    assert "name too long" in text


@pytest.mark.parametrize(("source", "output"), [("in.png", f"{LONG}.png"), ("in.png", f"{LONG}/a.png"), ("in", LONG)])
def test_an_output_whose_name_is_too_long_is_one_sentence(run: Run, source: str, output: str) -> None:
    picture()
    picture("in/a.png")
    assert "name too long" in run(model(enlarging()), source, "-o", output, "--values", "0..1", status=2)


@pytest.fixture
def gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder that was deleted; what it lay in."""
    try:
        (folder / "gone").mkdir()
        monkeypatch.chdir(folder / "gone")
        (folder / "gone").rmdir()
    except OSError:
        pytest.skip("this system keeps the folder one works in")
    return folder


@pytest.fixture
def files(folder: Path) -> tuple[str, str]:
    return str(folder / model(enlarging())), str(folder / picture())


def test_a_deleted_working_folder_takes_no_result(files: tuple[str, str], gone: Path, run: Run) -> None:
    assert "out.png: the picture can't be written there" in run(*files, "-o", "out.png", "--values", "0..1", status=2)


def test_a_deleted_working_folder_leaves_other_places(files: tuple[str, str], gone: Path, run: Run) -> None:
    run(*files, "-o", str(gone / "out.png"), "--values", "0..1")
    assert (gone / "out.png").is_file()


def test_a_timing_is_reported_from_a_deleted_working_folder(
    gone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAISTUDIO_LIBRARY", str(gone / "library"))
    path = gone / "model.tflite"
    path.write_bytes(enlarging(size=(8, 8)))
    assert main(["profile", str(path), "--runs", "5", "--seconds", "0.01"]) == 0
    assert f"Model         {path}\n" in capsys.readouterr().out


@pytest.mark.parametrize("values", [("--values", "-1..1"), ("--values=-1..1",), ("--values", "-.5..1")])
def test_a_range_that_begins_below_zero_can_be_asked_for(run: Run, values: tuple[str, ...]) -> None:
    assert "1, as asked for" in run(model(enlarging()), picture(), "-o", "out.png", *values)


def test_every_range_is_taken_as_the_advice_has_it(run: Run) -> None:
    text = run(model(negative()), picture(), "-o", "out.npy", status=2)
    advice = text.partition("one of ")[2].partition(" (")[0].replace(" or ", ", ").split(", ")
    assert len(advice) == 5
    for values in advice:
        run("model.tflite", "in.png", "-o", "out.npy", "--values", values)


def test_libraries_without_room_are_too_little_memory(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(name: str | None) -> None:
        raise ImportError("cv2.abi3.so: failed to map segment from shared object")

    monkeypatch.setattr("maistudio.cli.run.chosen_engine", refused)
    assert "needs more memory than there is" in run("model.tflite", "in.png", "-o", "out.png", status=2)


def test_a_white_that_8_bits_cannot_hold_is_refused(run: Run) -> None:
    text = run(model(enlarging()), picture(), "-o", "out.png", "--values", "0..1", "--white", "65535", status=2)
    assert "its 8 bits hold values up to 255, so white can't be at 65,535" in text


def test_a_challenge_of_mosaics_is_not_for_a_model_of_rgb(run: Run) -> None:
    text = run(model(enlarging()), picture(), "-o", "out.png", "--challenge", "mai2022-learned-isp", status=2)
    assert text.startswith(
        "maistudio: model.tflite: it takes 3 channels, and the challenge mai2022-learned-isp feeds 4"
    )


def test_size_and_enlargement_are_told_where_they_are_not_the_challenges(run: Run) -> None:
    arguments = ("--values", "0..255", "--challenge", "mai2022-quantized-super-resolution")
    text = run(model(enlarging(size=(24, 36))), picture(), "-o", "out.png", *arguments)
    assert "its input is always 36×24, and the challenge" in text
    assert "it made 2 times the size it was given" in text


def test_a_classifier_has_its_numbers_saved(run: Run) -> None:
    path, source = model(build_conv_net()), picture(pixels=smooth(8, 8))
    run(path, source, "-o", "out.npy", "--values", "0..1")
    assert np.load("out.npy").shape == (1, 10)
    run(path, source, "-o", "out.npz", "--values", "0..1")
    with np.load("out.npz") as arrays:
        assert {name: array.shape for name, array in arrays.items()} == {"probabilities": (1, 10)}


def test_a_classifier_has_no_picture_to_save(run: Run) -> None:
    text = run(model(build_conv_net()), picture(pixels=smooth(8, 8)), "-o", "out.png", "--values", "0..1", status=2)
    assert text == (
        "maistudio: model.tflite: it gives no picture but probabilities 1×10 float32: "
        "give -o FILE.npy to save these numbers\n"
    )


def test_numbers_of_a_model_without_a_stated_range_need_one(run: Run) -> None:
    text = run(model(build_conv_net()), picture(pixels=smooth(8, 8)), "-o", "out.npy", status=2)
    assert "say it with --values" in text


def test_numbers_of_a_picture_in_parts_are_refused(run: Run) -> None:
    text = run(model(build_conv_net()), picture(), "-o", "out.npy", "--values", "0..1", status=2)
    assert "it is 36×24, and the model takes 8×8" in text


def test_numbers_that_are_no_picture_are_told_with_their_scale_stated(run: Run) -> None:
    run(model(averaging((8, 8))), picture(pixels=np.full((8, 8, 1), 70, np.uint8)), "-o", "out.npy")
    assert np.load("out.npy").tolist() == [[70]]


def test_a_model_of_two_inputs_is_refused(run: Run) -> None:
    text = run(model(two_inputs()), picture(), "-o", "out.png", status=2)
    assert text.startswith("maistudio: model.tflite: it takes 2 inputs (first 1×8×8×3 float32, second")


def test_the_first_output_is_saved_as_numbers_and_all_of_them_by_name(run: Run) -> None:
    path, source = model(two_outputs()), picture()
    run(path, source, "-o", "out.npy", "--values", "0..255")
    assert np.array_equal(np.load("out.npy")[0], -smooth(24, 36).astype(np.float32))
    run(path, source, "-o", "out.npz", "--values", "0..255")
    with np.load("out.npz") as arrays:
        assert sorted(arrays) == ["a_negative", "b_same"]
        assert np.array_equal(arrays["b_same"][0], smooth(24, 36))


def test_keys_that_are_not_the_outputs_names_are_told(run: Run) -> None:
    text = run(model(two_outputs()), picture(), "-o", "out.npz", "--values", "0..255")
    assert "a_negative for a/negative, b_same for b/same" in text


def test_numbers_of_a_picture_that_is_too_small_are_refused(run: Run) -> None:
    source = picture(pixels=smooth(6, 8))
    assert "it is 8×6" in run(model(build_conv_net()), source, "-o", "out.npy", "--values", "0..1", status=2)


def test_an_output_that_is_no_multiple_is_refused(run: Run) -> None:
    text = run(model(turned()), picture(), "-o", "out.png", "--values", "0..1", status=2)
    assert "it made 24×36 of 36×24, which is no multiple" in text


def test_the_challenge_hands_pixels_through_whatever_the_scale(run: Run) -> None:
    path = model(enlarging(element_type="UINT8", quantization=quantized(0.9)))
    run(path, picture(), "-o", "out.png", "--challenge", "mai2022-quantized-super-resolution")
    assert np.array_equal(load("out.png").pixels, twice(smooth(24, 36)))


@pytest.mark.parametrize("values", ["0..1", "0..255"])
def test_a_developed_mosaic_is_on_the_range_of_its_mean_value(run: Run, values: str) -> None:
    counts = np.full((8, 12, 1), 510, np.uint16)
    arguments = ("--challenge", "mai2022-learned-isp", "--values", values, "--white", "1020")
    assert f"values {values}, by its mean value" in run(
        model(developing()), picture(pixels=counts), "-o", "out.png", *arguments
    )
    assert load("out.png").pixels.shape == (8, 12, 3)
    assert set(load("out.png").pixels.ravel().tolist()) == {128}


def test_single_values_beyond_white_do_not_change_the_range_of_a_developed_mosaic(run: Run) -> None:
    counts = np.full((8, 12, 1), 510, np.uint16)
    counts[0, 0] = 1020
    arguments = ("--challenge", "mai2022-learned-isp", "--values", "0..2", "--white", "1020")
    assert "values 0..1, by its mean value" in run(
        model(developing()), picture(pixels=counts), "-o", "out.png", *arguments
    )


def test_values_are_tried_where_a_picture_is_liveliest(run: Run) -> None:
    pixels = np.zeros((700, 600, 3), np.uint8)
    pixels[450:, 350:] = smooth(250, 250)
    assert "values 0..1, by trial" in run(model(enlarging(limits=(0.0, 1.0))), picture(pixels=pixels), "-o", "out.png")


def test_a_trial_looks_at_the_picture_and_not_at_what_fills_it_up(run: Run) -> None:
    source = picture()
    texts = [run(model(whole_numbers(size)), source, "-o", "out.png") for size in ((-1, -1), (50, 80))]
    trials = [text[text.index("by trial") :].splitlines()[0] for text in texts]
    assert trials[0] == trials[1]


def test_an_output_whose_input_is_asked_for_as_stored_is_on_a_usual_range(run: Run) -> None:
    assert "values 0..255, as it fits" in run(model(enlarging()), picture(), "-o", "out.png", "--values", "stored")


def test_the_metadata_states_the_values(run: Run) -> None:
    text = run(model(described(127.5, 127.5)), picture(), "-o", "out.npy")
    assert "values -1..1, as the model's metadata says" in text
    assert np.load("out.npy").min() == pytest.approx(-1, abs=0.01)


def test_too_little_memory_makes_tiles(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    large = picture(pixels=smooth(600, 600))
    with monkeypatch.context() as patch:
        patch.setattr("maistudio.jobs.feeding.feeder._available_memory", lambda: 75 << 20)
        text = run(model(blurring()), large, "-o", "tiled.png", "--values", "0..255")
    run("model.tflite", large, "-o", "whole.png", "--values", "0..255")
    assert "it would need about" in text
    assert np.array_equal(load("tiled.png").pixels, load("whole.png").pixels)


def test_a_result_of_one_colour_is_told(run: Run) -> None:
    text = run(model(enlarging(limits=(0.5, 0.5001))), picture(), "-o", "out.png", "--values", "0..1")
    assert "all but one colour" in text


def test_pictures_of_one_size_are_fitted_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[object] = []
    fit = Fitter.fit

    def counted(fitter: Fitter, size: tuple[int, int], wishes: Wishes) -> Fit:
        sizes.append(size)
        return fit(fitter, size, wishes)

    monkeypatch.setattr(Fitter, "fit", counted)
    picture("in/a.png")
    picture("in/b.png")
    run(model(enlarging()), "in", "-o", "out", "--values", "0..1")
    assert sizes == [(24, 36)]


def test_a_model_that_cannot_be_resized_is_loaded_with_the_shape(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(session: Session, shapes: object) -> Generator[str, None, None]:
        yield "resizing"
        raise ModelRunError("no")

    monkeypatch.setattr(Session, "resize_steps", refused)
    run(model(enlarging()), picture(), "-o", "out.png", "--values", "0..1")
    assert np.array_equal(load("out.png").pixels, twice(smooth(24, 36)))


def test_a_model_of_the_right_size_is_not_resized(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Session, "resize_steps")
    run(model(enlarging(size=(24, 36))), picture(), "-o", "out.png", "--values", "0..1")


@pytest.mark.parametrize("arguments", [("out.png",), ("out.png", "--values", "0..1")])
def test_no_child_is_left_behind(run: Run, arguments: tuple[str, ...]) -> None:
    run(model(negative()), picture(), "-o", *arguments, status=0 if len(arguments) > 1 else 2)
    assert not [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]


def test_a_failed_picture_alone_leaves_no_report(capsys: pytest.CaptureFixture[str]) -> None:
    Path("in.png").write_text("no picture")
    main(["run", model(enlarging()), "in.png", "-o", "out.png", "--values", "0..1"])
    assert capsys.readouterr().out == ""


def test_tiles_that_cannot_be_end_a_folder_at_once(run: Run) -> None:
    picture("in/a.png")
    picture("in/b.png")
    arguments = ("--values", "0..1", "--tile", "8", "--overlap", "8")
    assert run(model(enlarging()), "in", "-o", "out", *arguments, status=2).count("\n") == 1


def test_a_result_that_cannot_be_saved_fails_alone(run: Run) -> None:
    for name in ("a.png", "b.png"):
        picture(f"in/{name}")
    Path("out/a.png").mkdir(parents=True)
    assert "out/a.png" in run(model(enlarging()), "in", "-o", "out", "--values", "0..1", status=2)
    assert Path("out/b.png").is_file()


def test_folders_are_made_on_the_way_to_the_results(run: Run) -> None:
    picture("in/a.png")
    run(model(enlarging()), "in", "-o", "far/away", "--values", "0..1")
    assert Path("far/away/a.png").is_file()


def test_a_folder_that_cannot_be_made_is_told(run: Run) -> None:
    picture("in/a.png")
    Path("out").write_text("no folder")
    assert "out: can't be made" in run(model(enlarging()), "in", "-o", "out", "--values", "0..1", status=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("in.png", "-o", "out.xyz"), "pictures are saved as"),
        (("in", "-o", "out.png"), "is a folder: give a folder"),
        (("missing.png", "-o", "out.png"), "there is no such file"),
        (("in.png", "-o", "out.png", "--values", "1..0"), "--values 1..0"),
        (("in.png", "-o", "out.png", "--challenge", "none"), "there is no challenge none"),
        (("in.png", "-o", "out.png", "--engine", "none"), "--engine none: choose one of xnnpack"),
        (("in.png", "-o", "out.png", "--threads", "0"), "--threads 0: give a whole number from 1"),
        (("in.png", "-o", "out.png", "--tile", "1.5"), "--tile 1.5: give a whole number"),
        (("in.png", "-o", "out.png", "--values", "0..1", "--tile", "8", "--overlap", "8"), "can't overlap by 8 px"),
        (("in.png", "-o", "out.png", "--white", "x"), "--white x: give a number"),
        (("in.png", "-o", "out.png", "--shape", "picture=1x8x8x4"), "model.tflite"),
        (("in.png", "-o", "out.png", "--signature", "none"), "no signature 'none'"),
        (("in.png",), "-o/--output"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(run: Run, arguments: tuple[str, ...], words: str) -> None:
    picture()
    picture("in/a.png")
    text = run(model(enlarging()), *arguments, status=2)
    assert words in text
    assert text.count("\n") == 1


def test_a_file_that_is_no_model_is_one_sentence(run: Run) -> None:
    Path("model.tflite").write_text("no model")
    assert "not a .tflite model" in run("model.tflite", picture(), "-o", "out.png", status=2)


def test_the_report_names_model_engine_values_sizes_and_times(run: Run) -> None:
    lines = run(model(enlarging()), picture(), "-o", "out.png", "--values", "0..1", "--threads", "1").splitlines()
    assert lines[0] == "Model         model.tflite"
    assert lines[1].startswith("Engine        xnnpack, 1 thread, LiteRT ")
    assert lines[2] == "Input         picture  1×24×36×3  float32  values 0..1, as asked for"
    assert lines[3].startswith("Output        large  1×48×72×3  float32  values 0..1, ")
    assert lines[4].startswith("Ready in      ")
    assert lines[5].startswith("Picture       in.png 36×24 → out.png 72×48  ")
    assert lines[5].endswith(" ms")


def picture_run(name: str, *notes: str, tiles: int = 1) -> PictureRun:
    return PictureRun(name, (Path(f"out/{name}"), Path("out/z.png"))[:tiles], (24, 36), (48, 72), 1234.5, tiles, notes)


def test_a_report_has_times_in_ms_and_a_note_of_all_once() -> None:
    spec = TensorSpec("x", (1, 24, 36, 3), (1, -1, -1, 3), "float32", 0.0, 0)
    pictures = (picture_run("a.png", "of all"), picture_run("b.png", "of all", "of one", tiles=2))
    done = RunReport(
        Path("m.tflite"), Configuration(threads=2), "LiteRT 9", 6_543_210.0, spec, None, None, None, pictures, (), ()
    )
    assert list(report(done)) == [
        "Model         m.tflite",
        "Engine        xnnpack, 2 threads, LiteRT 9",
        "Ready in      6,543.2 ms",
        "Pictures      a.png 36×24 → out/a.png 72×48  1.2 ms",
        "              b.png 36×24 → out/b.png to z.png 72×48  1.2 ms in 2 tiles",
        "Notes         of all",
        "              b.png: of one",
    ]


def test_values_are_checked_before_anything_is_read(run: Run) -> None:
    assert "--values 5" in run("missing.tflite", "missing.png", "-o", "out.png", "--values", "5", status=2)


def test_notes_of_several_pictures_name_the_first(run: Run) -> None:
    for name in ("a.png", "b.png", "c.png"):
        picture(f"in/{name}", smooth(20, 24, 1 if name != "a.png" else 3))
    text = run(model(enlarging()), "in", "-o", "out", "--values", "0..1")
    assert "in/b.png and 1 more: the model takes RGB" in text


def test_json_tells_the_same(run: Run) -> None:
    text = run(model(enlarging()), picture(), "-o", "out.png", "--values", "0..1", "--json")
    told: dict[str, Any] = json.loads(text)
    assert told["input"]["shape"] == [1, 24, 36, 3]
    assert (told["input"]["values"], told["input"]["chosen"]) == ("0..1", "as asked for")
    (found,) = told["pictures"]
    assert (found["size"], found["output_size"], found["tiles"]) == ([36, 24], [72, 48], 1)
    assert found["targets"] == ["out.png"]
    assert found["inference_us"] > 0
    assert told["init_us"] > 0


@pytest.mark.parametrize("engine", ["builtin", "reference"])
def test_other_engines_give_the_same(run: Run, engine: str) -> None:
    run(model(enlarging()), picture(), "-o", "out.png", "--values", "0..1", "--engine", engine)
    assert np.array_equal(load("out.png").pixels, twice(smooth(24, 36)))


CHALLENGE_NETWORKS = (
    "challenge/NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3.tflite",
    "challenge/ECNUSR__PureConvSR-AIM2022__trial24__model_none_float.tflite",
    "challenge/Algolzw__NCNet__model_none_float.tflite",
)


def scene() -> Pixels:
    """Text, discs and lines with sharp edges."""
    drawn = np.full((240, 300, 3), (200, 190, 170), np.uint8)
    for place in range(6):
        cv2.putText(drawn, "Mobile AI 2022", (5, 30 + 40 * place), 5, 1.6, (40, 30 * place, 90), 2, cv2.LINE_AA)
        cv2.circle(drawn, (40 + 45 * place, 120), 17 + place, (230, 80, 20 * place), 2, cv2.LINE_AA)
        cv2.line(drawn, (0, 40 * place), (299, 239 - 25 * place), (10, 60, 30), 2, cv2.LINE_AA)
    return drawn


@pytest.mark.parametrize("name", CHALLENGE_NETWORKS)
def test_a_network_of_the_challenge_beats_bicubic(run: Run, real_file: Callable[[str], Path], name: str) -> None:
    truth = scene()
    small = imresize(truth, 1 / 3)
    run(str(real_file(name)), picture(pixels=small), "-o", "out.png")
    found, bicubic = (psnr(each, truth, DEFAULT) for each in (load("out.png").pixels, imresize(small, 3)))
    assert found > bicubic + 1
