"""Charts whose numbers are known, drawn by several programs: the set that `wentu eval charts` measures."""
