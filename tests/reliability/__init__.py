"""What happens when things are killed, cut, filled up and overrun. Short in `make test`, long in `make soak`."""

import os
import secrets

# How long the long form goes on: kills, seconds of overload, rounds of every fault of the network.
SOAK = bool(os.environ.get("SOAK"))
KILLS = int(os.environ.get("SOAK_KILLS", "200")) if SOAK else 4
OVERLOAD_S = float(os.environ.get("SOAK_OVERLOAD_S", "120")) if SOAK else 4.0
FAULT_ROUNDS = int(os.environ.get("SOAK_FAULT_ROUNDS", "10")) if SOAK else 1
# The long form is another one each time; SOAK_SEED plays one again.
SEED = int(os.environ.get("SOAK_SEED", "0")) or (secrets.randbelow(10**8) + 1 if SOAK else 20261124)
