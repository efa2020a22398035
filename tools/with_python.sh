#!/bin/sh
# Run a script with the newest Python from 3.11 to 3.14 on this machine that can make a virtual environment.
# PYTHON=/path/to/python chooses one. Prints the exact command that mends a machine without a suitable Python.
set -eu

oldest=11
newest=14
install_hint() { # $1: what is missing, $2: package for apt, $3: package for dnf
    echo "two-city: $1" >&2
    if command -v apt-get >/dev/null 2>&1; then echo "  to mend: apt-get update && apt-get install -y $2   (as root)" >&2
    elif command -v dnf >/dev/null 2>&1; then echo "  to mend: dnf install -y $3   (as root)" >&2
    elif command -v brew >/dev/null 2>&1; then echo "  to mend: brew install python@3.13" >&2
    else echo "  to mend: install Python 3.11 or newer with its venv module, or name one: make PYTHON=/path/to/python3" >&2
    fi
    exit 1
}

minor_of() { # the minor version of a Python 3, or nothing when the command does not run
    "$1" -c 'import sys; print(sys.version_info.minor if sys.version_info.major == 3 else "")' 2>/dev/null || true
}

in_range() { [ -n "$1" ] && [ "$1" -ge "$oldest" ] && [ "$1" -le "$newest" ]; }

makes_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# An environment that works is asked first: looking through a machine's interpreters can take a second.
if [ -z "${PYTHON:-}" ] && .venv/bin/python -c 'import pip' >/dev/null 2>&1 && in_range "$(minor_of .venv/bin/python)"; then
    exec .venv/bin/python "$@"
fi

best='' best_minor=0 without_venv=''
for candidate in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3 python}; do
    minor=$(minor_of "$candidate")
    in_range "$minor" || continue
    if ! makes_venv "$candidate"; then
        without_venv=${without_venv:-$minor}
    elif [ "$minor" -gt "$best_minor" ]; then
        best=$candidate best_minor=$minor
    fi
done

if [ -n "$best" ]; then
    exec "$best" "$@"
elif [ -n "$without_venv" ]; then
    install_hint "Python 3.$without_venv is here, but its venv module is not." \
        "python3.$without_venv-venv" "python3.$without_venv"
elif [ -n "${PYTHON:-}" ]; then
    echo "two-city: PYTHON=$PYTHON is not a Python from 3.$oldest to 3.$newest." >&2
    exit 1
else
    install_hint "no Python from 3.$oldest to 3.$newest was found." "python3 python3-venv" "python3.12"
fi
