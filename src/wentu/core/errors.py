"""Every error that wentu shows to anybody.

    WentuError
    ├─ BadInput       UnreadableImage · UnsupportedFormat · ImageTooLarge · ImageTooSmall · BadAspect · BadDataUrl
    │                 BlockedLink · LinkFailed · TooManyPictures · UnknownTask · BadRequest · BadPolicy
    │                 BadKnowledge · WrongMove · NoRoomForTwo · VersionInUse
    ├─ Refused        a safety rule said no (carries the rule's name, never the private text)
    ├─ Unauthorized   no key, or a wrong one · Forbidden (the key's role does not allow it)
    ├─ NotFound       UnknownVersion · UnknownPicture · UnknownSession · UnknownJob · UnknownMessage · UnknownReview
    │                 UnknownKnowledge · KnowledgeMissing · UnknownCase
    │                 UnknownBatch
    ├─ AlreadyDecided somebody else was faster at the review desk
    ├─ Busy           the queue is full (retryable) · RateLimited · QueueDiskFull
    ├─ Cancelled      somebody asked to stop
    ├─ ServerGone     the client (wentu.Client, 'wentu mcp') reaches no server, or the answer broke off
    ├─ BadSetting     raised at start, names the variable and the value
    ├─ BadBackup      a file of 'wentu backup' that can't be restored
    ├─ StorageUnreachable  the database or the place of the pictures does not answer (retryable)
    ├─ ModelFilesError  HubUnreachable · HubRefused · ModelNotOnHub · ChecksumMismatch · DiskFull · IncompleteModel
    │                   PullRunning
    └─ EngineError    EngineMissing · WeightsMissing · ContextOverflow · OutOfMemory · EngineCrashed · EngineTimeout
                      EngineBusy · EngineUnreachable · VersionTampered

Each carries `code` (stable, for programs and for the page's translations), `message` (one sentence, no private
data, no library text), `hint` (what to do next), `params` (the numbers and names inside the message, as strings,
so that another language can say the same) and `retryable`.
"""

from __future__ import annotations

from typing import ClassVar

from wentu.core.types import Failed


