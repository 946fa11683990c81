"""The Python client: `from wentu import Client`. Talks to a running wentu over HTTP and imports nothing heavy."""

from wentu.client.batches import Batch, Batches
from wentu.client.client import Client
from wentu.client.replies import Case, Found, Reply

__all__ = ["Batch", "Batches", "Case", "Client", "Found", "Reply"]
