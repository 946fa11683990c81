"""Synthetic documents with known fields: drawing them, spoiling them, measuring what was read.

They are schematic: no emblem, no security print, "样例" across every page, invented people and firms, an issuing
authority that does not exist. Numbers have valid checksums, since that is what is measured.
"""
