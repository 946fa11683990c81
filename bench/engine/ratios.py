"""Ours against the best peer, figure by figure: below 1 where we are ahead."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

Figures = Mapping[str, float | None]

# Name of a ratio -> the figure of ours; seconds and megabytes are better when smaller, tokens a second when larger.
SMALLER = {
    "first_token_448_cold": "first_token_448_cold_s",
    "first_token_1024_cold": "first_token_1024_cold_s",
    "first_token_448_uploaded_before": "first_token_448_uploaded_before_s",
    "first_token_turn_2": "first_token_turn_2_s",
    "fields_json": "fields_json_s",
    "load": "load_to_first_answer_s",
    "convert": "convert_s",
    "peak_memory": "peak_1024_mb",
}
LARGER = {
    "prefill": "prefill_tokens_per_s",
    "decode": "decode_tokens_per_s",
    "decode_4_streams": "decode_4_streams_tokens_per_s",
}
# Peers read nothing ahead: what comes nearest is a picture that another question was asked about before.
INSTEAD = {"first_token_448_uploaded_before_s": "first_token_448_read_before_s"}


def medians(runs: Sequence[Figures]) -> dict[str, float | None]:
    """Each figure's median over an engine's runs; memory is the most that any of them took."""
    found: dict[str, float | None] = {}
    for name in dict.fromkeys(name for run in runs for name in run):
        values = [value for run in runs if (value := run.get(name)) is not None]
        middle = max if name.endswith("_mb") else statistics.median
        found[name] = round(middle(values), 4) if values else None
    return found


def ratios(ours: Figures, peers: Mapping[str, Figures]) -> dict[str, float | None]:
    """By name of `SMALLER` and `LARGER`; None where we or all peers have no such figure."""
    found: dict[str, float | None] = {}
    for name, figure in (SMALLER | LARGER).items():
        own = ours.get(figure)
        theirs = [value for peer in peers.values() if (value := peer.get(INSTEAD.get(figure, figure)))]
        if not own or not theirs:
            found[name] = None
        else:
            found[name] = round(own / min(theirs) if name in SMALLER else max(theirs) / own, 3)
    return found
