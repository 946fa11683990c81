"""Grammars allow what fits, force what is certain, and refuse what is no grammar."""

import json

import numpy as np
import pytest

from tiny import make_checkpoint
from wentu.core.errors import BadRequest
from wentu.engines.loop.config import read_config
from wentu.engines.loop.constraint import Constraint
from wentu.engines.loop.tokens import Tokenizer

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 4}, "ok": {"type": "boolean"}},
    "required": ["name", "ok"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = make_checkpoint(tmp_path_factory.mktemp("tiny"))
    return Tokenizer(folder, read_config(folder).text.vocab_size)


def text_of(tokens: list[int], tokenizer: Tokenizer) -> str:
    return b"".join(tokenizer.bytes_of(token) for token in tokens).decode()


def test_any_choice_among_allowed_tokens_ends_in_json_of_the_schema(tokenizer: Tokenizer) -> None:
    for seed in range(10):
        random = np.random.default_rng(seed)
        constraint = Constraint.of_json_schema(json.dumps(SCHEMA), tokenizer)
        tokens = constraint.forced()
        assert text_of(tokens, tokenizer) == '{"name": "'
        while not constraint.finished:
            allowed = np.flatnonzero(constraint.allowed())
            token = int(random.choice(allowed))
            constraint.accept(token)
            tokens += [token, *constraint.forced()]
        tree = json.loads(text_of([t for t in tokens if t not in tokenizer.end_tokens], tokenizer))
        assert len(tree["name"]) <= 4 and isinstance(tree["ok"], bool)


def test_a_guess_counts_only_as_far_as_it_fits(tokenizer: Tokenizer) -> None:
    constraint = Constraint.of_regex("[0-9]{2}-[0-9]{2}", tokenizer)
    guess = tokenizer.encode("12-3x")
    assert constraint.fitting(guess) == 4
    assert text_of(guess[:4], tokenizer) == "12-3"


def test_a_pattern_is_kept_to_and_then_only_the_end_can_follow(tokenizer: Tokenizer) -> None:
    constraint = Constraint.of_regex("7Q?", tokenizer)
    assert np.flatnonzero(constraint.allowed()).tolist() == tokenizer.encode("7")
    constraint.accept(tokenizer.encode("7")[0])
    allowed = set(np.flatnonzero(constraint.allowed()).tolist())
    assert allowed == {*tokenizer.encode("Q"), *tokenizer.end_tokens}
    constraint.accept(tokenizer.encode("Q")[0])
    assert constraint.finished


@pytest.mark.parametrize("schema", ["{", "[1]", '"text"', '{"type": "nonsense"}', '{"$ref": "#/nowhere"}'])
def test_what_is_no_schema_is_a_bad_request(schema: str, tokenizer: Tokenizer) -> None:
    with pytest.raises(BadRequest) as caught:
        Constraint.of_json_schema(schema, tokenizer)
    assert "nonsense" not in caught.value.message and "nowhere" not in caught.value.message


def test_a_bad_pattern_is_a_bad_request(tokenizer: Tokenizer) -> None:
    with pytest.raises(BadRequest):
        Constraint.of_regex("(", tokenizer)
