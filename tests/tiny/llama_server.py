"""llama.cpp's own HTTP server over GGUF files: `python -m tiny.llama_server MODEL MMPROJ`; prints its address.

It ends when standard input closes, so no test that dies leaves one behind.
"""

from __future__ import annotations

import sys

import xllamacpp


def main() -> None:
    params = xllamacpp.CommonParams()
    params.model.path, params.mmproj.path = sys.argv[1:3]
    params.n_ctx = 4096
    params.n_parallel = 2
    params.warmup = False
    params.fit_params = False  # it would load everything twice to measure free memory
    params.endpoint_slots = True
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.cpuparams.n_threads = 2
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
