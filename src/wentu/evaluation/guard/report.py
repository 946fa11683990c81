"""`wentu policy measure`: what a policy stops wrongly, what it finds of what it should, its cost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wentu.evaluation.guard.benign import benign_sentences
from wentu.evaluation.guard.held_out import harmful_sentences, harmless_sentences
from wentu.safety.findings import Caught
from wentu.safety.guard import Guard
from wentu.safety.light import light_scores
from wentu.safety.policy import Policy, Word
from wentu.safety.screen import Classify, Screen

_ANSWER_TOKENS = 4_000


@dataclass(frozen=True, slots=True)
class Harmless:
    """How many harmless sentences were tried, and which of them were held or blocked."""

    sentences: int
    stopped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """`harmless` by set: "chosen on" is the one by which the shipped limits were chosen, "held out" saw none of it.

    `harmful` is (stopped, tried) by category, of sentences that were held out too; `variants` (found, tried) by
    disguise of the policy's own words. `us_per_token` is what the guard costs an answer of ordinary text, `first_ms`
    what it adds to the first token.
    """

    harmless: Mapping[str, Harmless]
    harmful: Mapping[str, tuple[int, int]]
    variants: Mapping[str, tuple[int, int]]
    us_per_token: float
    first_ms: float


def measure(policy: Policy, classify: Classify | None = None) -> Report:
    """The figures of a policy with a text classifier; the one that ships where none is named."""
    screen = Screen(policy, classify or light_scores())
    harmless = {
        "chosen on": _stopped(screen, benign_sentences()),
        "held out": _stopped(screen, [text for _, text in harmless_sentences()]),
    }
    words = [word for word in policy.words if not word.context]
    variants = {name: _found(screen, words, disguise) for name, disguise in DISGUISES.items()}
    us_per_token, first_ms = cost(screen)
    return Report(harmless, _caught(screen), variants, us_per_token, first_ms)


def _stopped(screen: Screen, sentences: Sequence[str]) -> Harmless:
    return Harmless(len(sentences), tuple(text for text in sentences if screen.check(text, "answer")))


def _caught(screen: Screen) -> dict[str, tuple[int, int]]:
    """Whatever stops a sentence counts, whichever category it takes it for."""
    found: dict[str, tuple[int, int]] = {}
    for category, text in harmful_sentences():
        caught, tried = found.get(category, (0, 0))
        found[category] = (caught + bool(screen.check(text, "question")), tried + 1)
    return found


def cost(screen: Screen) -> tuple[float, float]:
    """Microseconds a token, and milliseconds from the first token in to the first text out."""
    text = "。".join(text for text in benign_sentences() if not screen.check(text, "answer"))
    tokens = [text[at : at + 2] for at in range(0, len(text), 2)][:_ANSWER_TOKENS]  # Qwen's tokens: 1.5 characters
    guard = Guard(screen)
    guard.feed("热")  # tables are made at the first call, which is a worker's first and not a question's
    started = time.perf_counter()
    guard = Guard(screen)
    guard.feed(tokens[0])
    first_ms = (time.perf_counter() - started) * 1e3
    started = time.perf_counter()
    try:
        for token in tokens[1:]:
            guard.feed(token)
        guard.finish()
    except Caught:  # a word over the edge of two sentences
        pass
    return (time.perf_counter() - started) * 1e6 / len(tokens), first_ms


def _found(screen: Screen, words: list[Word], disguise: Callable[[str, random.Random], str]) -> tuple[int, int]:
    rng = random.Random(8)
    tried = found = 0
    for word in words:
        text = disguise(word.text, rng)
        if text != word.text or disguise is plain:
            tried += 1
            found += bool(screen.lexicon.scan(f"请问{text}吗").findings or screen.lexicon.scan_variants(text))
    return found, tried


def plain(word: str, rng: random.Random) -> str:
    return word


def _between(word: str, signs: tuple[str, ...], rng: random.Random) -> str:
    return "".join(character + rng.choice(signs) for character in word[:-1]) + word[-1]


def zero_width(word: str, rng: random.Random) -> str:
    return _between(word, ("\u200b", "\u200d", "\ufeff", "\ufe0f", ""), rng)


def full_width(word: str, rng: random.Random) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in word)


def traditional(word: str, rng: random.Random) -> str:
    import opencc

    converted: str = opencc.OpenCC("s2t").convert(word)
    return converted


def skipped(word: str, rng: random.Random) -> str:
    return _between(word, ("*", "-", "·", "★☆", "", " . "), rng) if len(word) >= 3 else word


def capitals(word: str, rng: random.Random) -> str:
    return word.upper()


DISGUISES: Mapping[str, Callable[[str, random.Random], str]] = {
    "as they are": plain,
    "zero-width and variation selectors": zero_width,
    "full width": full_width,
    "traditional": traditional,
    "characters strewn in": skipped,
    "capitals": capitals,
}
