"""What happens when things are killed, cut, filled up and overrun. Short in `make test`, long in `make soak`."""

import os

# How long the long form goes on: kills, and seconds of overload.
SOAK = bool(os.environ.get("SOAK"))
KILLS = int(os.environ.get("SOAK_KILLS", "200")) if SOAK else 4
OVERLOAD_S = float(os.environ.get("SOAK_OVERLOAD_S", "120")) if SOAK else 6.0
