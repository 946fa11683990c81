"""Names and paths that come from strangers."""

from __future__ import annotations

import pytest

from wentu.core.errors import BadRequest, BadSetting, ModelFilesError
from wentu.models.folders import MAX_NAME, check_repo, slug
from wentu.models.hubs import check_path, endpoint_of, hex_digest, may_carry_token, needed
from wentu.models.manifest import FileEntry


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Qwen/Qwen3-VL-2B-Instruct", "qwen3-vl-2b-instruct"),
        ("My Model (copy)", "my-model-copy"),
        ("../../etc", "etc"),
        ("a..b", "a.b"),
        ("CON", "model-con"),
        ("nul.txt", "model-nul.txt"),
        (".hidden", "hidden"),
        ("x" * 500, "x" * MAX_NAME),
    ],
)
def test_a_folder_name_is_safe_on_every_system(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize("text", ["", "...", "问图", "///"])
def test_a_text_without_a_usable_character_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        slug(text)


@pytest.mark.parametrize("repo", ["Qwen", "a/b/c", "../x", "a/..", "a b/c", "a/b#c", "-a/b", ""])
def test_what_is_not_owner_and_model_is_refused(repo: str) -> None:
    with pytest.raises(BadRequest):
        check_repo(repo)


@pytest.mark.parametrize("path", ["", ".", "..", "/a", "a//b", "a/../b", "a\\b", "C:a", "a\0b", "a\nb", "x" * 300])
def test_a_path_that_could_leave_the_folder_is_refused(path: str) -> None:
    with pytest.raises(ModelFilesError):
        check_path(path)


def test_only_needed_files_of_the_top_folder_are_chosen_small_ones_first() -> None:
    names = ["model.safetensors", "config.json", "onnx/config.json", "pytorch_model.bin", ".gitattributes"]
    entries = tuple(
        FileEntry(name, len(name)) for name in [*names, "manifest.json", "pull.json", "chat_template.jinja"]
    )
    assert [entry.path for entry in needed(entries)] == ["config.json", "model.safetensors", "chat_template.jinja"]


def test_the_first_address_that_is_set_is_taken_without_its_slash() -> None:
    assert endpoint_of("", " https://mirror.example/ ", "https://hub.example") == "https://mirror.example"


@pytest.mark.parametrize("address", ["mirror.example", "ftp://mirror.example", "https://", "http://[x"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadSetting):
        endpoint_of(address)


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [("https://hub.example", True), ("http://hub.example", False), ("http://127.0.0.1:8000", True)],
)
def test_a_token_travels_encrypted_or_stays_on_this_machine(endpoint: str, allowed: bool) -> None:
    assert may_carry_token(endpoint) is allowed


@pytest.mark.parametrize(
    ("value", "digest"),
    [(f'"{"A" * 64}"', "a" * 64), (f'W/"{"b" * 64}"', "b" * 64), ("c" * 63, ""), (None, ""), (7, ""), ("g" * 64, "")],
)
def test_only_hex_of_the_right_length_counts_as_a_digest(value: object, digest: str) -> None:
    assert hex_digest(value, 64) == digest
