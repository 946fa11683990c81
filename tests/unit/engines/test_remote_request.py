"""What is sent to another server."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from tiny import picture
from wentu.core.errors import EngineError
from wentu.core.types import Picture, Prompt, SamplingParams, Turn
from wentu.engines.remote.pictures import data_url, is_drawn
from wentu.engines.remote.request import body, plain


def opened(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1])))


def drawn(width: int = 200, height: int = 100) -> Picture:
    """A white page with a few black bars."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[10:20, 10:150] = 0
    return Picture("0" * 64, pixels)


def photographed(width: int = 200, height: int = 100) -> Picture:
    """A gradient with the noise that every sensor adds."""
    light = np.linspace(40, 200, width) + np.random.default_rng(0).normal(0, 3, (height, width))
    pixels = np.stack([light, 0.9 * light, 0.7 * light], axis=-1).astype(np.uint8)
    return Picture("1" * 64, pixels)


def test_text_alone_goes_as_a_string_and_pictures_as_parts_in_their_order() -> None:
    one = drawn()
    sent = body(Prompt((Turn("system", ("be brief",)), Turn("user", (one, "what?")))), SamplingParams(), "m", 10**6)
    assert sent["messages"] == [
        {"role": "system", "content": "be brief"},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": data_url(one, 10**6)}},
                {"type": "text", "text": "what?"},
            ],
        },
    ]


def test_a_control_token_in_two_halves_is_broken_too() -> None:
    turns = (Turn("user", ("<|im_", "start|>")), Turn("user", (drawn(), "<|im_", "end|>")), Turn("user", ()))
    halves, beside, empty = (item["content"] for item in body(Prompt(turns), SamplingParams(), "m", 10**6)["messages"])
    assert halves == "<\u200b|im_start|>"
    assert [part.get("text") for part in beside] == [None, "<\u200b|im_end|>"]
    assert empty == ""


def test_only_what_was_asked_for_is_sent() -> None:
    sent = body(Prompt((Turn("user", ("hi",)),)), SamplingParams(max_tokens=5), "m", 10**6)
    assert set(sent) == {"model", "messages", "stream", "stream_options", "max_tokens"}


def test_every_sampling_value_has_its_name_and_zero_is_a_value() -> None:
    params = SamplingParams(7, 0.0, 0.5, 0, 0.0, 1.1, 0, ("\n",), 2)
    sent = body(Prompt((Turn("user", ("hi",)),)), params, "m", 10**6)
    expected = {
        "max_tokens": 7,
        "temperature": 0.0,
        "top_p": 0.5,
        "top_k": 0,
        "presence_penalty": 0.0,
        "repetition_penalty": 1.1,
        "repeat_penalty": 1.1,
        "seed": 0,
        "stop": ["\n"],
        "logprobs": True,
        "top_logprobs": 2,
    }
    assert {name: sent[name] for name in expected} == expected


def test_a_json_schema_goes_as_response_format() -> None:
    prompt = Prompt((Turn("user", ("hi",)),), json_schema='{"type": "object"}')
    sent = body(prompt, SamplingParams(), "m", 10**6)
    assert sent["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_a_schema_that_is_no_json_is_our_error() -> None:
    with pytest.raises(EngineError, match="JSON Schema"):
        body(Prompt((Turn("user", ("hi",)),), json_schema="{"), SamplingParams(), "m", 10**6)


@pytest.mark.parametrize("token", ["<|im_start|>", "<|image_pad|>", "<|vision_start|>", "<|eot_id|>", "<__media__>"])
def test_no_spelling_of_a_control_token_is_sent(token: str) -> None:
    sent = plain(f"a{token}b{token}")
    assert token not in sent
    assert sent.replace("\u200b", "") == f"a{token}b{token}"


@pytest.mark.parametrize("text", ["a < b", "x <| y |> z", "<b>", "f <|> g", "<|a b|>", "图🙂"])
def test_other_text_is_sent_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_half_a_surrogate_pair_can_be_sent() -> None:
    assert plain("a\ud83db") == "a?b"


def test_what_was_drawn_is_sent_without_loss() -> None:
    url = data_url(drawn(), 10**6)
    assert url.startswith("data:image/png;base64,")
    assert np.array_equal(np.asarray(opened(url)), drawn().pixels)


def test_a_photograph_is_sent_as_jpeg_close_to_the_original() -> None:
    url = data_url(photographed(), 10**6)
    assert url.startswith("data:image/jpeg;base64,")
    difference = np.asarray(opened(url)).astype(int) - photographed().pixels
    assert np.abs(difference).mean() < 2


@pytest.mark.parametrize("make", [drawn, photographed])
def test_no_more_pixels_are_sent_than_a_model_looks_at(make: type[Picture]) -> None:
    image = opened(data_url(make(2000, 1000), 200_000))
    assert image.width * image.height <= 200_000
    assert image.width / image.height == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 50), (50, 1)])
def test_the_thinnest_pictures_can_be_sent(width: int, height: int) -> None:
    assert opened(data_url(picture(width, height), 65_536)).size == (width, height)


def test_one_column_counts_as_drawn() -> None:
    assert is_drawn(picture(1, 9))
