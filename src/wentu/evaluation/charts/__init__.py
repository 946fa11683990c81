"""Charts whose numbers are known: reading a set of them and measuring what was read."""
