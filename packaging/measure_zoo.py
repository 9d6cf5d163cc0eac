"""Build every network of the zoo as submitted and write what they measure into ``resources/zoo/built.json``.

``python packaging/measure_zoo.py`` from the top of the checkout. With names only those are built anew.
Needs TensorFlow; all take some minutes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from maistudio.cli.telling import finish_told
from maistudio.jobs.build import Refused, build, order_for
from maistudio.jobs.kept_networks import BuiltFile
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish
from maistudio.zoo.built import FILE, Built, Measured, as_json, read_built
from maistudio.zoo.catalogue import shelves
from maistudio.zoo.drawing import draw

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    names = list(dict.fromkeys(row.name for shelf in shelves() for row in shelf.rows if row.name))
    target = ROOT / "resources" / FILE
    known = dict(read_built().networks) if target.exists() else {}
    known = {name: known[name] for name in names if name in known}
    refused = 0
    version = ""
    with tempfile.TemporaryDirectory() as cache:
        for answer in finish_told(build([order_for(name) for name in arguments or names], Path(cache)), sys.stderr):
            if isinstance(answer, Refused):
                refused += 1
                print(f"{answer.order.name}: {answer.why}", file=sys.stderr)
                continue
            known[answer.order.name] = measured(answer)
            version = answer.tensorflow
    target.write_text(as_json(Measured(version, known)), encoding="utf-8")
    print(f"{len(known)} of {len(names)} networks in {target.relative_to(ROOT)}")
    return 1 if refused else 0


def measured(built: BuiltFile) -> Built:
    opened = finish(open_model(built.path))
    graph = opened.model.subgraphs[0]
    size = built.path.stat().st_size
    drawing = draw(graph, opened.shown_shapes(0))
    return Built(built.order.form, size, built.parameters, opened.costs.macs, len(graph.ops), drawing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
