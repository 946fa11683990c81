"""Door 3: the command line. `main` is the program `wentu`; each command group is one file."""

from wentu.cli.program import main

__all__ = ["main"]
