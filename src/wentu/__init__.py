"""wentu (问图): ask a picture, on your own CPU, with the evidence."""

__version__ = "0.1.0"
