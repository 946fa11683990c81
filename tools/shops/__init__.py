"""Shops for measuring customer service: catalogues, questions, and screenshots drawn from them.

`python tools/draw_shops.py FOLDER` writes one folder a shop. Two were used to choose thresholds (phones, shoes), two
were held out (appliances, cosmetics); names, layouts and wordings differ between them.
"""
