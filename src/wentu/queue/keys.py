"""The names of everything that the queue keeps in Redis, in one place."""

from __future__ import annotations

PREFIX = "wentu:"
LINE = "wentu:line"  # sorted set: jobs that wait, the next one first
RUNNING = "wentu:running"  # hash: job -> token of the attempt that has it
WORKERS = "wentu:workers"  # sorted set: "worker id|slots" by the time until which it is believed
SPEAKERS = "wentu:speakers"  # set: workers that said something of themselves lately
REAPER = "wentu:reaper"  # held by the worker that reaps in this second
PACE = "wentu:pace"  # list: seconds that the last answers took, newest first
TALLIES = "wentu:tallies"  # hash: counters and histograms
AHEAD = "wentu:ahead"  # list: digests of pictures that may soon be asked about, the newest first


def stream(job_id: str) -> str:
    """Stream: the job's events."""
    return f"{PREFIX}stream:{job_id}"


def job(job_id: str) -> str:
    """Hash: `owner`, `score` (its place in the line), `version` (that its first attempt asked), `batch` (of events,
    the last that was written)."""
    return f"{PREFIX}job:{job_id}"


def lease(job_id: str) -> str:
    """String with a time to live: the token of the attempt that may go on."""
    return f"{PREFIX}lease:{job_id}"


def took(token: str) -> str:
    """String with a time to live: the job that a token has taken."""
    return f"{PREFIX}took:{token}"


def worker(name: str) -> str:
    """String with a time to live: what this worker last said of itself."""
    return f"{PREFIX}worker:{name}"


def cancel(job_id: str) -> str:
    return f"{PREFIX}cancel:{job_id}"


def followed(job_id: str) -> str:
    """Somebody has read this job's events at least once."""
    return f"{PREFIX}followed:{job_id}"


def reader(job_id: str) -> str:
    """Somebody reads this job's events now, or left less than the grace time ago."""
    return f"{PREFIX}reader:{job_id}"


def owner(name: str) -> str:
    """Set: this owner's waiting jobs."""
    return f"{PREFIX}owner:{name}"
