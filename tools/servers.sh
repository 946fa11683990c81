#!/usr/bin/env bash
# The tests of several machines need PostgreSQL and Redis, those of deploy/ systemd-analyze: installed where that is
# possible, named where it is not.
set -euo pipefail
missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v initdb >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
command -v systemd-analyze >/dev/null || missing+=(systemd)
[ ${#missing[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
    echo "the tests need: ${missing[*]} (names of Debian's packages); install them and try again" >&2
    exit 1
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "the tests need: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
    run=(sudo)
fi
"${run[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
