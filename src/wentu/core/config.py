"""The settings tree: read once from `WENTU_*` variables and an optional `wentu.toml`, checked at start, passed down."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from wentu.core.errors import BadSetting

PREFIX = "WENTU_"
FILE_VARIABLE = "WENTU_CONFIG"


def _default_data_dir() -> Path:
    root = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".local" / "share")
    return Path(root) / "wentu"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IntakeSettings(_Part):
    """What a picture must look like to be taken in. Defaults: specs of common phone cameras with room to spare."""

    max_bytes: int = Field(20_000_000, ge=1_000, description="Largest file, bytes.")
    max_pixels: int = Field(40_000_000, ge=10_000, description="Most pixels, width x height, read from the header.")
    max_side_px: int = Field(16_384, ge=64, description="Longest side, pixels.")
    min_side_px: int = Field(8, ge=1, description="Shortest side, pixels.")
    max_aspect: float = Field(200.0, ge=1, description="Longest side over shortest (Qwen3-VL's own limit).")
    max_pictures: int = Field(8, ge=1, description="Most pictures in one question, over the whole conversation.")
    decode_timeout_s: float = Field(20.0, gt=0, description="Longest time to decode one picture, seconds.")
    decode_memory_mb: int = Field(1_536, ge=256, description="Memory limit of the decoding process, MB.")
    allow_links: bool = Field(False, description="Fetch image_url with https. Off: pictures come as bytes only.")
    link_hosts: tuple[str, ...] = Field((), description="Hosts that may be fetched from when links are allowed.")
    link_timeout_s: float = Field(10.0, gt=0, description="Longest time for one link, redirects included, seconds.")
    max_pdf_pages: int = Field(20, ge=1, description="Most pages of one PDF that can be asked for.")


class OcrSettings(_Part):
    """The text reader."""

    threads: int = Field(0, ge=0, description="CPU threads for OCR; 0 means all cores.")
    min_score: float = Field(0.5, ge=0, le=1, description="Lines that the recogniser trusts less are dropped.")
    cache_pictures: int = Field(256, ge=0, description="How many pictures' lines are kept in memory, by digest.")
    ahead: bool = Field(True, description="Read a picture when it is uploaded, while nobody waits for an answer.")


class EngineSettings(_Part):
    """Which engine computes answers, and with how much of the machine."""

    name: str = Field("auto", description="auto, or the name of an engine (wentu doctor lists them).")
    model: str = Field("", description="A model folder's name or path; empty means the newest complete one.")
    threads: int = Field(0, ge=0, description="CPU threads; 0 means all cores.")
    dtype: str = Field("auto", pattern="^(auto|float32|bfloat16)$", description="transformers: weight type.")
    offload_dir: Path | None = Field(None, description="transformers: memory-map weights from this folder.")
    max_pixels: int = Field(1_048_576, ge=65_536, description="Pixels that a vision model sees of one picture.")
    deadline_s: float = Field(300.0, gt=0, description="Longest time for one answer, seconds.")
    start_timeout_s: float = Field(300.0, gt=0, description="Longest time for an engine to load, seconds.")
    max_memory_mb: int = Field(
        0, ge=0, description="An engine's process that holds more is started anew between two answers, MB; 0: no limit."
    )
    probe_s: float = Field(
        60.0, ge=0, description="A tiny question that often, while nobody else asks, shows that it answers; 0: never."
    )
    probe_timeout_s: float = Field(
        60.0, gt=0, description="A process that has not answered it by then is started anew, seconds."
    )


class CacheSettings(_Part):
    """How much memory and disk an engine of ours uses to remember what it has read before."""

    kv_cache_mb: int = Field(1_024, ge=1, description="Bound of the conversations' cache, MB.")
    picture_cache_mb: int = Field(256, ge=0, description="Bound of the features of pictures in memory, MB; 0: none.")
    picture_disk_mb: int = Field(0, ge=0, description="The same on disk, for as long as pictures are kept; 0: none.")


class OpenVinoSettings(CacheSettings):
    """Our own CPU engine: how weights are stored, and how much memory remembers what was read before."""

    weights: str = Field(
        "int4",
        pattern="^(int4|int4-g64|int4-head4|int8|bfloat16|float32)$",
        description="Format that the weights are converted to: smaller is faster and a little less exact.",
    )
    kv_cache_mb: int = Field(1_024, ge=1, description="Bound of the conversations' cache (about 66 KB a token), MB.")
    kv_precision: Literal["u8", "full"] = Field("u8", description="8 bits, or as wide as computed (4 times the size).")
    kernel: Literal["auto", "on", "off"] = Field(
        "auto", description="Our own language model kernel for int4 weights; auto: on processors with AVX2 but no VNNI."
    )


class OnnxSettings(CacheSettings):
    """The same loop over ONNX Runtime."""

    weights: Literal["float32", "int8", "int4"] = Field(
        "float32", description="Format that the weights are converted to: smaller is faster and a little less exact."
    )
    kv_cache_mb: int = Field(1_024, ge=1, description="Bound of the conversations' cache (about 230 KB a token), MB.")


class LlamaCppSettings(_Part):
    """GGUF files with llama.cpp (WENTU_ENGINE__MODEL points to them)."""

    context_tokens: int = Field(
        16_384, ge=512, description="Room for all conversations together (114 KB a token for Qwen3-VL-2B), tokens."
    )


class RemoteSettings(_Part):
    """An OpenAI-compatible server used as engine `remote` (vLLM, SGLang, llama-server, another wentu)."""

    url: str = Field("", description="Base URL, for example http://10.0.0.5:8000/v1; empty: no remote engine.")
    key: SecretStr = Field(SecretStr(""), description="Its API key.")
    model: str = Field("", description="The model's name there; empty: the first one that it lists.")
    timeout_s: float = Field(120.0, gt=0, description="Longest silence of the server, seconds.")


class ModelSettings(_Part):
    """Where weights come from."""

    repo: str = Field("Qwen/Qwen3-VL-2B-Instruct", description="What 'wentu models pull' takes without a name.")
    auto_pull: bool = Field(True, description="'wentu serve' downloads the model in the background if it is absent.")
    hub: str = Field("huggingface", pattern="^(huggingface|modelscope)$", description="Hub used without --from.")
    hf_endpoint: str = Field("", description="Hugging Face or a mirror; empty: HF_ENDPOINT, then huggingface.co.")
    modelscope_endpoint: str = Field("", description="ModelScope; empty: https://modelscope.cn.")


class SafetySettings(_Part):
    """What may not come in or go out. Words and thresholds are in the policy: see `wentu policy`."""

    blocked_words: Path | None = Field(None, description="A text file, one word a line; '#' starts a comment.")
    pictures: bool = Field(True, description="Look at pictures with the picture classifier.")
    picture_model: Path | None = Field(None, description="Another ONNX picture classifier; empty: the one that ships.")
    picture_labels: tuple[str, ...] = Field((), description="Its labels, in the order of its output.")
    text_model: Path | None = Field(None, description="Folder of an ONNX text classifier; empty: the one that ships.")
    judge: str = Field("", description="Version that judges texts ('stable': the one that answers); empty: none.")
    judge_form: Literal["qwen3guard", "word"] = Field("qwen3guard", description="How that version gives its verdict.")
    judge_timeout_s: float = Field(60.0, gt=0, description="Longest time for its verdict, seconds; then it blocks.")
    timeout_s: float = Field(
        5.0, gt=0, description="Longest time for one check, seconds; one that takes longer blocks."
    )
    strict: bool = Field(False, description="Show a sentence only after the text classifier has seen it (slower).")


class SupportSettings(_Part):
    """Customer service: where hand-offs are announced, and who may embed the widget."""

    webhook_url: str = Field("", description="Address that gets every hand-off as signed JSON; empty: none.")
    webhook_secret: SecretStr = Field(SecretStr(""), description="Key of the webhook's HMAC-SHA256 signature.")
    widget_origins: tuple[str, ...] = Field((), description="Sites that may embed the widget, https://shop.example.")


class S3Settings(_Part):
    """The bucket of WENTU_PICTURES_URL. What is empty here is taken from AWS's own variables and files."""

    endpoint: str = Field("", description="Address of another server than AWS's (MinIO, Ceph), https://...")
    region: str = Field("", description="Region of the bucket.")
    key: str = Field("", description="Access key id.")
    secret: SecretStr = Field(SecretStr(""), description="Its secret.")
    timeout_s: float = Field(20.0, gt=0, description="Longest silence of the server, seconds.")


