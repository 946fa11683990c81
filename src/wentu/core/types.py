"""The types that travel along the way of a question, in the order in which they appear.

`Query` goes in and `Answer` comes out; the small types between them sit on the arrows of the pipeline.
Everything is frozen: a step that wants another value makes a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from wentu.core.geometry import Box as Box
from wentu.core.geometry import Glyph as Glyph
from wentu.core.geometry import Polygon as Polygon
from wentu.core.results import Alignment as Alignment
from wentu.core.results import Result as Result

Role = Literal["system", "user", "assistant"]
Priority = Literal["interactive", "batch", "background"]
FinishReason = Literal["stop", "length", "cancelled", "loop", "blocked"]
Stage = Literal[
    "queued",
    "reading_picture",
    "reading_text",
    "loading_model",
    "encoding",
    "reading_prompt",
    "writing",
    "checking",
]


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture that intake has already taken in, by the digest under which the store keeps it."""

    digest: str


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that a door read itself (command line, batch, evaluation) and intake has not seen yet.

    `page` (from 1) is for a PDF; None is the first one, and right for what has no pages.
    """

    data: bytes
    name: str = ""
    page: int | None = None


PictureRef = Stored | Raw


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """One version as an engine needs it: which engine, which weights.

    `model_dir` holds the published files (config.json, *.safetensors, tokenizer); None where there are none.
    `files` are (name, sha256) of every file of it that is checked before it is loaded. `options` are settings that
    this version has of its own, by their dotted names (`openvino.weights`), in place of the machine's; `prompts` its
    system prompts by task; `sampling` its defaults by the names of SamplingParams.
    """

    name: str
    engine: str
    model_dir: Path | None = None
    files: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    prompts: tuple[tuple[str, str], ...] = ()
    sampling: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Upright, metadata-free pixels; `pixels` is (height, width, 3) uint8 RGB.

    `digest` is the sha256 (64 hex characters) of the clean file the pixels were decoded from, so the same
    picture has the same digest through every door. `layer` is the visible text that a page of a PDF or OFD brought
    along; it is part of the clean file, and a claim: only `ocr`, which sees the pixels, decides what of it is used.
    """

    digest: str
    pixels: NDArray[np.uint8]
    layer: tuple[Glyph, ...] = ()

    @classmethod
    def of_pixels(cls, pixels: NDArray[Any]) -> Self:
        """A picture that was made here and came through no door: its digest is that of its pixels and their shape."""
        whole = np.ascontiguousarray(pixels, dtype=np.uint8)
        return cls(hashlib.sha256(whole.tobytes() + str(whole.shape).encode()).hexdigest(), whole)

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation: text and pictures in the order in which they were sent."""

    role: Role
    parts: tuple[str | PictureRef, ...]

    @property
    def text(self) -> str:
        return "\n".join(part for part in self.parts if isinstance(part, str))

    @property
    def pictures(self) -> tuple[PictureRef, ...]:
        return tuple(part for part in self.parts if not isinstance(part, str))


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How tokens are chosen. `temperature` 0 is greedy; `top_k` 0 and `top_p` 1 switch those filters off.

    `None` means "as the version's own defaults say" (for Qwen3-VL the maker's generation_config).
    `logprobs` is the number of alternatives reported with each token; `None` reports nothing.
    """

    max_tokens: int = 4096
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question about pictures, as every door asks it. The last message is the user's.

    `model` is a version or an alias; `owner` is the id of the API key that asks ("local" without keys). `job` is the
    id of the job that it is; "" where it is none.
    """

    messages: tuple[Message, ...]
    task: str = "chat"
    model: str = "stable"
    sampling: SamplingParams = SamplingParams()
    owner: str = "local"
    session: str | None = None
    job: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def question(self) -> str:
        return self.messages[-1].text if self.messages else ""

    @property
    def pictures(self) -> tuple[PictureRef, ...]:
        """Every picture of the conversation, in order of appearance."""
        return tuple(ref for message in self.messages for ref in message.pictures)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text that OCR saw. `polygon` has 4 points in picture pixels, clockwise from top left.

    `score` is the recogniser's mean character probability, 0..1. `source` is "layer" where the page's own text was
    borne out by the pixels: the characters are then the layer's. `rival` is what the layer says where the pixels speak
    against it: the characters are then OCR's.
    """

    text: str
    polygon: Polygon
    score: float
    source: Literal["ocr", "layer"] = "ocr"
    rival: str = ""

    @property
    def box(self) -> Box:
        xs, ys = [p[0] for p in self.polygon], [p[1] for p in self.polygon]
        return Box(min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Page:
    """A picture with the text lines that stand in it."""

    picture: Picture
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a prompt, with pixels in place of references."""

    role: Role
    parts: tuple[str | Picture, ...]

    @property
    def text(self) -> str:
        return "\n".join(part for part in self.parts if isinstance(part, str))


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an engine gets: turns, the text lines of each picture, and an optional output constraint.

    `lines[i]` belongs to `pictures[i]`. A vision model may ignore the lines; the built-in reader lives on them.
    `json_schema` is a JSON Schema document; an engine that can't enforce it says so in its `capabilities`.
    """

    turns: tuple[Turn, ...]
    lines: tuple[tuple[TextLine, ...], ...] = ()
    json_schema: str | None = None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(part for turn in self.turns for part in turn.parts if isinstance(part, Picture))

    @property
    def pages(self) -> tuple[Page, ...]:
        """Every picture with its lines; one whose lines nobody gave has none."""
        pictures = self.pictures
        lines = (*self.lines, *(() for _ in range(len(pictures) - len(self.lines))))
        return tuple(Page(picture, found) for picture, found in zip(pictures, lines, strict=True))

    @property
    def question(self) -> str:
        return self.turns[-1].text if self.turns else ""


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """Natural-log probability of one token before any constraint, with the best alternatives."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens read and written; `cached_tokens` of the prompt were not computed again."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a question stands. `fraction` (0..1) where it is known, `position` and `wait_s` while queued."""

    stage: Stage
    fraction: float | None = None
    position: int | None = None
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an engine's output: text, or word of its progress. The last one has `finish_reason` and `usage`."""

    text: str = ""
    logprobs: tuple[TokenLogprob, ...] = ()
    progress: Progress | None = None
    finish_reason: FinishReason | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """All chunks of one answer joined."""

    text: str
    finish_reason: FinishReason
    usage: Usage
    logprobs: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of the answer and the pixels it rests on.

    `start` and `end` are offsets into `Answer.text` in Unicode code points. `picture` is the index into
    `Query.pictures`. `source` says who claims it: "ocr" (a text line) or "model" (a box the model gave).
    """

    start: int
    end: int
    picture: int
    polygon: Polygon
    text: str
    score: float
    alignment: Alignment
    source: Literal["ocr", "model"]


AnswerStatus = Literal["verified", "grounded", "unverified", "reader"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets, with what it rests on.

    `status`: "reader" (no vision model: the text and geometry of the picture alone), "verified" (every figure
    and quotation stands in the picture's text), "grounded" (some do), "unverified" (none does).
    `unsupported` are the figures in the answer that no text line shows. `timings` are seconds by stage.
    `result` is what the task found beside the words; a chat has none. `review` is the id of the case that decides
    about an answer that safety stopped: `text` is then what was released, and nothing else rests on more.
    `job` is the question's job, by which the answer can be rated; `assigned` says why this version answered
    (`rollout.assign.Reason`).
    """

    text: str
    status: AnswerStatus
    evidence: tuple[Evidence, ...]
    version: str
    engine: str
    finish_reason: FinishReason
    usage: Usage
    timings: Mapping[str, float]
    unsupported: tuple[str, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()
    result: Result | None = None
    review: str | None = None
    job: str = ""
    assigned: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """Released text: what a client may show. Never anything that safety has not passed."""

    text: str


# The rule of a Retract that is no safety rule: a worker was lost, and the new attempt said something else from there.
RESTARTED = "restarted"


@dataclass(frozen=True, slots=True)
class Retract:
    """Replace everything from `offset` (code points) on by `replacement`: safety rule `rule` stopped the answer.

    With the rule RESTARTED the answer goes on, in other words than before.
    """

    offset: int
    rule: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a question that was answered."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of a question that was not: an error as a client may see it."""

    code: str
    message: str
    hint: str
    retryable: bool
    params: Mapping[str, str] = field(default_factory=dict)


Event = Progress | Token | Retract | Done | Failed
