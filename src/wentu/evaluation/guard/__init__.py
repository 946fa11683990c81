"""How good the guard is: harmless sentences it must let pass, and disguises it must see through."""