class WebSettings(_Part):
    """The web server."""

    host: str = Field("127.0.0.1", description="Address to listen on; any but loopback needs an API key first.")
    port: int = Field(8760, ge=1, le=65535, description="Port to listen on.")
    threads: int = Field(48, ge=4, description="Threads: open streams plus headroom.")
    requests_per_minute: int = Field(120, ge=1, description="Requests a minute for one key.")
    ping_s: float = Field(12.0, gt=0, description="Seconds between keep-alive comments in a stream.")
    client_timeout_s: float = Field(
        60.0, gt=0, description="A client that has not taken a piece, or not sent the next, by then is let go, seconds."
    )


class QueueSettings(_Part):
    """The queue and its worker."""

    concurrency: int = Field(4, ge=1, description="Questions that one worker relays at once.")
    max_waiting: int = Field(64, ge=1, description="Questions that may wait; one more is answered 'busy'.")
    max_waiting_per_key: int = Field(48, ge=1, description="Questions of one API key that may wait.")
    max_waiting_batch: int = Field(64, ge=1, description="Jobs of batches that may wait beside the questions.")
    max_wait_s: float = Field(1_800.0, gt=0, description="Longest time that a question may wait, seconds.")
    grace_s: float = Field(15.0, ge=0, description="A reader who leaves has this long to come back, seconds.")
    stream_ttl_s: int = Field(3_600, ge=60, description="How long a finished stream can be read again, seconds.")
    stuck_s: float = Field(
        45.0, gt=0, description="A worker that shows no life, or takes nobody who waits, so long is started anew."
    )


