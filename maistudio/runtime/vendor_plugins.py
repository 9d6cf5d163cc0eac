"""Vendors' compiler plugins for LiteRT: whether what they need is on this machine, and what Intel's one selects.

The plugins come with LiteRT; the compilers behind them are the vendors' libraries, which only an SDK brings. A package
that installs nothing on a platform it doesn't know is common, so the libraries are looked for and not the packages.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from maistudio.errors import ModelRunError, RuntimeMissingError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.model_file import read_for_proof
from maistudio.runtime.program import run_steps
from maistudio.runtime.scratch import scratch_folder
from maistudio.targets.values import Compiled, Proof, Verdict
from maistudio.tflite.model import Model
from maistudio.tflite.schema import tflite_schema


@dataclass(frozen=True, slots=True)
class Vendor:
    """``libraries`` are those the plugin of ai-edge-litert 2.3.0 loads, any of which shows that the SDK is there."""

    name: str
    libraries: tuple[str, ...]
    sdk: str


INTEL = "intel_openvino"
VENDORS: Mapping[str, Vendor] = MappingProxyType(
    {
        INTEL: Vendor("Intel's", ("libopenvino.so.2631",), "pip install openvino==2026.3.1"),
        "qualcomm": Vendor("Qualcomm's", ("libQnnHtp.so", "libQnnSystem.so"), "install Qualcomm's QAIRT SDK"),
        "mediatek": Vendor(
            "MediaTek's", ("libneuron_adapter.so", "libneuronusdk_adapter.mtk.so"), "install MediaTek's NeuroPilot SDK"
        ),
        "google_tensor": Vendor("Google's", ("liblitert_plugin_compiler.so",), "install Google's SDK for Tensor chips"),
        "samsung": Vendor("Samsung's", (), ""),
    }
)
"""Samsung's plugin doesn't name the library it loads, so there is nothing to look for."""

STANDARD_FOLDERS = ("/usr/lib", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
SOC = ("IntelOpenVINO", "LNL")
"""What the plugin is asked for: its choice is by op type alone, the same for every chip."""
REFUSED = re.compile(r"op type (?P<code>\d+) is not supported")
SELECTED = re.compile(r"Partitioned subgraph<(?P<graph>\d+)>, selected (?P<ops>\d+) ops, from a total of (?P<all>\d+)")
OFFERED = "its plugin selects the op by its type; OpenVINO's compiler, which wasn't run, decides"


def plugin_steps(path: Path, vendor: str, bounds: Bounds) -> Generator[str, None, Compiled]:
    """As ``prove_steps``: what Intel's plugin selects of the main subgraph.

    Raises RuntimeMissingError where the vendor's library isn't here, ModelRunError for a vendor whose plugin MAI
    Studio can't drive.
    """
    known = VENDORS.get(vendor)
    if known is None:
        raise RuntimeMissingError(f"there is no compiler plugin {vendor!r} to try: {', '.join(VENDORS)} are known")
    if not known.libraries:
        raise RuntimeMissingError(f"{known.name} compiler can't be asked: its plugin doesn't say what it needs")
    folder = _folder_of(known.libraries)
    if folder is None:
        library = " or ".join(known.libraries)
        raise RuntimeMissingError(f"{known.name} compiler isn't on this machine, {library} is missing: {known.sdk}")
    if vendor != INTEL:
        raise ModelRunError(f"{path}: {known.name} compiler was found in {folder}, but MAI Studio can't drive it yet")
    return (yield from _intel_steps(path, folder, bounds))


def _intel_steps(path: Path, libraries: Path, bounds: Bounds) -> Generator[str, None, Compiled]:
    model = read_for_proof(path)
    package = _package_folder("ai_edge_litert")
    program = None if package is None else package / "tools" / "apply_plugin_main"
    if package is None or program is None or not program.is_file():
        raise RuntimeMissingError(
            "LiteRT's apply_plugin_main, which drives plugins, is missing: install ai-edge-litert"
        )
    with scratch_folder("plugin") as folder:
        command = [
            str(program),
            "--cmd=partition",
            f"--libs={package / 'vendors' / 'intel_openvino' / 'compiler'}",
            f"--model={path.absolute()}",
            f"--o={folder / 'partitioned.tflite'}",
            f"--soc_manufacturer={SOC[0]}",
            f"--soc_model={SOC[1]}",
            "--err=--",
        ]
        ended = yield from run_steps(
            command, "asking Intel's plugin", bounds, folder, {"LD_LIBRARY_PATH": _searched(libraries)}
        )
    by = "LiteRT's plugin for Intel's OpenVINO"
    proofs = intel_proofs(model, ended.words, by)
    if proofs is None:
        raise ModelRunError(f"{path}: Intel's plugin says nothing of it (exit status {ended.returncode})")
    return Compiled(by, proofs)


def intel_proofs(model: Model, words: str, by: str) -> dict[tuple[int, int], Proof] | None:
    """What the plugin printed, read: it refuses types of ops. None where it says nothing of the main subgraph, or its
    count doesn't come out.
    """
    refused: set[str] = set()
    ops = model.subgraphs[0].ops
    types = tflite_schema().enums["BuiltinOperator"]
    for line in words.splitlines():
        found = REFUSED.search(line)
        if found:
            refused.add(types.get(int(found["code"]), ""))
        selected = SELECTED.search(line)
        if selected and selected["graph"] == "0":
            taken = [op.index for op in ops if ("CUSTOM" if op.custom else op.type) not in refused]
            if len(taken) != int(selected["ops"]) or len(ops) != int(selected["all"]):
                return None
            return {(0, op.index): _proof(op.index in taken, by) for op in ops}
    return None


def _proof(taken: bool, by: str) -> Proof:
    if taken:
        return Proof(Verdict.CANDIDATE, OFFERED, by)
    return Proof(Verdict.REFUSED, "its plugin doesn't take ops of this type", by)


def _folder_of(libraries: Iterable[str]) -> Path | None:
    """The first folder that has one of the libraries."""
    package = _package_folder("openvino")
    folders = [*os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep), *STANDARD_FOLDERS]
    places = [Path(folder) for folder in folders if folder] + ([package / "libs"] if package else [])
    return next((place for place in places for name in libraries if (place / name).is_file()), None)


def _searched(first: Path) -> str:
    return os.pathsep.join(filter(None, (str(first), os.environ.get("LD_LIBRARY_PATH"))))


def _package_folder(name: str) -> Path | None:
    """The folder of an installed package, which isn't imported for it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])
