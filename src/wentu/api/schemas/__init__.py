"""The wire shapes: what clients send (checked strictly) and what they get (every field present, null where empty)."""