class WentuError(Exception):
    """Base of all errors that may reach a client. `hint` says what to do next."""

    code: ClassVar[str] = "internal_error"
    retryable: ClassVar[bool] = False
    default_hint: ClassVar[str] = "Look into the server's log for the job's id, then report it."

    def __init__(self, message: str, *, hint: str = "", **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint
        self.params = {name: str(value) for name, value in params.items()}

    def as_event(self) -> Failed:
        """The same error as the last event of a stream."""
        return Failed(self.code, self.message, self.hint, self.retryable, self.params)


class BadInput(WentuError):
    code = "bad_input"
    default_hint = "Correct the request and send it again."


class UnreadableImage(BadInput):
    code = "unreadable_image"
    default_hint = "The file is damaged or not a picture. Save it again as JPEG or PNG and send that."


class UnsupportedFormat(BadInput):
    code = "unsupported_format"
    default_hint = "Send JPEG, PNG, WEBP, GIF, BMP, TIFF, HEIC (with wentu[heic]) or a page of a PDF or OFD."


class ImageTooLarge(BadInput):
    code = "image_too_large"
    default_hint = "Send a smaller picture, or raise the limit in the settings (WENTU_INTAKE__...)."


class ImageTooSmall(BadInput):
    code = "image_too_small"
    default_hint = "Send the picture at its full size."


class BadAspect(BadInput):
    code = "bad_aspect"
    default_hint = "Cut the picture into parts that are less long and thin."


class BadDataUrl(BadInput):
    code = "bad_data_url"
    default_hint = "Use data:image/png;base64,... with correct base64, or upload to /v1/pictures first."


class BlockedLink(BadInput):
    code = "blocked_link"
    default_hint = "Send the picture itself (data URL or upload), or ask the administrator to allow that host."


class LinkFailed(BadInput):
    """A link that may be followed, but gave no picture: an error status, silence, a broken connection."""

    code = "link_failed"
    default_hint = "Check that the link opens in a browser, or send the picture itself (data URL or upload)."


class TooManyPictures(BadInput):
    code = "too_many_pictures"
    default_hint = "Send fewer pictures in one question."


class UnknownTask(BadInput):
    code = "unknown_task"


class BadRequest(BadInput):
    code = "bad_request"


class BadPolicy(BadInput):
    code = "bad_policy"
    default_hint = "Correct the field that is named; docs/safety.md describes a policy."


class BadKnowledge(BadInput):
    """A file for the knowledge base that can't be read at all; single bad rows are only reported."""

    code = "bad_knowledge"
    default_hint = "Send CSV, XLSX or JSON for products, and Markdown, TXT, DOCX or PDF for questions and answers."


class WrongMove(BadInput):
    """A step of a rollout that the state it is in does not allow."""

    code = "wrong_move"
    default_hint = "'wentu rollout status' says what runs."


class NoRoomForTwo(BadInput):
    """Two versions do not fit into memory together, so neither a canary nor a shadow can run."""

    code = "no_room_for_two"
    default_hint = "Compare them one after the other ('wentu rollout replay VERSION'), or switch ('promote VERSION')."


class VersionInUse(BadInput):
    code = "version_in_use"
    default_hint = "The stable, the candidate and the previous version can't be deleted."


class Refused(WentuError):
    code = "refused"
    default_hint = "Ask in another way or with another picture."


class Unauthorized(WentuError):
    code = "unauthorized"
    default_hint = "Send a valid key as 'Authorization: Bearer ...'; an administrator makes one with 'wentu keys add'."


class Forbidden(WentuError):
    code = "forbidden"
    default_hint = "Use a key whose role allows this."


class NotFound(WentuError):
    code = "not_found"
    default_hint = "Check the id; it may have been deleted, have expired or belong to another key."


class UnknownVersion(NotFound):
    code = "unknown_version"
    default_hint = "GET /v1/models or 'wentu models list' names the versions that are here."


class UnknownPicture(NotFound):
    code = "unknown_picture"
    default_hint = "Upload the picture again: pictures are kept for a limited time."


class UnknownSession(NotFound):
    code = "unknown_session"


class UnknownJob(NotFound):
    code = "unknown_job"


class UnknownBatch(NotFound):
    code = "unknown_batch"
    default_hint = "Check the id; batches are kept for as long as pictures are."


class UnknownMessage(NotFound):
    code = "unknown_message"


class UnknownKnowledge(NotFound):
    code = "unknown_knowledge"
    default_hint = "'wentu kb list' names what is there."


class UnknownCase(NotFound):
    code = "unknown_case"


class KnowledgeMissing(NotFound):
    code = "knowledge_missing"
    default_hint = "Import a catalogue or questions and answers first: wentu kb import FILE..."


class UnknownReview(NotFound):
    code = "unknown_review"


class AlreadyDecided(WentuError):
    code = "already_decided"
    default_hint = "Load the case again to see who decided what."


class Busy(WentuError):
    """The service can't take this now. `retry_after_s` says when to come back."""

    code = "busy"
    retryable = True
    default_hint = "Try again after the time that Retry-After names."

    def __init__(self, message: str, *, retry_after_s: float = 1.0, hint: str = "", **params: object) -> None:
        super().__init__(message, hint=hint, **params)
        self.retry_after_s = retry_after_s


class RateLimited(Busy):
    code = "rate_limited"


class QueueDiskFull(Busy):
    """The queue's server can't write its log, so it takes nothing in; it looks again by itself."""

    code = "queue_disk_full"
    default_hint = "Free disk space; questions are taken again within seconds."


class Cancelled(WentuError):
    code = "cancelled"
    default_hint = "Ask again whenever you like."


class ServerGone(WentuError):
    """What a client says where no server does."""

    code = "server_gone"
    retryable = True
    default_hint = "Start it with 'wentu serve', or name its address (WENTU_ADDRESS) and a key (WENTU_KEY)."


class BadSetting(WentuError):
    code = "bad_setting"
    default_hint = "See docs/settings.md for the names and values that are allowed."


class BadBackup(WentuError):
    code = "bad_backup"
    default_hint = "Nothing was changed. Use another backup, or copy this one again from where it was made."


class StorageUnreachable(WentuError):
    """What is kept can't be reached now: another machine's database, or the bucket of pictures."""

    code = "storage_unreachable"
    retryable = True
    default_hint = "Try again in a moment; 'wentu doctor' says which place does not answer."


class ModelFilesError(WentuError):
    code = "model_files"


class HubUnreachable(ModelFilesError):
    code = "hub_unreachable"
    retryable = True
    default_hint = (
        "Check the network, try a mirror (HF_ENDPOINT) or --from modelscope, "
        "or bring the files by hand: wentu models add FOLDER."
    )


class HubRefused(ModelFilesError):
    code = "hub_refused"
    default_hint = "Accept the model's terms on its Hugging Face page, and set HF_TOKEN to a token that may read it."


class ModelNotOnHub(ModelFilesError):
    code = "model_not_on_hub"
    default_hint = "Check the name (owner/model) and the revision on the hub's page."


class ChecksumMismatch(ModelFilesError):
    code = "checksum_mismatch"
    default_hint = "The file differs from what its publisher lists: 'wentu models pull' again replaces just that file."


class DiskFull(ModelFilesError):
    code = "disk_full"
    default_hint = "Free disk space, or move the data folder (WENTU_DATA_DIR), and try again."


class IncompleteModel(ModelFilesError):
    code = "incomplete_model"
    default_hint = "Run the same command again: finished files are kept and the rest is resumed."


class PullRunning(ModelFilesError):
    code = "pull_running"
    retryable = True
    default_hint = "Wait until the other download, add or remove of this model has ended, then try again."


class EngineError(WentuError):
    code = "engine_error"
    default_hint = "Try again; if it stays, 'wentu doctor' says what is wrong with this engine."


class EngineMissing(EngineError):
    code = "engine_missing"


class WeightsMissing(EngineError):
    code = "weights_missing"
    default_hint = "Download them with 'wentu models pull', or add a folder with 'wentu models add'."


class VersionTampered(EngineError):
    """A file of a version is not what its manifest says."""

    code = "version_tampered"
    default_hint = "Roll back ('wentu rollout rollback'), then bring the file again ('wentu models pull' or 'add')."


class ContextOverflow(EngineError):
    code = "context_overflow"
    default_hint = "Start a new conversation, send fewer or smaller pictures, or lower max_tokens."


class OutOfMemory(EngineError):
    code = "out_of_memory"
    retryable = True
    default_hint = "Close other programs, send smaller pictures, or choose a smaller version."


class EngineCrashed(EngineError):
    code = "engine_crashed"
    retryable = True
    default_hint = "The engine is being started again; ask once more in a few seconds."


class EngineTimeout(EngineError):
    code = "engine_timeout"
    retryable = True
    default_hint = "Ask for a shorter answer, send smaller pictures, or raise WENTU_ENGINE__DEADLINE_S."


class EngineBusy(EngineError):
    """Another server computes the answers, and it takes no more of them now."""

    code = "engine_busy"
    retryable = True
    default_hint = "Ask again in a moment."


class EngineUnreachable(EngineError):
    """Another server computes the answers, and it does not answer, or broke off."""

    code = "engine_unreachable"
    retryable = True
    default_hint = "Check that the server runs and that WENTU_REMOTE__URL is its address."


def error_classes() -> dict[str, type[WentuError]]:
    """Every error class by its code, so that an error can cross a process border and stay itself."""
    found: dict[str, type[WentuError]] = {}
    waiting: list[type[WentuError]] = [WentuError]
    while waiting:
        cls = waiting.pop()
        found[cls.code] = cls
        waiting.extend(cls.__subclasses__())
    return found


def error_from_event(event: Failed) -> WentuError:
    """The exception that `as_event` was made from (an unknown code becomes a plain WentuError)."""
    cls = error_classes().get(event.code, WentuError)
    return cls(event.message, hint=event.hint, **event.params)
