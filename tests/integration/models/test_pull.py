"""Pulling from a hub that behaves, through each protocol."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from hub import COMMIT, NEXT_COMMIT, HubServer, Repo, model_files
from hub.pulling import QUICK, Puller
from wentu.core.config import ModelSettings, Settings
from wentu.core.errors import BadRequest, BadSetting, HubRefused, ModelFilesError, ModelNotOnHub
from wentu.models import installed, pull

REPO = "Qwen/Qwen3-VL-2B-Instruct"
NEEDED = {
    "LICENSE",
    "README.md",
    "chat_template.json",
    "config.json",
    "generation_config.json",
    "merges.txt",
    "model.safetensors",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
}


@pytest.mark.parametrize("hub", ["huggingface", "modelscope"])
def test_a_pull_brings_exactly_the_needed_files_and_a_manifest(hub: str, server: HubServer, pulled: Puller) -> None:
    model = pulled(hub=hub)
    assert (model.name, model.repo, model.hub) == ("qwen3-vl-2b-instruct", REPO, hub)
    assert (model.complete, model.problems, model.revision) == (True, (), COMMIT)
    assert {path.name for path in model.dir.iterdir()} == NEEDED | {"manifest.json"}
    for name in NEEDED:
        assert (model.dir / name).read_bytes() == server.repos[REPO].files[name]


@pytest.mark.parametrize("hub", ["huggingface", "modelscope"])
def test_the_manifest_names_every_file_with_its_sha256_and_no_host(hub: str, server: HubServer, pulled: Puller) -> None:
    text = (pulled(hub=hub).dir / "manifest.json").read_text()
    manifest = json.loads(text)
    files = server.repos[REPO].files
    assert {entry["path"]: entry["sha256"] for entry in manifest["files"]} == {
        name: hashlib.sha256(files[name]).hexdigest() for name in NEEDED
    }
    assert manifest["source"] == "mirror"
    assert "127.0.0.1" not in text


def test_progress_rises_to_the_whole_size(settings: Settings) -> None:
    reports = list(pull(settings, patience=QUICK))
    bytes_seen = [report.done_bytes for report in reports if report.stage == "downloading"]
    assert reports[0].stage == "listing"
    assert bytes_seen == sorted(bytes_seen)
    assert bytes_seen[-1] == reports[-2].total_bytes == sum(len(model_files()[name]) for name in NEEDED)


def test_hf_endpoint_in_the_environment_leads_to_the_mirror(
    tmp_path: Path, server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.url + "/")
    *_, report = pull(Settings(data_dir=tmp_path), patience=QUICK)
    assert report.model is not None and report.model.complete


def test_the_setting_goes_before_hf_endpoint(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    *_, report = pull(settings, patience=QUICK)
    assert report.model is not None and report.model.complete


def test_a_mirror_that_lists_names_only_is_checked_by_its_headers(server: HubServer, pulled: Puller) -> None:
    server.faults.bare_listing = True
    assert pulled().complete


def test_a_file_that_no_checksum_covers_is_not_taken(server: HubServer, settings: Settings) -> None:
    server.faults.bare_listing = server.faults.no_digests = True
    with pytest.raises(ModelFilesError, match="names no checksum"):
        list(pull(settings, patience=QUICK))
    assert not any(model.complete for model in installed(settings))


def test_the_token_goes_to_the_hub_and_not_to_the_host_it_redirects_to(
    server: HubServer, pulled: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.repos[REPO].is_gated = True
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert pulled().complete
    assert any("Authorization" in seen.headers for seen in server.seen if seen.host == "hub")
    assert [seen for seen in server.seen if seen.host == "cdn"]
    assert not any("Authorization" in seen.headers for seen in server.seen if seen.host == "cdn")


def test_the_token_never_goes_to_modelscope(server: HubServer, pulled: Puller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert pulled(hub="modelscope").complete
    assert not any("Authorization" in seen.headers for seen in server.seen)


def test_a_gated_model_asks_for_a_token(server: HubServer, settings: Settings) -> None:
    server.repos[REPO].is_gated = True
    with pytest.raises(HubRefused) as caught:
        list(pull(settings, patience=QUICK))
    assert "HF_TOKEN" in caught.value.hint


@pytest.mark.parametrize("hub", ["huggingface", "modelscope"])
def test_an_unknown_model_is_named(hub: str, settings: Settings) -> None:
    with pytest.raises(ModelNotOnHub, match="Qwen/Nothing"):
        list(pull(settings, "Qwen/Nothing", hub=hub, patience=QUICK))
    assert installed(settings) == ()


@pytest.mark.parametrize("hub", ["huggingface", "modelscope"])
def test_an_unknown_revision_is_said_to_be_unknown(hub: str, settings: Settings) -> None:
    with pytest.raises(ModelNotOnHub, match="revision"):
        list(pull(settings, hub=hub, revision="v9", patience=QUICK))


@pytest.mark.parametrize("path", ["../evil.json", "/etc/evil.json", "a/../../evil.json", "C:evil.json", "a\\evil.json"])
@pytest.mark.parametrize("hub", ["huggingface", "modelscope"])
def test_a_list_with_a_path_that_leaves_the_folder_is_refused_whole(
    hub: str, path: str, server: HubServer, settings: Settings
) -> None:
    server.faults.extra_paths = (path,)
    with pytest.raises(ModelFilesError, match="leave the model's folder"):
        list(pull(settings, hub=hub, patience=QUICK))
    assert not list(settings.data_dir.rglob("*evil*"))
    assert installed(settings) == ()


def test_another_architecture_is_refused_before_its_weights_are_fetched(server: HubServer, settings: Settings) -> None:
    server.repos[REPO].files["config.json"] = b'{"architectures": ["LlamaForCausalLM"]}'
    with pytest.raises(ModelFilesError, match="LlamaForCausalLM"):
        list(pull(settings, patience=QUICK))
    assert server.requests_for("model.safetensors") == []
    assert installed(settings) == ()


def test_a_repository_without_safetensors_is_refused(server: HubServer, settings: Settings) -> None:
    del server.repos[REPO].files["model.safetensors"]
    with pytest.raises(ModelNotOnHub, match="no weights in safetensors form"):
        list(pull(settings, patience=QUICK))


def test_a_repository_without_its_tokenizer_says_what_it_lacks(server: HubServer, settings: Settings) -> None:
    del server.repos[REPO].files["tokenizer_config.json"]
    with pytest.raises(ModelNotOnHub, match=r"tokenizer_config\.json is missing: it names the special tokens"):
        list(pull(settings, patience=QUICK))


def test_weights_in_parts_are_complete_with_their_index(server: HubServer, pulled: Puller) -> None:
    server.repos[REPO] = Repo(model_files(shards=5))
    model = pulled()
    assert len(list(model.dir.glob("model-*.safetensors"))) == 5
    assert model.complete


def test_a_second_pull_of_the_same_revision_fetches_nothing(server: HubServer, pulled: Puller) -> None:
    first = pulled()
    server.seen.clear()
    assert pulled() == first
    assert [seen for seen in server.seen if "bytes" in seen.path] == []


def test_a_second_pull_replaces_just_the_damaged_file(server: HubServer, pulled: Puller) -> None:
    model = pulled()
    weights = model.dir / "model.safetensors"
    damaged = bytearray(weights.read_bytes())
    damaged[-1] ^= 1
    weights.write_bytes(damaged)
    server.seen.clear()
    assert pulled().complete
    assert weights.read_bytes() == server.repos[REPO].files["model.safetensors"]
    assert {seen.path.rsplit("/", 1)[1].split("?")[0] for seen in server.seen if "bytes" in seen.path} == {
        "model.safetensors"
    }


def test_a_new_revision_gets_its_own_folder_and_shares_the_weights(
    server: HubServer, settings: Settings, pulled: Puller
) -> None:
    old = pulled()
    before = (old.dir / "README.md").read_bytes()
    repo = server.repos[REPO]
    server.repos[REPO] = Repo({**repo.files, "README.md": b"# Better words\n"}, commit=NEXT_COMMIT)
    server.seen.clear()
    new = pulled()
    assert new.name == f"qwen3-vl-2b-instruct-{NEXT_COMMIT[:8]}"
    assert server.requests_for("model.safetensors") == []
    assert (old.dir / "README.md").read_bytes() == before
    assert [model.name for model in installed(settings)] == [new.name, old.name]


def test_models_of_the_same_name_from_two_owners_live_side_by_side(
    server: HubServer, settings: Settings, pulled: Puller
) -> None:
    pulled()
    server.repos["Other/Qwen3-VL-2B-Instruct"] = Repo(model_files(seed=7))
    *_, report = pull(settings, "Other/Qwen3-VL-2B-Instruct", patience=QUICK)
    assert report.model is not None
    assert report.model.name == "other-qwen3-vl-2b-instruct"


@pytest.mark.parametrize("repo", ["no-owner", "../..", "a/../b", "a/b/c", "https://hub/a/b", "a/b?x=1"])
def test_a_name_that_is_no_repository_is_refused_before_anything_is_asked(
    repo: str, server: HubServer, settings: Settings
) -> None:
    with pytest.raises(BadRequest):
        list(pull(settings, repo, patience=QUICK))
    assert server.seen == []


@pytest.mark.parametrize("address", ["ftp://hub", "hub.example", "http://[broken", "http://"])
def test_a_wrong_hub_address_names_the_variable(address: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        list(pull(Settings(data_dir=tmp_path, models=ModelSettings(hf_endpoint=address)), patience=QUICK))
    assert caught.value.params["name"] == "HF_ENDPOINT"
