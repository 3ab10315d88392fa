"""Checks signed requests as S3 does and moto does not: a form's policy, an address's signature.
Everything under /_s3 on the stack's own address stands in for S3, path-style. moto gets no request
that S3 would refuse. Source: Amazon S3 API Reference, "Authenticating Requests: Browser-Based
Uploads Using POST" and "Using Query Parameters" (AWS Signature Version 4).
"""

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit
from xml.sax.saxutils import escape

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

ENDPOINT = "/_s3"
METADATA = "x-amz-meta-"
MOST_FIELDS = 50
MOST_FILE_BYTES = 64 * 1024 * 1024
"""More than any policy here allows, so that a policy's own limit applies."""
CHUNK_BYTES = 64 * 1024
_UNSIGNED = ("x-amz-signature", "file", "policy")


class RefusedByS3(Exception):
    """S3's error response."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def as_xml(self) -> bytes:
        inner = f"<Code>{self.code}</Code><Message>{escape(str(self))}</Message>"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()


@dataclass(frozen=True)
class Form:
    """A posted form: its fields by their names in lower case, and the file behind them."""

    fields: Mapping[str, str]
    file: bytes

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata that S3 stores with the file."""
        return {
            name.removeprefix(METADATA): value
            for name, value in self.fields.items()
            if name.startswith(METADATA)
        }


@dataclass(frozen=True)
class Signer:
    """Verifies requests with the secrets of access keys and a clock."""

    secret_of: Callable[[str], str | None]
    now: Callable[[], datetime]

    def check_form(self, bucket: str, form: Form) -> None:
        """Raises RefusedByS3 if the form's policy does not allow it or is not valid."""
        fields = form.fields
        encoded = _require_field(fields, "policy")
        signature = _require_field(fields, "x-amz-signature")
        if _require_field(fields, "x-amz-algorithm") != "AWS4-HMAC-SHA256":
            raise _access_denied("Only AWS4-HMAC-SHA256 is known.")
        key = self._key(_require_field(fields, "x-amz-credential"))
        if not hmac.compare_digest(_hmac(key, encoded).hex(), signature):
            raise _mismatch()
        _check_policy(encoded, {**fields, "bucket": bucket}, len(form.file), self.now())

    def check_address(self, method: str, target: str, host: str) -> None:
        """Raises RefusedByS3 if the address is not signed, or has expired. `target` is the
        request's path with its query, as sent."""
        path, query = urlsplit(target).path, urlsplit(target).query
        sent = dict(parse_qsl(query, keep_blank_values=True))
        signature = sent.pop("X-Amz-Signature", "")
        if not signature:
            raise _access_denied("Access Denied")
        began = _moment(sent.get("X-Amz-Date", ""))
        lasts = timedelta(seconds=int(sent.get("X-Amz-Expires", "0")))
        key = self._key(sent.get("X-Amz-Credential", ""))
        canonical = "\n".join(
            (
                method,
                quote(unquote(path), safe="/~"),
                urlencode(sorted(sent.items()), quote_via=quote, safe="~"),
                f"host:{host}\n",
                "host",
                "UNSIGNED-PAYLOAD",
            )
        )
        scope = sent["X-Amz-Credential"].partition("/")[2]
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = "\n".join(("AWS4-HMAC-SHA256", sent["X-Amz-Date"], scope, digest))
        if not hmac.compare_digest(_hmac(key, to_sign).hex(), signature):
            raise _mismatch()
        if not began <= self.now() + timedelta(minutes=15) or self.now() > began + lasts:
            raise _access_denied("Request has expired")

    def _key(self, credential: str) -> bytes:
        """The signing key of a credential: access key, date, region, service, aws4_request."""
        parts = credential.split("/")
        if len(parts) != 5 or parts[3:] != ["s3", "aws4_request"]:
            raise _malformed_request("The credential is mal-formed.")
        secret = self.secret_of(parts[0])
        if secret is None:
            raise RefusedByS3(
                HTTPStatus.FORBIDDEN, "InvalidAccessKeyId", "The access key does not exist."
            )
        key = f"AWS4{secret}".encode()
        for part in parts[1:]:
            key = _hmac(key, part)
        return key


