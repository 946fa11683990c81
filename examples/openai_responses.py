"""openai_responses.py PICTURE QUESTION [QUESTION...]: OpenAI's Responses API; a question knows the answers before."""

import base64
import os
import sys
from pathlib import Path

from openai import OpenAI

path, *questions = sys.argv[1:]
address = os.environ.get("WENTU_ADDRESS", "http://127.0.0.1:8760")
client = OpenAI(base_url=f"{address}/v1", api_key=os.environ.get("WENTU_KEY", "not-needed-on-loopback"))
picture = "data:image/jpeg;base64," + base64.b64encode(Path(path).read_bytes()).decode()

previous = None
for number, question in enumerate(questions):
    content = [{"type": "input_text", "text": question}]
    if number == 0:
        content.append({"type": "input_image", "image_url": picture, "detail": "auto"})
    response = client.responses.create(
        model="stable", input=[{"role": "user", "content": content}], previous_response_id=previous
    )
    previous = response.id
    print(response.output_text)
    print(response.model_extra["wentu"]["status"])
