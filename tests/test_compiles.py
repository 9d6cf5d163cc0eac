"""What real compilers said of a model stays in the library, and is found by the model's bytes."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from models import build_chain

from maistudio.errors import ModelRunError
from maistudio.jobs.check import check_targets
from maistudio.jobs.compiles import keep_compile, kept_compiles
from maistudio.jobs.open import OpenedModel, open_model
from maistudio.jobs.progress import finish
from maistudio.library.compiles import StoredCompile
from maistudio.library.library import Library, open_library
from maistudio.library.migrations import shipped_migrations
from maistudio.library.place import VARIABLE
from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.values import Compiled, Proof, Verdict

RUNS = Proof(Verdict.RUNS, "", "XNNPACK")
REFUSED = Proof(Verdict.REFUSED, "no such kernel", "XNNPACK")
COMPILED = Compiled("LiteRT 2.3.0", {(0, 0): RUNS, (0, 2): RUNS, (0, 1): REFUSED}, 0.25, "on SwiftShader")
MODEL = "ab" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the library lies."""
    return tmp_path / "library"


@pytest.fixture
def opened(tmp_path: Path) -> OpenedModel:
    """A model of three ops."""
    path = tmp_path / "chain.tflite"
    path.write_bytes(build_chain(3))
    return finish(open_model(path))


def stored(library: Library, *, prover: str = "xnnpack", at: float = 5.0, compiled: Compiled = COMPILED) -> None:
    library.keep_compile(MODEL, StoredCompile(prover, at, compiled))


texts = st.text()
proofs = st.builds(Proof, st.sampled_from(Verdict), texts, texts)
places = st.tuples(st.integers(0, 3), st.integers(0, 20_000))
compiles = st.builds(
    Compiled, texts, st.dictionaries(places, proofs), st.none() | st.floats(0, math.inf, allow_nan=False), texts
)


@given(compiles)
def test_a_compile_comes_back_as_it_was_stored(compiled: Compiled) -> None:
    with Library.open(Path(":memory:"), shipped_migrations()) as library:
        stored(library, compiled=compiled)
        assert library.compiles(MODEL) == (StoredCompile("xnnpack", 5.0, compiled),)


def test_the_last_answer_of_each_compiler_is_given_whatever_the_clock_said(folder: Path) -> None:
    newer = replace(COMPILED, by="LiteRT 2.4.0")
    with open_library(folder) as library:
        stored(library, at=9.0)
        stored(library, prover="vela", at=1.0)
        stored(library, at=7.0, compiled=newer)
        assert library.compiles(MODEL) == (StoredCompile("xnnpack", 7.0, newer), StoredCompile("vela", 1.0, COMPILED))


def test_another_model_has_no_answers(folder: Path) -> None:
    with open_library(folder) as library:
        stored(library)
        assert library.compiles("cd" * 32) == ()


def said(**changes: object) -> str:
    """What stands in a row, with changes."""
    values = {"by": "LiteRT", "note": "", "difference": None, "ops": [["runs", "", "LiteRT", [[0, 0]]]]}
    return json.dumps({**values, **changes})


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[]",
        "{}",
        said(by=None),
        said(note=3),
        said(difference="0.1"),
        said(ops=[["wins", "", "LiteRT", [[0, 0]]]]),
        said(ops=[["runs", None, "LiteRT", [[0, 0]]]]),
        said(ops=[["runs", "", "LiteRT", [[0, "0"]]]]),
        said(ops=[["runs", "", "LiteRT", [[0]]]]),
    ],
)
def test_a_row_that_makes_no_sense_is_passed_over_for_the_one_before(folder: Path, broken: str) -> None:
    with open_library(folder) as library:
        stored(library)
        with closing(sqlite3.connect(library.path)) as connection, connection:
            connection.execute(
                "INSERT INTO compiles (model_sha256, prover, at, said) VALUES (?, 'xnnpack', 9.0, ?)", (MODEL, broken)
            )
        assert library.compiles(MODEL) == (StoredCompile("xnnpack", 5.0, COMPILED),)


