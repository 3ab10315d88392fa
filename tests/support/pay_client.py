"""A client of GOV.UK Pay's stand-in that holds each request and reply against GOV.UK Pay's OpenAPI
file."""

import json
from collections.abc import Mapping

from chalicelib.net.reply import Reply
from infra.local.pay.service import PayService
from tests.support.http_client import InProcessClient, path_of
from tests.support.openapi_file import OpenApiFile


class CheckedClient(InProcessClient):
    """Carries requests to the stand-in, and checks both ways."""

    def __init__(self, service: PayService, spec: OpenApiFile) -> None:
        self._service = service
        self._spec = spec

    def answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        path = path_of(url)
        if method == "POST":
            self._spec.check_request(method, path, json.loads(body or b"{}"))
        answer = self._service.answer(method, path, headers, body)
        self._spec.check_response(method, path.partition("?")[0], answer.status, answer.body)
        return Reply(answer.status, {}, json.dumps(answer.body).encode())
