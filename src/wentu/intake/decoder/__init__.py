"""The decoding child: one process, one foreign file, one clean picture or the name of the rule that refused it.

It is run as `python -m wentu.intake.decoder` and imports Pillow (or pypdfium2) and the standard library, nothing
else of wentu, so that it starts in about 50 ms.
"""
