"""Trains the tiny checkpoint that sees, on the pictures of tests/seeing, and writes it in published form.

    PYTHONPATH=tests:tools nice python -m train_tiny.train OUT --minutes 20

Every batch is half pictures to be learnt by heart and half new ones, so that what is learnt by heart is also
understood. Written anew every few hundred steps, so that a run that is stopped leaves what it has reached.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import Qwen3VLForConditionalGeneration

from seeing.drawing import fresh_scenes, learnt_scenes
from train_tiny.batches import IGNORED, Batch, Example, Reader
from train_tiny.start import make_start

BATCH = 32
LEARNING_RATE = 1e-3
WARM_UP_STEPS = 50
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0
REPORT_STEPS, SAVE_STEPS = 50, 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--learnt", type=int, default=0, help="learn only the first few pictures: checks the wiring")
    parser.add_argument("--resume", action="store_true", help="go on from the weights in OUT")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    if not asked.resume:
        make_start(asked.out)
    train(asked.out, asked.minutes * 60, asked.learnt, quieter_start=not asked.resume)


def train(out: Path, budget_s: float, n_learnt: int, quieter_start: bool) -> None:
    """Trains for `budget_s` seconds and leaves the result in `out`."""
    reader = Reader(out)
    model = Qwen3VLForConditionalGeneration.from_pretrained(out, dtype=torch.float32, attn_implementation="eager")
    if quieter_start:
        with torch.no_grad():  # logits near zero at the start: the head is the embedding
            model.get_input_embeddings().weight.mul_(0.3)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.95), weight_decay=WEIGHT_DECAY)
    batches = _batches(reader, n_learnt)
    started, step, spent = time.monotonic(), 0, 0.0
    while spent < 1:
        spent = (time.monotonic() - started) / budget_s
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1.0, (step + 1) / WARM_UP_STEPS) * _cosine(spent)
        batch = next(batches)
        with torch.autocast("cpu", torch.bfloat16):
            result = model(**batch.inputs())
        result.loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        optimizer.zero_grad()
        if step % REPORT_STEPS == 0:
            print(
                step,
                f"{spent * budget_s:.0f} s",
                f"loss {result.loss:.4f}",
                _accuracy(result.logits, batch),
                flush=True,
            )
        step += 1
        if step % SAVE_STEPS == 0 or spent >= 1:
            save(model, out)
    print(f"{step} steps", flush=True)


def _cosine(spent: float) -> float:
    """1 at the start, 0.02 at the end."""
    return 0.51 + 0.49 * math.cos(math.pi * min(spent, 1.0))


def _batches(reader: Reader, n_learnt: int) -> Iterator[Batch]:
    """First half by heart, second half new; or, with `n_learnt`, only the first so many by heart."""
    by_heart = [reader.example(scene) for scene in learnt_scenes()[: n_learnt or None]]
    fresh = fresh_scenes(seed=1)
    order: list[Example] = []
    while True:
        half = min(BATCH // 2, len(by_heart))
        if len(order) < half:
            order += [by_heart[i] for i in torch.randperm(len(by_heart)).tolist()]
        chosen, order = order[:half], order[half:]
        if not n_learnt:
            chosen += [reader.example(next(fresh)) for _ in range(BATCH - half)]
        yield reader.batch(chosen)


def _accuracy(logits: Tensor, batch: Batch) -> str:
    """Right words in percent (colour, shape, place, on, ground, end) and whole captions: by heart, then new."""
    labels = batch.labels[:, 1:]
    asked = labels != IGNORED
    right = (logits[:, :-1].argmax(-1) == labels)[asked].reshape(len(labels), -1).float()
    halves = [half for half in right.split(BATCH // 2) if len(half)]
    return " | ".join(
        " ".join(f"{100 * float(column):.0f}" for column in half.mean(0)) + f" = {100 * float(half.prod(1).mean()):.0f}"
        for half in halves
    )


def save(model: Qwen3VLForConditionalGeneration, out: Path) -> None:
    """The weights rounded to bfloat16, under their published names, whole or not at all."""
    weights = {
        name: tensor.detach().to(torch.bfloat16).contiguous()
        for name, tensor in model.state_dict().items()
        if name != "lm_head.weight"  # tied: the embedding
    }
    partial = out / "model.safetensors.partial"
    save_file(weights, partial, metadata={"format": "pt"})
    partial.replace(out / "model.safetensors")
    path = out / "config.json"
    tree = json.loads(path.read_text("utf-8"))
    tree["text_config"]["dtype"] = "bfloat16"
    path.write_text(json.dumps(tree, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
