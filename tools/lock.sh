#!/bin/sh
# Write requirements.lock and requirements-dev.lock: every version with its hashes, for every platform, no host name.
# Needs uv (any way of installing it will do). The second lock is held to the versions of the first.
set -eu
compile() { uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate "$@"; }
compile --upgrade --extra build pyproject.toml -o requirements.lock
compile --upgrade --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
if grep -nE ':/{2}' requirements.lock requirements-dev.lock; then
    echo "two-city: a lock file names a host; see the lines above" >&2
    exit 1
fi
