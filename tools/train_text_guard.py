"""Trains the light text classifier that ships with wentu: `python tools/train_text_guard.py [--out FILE]`.

It learns from the sentences of tools/text_guard, which we wrote. The limit is chosen on training lines that were left
out, in four turns, and on the harmless sentences of wentu.evaluation.guard.benign. The figures of docs/safety.md are
those of the last lines that it prints: of wentu.evaluation.guard.held_out, which neither learning nor choice has seen.
`--compare` prints the choice for several recipes and does not touch those.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from text_guard.corpus import SAFE, Line, fill, lines
from text_guard.fit import Recipe, fit
from wentu.evaluation.guard.benign import benign_sentences
from wentu.evaluation.guard.held_out import harmful_sentences, harmless_sentences
from wentu.safety.light import LightClassifier

ROOT = Path(__file__).parent.parent
OUT = ROOT / "src" / "wentu" / "safety" / "data" / "text-guard.npz"
FOLDS = 4
LIMITS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
# The limit is the lowest at which no more than these shares are held: of harmless sentences as firms meet them, and of
# training lines that are harmless and look harmful.
MOST_WRONG, MOST_ALIKE = 0.005, 0.05
RECIPES = {
    "as it ships": Recipe(),
    "wider": replace(Recipe(), hidden=48),
    "longer": replace(Recipe(), epochs=12),
    "shorter": replace(Recipe(), epochs=3),
    "more n-grams hidden": replace(Recipe(), hidden_grams=0.5),
    "stronger decay": replace(Recipe(), decay=0.5),
}


def worst(model: LightClassifier, text: str) -> float:
    return max(model.scores(text).values(), default=0.0)


def left_out(all_lines: Sequence[Line], labels: Sequence[str], recipe: Recipe) -> dict[str, list[float]]:
    """Scores of left-out lines by networks that never saw them, and of `benign_sentences`, which none ever sees."""
    scores: dict[str, list[float]] = {"harmful": [], "alike": [], "benign": []}
    order = random.Random(1).sample(range(len(all_lines)), len(all_lines))
    for fold in range(FOLDS):
        test = {order[n] for n in range(fold, len(order), FOLDS)}
        model = LightClassifier(fit([one for one in all_lines if one.number not in test], labels, recipe))
        rng = random.Random(fold)
        for one in (line for line in all_lines if line.number in test):
            scores["alike" if one.label == SAFE else "harmful"].append(worst(model, fill(one.template, rng)))
        scores["benign"].extend(worst(model, text) for text in benign_sentences()[fold::FOLDS])
    return scores


def share(scores: Iterable[float], limit: float) -> float:
    counted = Counter(score >= limit for score in scores)
    return counted[True] / max(counted.total(), 1)


def choose(scores: dict[str, list[float]]) -> float:
    """The limit; prints what it was chosen from."""
    for limit in LIMITS:
        told = ", ".join(f"{share(found, limit):.1%} of {name}" for name, found in scores.items())
        print(f"  from {limit}: {told}")
    fine = [one for one in LIMITS if share(scores["benign"], one) <= MOST_WRONG]
    return next((one for one in fine if share(scores["alike"], one) <= MOST_ALIKE), LIMITS[-1])


def measure(model: LightClassifier, limit: float) -> None:
    """Recall by category and false alarms by subject, on sentences that were held out from everything."""
    print(f"held out, from {limit}:")
    found = Counter(kind for kind, text in harmful_sentences() if worst(model, text) >= limit)
    tried = Counter(kind for kind, _ in harmful_sentences())
    for kind, count in tried.items():
        print(f"  {kind}: {found[kind]} of {count}")
    wrong = [(kind, text) for kind, text in harmless_sentences() if worst(model, text) >= limit]
    print(f"  all: {found.total()} of {tried.total()}; harmless: {len(wrong)} of {len(harmless_sentences())} held")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--compare", action="store_true", help="try several recipes; nothing is written")
    arguments = parser.parse_args()
    all_lines = lines()
    labels = [SAFE, *sorted({line.label for line in all_lines} - {SAFE})]
    written = Counter(line.label for line in all_lines)
    print(f"{len(all_lines)} lines written by us, {written[SAFE]} of them harmless; {len(labels) - 1} categories")
    for name, recipe in (RECIPES if arguments.compare else {"left out": Recipe()}).items():
        print(name)
        limit = choose(left_out(all_lines, labels, recipe))
    if arguments.compare:
        return
    network = fit(all_lines, labels, Recipe())
    network.save(arguments.out)
    print(f"{arguments.out.stat().st_size / 1e6:.2f} MB; the policy's limit should be {limit}")
    measure(LightClassifier.load(arguments.out), limit)


if __name__ == "__main__":
    main()
