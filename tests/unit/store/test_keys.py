from __future__ import annotations

import pytest
from sqlalchemy import text

from wentu.core.errors import BadInput, NotFound
from wentu.store import Store


def test_a_key_is_found_by_its_secret_and_by_nothing_else(store: Store) -> None:
    made = store.keys.make("agent", name="shop")
    assert store.keys.find(made.secret) == made.key
    assert made.key.role == "agent" and made.key.name == "shop" and made.key.id.startswith("key_")
    for other in ("", "wt-", made.secret[:-1], made.secret + "x", made.key.id, "\ud800"):
        assert store.keys.find(other) is None


def test_the_secret_is_not_kept(store: Store) -> None:
    made = store.keys.make("user")
    assert made.secret.startswith("wt-") and len(made.secret) >= 46
    with store.database.read() as session:
        assert made.secret not in str(session.execute(text("SELECT * FROM api_keys")).all())


def test_a_revoked_key_stays_in_the_list_and_opens_nothing(store: Store) -> None:
    made = store.keys.make("user")
    assert store.keys.any_active()
    first = store.keys.revoke(made.key.id)
    assert first.revoked_at is not None and store.keys.revoke(made.key.id) == first
    assert store.keys.find(made.secret) is None and not store.keys.any_active()
    assert [key.id for key in store.keys.list()] == [made.key.id]


def test_unknown_roles_and_ids_are_errors(store: Store) -> None:
    with pytest.raises(BadInput, match="root"):
        store.keys.make("root")
    with pytest.raises(NotFound):
        store.keys.revoke("key_nothing")
