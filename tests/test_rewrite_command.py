"""`maistudio rewrite MODEL --for TARGET -o NEW`, and the job behind it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version
from math import inf
from pathlib import Path

import numpy as np
import pytest
from models import ACCEPTED, build_custom
from rewrite_models import like, start, step, types
from test_rewrites_clips import upsampled

from maistudio.__main__ import main
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish
from maistudio.jobs.rewrite import possible_rewrites, rewrite_model
from maistudio.jobs.rewriting import rewritten
from maistudio.jobs.sameness import Sameness, compare_steps, numbers
from maistudio.runtime.child import Child
from maistudio.runtime.children import Children
from maistudio.runtime.protocol import TensorSpec
from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.read import read_target
from maistudio.targets.rewrites import catalogue
from maistudio.targets.rewrites.catalogue import Rewrite
from maistudio.targets.rewrites.editable import EditableModel
from maistudio.targets.values import TargetVerdict
from maistudio.tflite.read import read_model

pytest.importorskip("ai_edge_litert")

Run = Callable[..., str]
GPU = "tflite-gpu-2021"
THREE = ("tflite-gpu-2021", "tflite-gpu-opencl", "tflite-gpu-opengl")


class LentChildren(Children):
    """Hands out children that come back again: no test here needs a fresh process."""

    def __init__(self) -> None:
        super().__init__()
        self._idle: list[Child] = []

    def take(self) -> Child:
        while self._idle:
            child = self._idle.pop()
            if child.alive:
                return child
            child.close()
        return Child()

    def give_back(self, child: Child) -> None:
        self._idle.append(child)

    def close(self) -> None:
        for child in self._idle:
            child.close()


@pytest.fixture(scope="module")
def lent() -> Iterator[LentChildren]:
    with LentChildren() as children:
        yield children


@pytest.fixture(autouse=True)
def lend(lent: LentChildren, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maistudio.runtime.children.Children", lambda: lent)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the verb; what it prints, on standard error where it is refused."""

    def told(*arguments: str, status: int = 0) -> str:
        assert main(["rewrite", *arguments]) == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    return told


@pytest.fixture
def split_model(folder: Path) -> Path:
    """A SPLIT between two ops, which the GPU delegate of 2021 refuses."""
    path = folder / "split.tflite"
    path.write_bytes(split_between())
    return path


@pytest.fixture
def fine_model(folder: Path) -> Path:
    path = folder / "fine.tflite"
    path.write_bytes(upsampled("FLOAT32", []))
    return path


def split_between(kind: str = "FLOAT32") -> bytes:
    model, graph, source = start(kind, (1, 4, 4, 8))
    first = step(graph, "RELU", [source], (1, 4, 4, 8), version=1 if kind == "FLOAT32" else 2)
    pieces = [graph.tensor(f"piece{index}", kind, (1, 4, 4, 4), **like(kind)) for index in range(2)]
    axis = graph.constant("axis", "INT32", (), [3])
    graph.op("SPLIT", [axis, first], pieces, {"num_splits": 2}, version=1 if kind == "FLOAT32" else 2)
    graph.output(step(graph, "ADD", pieces, (1, 4, 4, 4), {}, "out", version=1 if kind == "FLOAT32" else 2))
    return model.to_bytes()


def target(name: str = GPU) -> Target:
    return shipped_targets([name])[0]


def exchanged(model: EditableModel) -> int:
    """A rewrite that is wrong: it exchanges the pieces of every SPLIT."""
    graph = model.graphs[0]
    for node in graph.nodes:
        if node.type == "SPLIT":
            graph.give(node, outputs=node.outputs[::-1])
            model.note("wrong", graph, [node], "its pieces in another order", [])
    return len(model.steps)


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The only rewrite there is changes what a model computes."""
    known = (Rewrite("wrong", "Wrong", "Wrong.", frozenset(), (exchanged,)),)
    monkeypatch.setattr("maistudio.jobs.rewriting.REWRITES", known)
    monkeypatch.setattr(catalogue, "REWRITES", known)


def uneven_split(folder: Path) -> Path:
    """Pieces that can't be exchanged without being seen."""
    model, graph, source = start("FLOAT32", (1, 4, 4, 8))
    pieces = [graph.tensor(f"piece{index}", "FLOAT32", (1, 4, 4, 4)) for index in range(2)]
    graph.op("SPLIT", [graph.constant("axis", "INT32", (), [3]), source], pieces, {"num_splits": 2})
    graph.output(step(graph, "SUB", pieces, (1, 4, 4, 4), {}, "out"))
    path = folder / "sub.tflite"
    path.write_bytes(model.to_bytes())
    return path


