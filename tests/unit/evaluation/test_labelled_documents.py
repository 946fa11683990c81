import json
from pathlib import Path

import pytest
from PIL import Image

from wentu.core.errors import BadInput
from wentu.evaluation.documents.run import labelled


def write(folder: Path, name: str, told: object, size: tuple[int, int] | None = (8, 6)) -> None:
    (folder / f"{name}.json").write_text(json.dumps(told), "utf-8")
    if size:
        Image.new("RGB", size, "white").save(folder / f"{name}.png")


def test_documents_of_ones_own_are_pictures_beside_their_truth(tmp_path: Path) -> None:
    write(tmp_path, "b", {"type": "receipt", "fields": {"total": 12.5}})
    write(tmp_path, "a", {"type": "contract", "fields": {"title": "合同"}})
    first, second = labelled(tmp_path)
    assert (first.id, first.sample.type, first.sample.truth) == ("a", "contract", {"title": "合同"})
    assert (second.level, second.sample.truth["total"], second.pixels.shape) == (0, 12.5, (6, 8, 3))


@pytest.mark.parametrize("told", [[], {"type": "receipt"}, {"fields": {}}, {"type": "receipt", "fields": 3}])
def test_a_truth_that_says_too_little_is_named(tmp_path: Path, told: object) -> None:
    write(tmp_path, "odd", told)
    with pytest.raises(BadInput, match=r"odd\.json"):
        list(labelled(tmp_path))


def test_a_truth_without_a_picture_is_named(tmp_path: Path) -> None:
    write(tmp_path, "alone", {"type": "receipt", "fields": {}}, size=None)
    with pytest.raises(BadInput, match=r"no picture beside alone\.json"):
        list(labelled(tmp_path))
