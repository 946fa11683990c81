"""/v1/pictures: upload, look at, fetch, delete."""

from __future__ import annotations

import contextlib

from apiflask import APIBlueprint
from flask import Response, make_response, request

from wentu.api import limits
from wentu.api.auth import identity
from wentu.api.described import files
from wentu.api.parts import expect, keep
from wentu.api.schemas.pictures import PictureOut, UploadIn
from wentu.api.service import service
from wentu.core.errors import Busy

blueprint = APIBlueprint("pictures", __name__, tag="Pictures")


@blueprint.post("/v1/pictures")
@blueprint.input(UploadIn, location="files", arg_name="form")
@blueprint.output(PictureOut, status_code=201)
@blueprint.doc(responses=[413, 415])
@limits.body(limits.upload_bytes)
def upload_picture(form: UploadIn) -> PictureOut:
    """Upload a picture or a page of a PDF or OFD"""
    parts = service()
    taken = parts.intake.take_stream(form.file.stream, name=form.file.filename or "", page=form.page)
    picture = keep(parts, identity().owner, taken)
    expect(parts, picture)
    return PictureOut.of(picture)


@blueprint.get("/v1/pictures/<picture_id>")
@blueprint.output(PictureOut)
def get_picture(picture_id: str) -> PictureOut:
    """Look at a picture's data"""
    return PictureOut.of(service().store.pictures.get(picture_id, owner=identity().owner))


@blueprint.get("/v1/pictures/<picture_id>/content")
@blueprint.doc(responses=files("The clean file", "image/jpeg", "image/png"))
def get_picture_content(picture_id: str) -> Response:
    """Fetch the clean picture file"""
    parts, owner = service(), identity().owner
    picture = parts.store.pictures.get(picture_id, owner=owner)
    return file_response(parts.store.files.read(picture.digest), picture.media_type, picture.digest)


@blueprint.delete("/v1/pictures/<picture_id>")
@blueprint.doc(responses={204: "Deleted"})
def delete_picture(picture_id: str) -> tuple[str, int]:
    """Delete a picture"""
    parts, owner = service(), identity().owner
    digest = parts.store.pictures.get(picture_id, owner=owner).digest
    parts.store.pictures.delete(picture_id, owner=owner)
    if digest not in parts.store.files:  # nobody else has the same one
        with contextlib.suppress(Busy):
            parts.queue.drop_picture(digest)
    return "", 204


def file_response(data: bytes, media_type: str, tag: str) -> Response:
    """A file that a browser may keep for itself; `tag` changes when the file does."""
    response = make_response(data)
    response.mimetype = media_type
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.vary.add("Authorization")  # one browser may hold one key after another
    response.set_etag(tag)
    response.make_conditional(request)
    return response
