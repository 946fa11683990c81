"""The decoding child: one process, one foreign file, one clean picture or the name of the rule that refused it.

It is run as `python -m wentu.intake.decoder` and imports Pillow (or pypdfium2), the standard library and what of wentu
needs no more than that, so that it starts in about 50 ms.
"""
