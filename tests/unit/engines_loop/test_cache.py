"""Sharing, copying and forgetting of cache blocks, checked against a model of what the tensors would hold."""

from __future__ import annotations

import random

import pytest

from wentu.engines.loop.cache import BlockCache, CacheFull, Key, Table
from wentu.engines.loop.rows import BLOCK_TOKENS


class Tensors:
    """What would stand in each block: the whole history of each entry, so that wrong sharing shows."""

    def __init__(self, n_blocks: int) -> None:
        self.content: list[list[tuple[Key, ...] | None]] = [[None] * BLOCK_TOKENS for _ in range(n_blocks)]
        self.cache = BlockCache(n_blocks, self.copy)
        self.copies = 0

    def copy(self, source: int, target: int) -> None:
        self.copies += 1
        self.content[target] = list(self.content[source])

    def compute(self, table: Table, keys: list[Key]) -> None:
        """Writes `keys` after what the table holds, as the model would."""
        self.cache.reserve(table, len(keys))
        for offset in range(len(keys)):
            place = len(table.keys) + offset
            history = (*table.keys, *keys[: offset + 1])
            self.content[table.indices[place // BLOCK_TOKENS]][place % BLOCK_TOKENS] = history
        self.cache.commit(table, keys)

    def check(self, table: Table) -> None:
        """Every entry of the table stands where the model will look for it, with the right past."""
        for place in range(len(table.keys)):
            found = self.content[table.indices[place // BLOCK_TOKENS]][place % BLOCK_TOKENS]
            assert found == tuple(table.keys[: place + 1])

    def ask(self, prompt: list[Key], answer: list[Key]) -> int:
        """One whole request; returns how many entries of the prompt needed no computing."""
        table = self.cache.open(prompt)
        reused = len(table.keys)
        self.check(table)
        self.compute(table, prompt[reused:])
        for key in answer:
            self.compute(table, [key])
        self.check(table)
        self.cache.close(table)
        return reused


def text(length: int, seed: int = 0) -> list[Key]:
    return [random.Random(seed).randrange(1000) * 100_000 + i for i in range(length)]


def test_the_same_prompt_again_computes_only_its_last_token() -> None:
    tensors, prompt = Tensors(20), text(100)
    assert tensors.ask(prompt, [1, 2]) == 0
    assert tensors.ask(prompt, [3]) == 99


def test_the_next_turn_begins_where_the_last_answer_ended() -> None:
    tensors, prompt = Tensors(20), text(70)
    tensors.ask(prompt, [7, 8, 9])
    assert tensors.ask([*prompt, 7, 8, 9, 50, 51], [4]) == 73


def test_a_picture_is_shared_by_its_digest_and_not_by_its_placeholder() -> None:
    tensors = Tensors(20)
    one: list[Key] = [1, 2, *[("a", i) for i in range(60)], 3, 4]
    other: list[Key] = [1, 2, *[("b", i) for i in range(60)], 3, 4]
    tensors.ask(one, [])
    assert tensors.ask(other, []) == 2
    assert tensors.ask([*one[:62], 99, 98], []) == 62


def test_sequences_that_run_together_share_what_one_of_them_has_computed() -> None:
    tensors, prompt = Tensors(20), text(96)
    first = tensors.cache.open(prompt)
    tensors.compute(first, prompt)
    second = tensors.cache.open([*prompt, 5])
    assert len(second.keys) == 96
    assert second.indices == first.indices
    tensors.compute(second, [5])
    tensors.compute(first, [6])
    tensors.check(first)
    tensors.check(second)


def test_two_sequences_that_computed_the_same_keep_it_once() -> None:
    tensors, prompt = Tensors(20), text(64)
    first, second = tensors.cache.open(prompt), tensors.cache.open(prompt)
    tensors.compute(first, prompt)
    tensors.compute(second, prompt)
    assert first.indices == second.indices
    assert tensors.cache.n_available == 18


def test_the_least_recently_used_prompt_is_forgotten_first() -> None:
    tensors = Tensors(6)
    for seed in (1, 2, 1, 3):
        tensors.ask(text(64, seed), [])
    tensors.ask(text(64, 4), [])  # the fourth prompt of two blocks in a cache of six
    assert tensors.ask(text(64, 1), []) == 63
    assert tensors.ask(text(64, 2), []) == 0


def test_a_full_cache_refuses_and_changes_nothing() -> None:
    tensors = Tensors(3)
    table = tensors.cache.open(text(96))
    tensors.compute(table, text(96))
    with pytest.raises(CacheFull):
        tensors.cache.reserve(table, 1)
    tensors.check(table)
    tensors.cache.close(table)
    assert tensors.cache.n_available == 3


def test_entries_that_were_reserved_but_not_committed_are_given_back() -> None:
    tensors = Tensors(8)
    table = tensors.cache.open(text(30))
    tensors.compute(table, text(30))
    tensors.cache.reserve(table, 40)
    tensors.cache.commit(table, [1])
    tensors.cache.trim(table)
    assert len(table.blocks) == 1 and tensors.cache.n_available == 7


def test_a_sequence_that_failed_is_not_remembered_beyond_its_full_blocks() -> None:
    tensors, prompt = Tensors(8), text(50)
    table = tensors.cache.open(prompt)
    tensors.compute(table, prompt)
    tensors.cache.close(table, keep=False)
    assert tensors.ask(prompt, []) == 32


def test_clearing_forgets_what_nobody_uses() -> None:
    tensors, prompt = Tensors(8), text(50)
    tensors.ask(prompt, [])
    tensors.cache.clear()
    assert tensors.cache.n_available == 8
    assert tensors.ask(prompt, []) == 0


@pytest.mark.parametrize("seed", range(20))
def test_random_load_never_shares_wrongly_and_loses_no_block(seed: int) -> None:
    """Prompts from a few stems, opened, grown, dropped and closed in random order in a cache that is too small."""
    rng = random.Random(seed)
    tensors, running = Tensors(24), list[tuple[Table, list[Key]]]()
    for _ in range(400):
        action = rng.random()
        if action < 0.35 and len(running) < 5:
            stem = text(rng.choice([10, 33, 64, 90]), seed=rng.randrange(3))
            prompt = [*stem, *[rng.randrange(4) for _ in range(rng.randrange(1, 50))]]
            running.append((tensors.cache.open(prompt), prompt))
            tensors.check(running[-1][0])
        elif action < 0.8 and running:
            table, prompt = rng.choice(running)
            ahead = prompt[len(table.keys) :][: rng.randrange(1, 40)] or [rng.randrange(4)]
            try:
                tensors.compute(table, ahead)
            except CacheFull:
                continue
            tensors.check(table)
        elif running:
            table, _ = running.pop(rng.randrange(len(running)))
            tensors.cache.close(table, keep=rng.random() < 0.8)
        for table, _ in running:
            tensors.check(table)
    for table, _ in running:
        tensors.cache.close(table)
    assert tensors.cache.n_available == 24
    tensors.cache.clear()
    assert sorted(tensors.cache._free) == list(range(24))
