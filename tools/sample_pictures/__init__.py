"""The drawings behind wentu's sample pictures, one module a picture."""
