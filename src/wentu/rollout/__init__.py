"""Which version answers."""

from wentu.rollout.pick import Rollout

__all__ = ["Rollout"]
