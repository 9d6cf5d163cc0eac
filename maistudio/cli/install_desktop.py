"""``maistudio install-desktop``: menu entry, icons and double-click on .tflite files for this user, on Linux."""

from __future__ import annotations

import argparse
import os
import sys

from maistudio.cli.output import print_lines
from maistudio.errors import UsageError
from maistudio.jobs.desktop import install, remove, start_command
from maistudio.jobs.user_folders import user_folders


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--remove", action="store_true", help="take the registration back")


def run(args: argparse.Namespace) -> int:
    if sys.platform != "linux":
        raise UsageError(f"install-desktop registers with Linux desktops only, and this is {sys.platform}")
    folders = user_folders(os.environ)
    done = remove(folders) if args.remove else install(folders, start_command(sys.executable))
    print_lines(done)
    return 0
