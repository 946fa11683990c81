"""What is measured, in the order in which it is."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Figures:
    """One engine's figures; None where it has no such thing. Medians but for conversion, load and memory.

    Pictures are squares of 448 or 1024 pixels a side. `first_token_*_s` is from the question to the first token, for
    a picture that was never seen ("cold"), for one that was read ahead of its question ("uploaded_before"), for
    another question about one that was asked about ("read_before"), and for the second turn of a conversation.
    Tokens per second are of the prompt without pictures (prefill) and of all streams together after their first
    tokens (decode). `fields_json_s` is the time for an answer of six fields that a JSON Schema holds to a fixed
    length. Peaks are of the engine's process in MB (10^6 bytes), after the small pictures and after the large ones.
    """

    convert_s: float | None = None
    convert_peak_mb: float | None = None
    load_s: float | None = None
    load_to_first_answer_s: float | None = None
    first_token_448_cold_s: float | None = None
    first_token_448_uploaded_before_s: float | None = None
    first_token_448_read_before_s: float | None = None
    first_token_turn_2_s: float | None = None
    prefill_tokens_per_s: float | None = None
    decode_tokens_per_s: float | None = None
    decode_4_streams_tokens_per_s: float | None = None
    fields_json_s: float | None = None
    peak_448_mb: float | None = None
    first_token_1024_cold_s: float | None = None
    peak_1024_mb: float | None = None


STEPS = tuple(field.name for field in fields(Figures))
