#!/usr/bin/env bash
# The browser tests need Chromium, and they and the drawing of samples a Chinese font: installed where that is possible,
# named where it is not.
set -euo pipefail
missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
fc-list 2>/dev/null | grep -q NotoSansCJK || missing+=(fonts-noto-cjk fontconfig)
[ ${#missing[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
    echo "the browser tests need: ${missing[*]} (names of Debian's packages); install them and try again" >&2
    exit 1
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "the browser tests need: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
    run=(sudo)
fi
"${run[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
