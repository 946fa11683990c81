"""What is wrong with a request, in our own words: pydantic's finding as a BadRequest that names the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wentu.core.errors import BadRequest

# pydantic's error type -> the end of our sentence; {names} are its context values, which come from our own models.
_SAYS: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be text",
    "string_unicode": "must be valid Unicode text",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "string_pattern_mismatch": "has the wrong form",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "literal_error": "must be {expected}",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "union_tag_invalid": "has an unknown type; known: {expected_tags}",
    "union_tag_not_found": "needs a type",
}


def problem(exc: ValidationError) -> BadRequest:
    """The first thing that is wrong; its `param` is the field's path in OpenAI's way, `messages[0].content`."""
    first = exc.errors(include_url=False, include_input=False)[0]
    path = path_of(first["loc"])
    subject = f"'{path}'" if path else "the request"
    return BadRequest(f"{subject} {_says(first)}", param=path) if path else BadRequest(f"{subject} {_says(first)}")


def path_of(loc: Sequence[int | str]) -> str:
    """`("messages", 0, "content", 1, "text", "text")` -> `messages[0].content[1].text`.

    After the index of a content part comes the part's type, which is pydantic's note and no field.
    """
    path = ""
    for index, step in enumerate(loc):
        if index >= 2 and loc[index - 2] == "content" and isinstance(loc[index - 1], int):
            continue
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _says(error: ErrorDetails) -> str:
    return _SAYS.get(error["type"], "has a wrong value").format_map(error.get("ctx", {}))
