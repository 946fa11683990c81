"""The process that holds one engine: `python -m wentu.engines.host`, started by `Host` and by nobody else.

Its orders (version, settings, address, key) come over standard input from the parent; when that closes, it ends.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pickle
import signal
import sys
import threading
from collections.abc import Generator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from typing import BinaryIO

from wentu.core.codec import to_plain
from wentu.core.errors import EngineError, WentuError
from wentu.core.process import end_with_stdin, keep_for_good
from wentu.core.registry import Registry
from wentu.core.types import Chunk
from wentu.engines.base import Engine
from wentu.engines.host.client import Orders
from wentu.engines.host.files import check_files
from wentu.engines.host.wire import Ask, Request, Warm, receive_request, send_chunk, send_error

log = logging.getLogger("wentu.engines.host")


def main() -> int:
    """Loads the engine, says how that went on standard output, and answers until the parent is gone."""
    orders: Orders = pickle.load(sys.stdin.buffer)  # from our own parent, never from a socket
    end_with_stdin()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=orders.settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    report = _take_stdout()
    try:
        registry: Registry[Engine] = Registry("wentu.engines", allow_plugins=orders.settings.allow_plugins)
        check_files(orders.spec)
        engine = registry.load(orders.spec.engine).load(orders.spec, orders.settings)
    except WentuError as exc:
        _say(report, {"error": to_plain(exc.as_event())})
        return 1
    except Exception:
        log.exception("engine %s could not be loaded", orders.spec.engine)
        failure = EngineError(f"engine '{orders.spec.engine}' could not be loaded", name=orders.spec.engine)
        _say(report, {"error": to_plain(failure.as_event())})
        return 1
    with Listener(orders.address, authkey=orders.key) as listener:
        keep_for_good()
        _say(report, {"ready": to_plain(engine.capabilities)})
        _serve(listener, engine)
    return 0


def _serve(listener: Listener, engine: Engine) -> None:
    while True:
        try:
            connection = listener.accept()
        except (AuthenticationError, EOFError, ConnectionError):
            continue  # a stranger knocked, or a client left at once
        threading.Thread(target=_answer, args=(connection, engine), daemon=True).start()


def _answer(connection: Connection, engine: Engine) -> None:
    """One request. A client that hangs up ends the engine's work at the next chunk."""
    with connection, contextlib.suppress(OSError, EOFError):
        try:
            with contextlib.closing(_work(engine, receive_request(connection))) as chunks:
                for chunk in chunks:
                    send_chunk(connection, chunk)
        except WentuError as exc:
            send_error(connection, exc)
        except OSError:
            raise
        except MemoryError:
            os._exit(12)  # what is left can't be trusted; the parent starts a new process
        except Exception:
            log.exception("an answer failed")
            send_error(connection, EngineError("the engine failed"))


def _work(engine: Engine, request: Request) -> Generator[Chunk]:
    """What the engine says to a request; closing it ends the engine's work."""
    if isinstance(request, Ask):
        yield from engine.stream(request.prompt, request.params)
    elif isinstance(request, Warm):
        yield from engine.warm(request.prompt)
    else:
        engine.forget(request.digest)
        yield Chunk(finish_reason="stop")


def _take_stdout() -> BinaryIO:
    """Keeps standard output for our report alone: libraries that print are sent to standard error."""
    report = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return report


def _say(report: BinaryIO, message: object) -> None:
    report.write(json.dumps(message).encode() + b"\n")
    report.flush()


if __name__ == "__main__":
    sys.exit(main())
