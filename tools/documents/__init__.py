"""Documents set in HTML and CSS, and drawn by a browser: another hand than the one that `wentu selftest` draws with."""
