"""langchain_ask.py PICTURE QUESTION: wentu as a chat model of LangChain, whose words come as they are written."""

import base64
import os
import sys
from pathlib import Path

from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI

path, question = sys.argv[1:]
address = os.environ.get("WENTU_ADDRESS", "http://127.0.0.1:8760")
model = ChatOpenAI(
    model="stable", base_url=f"{address}/v1", api_key=os.environ.get("WENTU_KEY", "not-needed-on-loopback")
)
picture = "data:image/jpeg;base64," + base64.b64encode(Path(path).read_bytes()).decode()

asked = HumanMessage([{"type": "text", "text": question}, {"type": "image_url", "image_url": {"url": picture}}])
for chunk in model.stream([asked]):
    print(chunk.content, end="", flush=True)
print()
