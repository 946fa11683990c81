"""Other shops than `tools/shops`: other goods, wordings and layouts, to measure customer service on what it never saw.

`python tools/draw_storefronts.py FOLDER` draws them as HTML in headless Chromium. Another `--seed` is another set: other
makers, prices, screens and sentences. The wrong cases of seed 1 have been looked at.
"""
