"""One page of an OFD file (GB/T 33190-2016, a zip of XML) -> pixels at about 200 dpi and its visible text.

OFD is what fully digital invoices come in. Drawn are text, paths, pictures, templates and annotations. Not drawn:
signatures' seals, glyphs named by number instead of by character, patterns, shadings, clips, composite objects; turned
text stands upright at its place. Section numbers in this package are those of the standard.
"""

from wentu.intake.decoder.ofd.page import decode_ofd_page

__all__ = ["decode_ofd_page"]
