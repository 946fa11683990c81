"""python_client.py PICTURE QUESTION: an answer with the boxes it rests on, and the picture's fields."""

import sys

from wentu import Client
from wentu.core.errors import WentuError

picture, question = sys.argv[1:]

try:
    with Client() as client:
        reply = client.ask(question, picture)
        print(reply)
        for one in reply.evidence:
            print(f"  {one.text!r} stands at {one.polygon[0]}")
        if reply.unsupported:
            print("  nowhere in the picture:", ", ".join(reply.unsupported))

        found = client.extract(picture, type="receipt")
        for name, field in found.result.fields.items():
            if field.status != "absent":
                print(f"{name:20} {field.value!s:30} {field.status}")
except WentuError as error:
    sys.exit(f"{error.message}. {error.hint}")
