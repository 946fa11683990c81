"""Door 3: the command line. `main` is the program `wentu`; each command group is one file."""

from wentu.cli.app import main

__all__ = ["main"]
