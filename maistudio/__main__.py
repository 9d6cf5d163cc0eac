"""The one door: command line or window. Decides before Qt or any model runtime is imported."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from maistudio import __version__
from maistudio.cli.output import complain
from maistudio.errors import MaiStudioError, UsageError

REFUSED = 2
STANDARD_ERROR = 2
WORKER = "_worker"
"""The child process that runs models; not for people."""
WORKSHOP = "_workshop"
"""The child process that builds the zoo's networks; not for people."""
SCHOOL = "_school"
"""The child process that trains the zoo's networks; not for people."""
VERBS = {
    "inspect": "Print a model's summary.",
    "targets": "List the targets a model can be checked against.",
    "check": "Tell what targets run of a model, why not, and what to do.",
    "rewrite": "Mend a model for a target, in a new file.",
    "run": "Run a model on a picture or a folder.",
    "screenshot": "Render the window to a picture, off screen.",
    "profile": "Time models on this machine, and each of their ops.",
    "history": "List the timings that were stored.",
    "metrics": "Measure a picture: PSNR, SSIM, MS-SSIM, VMAF-NEG.",
    "challenges": "List the challenges and how they score.",
    "score": "Compute a challenge's score and its place.",
    "leaderboard": "Print a challenge's published results.",
    "zoo": "List, build and train the networks of the challenge reports.",
    "dataset": "List a dataset's scenes, and what has no partner.",
    "install-desktop": "Register with your Linux desktop: menu, icons, double-click.",
}
"""What each verb does, as its help says it."""


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong with the arguments in one sentence, as everything else is told."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}: see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb, or open the window on the files named. Returns the exit status: 2 for a refused request."""
    _hold_descriptors()
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments and arguments[0] == WORKER:
            from maistudio.runtime import worker

            return worker.main(arguments[1:])
        if arguments and arguments[0] in (WORKSHOP, SCHOOL):
            return _serve(*arguments)
        if arguments and arguments[0] in VERBS:
            return _run_verb(arguments)
        return _open_window(arguments)
    except MaiStudioError as error:
        complain(str(error))
        return REFUSED
    except MemoryError:
        complain("this needs more memory than there is: close other programs, or try a smaller file")
        return REFUSED
    except BrokenPipeError:
        return 0  # the reader of our output has gone
    except KeyboardInterrupt:
        return 130


def _serve(child: str, folder: str) -> int:
    """What a child of this program does with a folder. It ends with the program that holds its lifeline."""
    from maistudio.runtime.program import hold_on

    hold_on(os.environ)
    if child == WORKSHOP:
        from maistudio.zoo import workshop

        return workshop.main(folder)
    from maistudio.zoo.training import school

    return school.main([folder])


def _run_verb(arguments: Sequence[str]) -> int:
    verb, rest = arguments[0], arguments[1:]
    parser = _Parser(prog=f"maistudio {verb}", description=VERBS[verb])
    module = importlib.import_module(f"maistudio.cli.{verb.replace('-', '_')}")
    module.add_arguments(parser)
    args = parser.parse_args(rest)
    if verb == "screenshot":
        return _take_screenshot(args)
    status: int = module.run(args)
    return status


def _take_screenshot(args: argparse.Namespace) -> int:
    from maistudio.cli import screenshot

    size = screenshot.parse_size(args.size)
    from pathlib import Path

    from maistudio.gui import app

    return app.screenshot(args.model, args.page, size, args.theme, Path(args.output))


def _hold_descriptors() -> None:
    """Where the shell closed standard streams (``2>&-``), files would get their numbers, and native code's output."""
    while (opened := os.open(os.devnull, os.O_RDWR)) <= STANDARD_ERROR:
        os.set_inheritable(opened, True)
    os.close(opened)


def _open_window(arguments: Sequence[str]) -> int:
    width = max(map(len, VERBS))
    verbs = "".join(f"  {verb:<{width}}  {what}\n" for verb, what in VERBS.items())
    parser = _Parser(
        prog="maistudio",
        description="See what a .tflite model is, measure pictures, score for the challenges.",
        epilog=f"verbs, each with --help:\n{verbs}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help=".tflite files to open")
    parser.add_argument("--sample", action="store_true", help="open the bundled sample model")
    parser.add_argument("--new-window", action="store_true", help="do not hand the files to a running window")
    parser.add_argument("--version", action="version", version=f"maistudio {__version__}")
    args = parser.parse_args(arguments)
    from maistudio.gui import app
    from maistudio.resources import sample_models

    samples = [str(sample_models()[0])] if args.sample else []
    return app.run([*args.models, *samples], new_window=args.new_window)


if __name__ == "__main__":
    sys.exit(main())
