"""Fits the small network of wentu.safety.light with torch, on sentences of tools/text_guard/corpus.py."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from text_guard.corpus import SAFE, Line, sentences
from wentu.safety.light import BUCKETS, Network, features

Example = tuple[np.ndarray, np.ndarray, int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is fitted; the defaults were chosen by `--compare` on training lines that were left out."""

    hidden: int = 16
    # Few: with more of them the wording is learnt by heart, and left-out lines fare worse.
    epochs: int = 5
    batch: int = 256
    rate: float = 1e-2
    decay: float = 0.05
    # So many of a sentence's n-grams are hidden at each look, so that no wording is learnt by a single one of them.
    hidden_grams: float = 0.4
    dropout: float = 0.3
    safe_weight: float = 1.5


class Bag(nn.Module):
    """Weighted sum of n-gram rows, ReLU, one layer: what `LightClassifier` computes."""

    def __init__(self, recipe: Recipe, labels: int) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(BUCKETS, recipe.hidden, mode="sum")
        nn.init.normal_(self.table.weight, std=0.1)
        self.bias = nn.Parameter(torch.zeros(recipe.hidden))
        self.dropout = nn.Dropout(recipe.dropout)
        self.out = nn.Linear(recipe.hidden, labels)

    def forward(self, places: Tensor, offsets: Tensor, values: Tensor) -> Tensor:
        hidden = torch.relu(self.table(places, offsets, per_sample_weights=values) + self.bias)
        logits: Tensor = self.out(self.dropout(hidden))
        return logits


def examples(lines: Sequence[Line], labels: Sequence[str], seed: int) -> list[Example]:
    """Features and label number of every sentence of these lines."""
    rng = random.Random(seed)
    safe = [line for line in lines if line.label == SAFE]
    return [(*features(text), labels.index(line.label)) for line in lines for text in sentences(line, safe, rng)]


def fit(lines: Sequence[Line], labels: Sequence[str], recipe: Recipe, seed: int = 8) -> Network:
    """The network that these lines teach."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # sums over a few hundred rows: more threads only wait for each other
    rows = examples(lines, labels, seed)
    model = Bag(recipe, len(labels))
    steps = recipe.epochs * (len(rows) // recipe.batch + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.rate, total_steps=steps)
    weights = torch.ones(len(labels))
    weights[0] = recipe.safe_weight
    loss_of = nn.CrossEntropyLoss(weight=weights)
    rng = np.random.default_rng(seed)
    for _ in range(recipe.epochs):
        order = rng.permutation(len(rows))
        for at in range(0, len(order), recipe.batch):
            batch = [rows[n] for n in order[at : at + recipe.batch]]
            loss = loss_of(model(*_collated(batch, rng, recipe.hidden_grams)), torch.tensor([one[2] for one in batch]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return _in_8_bits(model, labels)


def _collated(batch: Sequence[Example], rng: np.random.Generator, hide: float) -> tuple[Tensor, Tensor, Tensor]:
    places, values, offsets, start = [], [], [], 0
    for all_places, all_values, _ in batch:
        seen = rng.random(len(all_places)) >= hide
        kept = all_values[seen]
        places.append(all_places[seen])
        values.append(kept / max(float(np.linalg.norm(kept)), 1e-6))
        offsets.append(start)
        start += len(kept)
    joined = np.concatenate(places), np.array(offsets), np.concatenate(values).astype(np.float32)
    return torch.from_numpy(joined[0]), torch.from_numpy(joined[1]), torch.from_numpy(joined[2])


def _in_8_bits(model: Bag, labels: Sequence[str]) -> Network:
    table = model.table.weight.detach().numpy()
    scale = float(np.percentile(np.abs(table), 99.99)) / 127
    return Network(
        labels=tuple(labels),
        table=np.clip(np.round(table / scale), -127, 127).astype(np.int8),
        scale=scale,
        bias=model.bias.detach().numpy(),
        out=model.out.weight.detach().numpy().T,
        out_bias=model.out.bias.detach().numpy(),
    )
