"""Routes of photos: ask for an upload, and read its result."""

import re
from http import HTTPStatus

import msgspec
from msgspec.structs import replace

from chalicelib.bootstrap.reports import photos_ports
from chalicelib.errors import Invalid, NotFound, TooMany
from chalicelib.handlers.http import auth, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.ids import ALPHABET
from chalicelib.photos.model import State, UploadDraft
from chalicelib.photos.picture import WITH_VALUES
from chalicelib.photos.ports import PhotoKey
from chalicelib.photos.usecases import uploads
from chalicelib.reports import reference
from chalicelib.texts import read_back

PHOTO_ID = re.compile(rf"[{ALPHABET}]{{26}}")
routes = Routes(__name__)


class UploadView(msgspec.Struct, frozen=True, kw_only=True):
    """Where to post the file of a photo, as a multipart form: first these `fields`, unchanged, then
    the field `file`."""

    photo_id: str
    url: str
    fields: dict[str, str]


class UploadedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an uploaded photo. If it was refused, `reason` tells the reporter what to do."""

    photo_id: str
    state: State
    reason: str | None


@routes.endpoint(
    "/api/photos",
    method="POST",
    auth=auth.anyone,
    summary="Get an address to upload a photo to",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(TooMany,),
)
def ask(call: Call, draft: UploadDraft) -> UploadView:
    key = call.photo_key
    if draft.service_request_id is not None:
        draft = replace(draft, service_request_id=_report(draft.service_request_id))
    photo, policy = uploads.request_upload(draft, key, call.caller.author().scope, photos_ports())
    rate_limits.check("photo", call)
    return UploadView(photo_id=photo.photo_id, url=policy.url, fields=dict(policy.fields))


@routes.endpoint(
    "/api/reports/{service_request_id}/photos/{photo_id}",
    method="GET",
    auth=auth.anyone,
    summary="Get the state of a photo that was uploaded",
)
def look(call: Call, service_request_id: str, photo_id: str) -> UploadedPhoto:
    request_id = reference.parse_reference(service_request_id)
    if request_id is None or not PHOTO_ID.fullmatch(photo_id):
        raise NotFound("There is no photo with this id.")
    photo = uploads.photo_state(PhotoKey(request_id, photo_id), photos_ports())
    reason = photo.reason and request_language.current_language().say(
        read_back(photo.reason, WITH_VALUES)
    )
    return UploadedPhoto(photo_id=photo.photo_id, state=photo.state, reason=reason)


def _report(text: str) -> str:
    found = reference.parse_reference(text)
    if found is None:
        raise Invalid.field(
            "service_request_id", "must be a reference of 12 letters and digits, or be left out"
        )
    return found