class RolloutSettings(_Part):
    """When a version that is being tried goes too far, and what is recorded to compare versions with."""

    record: bool = Field(False, description="Keep masked questions of those who consent, to ask other versions.")
    recordings_days: float = Field(30.0, gt=0, description="Recorded questions are deleted after this many days.")
    steps: tuple[int, ...] = Field((10, 25, 50, 100), description="Percentages that an automatic canary goes through.")
    step_answers: int = Field(50, ge=20, description="Answers of the candidate before an automatic next step.")
    max_answers: int = Field(2_000, ge=40, description="Answers of the candidate after which it is inconclusive.")
    window: int = Field(50, ge=5, description="Newest answers of the candidate that the hard limits look at.")
    max_error_rate: float = Field(0.1, ge=0, le=1, description="Hard limit: share of answers that failed.")
    max_timeout_rate: float = Field(0.05, ge=0, le=1, description="Hard limit: share of answers that timed out.")
    max_bad_output_rate: float = Field(0.1, ge=0, le=1, description="Hard limit: share that is empty or loops.")
    max_blocked_gap: float = Field(0.2, ge=0, le=1, description="Hard limit: share blocked above the stable one's.")
    max_ttft_ratio: float = Field(2.0, ge=1, description="Hard limit: p95 to the first token over the stable one's.")
    min_speed_ratio: float = Field(0.5, ge=0, le=1, description="Hard limit: median tokens/s over the stable one's.")
    min_free_mb: int = Field(300, ge=0, description="Hard limit: memory that must stay free, MB.")
    effect: float = Field(0.1, gt=0, le=1, description="Share of good answers whose change would matter.")