# What is done


@pytest.mark.parametrize("name", ["tflite-gpu-2021", "tflite-gpu-opengl"])
def test_the_challenge_s_split_is_mended_for_all_three_delegates(
    name: str, run: Run, real_file: Callable[[str], Path], folder: Path
) -> None:
    model, new = real_file("delegate-cases/sr_split_f32.tflite"), folder / "new.tflite"
    told = json.loads(run(str(model), "--for", name, "-o", str(new), "--json"))
    verdicts = [main(["check", str(new), "--target", each, "--fail-on", "partial"]) for each in THREE]

    assert verdicts == [0, 0, 0]
    assert told["difference"]["largest_difference"] == 0.0


def test_the_new_file_is_told_with_what_was_changed_and_what_it_is_worth(run: Run, split_model: Path) -> None:
    told = run(str(split_model), "--for", GPU, "-o", "new.tflite").splitlines()

    assert told[:3] + told[5:] == [
        f"Model         {split_model}",
        "Target        tflite-gpu-2021: TFLite GPU delegate of the 2021 challenge",
        "Changed       op 1, SPLIT piece0: 2 SLICE (split-to-slices)",
        "After         all 4 ops on the GPU",
        "              4 runs",
        "Difference    none: all outputs are equal, bit for bit",
        f"              in 8 runs of both, LiteRT {version('ai-edge-litert')}, xnnpack and reference, at in 1×4×4×8",
        "Saved as      new.tflite",
    ]


def test_the_new_file_holds_the_rewritten_model(run: Run, split_model: Path) -> None:
    run(str(split_model), "--for", GPU, "-o", "new.tflite")

    assert types(read_model("new.tflite")) == ["RELU", "SLICE", "SLICE", "ADD"]


def test_the_old_file_stays_as_it_is(run: Run, split_model: Path) -> None:
    before = split_model.read_bytes()
    run(str(split_model), "--for", GPU, "-o", "new.tflite")

    assert split_model.read_bytes() == before


def test_an_integer_model_is_compared_bit_for_bit(run: Run, folder: Path) -> None:
    (folder / "int8.tflite").write_bytes(split_between("INT8"))
    told = json.loads(run("int8.tflite", "--for", GPU, "-o", "new.tflite", "--json"))

    assert (told["difference"]["bitwise"], told["saved"]) == (True, "new.tflite")


def test_json_tells_verdicts_before_and_after(run: Run, split_model: Path) -> None:
    told = json.loads(run(str(split_model), "--for", GPU, "-o", "new.tflite", "--json"))

    assert (told["before"]["ops"]["refused"], told["after"]["ops"], told["after"]["verdict"]) == (
        1,
        {"runs": 4},
        "full",
    )


def test_nothing_to_rewrite_is_told_and_makes_no_file(run: Run, fine_model: Path) -> None:
    told = run(str(fine_model), "--for", GPU, "-o", "new.tflite")

    assert told.splitlines()[-1] == "There is nothing to rewrite for this target: no file was written"
    assert not Path("new.tflite").exists()


def test_a_rewrite_about_speed_is_done_when_it_is_asked_for(run: Run, folder: Path) -> None:
    (folder / "clip.tflite").write_bytes(upsampled("FLOAT32", [("RELU6", 0)]))
    run("clip.tflite", "--for", GPU, "-o", "new.tflite", "--only", "clip-before-depth-to-space")

    assert types(read_model("new.tflite")) == ["RELU6", "DEPTH_TO_SPACE"]


