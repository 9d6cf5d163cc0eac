#!/bin/sh
# Prints the path of a Python that MAI Studio runs on, or says in one sentence what to install and exits 1.
# PYTHON, where set, is the only one tried.

suits() {
    # By running it: version managers leave commands on PATH that only print an error.
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

first_that_suits() {
    for candidate in "$@"; do
        if suits "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

describe() {
    "$1" -c 'import sys; print("%s is %d.%d" % (sys.argv[1], sys.version_info[0], sys.version_info[1]))' "$1" 2>/dev/null
}

if [ -n "${PYTHON:-}" ]; then
    first_that_suits "$PYTHON" && exit 0
    echo "MAI Studio needs Python 3.11, 3.12 or 3.13, but $(describe "$PYTHON" || echo "$PYTHON does not run")." >&2
    exit 1
fi

candidates=".venv/bin/python python3 python3.13 python3.12 python3.11 python"
# shellcheck disable=SC2086
first_that_suits $candidates && exit 0

if ! command -v python3 >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "No Python here: installing python3 and python3-venv with apt-get" >&2
    apt-get -qq update >&2
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install python3 python3-venv >&2
    first_that_suits python3 && exit 0
fi

echo "MAI Studio needs Python 3.11, 3.12 or 3.13, but $(describe python3 || echo "there is no python3"):" \
    "install one (Debian, Ubuntu: apt-get install python3.11 python3.11-venv; Fedora: dnf install python3.13;" \
    "macOS: brew install python@3.13) or name one with make PYTHON=/path/to/python." >&2
exit 1
