"""Prints the versions of everything installed here, as constraints for pip; torch's build stays out of it."""

from __future__ import annotations

from importlib.metadata import distributions

# Installed by the Makefile itself, or ours.
LEFT_OUT = {"pip", "setuptools", "wheel", "torch", "uv", "wentu"}


def main() -> None:
    print("# Made by `make lock`: the versions that `make test` was green with. Constrains, installs nothing.")
    found = {dist.name.lower().replace("_", "-"): dist.version for dist in distributions()}
    for name in sorted(set(found) - LEFT_OUT):
        print(f"{name}=={found[name]}")


if __name__ == "__main__":
    main()