class Settings(_Part):
    """Everything that can be set. Variables are named `WENTU_<PART>__<NAME>`, for example WENTU_ENGINE__THREADS=4."""

    data_dir: Path = Field(default_factory=_default_data_dir, description="This machine's own folder: models, sockets.")
    shared_dir: Path | None = Field(
        None, description="Folder of what is kept, for all machines; empty: the data folder."
    )
    pictures_url: str = Field("", description="s3://bucket/prefix for pictures (wentu[s3]); empty: a folder.")
    database_url: str = Field("", description="postgresql://user:password@host/name; empty: an SQLite file.")
    broker_url: str = Field("", description="Redis or Valkey URL; empty: the embedded Valkey.")
    allow_plugins: bool = Field(False, description="Load engines and tasks of other installed packages.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe log line.")
    log_format: Literal["text", "json"] = Field("text", description="One line of text, or one JSON object a line.")
    retention_pictures_h: float = Field(24.0, gt=0, description="Pictures are deleted after this many hours.")
    retention_sessions_h: float = Field(0.0, ge=0, description="Conversations after this many idle hours; 0: never.")
    retention_reviews_h: float = Field(720.0, gt=0, description="Cases of the review desk after this many hours.")
    retention_support_h: float = Field(2_160.0, gt=0, description="Cases of customer service after this many hours.")
    intake: IntakeSettings = IntakeSettings()
    ocr: OcrSettings = OcrSettings()
    engine: EngineSettings = EngineSettings()
    openvino: OpenVinoSettings = OpenVinoSettings()
    onnx: OnnxSettings = OnnxSettings()
    llamacpp: LlamaCppSettings = LlamaCppSettings()
    remote: RemoteSettings = RemoteSettings()
    models: ModelSettings = ModelSettings()
    safety: SafetySettings = SafetySettings()
    support: SupportSettings = SupportSettings()
    s3: S3Settings = S3Settings()
    web: WebSettings = WebSettings()
    queue: QueueSettings = QueueSettings()
    rollout: RolloutSettings = RolloutSettings()

    @property
    def kept_dir(self) -> Path:
        """Everything that can't be made again, apart from a database of your own and a bucket of pictures."""
        return self.shared_dir or self.data_dir

    @property
    def pictures_dir(self) -> Path:
        return self.kept_dir / "pictures"

    @property
    def audit_key(self) -> Path:
        """The secret that the audit's digests are keyed with."""
        return self.kept_dir / "audit.key"

    @property
    def policies_dir(self) -> Path:
        """Published policies of the guard."""
        return self.kept_dir / "policies"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @property
    def knowledge_file(self) -> Path:
        """The shop's knowledge base: one SQLite file."""
        return self.kept_dir / "knowledge.db"

    @property
    def recorded_dir(self) -> Path:
        """Masked pictures of recorded questions."""
        return self.kept_dir / "recorded"

    @property
    def versions_dir(self) -> Path:
        """One manifest for each version."""
        return self.kept_dir / "versions"

    @property
    def run_dir(self) -> Path:
        """Sockets, pid files and the embedded queue."""
        return self.data_dir / "run"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.kept_dir / 'wentu.db'}"

    def over(self, options: Iterable[tuple[str, str]]) -> Settings:
        """The same settings with some of them, by their dotted names (`openvino.weights`), replaced.

        Raises BadSetting that names the one that is none, or whose value is wrong.
        """
        tree = self.model_dump()
        for name, value in options:
            _put(tree, tuple(name.split(".")), value, name)
        return _checked(tree, {tuple(name.split(".")): name for name, _ in options})


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `wentu.toml` (or the file that WENTU_CONFIG names) overridden by `WENTU_*` variables.

    Raises BadSetting that names the variable or key, and never its value where it is a secret.
    """
    environ = os.environ if environ is None else environ
    tree = _read_file(environ)
    names: dict[tuple[str, ...], str] = {}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE:
            continue
        path = tuple(variable.removeprefix(PREFIX).lower().split("__"))
        names[path] = variable
        _put(tree, path, _split(path, value), variable)
    return _checked(tree, names)


def _checked(tree: Mapping[str, Any], names: Mapping[tuple[str, ...], str]) -> Settings:
    """The settings of this tree; `names` are its values as they were spelled, by their places."""
    try:
        return Settings.model_validate(tree)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = tuple(str(part) for part in first["loc"])
        spelled = (names[path] for path in names if path[: len(key)] == key or path == key[: len(path)])
        name = next(spelled, ".".join(key))
        problem = "is not a setting" if first["type"] == "extra_forbidden" else f"is wrong: {first['msg'].lower()}"
        raise BadSetting(f"{name} {problem}", name=name) from exc


def _read_file(environ: Mapping[str, str]) -> dict[str, Any]:
    named = environ.get(FILE_VARIABLE)
    path = Path(named) if named else Path("wentu.toml")
    if not path.is_file():
        if named:
            raise BadSetting(f"{FILE_VARIABLE} names {path}, which is not a file", name=FILE_VARIABLE)
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise BadSetting(f"{path} is not valid TOML: {exc}", name=str(path)) from exc


def _put(tree: dict[str, Any], path: tuple[str, ...], value: object, variable: str) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
        if not isinstance(tree, dict):
            raise BadSetting(f"{variable} is not a setting", name=variable)
    tree[path[-1]] = value


def _split(path: tuple[str, ...], value: str) -> object:
    """Lists are written with commas in a variable."""
    if path in (
        ("intake", "link_hosts"),
        ("rollout", "steps"),
        ("safety", "picture_labels"),
        ("support", "widget_origins"),
    ):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value
