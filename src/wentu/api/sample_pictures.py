"""/v1/samples: pictures to try wentu with."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from apiflask import APIBlueprint
from flask import Response

from wentu import samples
from wentu.api.auth import identity
from wentu.api.described import files
from wentu.api.parts import expect, keep
from wentu.api.pictures import file_response
from wentu.api.schemas.pictures import PictureOut, SampleOut, SamplesOut
from wentu.api.service import service
from wentu.core.errors import NotFound

blueprint = APIBlueprint("samples", __name__, tag="Pictures")


@blueprint.get("/v1/samples")
@blueprint.output(SamplesOut)
def list_samples() -> SamplesOut:
    """List the sample pictures"""
    return SamplesOut(data=[_out(one) for one in samples.samples()])


@blueprint.get("/v1/samples/<sample_id>/content")
@blueprint.doc(responses=files("The file", "image/jpeg", "image/png"))
def get_sample_content(sample_id: str) -> Response:
    """Fetch a sample's file"""
    data = samples.read(_find(sample_id).id)
    return file_response(data, _find(sample_id).media_type, hashlib.sha256(data).hexdigest())


@blueprint.post("/v1/samples/<sample_id>")
@blueprint.output(PictureOut, status_code=201)
def use_sample(sample_id: str) -> PictureOut:
    """Make a picture of a sample, as if it had been uploaded"""
    parts = service()
    sample = _find(sample_id)
    # Our own picture: its name is nobody's secret, so it is not masked.
    taken = replace(parts.intake.take(samples.read(sample.id)), name=sample.title["zh-CN"])
    picture = keep(parts, identity().owner, taken)
    expect(parts, picture)
    return PictureOut.of(picture)


def _find(sample_id: str) -> samples.Sample:
    """Raises NotFound; only ids of the list are ever used to read a file."""
    found = next((one for one in samples.samples() if one.id == sample_id), None)
    if found is None:
        raise NotFound("there is no such sample", hint="GET /v1/samples lists them.")
    return found


def _out(sample: samples.Sample) -> SampleOut:
    return SampleOut(
        id=sample.id,
        title=dict(sample.title),
        questions={language: list(questions) for language, questions in sample.questions.items()},
        width=sample.width,
        height=sample.height,
    )