def read_form(content_type: str, length: int, read: Callable[[int], bytes]) -> Form:
    """The form of a request's body. A body that is too large is read to its end and discarded.
    Raises RefusedByS3.
    """
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data" or "boundary" not in options:
        raise _malformed_request(
            "The body of your POST request is not well-formed multipart/form-data."
        )
    if length > MOST_FILE_BYTES:
        for _ in _chunks(length, read):
            pass
        raise _too_large()
    try:
        fields = _fields(options["boundary"], length, _chunks(length, read))
    except MultipartError as error:
        raise _malformed_request("The body is not well-formed multipart/form-data.") from error
    file = fields.pop("file", b"")
    return Form({name: value.decode() for name, value in fields.items()}, file)


def _fields(boundary: str, length: int, chunks: Iterator[bytes]) -> dict[str, bytes]:
    """The content of each part of the form. Raises MultipartError."""
    found: dict[str, bytearray] = {}
    part = bytearray()
    with PushMultipartParser(
        boundary, content_length=length, max_segment_count=MOST_FIELDS
    ) as parser:
        for event in (event for chunk in chunks for event in parser.parse(chunk)):
            if isinstance(event, MultipartSegment):
                part = found.setdefault((event.name or "").lower(), bytearray())
            elif event:
                part += event
    return {name: bytes(value) for name, value in found.items()}


def _chunks(length: int, read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The body, up to its length or to where it breaks off."""
    while length > 0 and (chunk := read(min(CHUNK_BYTES, length))):
        length -= len(chunk)
        yield chunk


def _check_policy(encoded: str, fields: Mapping[str, str], size: int, now: datetime) -> None:
    try:
        policy = json.loads(b64decode(encoded, validate=True))
        ends = datetime.fromisoformat(policy["expiration"])
        conditions = [_condition(each) for each in policy["conditions"]]
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedByS3(
            HTTPStatus.BAD_REQUEST, "InvalidPolicyDocument", f"Invalid Policy: {error}"
        ) from error
    if now > ends:
        raise _access_denied("Invalid according to Policy: Policy expired.")
    covered = {"bucket"}
    for operator, name, value in conditions:
        if operator == "content-length-range":
            _check_length(size, int(name), int(value))
            continue
        covered.add(name)
        sent = fields.get(name, "")
        if not (sent == value if operator == "eq" else sent.startswith(str(value))):
            raise _access_denied(f'Invalid according to Policy: Policy Condition failed: "{name}"')
    for name in fields:
        if name not in covered and name not in _UNSIGNED and not name.startswith("x-ignore-"):
            raise _access_denied(f"Invalid according to Policy: Extra input fields: {name}")


def _condition(written: Any) -> tuple[str, str, Any]:
    """An operator, its field, and the value. Raises ValueError."""
    if isinstance(written, dict) and len(written) == 1:
        ((name, value),) = written.items()
        return "eq", name.lower(), value
    operator, name, value = written
    if operator == "content-length-range":
        return operator, name, value
    if operator not in ("eq", "starts-with"):
        raise ValueError(f"unknown condition {operator}")
    return operator, str(name).removeprefix("$").lower(), value


def _check_length(size: int, least: int, most: int) -> None:
    if size > most:
        raise _too_large()
    if size < least:
        raise RefusedByS3(
            HTTPStatus.BAD_REQUEST,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
        )


def _require_field(fields: Mapping[str, str], name: str) -> str:
    try:
        return fields[name]
    except KeyError:
        if name == "policy":
            raise _access_denied("Access Denied") from None
        raise _malformed_request(f"Bucket POST must contain a field named '{name}'.") from None


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _access_denied("X-Amz-Date must be in the ISO8601 Long Format") from None


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _access_denied(message: str) -> RefusedByS3:
    return RefusedByS3(HTTPStatus.FORBIDDEN, "AccessDenied", message)


def _malformed_request(message: str) -> RefusedByS3:
    return RefusedByS3(HTTPStatus.BAD_REQUEST, "MalformedPOSTRequest", message)


def _mismatch() -> RefusedByS3:
    message = "The request signature we calculated does not match the signature you provided."
    return RefusedByS3(HTTPStatus.FORBIDDEN, "SignatureDoesNotMatch", message)


def _too_large() -> RefusedByS3:
    message = "Your proposed upload exceeds the maximum allowed size"
    return RefusedByS3(HTTPStatus.BAD_REQUEST, "EntityTooLarge", message)
