"""Which hub is asked, at which address: settings first, then the variable that other tools use, then the hub's own."""

from __future__ import annotations

import os

from wentu.core.config import Settings
from wentu.core.errors import BadSetting
from wentu.models.hubs import HubApi, endpoint_of
from wentu.models.huggingface import HuggingFace
from wentu.models.modelscope import ModelScope


def open_hub(settings: Settings, name: str) -> HubApi:
    """The hub called `name` ("huggingface" or "modelscope") at its configured address. Raises BadSetting.

    HF_TOKEN is the only place a token is read from.
    """
    models = settings.models
    if name == "huggingface":
        address = endpoint_of(models.hf_endpoint, os.environ.get("HF_ENDPOINT", ""), HuggingFace.official)
        return HuggingFace(address, os.environ.get("HF_TOKEN", "").strip())
    if name == "modelscope":
        return ModelScope(endpoint_of(models.modelscope_endpoint, ModelScope.official))
    raise BadSetting(f"there is no hub called '{name}'; known: huggingface, modelscope", name=name)
