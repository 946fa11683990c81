"""Trains the light text classifier that ships with wentu: `python tools/train_text_guard.py [--out FILE]`.

A linear model over hashed character n-grams, learnt from the sentences of tools/text_guard (written by us) and measured
on sentences that no training template made. Prints the figures of docs/safety.md. Takes about a minute.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from wentu.evaluation.guard.benign import benign_sentences
from wentu.safety.linear import BUCKETS, LinearClassifier, features, save_weights

HERE = Path(__file__).parent / "text_guard"
OUT = Path(__file__).parent.parent / "src" / "wentu" / "safety" / "data" / "text-guard.npz"
SAFE = "safe"
PER_TEMPLATE = 60
EPOCHS = 12
RATE = 0.3
# So many of a sentence's n-grams are hidden at each look, so that no wording is learnt by a single one of them.
HIDDEN = 0.6
_CHOICE = re.compile(r"\[([^\]]*)\](\??)")


def read(path: Path) -> Iterator[tuple[str, str, bool]]:
    """(label, template, is a test sentence)."""
    label = SAFE
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            label = line[3:]
        elif line and not line.startswith("#"):
            yield label, line.removeprefix("test:"), line.startswith("test:")


def fill(template: str, rng: random.Random) -> str:
    def pick(match: re.Match[str]) -> str:
        return "" if match[2] and rng.random() < 0.5 else rng.choice(match[1].split("|"))

    return _CHOICE.sub(pick, template)


def examples(rng: random.Random) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(training, test) pairs of text and label. Whole and half sentences, some of them joined with safe ones."""
    train, test = [], []
    rows = [*read(HERE / "unsafe.txt"), *read(HERE / "safe.txt")]
    safe = [template for label, template, _ in rows if label == SAFE]
    for label, template, is_test in rows:
        if is_test:
            test.append((template, label))
            continue
        for _ in range(PER_TEMPLATE * (2 if label == SAFE else 1)):
            text = fill(template, rng)
            if rng.random() < 0.3:
                other = fill(rng.choice(safe), rng)
                text = f"{other}。{text}" if rng.random() < 0.5 else f"{text}。{other}"
            train.append((text, label))
    rng.shuffle(train)
    return train, test


def train(pairs: list[tuple[str, str]], labels: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression by AdaGrad on sparse rows: (buckets, labels) weights and a bias."""
    weights = np.zeros((BUCKETS, len(labels)), np.float32)
    bias = np.zeros(len(labels), np.float32)
    seen = np.full((BUCKETS, 1), 0.1, np.float32)
    rows = [(*features(text), labels.index(label)) for text, label in pairs]
    rng = np.random.default_rng(8)
    for epoch in range(EPOCHS):
        loss = 0.0
        for all_places, all_values, label in rows:
            seen_now = rng.random(len(all_places)) >= HIDDEN
            places, values = all_places[seen_now], all_values[seen_now]
            values = values / max(float(np.linalg.norm(values)), 1e-6)
            logits = values @ weights[places] + bias
            probs = np.exp(logits - logits.max())
            probs /= probs.sum()
            loss -= float(np.log(probs[label] + 1e-9))
            probs[label] -= 1.0
            step = values[:, None] * probs[None, :]
            seen[places] += (step**2).sum(axis=1, keepdims=True)
            weights[places] -= RATE * step / np.sqrt(seen[places])
            bias -= 0.01 * probs
        if epoch % 4 == 3:
            print(f"epoch {epoch + 1}: loss {loss / len(rows):.4f}")
    return weights, bias


def measure(model: LinearClassifier, test: list[tuple[str, str]]) -> None:
    def unsafe(text: str) -> float:
        return max(model.scores(text).values(), default=0.0)

    print(f"{len(test)} unsafe sentences of other wording; {len(benign_sentences())} benign ones of other wording")
    for limit in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        caught = sum(unsafe(text) >= limit for text, _ in test) / len(test)
        wrong = [text for text in benign_sentences() if unsafe(text) >= limit]
        share = len(wrong) / len(benign_sentences())
        print(f"from {limit}: {caught:.0%} of the unsafe, {share:.2%} of the benign {wrong[:3]}")
    right = sum(max(model.scores(text).items(), key=lambda one: one[1])[0] == label for text, label in test)
    print(f"right category: {right} of {len(test)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    pairs, test = examples(random.Random(8))
    labels = [SAFE, *sorted({label for _, label in pairs} - {SAFE})]
    print(f"{len(pairs)} training sentences, {len(labels) - 1} categories")
    weights, bias = train(pairs, labels)
    save_weights(arguments.out, labels, weights, bias)
    measure(LinearClassifier.load(arguments.out), test)
    print(f"{arguments.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
