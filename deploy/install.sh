#!/bin/sh
# Installs wentu from its wheel into a folder of its own, every package by its pinned hash, nothing compiled.
#   deploy/install.sh FOLDER WHEEL            what one machine needs
#   deploy/install.sh FOLDER WHEEL servers    and the drivers of PostgreSQL and S3
# The Dockerfile runs it, and so does a test. PYTHON names another interpreter than python3.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ $# -lt 2 ] || [ ! -f "$2" ]; then
    echo "usage: $0 FOLDER WHEEL [servers]" >&2
    exit 2
fi
folder=$1
wheel=$2
with=${3:-}

"${PYTHON:-python3}" -m venv "$folder"
pip() {
    "$folder/bin/python" -m pip --disable-pip-version-check --no-input "$@"
}
pip install --quiet --no-cache-dir --only-binary :all: --require-hashes --no-deps -r "$here/requirements.txt"
if [ "$with" = servers ]; then
    pip install --quiet --no-cache-dir --only-binary :all: --require-hashes --no-deps -r "$here/requirements-servers.txt"
fi
pip install --quiet --no-cache-dir --no-deps "$wheel"
pip check
"$folder/bin/wentu" --version