def test_a_rewrite_about_speed_is_not_done_unasked(run: Run, folder: Path) -> None:
    (folder / "clip.tflite").write_bytes(upsampled("FLOAT32", [("RELU6", 0)]))

    assert "clip-before-depth-to-space" not in run("clip.tflite", "--for", "coreml", "-o", "new.tflite")


def test_what_would_not_help_is_held_back_with_the_reason(run: Run, split_model: Path) -> None:
    told = run(str(split_model), "--for", "coreml", "-o", "new.tflite")

    assert "Held back     split-to-slices was held back at op 1 (SPLIT)" in told


# What is not saved


@pytest.mark.usefixtures("wrong")
def test_a_model_that_computes_something_else_is_not_saved(run: Run, folder: Path) -> None:
    told = run(str(uneven_split(folder)), "--for", GPU, "-o", "new.tflite", status=1)

    assert "not saved, as its output out differs from the old model's by up to" in told
    assert not Path("new.tflite").exists()


@pytest.mark.usefixtures("wrong")
def test_force_saves_a_model_that_computes_something_else(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["rewrite", str(uneven_split(folder)), "--for", GPU, "-o", "new.tflite", "--force"])

    assert (status, Path("new.tflite").exists()) == (0, True)
    assert "saved as --force asks, though its output out differs" in capsys.readouterr().err


def custom_and_unread(folder: Path) -> Path:
    path = folder / "custom.tflite"
    path.write_bytes(build_custom())
    model = EditableModel(read_model(path))
    graph = model.graphs[0]
    graph.add_op("ABS", 1, [0], [graph.add_tensor("unread", 0, (1, 4))], graph.nodes[0], ("AbsOptions", {}))
    path.write_bytes(model.to_bytes())
    return path


def test_a_model_that_can_t_be_run_here_is_not_saved(run: Run, folder: Path) -> None:
    told = run(str(custom_and_unread(folder)), "--for", GPU, "-o", "new.tflite", status=1)

    assert "not saved, as whether it still computes the same could not be tried" in told
    assert not Path("new.tflite").exists()


def test_force_saves_a_model_that_can_t_be_run_here(run: Run, folder: Path) -> None:
    run(str(custom_and_unread(folder)), "--for", GPU, "-o", "new.tflite", "--force")

    assert types(read_model("new.tflite")) == ["MyOp"]


# Where it is saved


def itself(model: Path) -> Path:
    return model


def soft_link(model: Path) -> Path:
    link = model.with_name("link.tflite")
    link.symlink_to(model)
    return link


def hard_link(model: Path) -> Path:
    link = model.with_name("hard.tflite")
    link.hardlink_to(model)
    return link


@pytest.mark.parametrize("way", [itself, soft_link, hard_link])
@pytest.mark.parametrize("more", [(), ("--overwrite",), ("--overwrite", "--force")], ids=str)
def test_the_model_itself_is_never_replaced(
    way: Callable[[Path], Path], more: tuple[str, ...], run: Run, split_model: Path
) -> None:
    told = run(str(split_model), "--for", GPU, "-o", str(way(split_model)), *more, status=2)

    assert "this is the model itself" in told


def test_a_file_that_is_there_is_not_replaced(run: Run, split_model: Path) -> None:
    Path("new.tflite").write_bytes(b"mine")
    told = run(str(split_model), "--for", GPU, "-o", "new.tflite", status=2)

    assert "there is a file of this name" in told
    assert Path("new.tflite").read_bytes() == b"mine"


def test_a_file_that_is_there_is_replaced_when_asked(run: Run, split_model: Path) -> None:
    Path("new.tflite").write_bytes(b"mine")
    run(str(split_model), "--for", GPU, "-o", "new.tflite", "--overwrite")

    assert types(read_model("new.tflite"))


def test_a_link_that_leads_nowhere_is_not_followed(run: Run, split_model: Path) -> None:
    Path("new.tflite").symlink_to("elsewhere.tflite")

    assert "there is a file of this name" in run(str(split_model), "--for", GPU, "-o", "new.tflite", status=2)


