from __future__ import annotations

import socket

import pytest

from wentu.api.patience import Patience
from wentu.api.server import check_address
from wentu.api.stream import client_left
from wentu.core.config import Settings, WebSettings
from wentu.core.errors import BadSetting
from wentu.store import Store


def test_a_closed_connection_is_noticed_and_an_open_one_is_not() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        environ = {"gunicorn.socket": ours}
        assert client_left(environ) is False
        theirs.sendall(b"the next request")
        assert client_left(environ) is False
        assert ours.recv(99) == b"the next request"
        theirs.close()
        assert client_left(environ) is True
    assert client_left(environ) is True and client_left({}) is False


def test_a_silent_client_has_a_limit_of_patience() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        app = Patience(lambda environ, start: [b"body"], 7.5)
        assert app({"gunicorn.socket": ours}, print) == [b"body"]
        assert ours.gettimeout() == 7.5
    assert app({}, print) == [b"body"]


def test_an_address_that_others_reach_needs_a_key_first(settings: Settings, store: Store) -> None:
    check_address(settings)
    outside = settings.model_copy(update={"web": WebSettings(host="0.0.0.0")})
    with pytest.raises(BadSetting, match=r"0\.0\.0\.0"):
        check_address(outside)
    key = store.keys.make("admin").key
    check_address(outside)
    store.keys.revoke(key.id)
    with pytest.raises(BadSetting):
        check_address(outside)