def test_what_was_said_is_found_by_the_bytes_of_the_model(folder: Path, opened: OpenedModel, tmp_path: Path) -> None:
    assert finish(keep_compile(opened, "xnnpack", COMPILED, folder)) == COMPILED
    copy = tmp_path / "copy.tflite"
    copy.write_bytes(build_chain(3))
    found = finish(kept_compiles(finish(open_model(copy)), folder=folder))["xnnpack"]
    assert replace(found, note=COMPILED.note) == COMPILED


def test_an_answer_says_when_it_was_given(folder: Path, opened: OpenedModel) -> None:
    finish(keep_compile(opened, "xnnpack", COMPILED, folder))
    assert finish(kept_compiles(opened, folder=folder))["xnnpack"].note.startswith("on SwiftShader; asked on 20")


def test_a_model_that_changed_has_no_answers(folder: Path, opened: OpenedModel, tmp_path: Path) -> None:
    finish(keep_compile(opened, "xnnpack", COMPILED, folder))
    changed = tmp_path / "chain.tflite"
    changed.write_bytes(build_chain(4))
    assert finish(kept_compiles(finish(open_model(changed)), folder=folder)) == {}


def test_answers_are_not_told_of_other_shapes(folder: Path, opened: OpenedModel) -> None:
    finish(keep_compile(opened, "xnnpack", COMPILED, folder))
    assert finish(kept_compiles(replace(opened, given={"in": (1, 2, 2, 1)}), folder=folder)) == {}


@pytest.mark.parametrize("place", [(0, 3), (1, 0), (0, -1)])
def test_an_answer_about_ops_that_there_are_not_is_passed_over(
    folder: Path, opened: OpenedModel, place: tuple[int, int]
) -> None:
    finish(keep_compile(opened, "xnnpack", replace(COMPILED, ops={place: RUNS}), folder))
    assert finish(kept_compiles(opened, folder=folder)) == {}


def test_no_library_is_made_to_look_for_answers(folder: Path, opened: OpenedModel) -> None:
    assert finish(kept_compiles(opened, folder=folder)) == {}
    assert not folder.exists()


def test_an_answer_that_can_not_be_stored_says_so_and_stands(folder: Path, opened: OpenedModel) -> None:
    folder.write_text("a file where the folder should be")
    told = finish(keep_compile(opened, "xnnpack", COMPILED, folder))
    assert told.note.startswith("on SwiftShader; this could not be stored: ")
    assert replace(told, note=COMPILED.note) == COMPILED


@pytest.fixture
def xnnpack() -> Target:
    return next(each for each in shipped_targets() if each.prover == "xnnpack")


def failing(*_: object, **__: object) -> Generator[str, None, Compiled]:
    """A compiler that dies."""
    yield "compiling"
    raise ModelRunError("it died")


def test_an_answer_holds_where_asking_again_fails(
    opened: OpenedModel, xnnpack: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maistudio.runtime.proving.prove_steps", failing)
    (report,) = finish(check_targets(opened, [xnnpack], prove=True, kept={"xnnpack": COMPILED})).targets
    assert (report.proved_by, report.failure) == (COMPILED.by, "")
    assert report.note == "on SwiftShader; asked again in vain: it died"


def test_a_file_that_is_gone_is_called_gone(opened: OpenedModel, xnnpack: Target) -> None:
    Path(opened.model.path).unlink()
    (report,) = finish(check_targets(opened, [xnnpack], prove=True)).targets
    assert "is not there any more" in report.failure


def test_an_answer_about_a_file_that_changed_meanwhile_is_neither_told_nor_stored(
    opened: OpenedModel, xnnpack: Target, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compile_and_change(path: Path, *_: object, **__: object) -> Generator[str, None, Compiled]:
        yield "compiling"
        path.write_bytes(build_chain(4))
        return COMPILED

    monkeypatch.setenv(VARIABLE, str(folder))
    monkeypatch.setattr("maistudio.runtime.proving.prove_steps", compile_and_change)
    (report,) = finish(check_targets(opened, [xnnpack], prove=True)).targets
    assert (report.proved_by, folder.exists()) == ("", False)
    assert "changed while it was compiled" in report.failure
