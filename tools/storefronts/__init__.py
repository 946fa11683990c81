"""Other shops than `tools/shops`: other goods, wordings and layouts, to measure customer service on what it never saw.

`python tools/draw_storefronts.py FOLDER` draws them as HTML in headless Chromium. Thresholds and rules may be looked at
against the shops in `OPEN`; those in `CLOSED` are only ever measured.
"""
