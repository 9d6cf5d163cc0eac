"""Building a network of the zoo: for real, kept for the next time, cancelled, and where it can't be done."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import psutil
import pytest
from zoo_orders import build_here, network_rows, run_all, small_order

from maistudio.errors import ExportError, ModelRunError, RuntimeMissingError, UsageError
from maistudio.jobs import build as build_module
from maistudio.jobs.build import Refused, build, build_all, build_one, order_for, save_copy
from maistudio.jobs.check import check_targets
from maistudio.jobs.kept_networks import BuiltFile
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish
from maistudio.runtime.child import own_command
from maistudio.runtime.session import Session
from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.values import Verdict
from maistudio.zoo import recipe as recipe_module
from maistudio.zoo.forms import Form, Order

needs_tensorflow = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is None, reason="TensorFlow, which builds the zoo, isn't installed"
)
FEW = ("abpn", "evsrnet", "three_conv")
ROWS = {row.name: row for row in network_rows()}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("zoo")


@pytest.fixture(scope="module")
def built(cache: Path) -> Mapping[Order, BuiltFile]:
    """A few networks at a small size, in one child; the twins of ABPN; TinyVSRNet as it was submitted."""
    orders = [small_order(ROWS[name]) for name in FEW]
    return build_here([*orders, order_for("tinyvsrnet"), order_for("abpn"), order_for("abpn", dynamic=True)], cache)


@needs_tensorflow
@pytest.mark.parametrize("name", FEW)
def test_it_runs(name: str, built: Mapping[Order, BuiltFile]) -> None:
    (ran,) = run_all([(built[small_order(ROWS[name])].path, ROWS[name])])
    assert ran.finite


@needs_tensorflow
def test_abpn_has_its_parameters(built: Mapping[Order, BuiltFile]) -> None:
    assert built[small_order(ROWS["abpn"])].parameters == 42_539


@needs_tensorflow
def test_abpn_takes_and_gives_bytes_as_they_are(built: Mapping[Order, BuiltFile]) -> None:
    graph = finish(open_model(built[order_for("abpn")].path)).model.subgraphs[0]
    ends = [graph.tensors[index] for index in (*graph.inputs, *graph.outputs)]
    assert [(end.type, end.shape, end.quantization.scales) for end in ends] == [
        ("UINT8", (1, 360, 640, 3), (1.0,)),
        ("UINT8", (1, 1080, 1920, 3), (1.0,)),
    ]


@needs_tensorflow
def test_a_quantized_network_and_its_twin_give_the_same_picture(built: Mapping[Order, BuiltFile]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (1, 360, 640, 3), np.uint8)
    made: list[np.ndarray] = []
    for order in (order_for("abpn"), order_for("abpn", dynamic=True)):
        with Session.open(built[order].path) as session:
            if order.dynamic:
                session.resize({"input": picture.shape})
            made += session.run([picture]).values()
    np.testing.assert_array_equal(made[0], made[1])


@needs_tensorflow
def test_tinyvsrnet_is_refused_by_the_gpu_of_2021_because_of_split(built: Mapping[Order, BuiltFile]) -> None:
    opened = finish(open_model(built[order_for("tinyvsrnet")].path))
    (target,) = (each for each in shipped_targets() if each.id == "tflite-gpu-2021")
    (report,) = finish(check_targets(opened, [target])).targets
    assert {each.type for each in report.ops if each.verdict is Verdict.REFUSED} == {"SPLIT"}


@needs_tensorflow
def test_the_same_bytes_come_of_it_whatever_was_built_before(built: Mapping[Order, BuiltFile], tmp_path: Path) -> None:
    orders = [small_order(ROWS["evsrnet"]), small_order(ROWS["abpn"])]
    again = build_here(orders, tmp_path)
    assert [again[order].path.read_bytes() for order in orders] == [built[order].path.read_bytes() for order in orders]


# From here on another child stands in for TensorFlow.

STAND_IN = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
orders = json.loads((folder / "orders.json").read_text())
{body}
"""
BUILDS = """
(folder / "progress.json").write_text(json.dumps({"stage": "building it", "done": 0.5}))
time.sleep(0.3)
for order in orders:
    (folder / order["file"]).write_bytes(b"model of " + order["name"].encode())
answers = [{"parameters": 7} for order in orders]
(folder / "answers.json").write_text(json.dumps({"tensorflow": "9.9", "answers": answers}))
"""
REFUSES_THE_SECOND = BUILDS.replace(
    '[{"parameters": 7} for order in orders]', '[{"parameters": 7}, {"refusal": "ValueError: no"}]'
)
DIES = "print('out of memory'); sys.exit(3)"
HANGS = '(folder / \'progress.json\').write_text(\'{"stage": "hanging", "done": 0.1}\'); time.sleep(60)'


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow is said to be here, and ``use`` says what the child does."""
    monkeypatch.setattr(recipe_module, "tensorflow_version", lambda: "9.9")


def use(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    script = STAND_IN.format(body=body)
    monkeypatch.setattr(build_module, "own_command", lambda _, folder: (sys.executable, "-c", script, folder))


ABPN = Order("abpn", Form.INT8, 360, 640)
XLSR = Order("xlsr", Form.INT8, 360, 640)


@pytest.mark.usefixtures("stand_in")
def test_what_was_built_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, BUILDS)
    made = finish(build_one(ABPN, tmp_path))
    use(monkeypatch, DIES)
    assert finish(build_one(ABPN, tmp_path)) == made
    assert (made.path.read_bytes(), made.parameters, made.tensorflow) == (b"model of abpn", 7, "9.9")


@pytest.mark.usefixtures("stand_in")
def test_only_what_is_not_kept_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, BUILDS)
    finish(build_one(ABPN, tmp_path))
    use(monkeypatch, BUILDS.replace("model of", "second"))
    both = finish(build_all([ABPN, XLSR], tmp_path))
    assert [made.path.read_bytes() for made in both] == [b"model of abpn", b"second xlsr"]


@pytest.mark.usefixtures("stand_in")
def test_a_kept_file_that_is_gone_is_built_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, BUILDS)
    finish(build_one(ABPN, tmp_path)).path.unlink()
    assert finish(build_one(ABPN, tmp_path)).path.is_file()


DAMAGES = {
    "cut off": lambda file, facts: file.write_bytes(file.read_bytes()[:5]),
    "empty": lambda file, facts: file.write_bytes(b""),
    "another model": lambda file, facts: file.write_bytes(b"model of ABPN"),
    "a folder": lambda file, facts: (file.unlink(), file.mkdir()),
    "no facts": lambda file, facts: facts.unlink(),
    "facts cut off": lambda file, facts: facts.write_text('{"sha'),
    "endless facts": lambda file, facts: facts.write_text("[" * 200_000),
    "facts of no number": lambda file, facts: facts.write_text(facts.read_text().replace(": 7", ": Infinity")),
}


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_kept_file_is_built_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str) -> None:
    use(monkeypatch, BUILDS)
    path = finish(build_one(ABPN, tmp_path)).path
    DAMAGES[damage](path, path.with_name(f"{path.name}.json"))
    again = finish(build_one(ABPN, tmp_path))
    assert (again.path.read_bytes(), again.parameters) == (b"model of abpn", 7)


@pytest.mark.usefixtures("stand_in")
def test_a_failed_copy_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, BUILDS)

    def copy_half(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("maistudio.jobs.kept_networks.shutil.copyfile", copy_half)
    with pytest.raises(ExportError, match=r"can't be kept there \(No space left on device\): make room there"):
        finish(build_one(ABPN, tmp_path))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("stand_in")
def test_a_broken_tensorflow_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, '(folder / "answers.json").write_text(json.dumps({"failure": "ImportError: no libfoo"}))')
    with pytest.raises(RuntimeMissingError, match=r"does not work here \(ImportError: no libfoo\): install it anew"):
        finish(build_one(ABPN, tmp_path))


@pytest.mark.usefixtures("stand_in")
def test_a_killed_child_is_told_as_such(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, "import os; print('I0000 a note', flush=True); os.kill(os.getpid(), 9)")
    with pytest.raises(ModelRunError, match=r"building abpn was killed \(signal 9\): build it again"):
        finish(build_one(ABPN, tmp_path))


@pytest.mark.usefixtures("stand_in")
def test_a_fact_that_it_was_built_by_makes_it_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    facts = tmp_path / "resources"
    for folder in ("zoo", "challenges"):
        (facts / folder).mkdir(parents=True)
    monkeypatch.setattr(recipe_module, "resource_path", lambda name: facts / name)
    before = recipe_module.recipe()
    (facts / "zoo" / "mine.toml").write_text("white = 1\n", encoding="utf-8")
    assert recipe_module.recipe() != before


@pytest.mark.skipif(sys.platform != "linux", reason="ends with it by a signal on Linux")
def test_the_child_ends_with_a_program_that_is_killed_at_once(tmp_path: Path) -> None:
    program = (
        "import os, subprocess, sys; held, mine = os.pipe(); "
        "child = subprocess.Popen(sys.argv[1:], env={**os.environ, 'MAISTUDIO_LIFELINE': str(held)}, pass_fds=[held]); "
        "print(child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    (tmp_path / "orders.json").write_text("[]", encoding="utf-8")
    command = [sys.executable, "-c", program, *own_command("_workshop", str(tmp_path))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    until = time.monotonic() + 20
    while psutil.pid_exists(int(done.stdout)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not (tmp_path / "answers.json").exists()


@pytest.mark.usefixtures("stand_in")
def test_another_tensorflow_builds_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, BUILDS)
    first = finish(build_one(ABPN, tmp_path))
    monkeypatch.setattr(recipe_module, "tensorflow_version", lambda: "10.0")
    assert finish(build_one(ABPN, tmp_path)).path != first.path


@pytest.mark.usefixtures("stand_in")
def test_what_the_child_does_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, BUILDS)
    told = list(build_one(ABPN, tmp_path))
    assert ("building it", 0.5) in [(progress.stage, progress.fraction) for progress in told]


@pytest.mark.usefixtures("stand_in")
def test_closing_it_ends_the_child_and_keeps_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, HANGS)
    job = build_one(ABPN, tmp_path)
    while next(job).stage != "hanging":
        pass
    (child,) = psutil.Process().children()
    job.close()
    assert not child.is_running()
    assert list(tmp_path.rglob("*.tflite")) == []


@pytest.mark.usefixtures("stand_in")
def test_a_refused_network_costs_only_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, REFUSES_THE_SECOND)
    made, refused = finish(build([ABPN, XLSR], tmp_path))
    assert isinstance(made, BuiltFile)
    assert refused == Refused(XLSR, "ValueError: no")


@pytest.mark.usefixtures("stand_in")
def test_a_refusal_is_told_with_the_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, REFUSES_THE_SECOND)
    with pytest.raises(ModelRunError, match="xlsr can't be built as int8: ValueError: no"):
        finish(build_all([ABPN, XLSR], tmp_path))


@pytest.mark.usefixtures("stand_in")
def test_a_child_that_dies_is_told_with_its_last_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, DIES)
    with pytest.raises(ModelRunError, match=r"building abpn ended early \(out of memory\): build it again"):
        finish(build_one(ABPN, tmp_path))


@pytest.mark.usefixtures("stand_in")
def test_a_cache_that_can_not_be_written_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, BUILDS)
    (tmp_path / "taken").write_text("no folder", encoding="utf-8")
    with pytest.raises(ExportError, match=r"built networks can't be kept there .*: name another with XDG_CACHE_HOME"):
        finish(build_one(ABPN, tmp_path / "taken"))


def test_without_tensorflow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("maistudio.zoo.tensorflow_here.NAMES", ("no-such-tensorflow",))
    with pytest.raises(RuntimeMissingError, match=r"isn't on this machine: install it .* with pip install"):
        finish(build_one(ABPN, tmp_path))


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("resnet", None, "no network resnet"),
        ("abpn", (0, 8), "0×8 is no size to build for"),
        ("abpn", (8, 100_000), "8×100000 is no size"),
        ("microisp_10", (80, 64), "can't take 80×64, for it needs 79 or more a side: choose 80×79"),
        ("noahtcv", (33, 48), "can't take 33×48, for height and width must be multiples of 4: choose 36×48"),
    ],
)
def test_what_can_not_be_built_is_refused(name: str, size: tuple[int, int] | None, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        order_for(name, size=size)


def test_a_network_is_built_as_submitted_unless_asked() -> None:
    assert order_for("abpn") == Order("abpn", Form.INT8, 360, 640)
    assert order_for("evsrnet", Form.FP16, (90, 64)) == Order("evsrnet", Form.FP16, 90, 64)
    assert order_for("evsrnet", dynamic=True) == Order("evsrnet", Form.FP32, None, None)


def test_files_of_different_orders_have_different_names() -> None:
    orders = [order_for("abpn", form, dynamic=dynamic) for form in Form for dynamic in (True, False)]
    names = {order.file_name for order in orders}
    assert len(names) == len(orders)
    assert all("untrained" in name for name in names)


def kept_file(tmp_path: Path) -> BuiltFile:
    path = tmp_path / "kept.tflite"
    path.write_bytes(b"model")
    return BuiltFile(ABPN, path, 7, "9.9")


def test_a_copy_is_saved(tmp_path: Path) -> None:
    save_copy(kept_file(tmp_path), tmp_path / "mine.tflite")
    assert (tmp_path / "mine.tflite").read_bytes() == b"model"


def test_another_file_is_not_replaced_unasked(tmp_path: Path) -> None:
    (tmp_path / "mine.tflite").write_bytes(b"trained for weeks")
    with pytest.raises(UsageError, match="there is a file of this name"):
        save_copy(kept_file(tmp_path), tmp_path / "mine.tflite", overwrite=False)
    assert (tmp_path / "mine.tflite").read_bytes() == b"trained for weeks"


def test_the_same_file_may_be_saved_again(tmp_path: Path) -> None:
    save_copy(kept_file(tmp_path), tmp_path / "mine.tflite")
    save_copy(kept_file(tmp_path), tmp_path / "mine.tflite", overwrite=False)
    assert (tmp_path / "mine.tflite").read_bytes() == b"model"