def test_a_folder_is_no_place(run: Run, split_model: Path, folder: Path) -> None:
    assert "this is a folder" in run(str(split_model), "--for", GPU, "-o", str(folder), status=2)


def test_a_folder_that_isn_t_there_is_told(run: Run, split_model: Path) -> None:
    assert "there is no such folder" in run(str(split_model), "--for", GPU, "-o", "no/new.tflite", status=2)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_is_no_file_is_never_written_to(run: Run, split_model: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    told = run(str(split_model), "--for", GPU, "-o", str(tmp_path / "pipe"), "--overwrite", status=2)
    assert "this is no file" in told


def test_a_model_changed_since_it_was_opened_is_not_rewritten(split_model: Path) -> None:
    opened = finish(open_model(split_model))
    split_model.write_bytes(split_model.read_bytes() + b"\0")

    with pytest.raises(Exception, match="changed after it was opened"):
        finish(rewrite_model(opened, target(), Path("new.tflite")))


# What is asked wrongly


def test_an_unknown_target_is_refused(run: Run, split_model: Path) -> None:
    assert "there is no target toaster" in run(str(split_model), "--for", "toaster", "-o", "new.tflite", status=2)


def test_an_unknown_rewrite_is_refused(run: Run, split_model: Path) -> None:
    told = run(str(split_model), "--for", GPU, "-o", "new.tflite", "--only", "magic", status=2)

    assert "there is no rewrite magic" in told


# Which rewrites


def test_possible_rewrites_tell_how_many_places_keep_the_model_off_the_target(split_model: Path) -> None:
    opened = finish(open_model(split_model))
    found = {each.id: (each.places, each.refused) for each in possible_rewrites(opened, target())}

    assert found == {"split-to-slices": (1, 1)}


def test_possible_rewrites_also_tell_what_the_target_runs_already(split_model: Path) -> None:
    opened = finish(open_model(split_model))
    found = {each.id: (each.places, each.refused) for each in possible_rewrites(opened, target("tflite-gpu-opencl"))}

    assert found == {"split-to-slices": (1, 0)}


@pytest.mark.parametrize("build", ACCEPTED.values(), ids=ACCEPTED)
def test_every_model_has_an_answer_to_what_could_be_rewritten(build: Callable[[], bytes], folder: Path) -> None:
    path = folder / "model.tflite"
    path.write_bytes(build())

    assert all(each.places for each in possible_rewrites(finish(open_model(path)), target()))


def made_target(folder: Path, rules: str) -> Target:
    path = folder / "made.toml"
    path.write_text(
        'name = "Made"\nengine = "Made"\nversion = "1"\nbackend = "None"\ndevice = "GPU"\nsays = "source"\n'
        'source = "nowhere"\n[partition]\ntake = "largest"\nsource = "a"\n'
        f'[unlisted]\nverdict = "candidate"\nbecause = "it is offered"\nsource = "a"\n{rules}'
    )
    made = read_target(path, lambda name: folder / f"{name}.toml")
    assert made is not None
    return made


def test_strided_slices_are_taken_where_the_target_runs_no_slices(split_model: Path, folder: Path) -> None:
    refusing = made_target(
        folder,
        '[[rule]]\nops = ["SPLIT", "SLICE"]\nsource = "a"\nverdict = "refused"\nbecause = "it has none"\n',
    )
    made = finish(rewritten(finish(open_model(split_model)), refusing, ()))

    assert [change.became for change in made.changes] == ["2 STRIDED_SLICE"]


def test_each_split_becomes_what_the_target_runs_there(folder: Path) -> None:
    model, graph, source = start("FLOAT32", (1, 4, 4, 8))
    flat = graph.input("flat", "FLOAT32", (1, 8))
    for tensor, shape in ((source, (1, 4, 4, 4)), (flat, (1, 4))):
        pieces = [graph.tensor(f"p{len(graph.values['tensors'])}", "FLOAT32", shape) for _ in range(2)]
        axis = graph.constant(f"axis{tensor}", "INT32", (), [-1])
        graph.op("SPLIT", [axis, tensor], pieces, {"num_splits": 2})
        graph.output(*pieces)
    path = folder / "two.tflite"
    path.write_bytes(model.to_bytes())
    refusing = made_target(
        folder,
        '[[rule]]\nops = ["SPLIT"]\nsource = "a"\nverdict = "refused"\nbecause = "it has none"\n'
        '[[rule]]\nops = ["SLICE"]\nsource = "a"\nrefused_unless = [{ tensor = "input 0", rank = 4 }]\n'
        '[[rule]]\nops = ["STRIDED_SLICE"]\nsource = "a"\nrefused_unless = [{ tensor = "input 0", rank = 2 }]\n',
    )
    made = finish(rewritten(finish(open_model(path)), refusing, ()))

    assert [change.became for change in made.changes] == ["2 SLICE", "2 STRIDED_SLICE"]


def test_a_rewrite_after_which_the_delegate_fails_to_start_is_held_back(split_model: Path, folder: Path) -> None:
    failing = made_target(
        folder,
        '[[rule]]\nops = ["SPLIT"]\nsource = "a"\nverdict = "refused"\nbecause = "it has none"\n'
        '[[rule]]\nops = ["ADD"]\nsource = "a"\nfails_unless = [{ inputs = 3 }]\n',
    )
    made = finish(rewritten(finish(open_model(split_model)), failing, ()))

    assert (made.changes, made.before.verdict) == ((), TargetVerdict.PARTIAL)
    assert "would not start" in made.held_back[0]


# Whether two models compute the same


def compared(first: Path, second: Path) -> Sameness:
    steps = compare_steps(finish(open_model(first)), second)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            found: Sameness = stop.value
            return found


def test_floats_may_differ_by_a_hundred_thousandth_of_the_range(folder: Path) -> None:
    found = {}
    for name, factor in (("same", 1.0), ("near", 1.000005), ("far", 1.0001)):
        model, graph, source = start("FLOAT32", (1, 8))
        constant = graph.constant("factor", "FLOAT32", (1,), [factor])
        graph.output(step(graph, "MUL", [source, constant], (1, 8), {}, "out"))
        (folder / f"{name}.tflite").write_bytes(model.to_bytes())
        each = compared(folder / "same.tflite", folder / f"{name}.tflite")
        found[name] = each.same, each.bitwise

    assert found == {"same": (True, True), "near": (True, False), "far": (False, False)}


def test_an_output_of_another_shape_is_not_the_same(folder: Path) -> None:
    for name, width in (("one", 4), ("other", 8)):
        model, graph, source = start("FLOAT32", (1, 8))
        places = [graph.constant(f"c{values}", "INT32", (2,), values) for values in ((0, 0), (1, width))]
        graph.output(step(graph, "SLICE", [source, *places], (1, width), {}, "out"))
        (folder / f"{name}.tflite").write_bytes(model.to_bytes())
    found = compared(folder / "one.tflite", folder / "other.tflite")

    assert (found.same, found.largest_difference) == (False, inf)


SPEC = TensorSpec("x", (50,), (50,), "int8", 1.0, 0)


def test_the_inputs_are_the_same_each_time() -> None:
    assert (numbers(SPEC, 0) == numbers(SPEC, 0)).all()


@pytest.mark.parametrize(("kind", "held"), [(1, {-128}), (2, {127}), (3, {-128, 127})])
def test_integers_are_tried_at_their_ends(kind: int, held: set[int]) -> None:
    assert set(numbers(SPEC, kind).tolist()) == held


@pytest.mark.parametrize(("kind", "low", "high"), [(0, 0, 1), (1, -1, 1), (2, 0, 255), (3, -255, 255)])
def test_floats_are_tried_in_the_ranges_that_pictures_have(kind: int, low: float, high: float) -> None:
    values = numbers(replace(SPEC, dtype="float32"), kind)

    assert values.dtype == np.float32
    assert low <= values.min() < (low + high) / 2 < values.max() <= high


def test_wide_integers_stay_small_enough_for_an_index() -> None:
    assert set(numbers(replace(SPEC, dtype="int64"), 0).tolist()) <= set(range(10))
