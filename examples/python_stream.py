"""python_stream.py PICTURE QUESTION: the answer as it is written."""

import sys

from wentu import Client
from wentu.client import Reply
from wentu.core.types import Progress, Retract, Token

picture, question = sys.argv[1:]
said = ""

with Client() as client:
    for piece in client.stream(question, picture):
        match piece:
            case Progress():
                print(f"[{piece.stage}]", file=sys.stderr)
            case Token():
                said += piece.text
                print(piece.text, end="", flush=True)
            case Retract():  # safety took words back, or a lost worker's answer goes on in other words
                said = said[: piece.offset] + piece.replacement
                print(f"\n{said}", end="", flush=True)
            case Reply():
                print(f"\n{piece.status}, {piece.version}")
