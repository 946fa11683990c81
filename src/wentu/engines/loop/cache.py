"""Which block of the key/value cache holds what: sharing by content, copy on write, and forgetting the oldest.

A block holds the keys and values of `BLOCK_TOKENS` consecutive tokens, and those of a token depend on all tokens
before it. So blocks form a tree: a path from its root is the beginning of a prompt, whoever asked it. Content is
compared entry by entry (token ids; a picture's digest and the index of its token), never by a hash alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wentu.engines.loop.rows import BLOCK_TOKENS

Key = int | tuple[str, int]
"""One entry: a token id, or (the picture's name, index of the visual token)."""


class CacheFull(Exception):
    """Every block is in use by a running sequence."""


@dataclass(slots=True, eq=False)
class Block:
    """A block of the tensors. Shared ones know their content and their place in the tree."""

    index: int
    users: int = 1
    keys: tuple[Key, ...] = ()
    parent: Block | None = None
    children: dict[tuple[Key, ...], Block] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Table:
    """A running sequence's blocks; `keys` are the entries that have been computed.

    All blocks but the last are full and shared; only the last one is written to, and belongs to this table alone.
    """

    keys: list[Key] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    published: int = 0

    @property
    def indices(self) -> list[int]:
        return [block.index for block in self.blocks]


class BlockCache:
    """Lends blocks to tables. Blocks that nobody uses are kept until they are needed, the least recently used first.

    `copy` writes the content of one block (by index) into another. To be used from one thread.
    """

    def __init__(self, n_blocks: int, copy: Callable[[int, int], None]) -> None:
        self.n_blocks = n_blocks
        self._copy = copy
        self._free = list(range(n_blocks - 1, -1, -1))
        # NOTE: users of a parent >= users of its children, and tables give back their last block first. So among the
        # idle blocks a child always stands before its parent, and what is evicted first is a leaf.
        self._idle: OrderedDict[Block, None] = OrderedDict()
        self._root = Block(-1)

    @property
    def n_available(self) -> int:
        """Blocks that can be had: free ones and those that nobody uses."""
        return len(self._free) + len(self._idle)

    @property
    def capacity(self) -> int:
        """The most entries that one sequence can have."""
        return self.n_blocks * BLOCK_TOKENS

    def open(self, keys: Sequence[Key]) -> Table:
        """A table that begins with as much of `keys` as is known; the last entry is always left to compute."""
        table, node, known = Table(), self._root, list(keys[:-1])
        while (child := node.children.get(tuple(known[_end(table) : _end(table) + BLOCK_TOKENS]))) is not None:
            if len(child.keys) < BLOCK_TOKENS:
                break
            self._use(child)
            table.blocks.append(child)
            table.keys += child.keys
            node = child
        table.published = len(table.blocks)
        self._open_partial(table, node, known[len(table.keys) :])
        return table

    def _open_partial(self, table: Table, node: Block, rest: list[Key]) -> None:
        """Copies the block under `node` that agrees with the most of `rest`, if there is one and room for a copy."""
        best, agreed = max(
            ((child, _common(child.keys, rest)) for child in node.children.values()),
            key=lambda pair: pair[1],
            default=(None, 0),
        )
        if best is None or not agreed:
            return
        self._use(best)  # so that making room for the copy can't evict what is copied
        try:
            copy = self._take()
            self._copy(best.index, copy.index)
            table.blocks.append(copy)
            table.keys += rest[:agreed]
        except CacheFull:
            pass
        finally:
            self._unuse(best)

    def reserve(self, table: Table, n: int) -> None:
        """Gives `table` the blocks for `n` more entries. Raises CacheFull, and then changes nothing."""
        needed = blocks_for(len(table.keys) + n) - len(table.blocks)
        if needed > self.n_available:
            raise CacheFull
        table.blocks.extend(self._take() for _ in range(needed))

    def commit(self, table: Table, keys: Sequence[Key]) -> None:
        """Says that `keys` have been computed into `table`; blocks that became full are shared from now on."""
        table.keys += keys
        while (table.published + 1) * BLOCK_TOKENS <= len(table.keys):
            start = table.published * BLOCK_TOKENS
            content = tuple(table.keys[start : start + BLOCK_TOKENS])
            table.blocks[table.published] = self._publish(
                self._last_shared(table), table.blocks[table.published], content
            )
            table.published += 1

    def trim(self, table: Table) -> None:
        """Gives back the blocks reserved for entries that were not committed."""
        for block in table.blocks[blocks_for(len(table.keys)) :]:
            self._free.append(block.index)
        del table.blocks[blocks_for(len(table.keys)) :]

    def close(self, table: Table, *, keep: bool = True) -> None:
        """Ends a sequence; what it computed stays known as long as there is room (unless not `keep`)."""
        self.trim(table)
        if table.published < len(table.blocks):
            last = table.blocks.pop()
            content = tuple(table.keys[table.published * BLOCK_TOKENS :])
            parent = self._last_shared(table)
            if keep and not any(_common(keys, content) == len(content) for keys in parent.children):
                table.blocks.append(self._publish(parent, last, content))
            else:
                self._free.append(last.index)
        for block in reversed(table.blocks):
            self._unuse(block)
        table.blocks.clear()

    def clear(self) -> None:
        """Forgets everything that no sequence is using."""
        while self._idle:
            self._evict()

    def _last_shared(self, table: Table) -> Block:
        return table.blocks[table.published - 1] if table.published else self._root

    def _publish(self, parent: Block, block: Block, content: tuple[Key, ...]) -> Block:
        """Puts `block` into the tree; where its twin is there already, that one is used and `block` is free again."""
        twin = parent.children.get(content)
        if twin is not None:
            self._use(twin)
            self._free.append(block.index)
            return twin
        self._forget_beginnings(parent, content)
        block.keys, block.parent = content, parent
        parent.children[content] = block
        return block

    def _forget_beginnings(self, parent: Block, content: tuple[Key, ...]) -> None:
        """Frees the idle blocks that hold only a beginning of `content`: an earlier turn's last block, usually."""
        for keys, child in list(parent.children.items()):
            if child in self._idle and _common(keys, content) == len(keys):
                del self._idle[child], parent.children[keys]
                self._free.append(child.index)

    def _use(self, block: Block) -> None:
        block.users += 1
        self._idle.pop(block, None)

    def _unuse(self, block: Block) -> None:
        block.users -= 1
        if not block.users:
            self._idle[block] = None

    def _take(self) -> Block:
        if not self._free:
            self._evict()
        return Block(self._free.pop())

    def _evict(self) -> None:
        if not self._idle:
            raise CacheFull
        block, _ = self._idle.popitem(last=False)
        assert block.parent is not None and not block.children
        del block.parent.children[block.keys]
        self._free.append(block.index)


def blocks_for(n_entries: int) -> int:
    return -(-n_entries // BLOCK_TOKENS)


def _end(table: Table) -> int:
    """Where the first entry after the table's full blocks stands."""
    return len(table.blocks) * BLOCK_TOKENS


def _common(first: Sequence[Key], second: Sequence[Key]) -> int:
    """How many entries two sequences have in common at their beginning."""
    for index, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return index
    return min(len(first), len(second))
