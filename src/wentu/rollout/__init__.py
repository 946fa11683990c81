"""Which version answers, how versions are compared on a firm's own questions, and the way back.

Read in this order: `assign` (which session goes where), `pick` (what the names mean), `trial` (one question),
`moves` (canary, promote, rollback), `guardrails` and `analysis` (when to stop), `statistics`, `manifest`.
"""

from wentu.rollout.assign import Assignment
from wentu.rollout.pick import CANDIDATE, PREVIOUS, STABLE, Rollout
from wentu.rollout.trial import Trial

__all__ = ["CANDIDATE", "PREVIOUS", "STABLE", "Assignment", "Rollout", "Trial"]
