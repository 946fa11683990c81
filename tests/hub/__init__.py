"""A stand-in for the model hubs on loopback: it speaks Hugging Face's and ModelScope's protocols, and fails on order.

Written from huggingface_hub 2.4 (hf_api.py, file_download.py) and modelscope_hub 0.5 (_legacy_api.py, _download.py).
"""

from hub.files import COMMIT, NEXT_COMMIT, model_files
from hub.server import Faults, HubServer, Repo, running_hub

__all__ = ["COMMIT", "NEXT_COMMIT", "Faults", "HubServer", "Repo", "model_files", "running_hub"]
