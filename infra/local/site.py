"""Serves everything at one address, like the CDN and with its headers: the API by Chalice's own
local server, pages and documents from the published bucket; also /_local/ for pages of this machine
only, and /_s3/ for S3 itself, to which photos are posted."""

import json
import sys
from collections.abc import Callable, Mapping
from email.message import Message
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError
from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    LocalChalice,
    LocalDevServer,
    LocalGatewayException,
    ThreadedHTTPServer,
    create_local_server,
)

from infra import cdn
from infra.local.edge import EdgeHandler
from infra.local.pay.site import BASE_PATH, PaySite
from infra.local.request_signatures import ENDPOINT, RefusedByS3, Signer, read_form

LOCAL = "/_local/"
INBOX = "/_local/inbox"
"""Email posted here arrives as if from outside."""
PUSH_SUBSCRIPTION = "/_local/push-subscription"
"""A post here subscribes a browser: the response is its PushSubscription."""
_MISSING = ("NoSuchKey", "404")

_NAMES = ("localhost", "127.0.0.1", "::1")
"""The names of this machine in its browsers."""

LocalPages = Mapping[str, Callable[[], Any]]
LocalForms = Mapping[str, Callable[[bytes], Any]]


def of_this_machine(headers: Message) -> bool:
    """True for a request to a name of this machine that was not sent by another site's page.
    Another site's name may resolve to this machine (DNS rebinding): then `Host` is that name. A
    browser sends the site of a form's page in `Origin`.
    """
    hosts = headers.get_all("Host", [])
    if len(hosts) != 1 or _name_in(hosts[0]) not in _NAMES:
        return False
    return all(origin == f"http://{hosts[0]}" for origin in headers.get_all("Origin", []))


def _name_in(host: str) -> str | None:
    """The name in a Host header; None if it is not a host and port."""
    try:
        parts = urlsplit(f"http://{host}")
        # Read because it is validated only then.
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname if parts.netloc == host and "@" not in host else None


Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""
ASSETS = "assets/"


class Server(ThreadedHTTPServer):
    """The threaded server, with the data that its handlers need to stand in for the bucket and the
    CDN."""

    request_queue_size = 128
    client: Any
    bucket: str
    local_pages: LocalPages
    local_forms: LocalForms
    pay: PaySite
    signer: Signer
    cdn_headers: Callable[[str], tuple[cdn.Header, ...]]
    origin_secret: str
    missing_page: Callable[[str], bytes]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.assets: dict[str, Answer] = {}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that disconnects during a response is not an error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve(app: Chalice, host: str, port: int) -> LocalDevServer:
    """Chalice's local server on that port (0 chooses a free one). Raises OSError if it is taken.

    Set `client` (of S3), `bucket`, `local_pages`, `local_forms`, `pay`, `signer`, `cdn_headers`,
    `origin_secret` and `missing_page` of its `server` before the first request.
    """
    config = Config()
    if not isinstance(app, LocalChalice):
        # Gives the app a current request for each thread.
        create_local_server(app, config, host, 0).server.server_close()
    return LocalDevServer(app, config, host, port, handler_cls=SiteHandler, server_cls=Server)


class SiteHandler(EdgeHandler):
    """Answers one request."""

    server: Server

    def _generic_handle(self) -> None:
        path = unquote(urlsplit(self.path).path)
        of_the_site = not path.startswith((LOCAL, f"{ENDPOINT}/"))
        self.begin_answer(self.server.cdn_headers(path) if of_the_site else ())
        if path.startswith(LOCAL) and not of_this_machine(self.headers):
            self.close_connection = True
            self._send_json(403, {"detail": "This address answers only to this machine."})
        elif of_the_site and cdn.find_behaviour(path)["TargetOriginId"] == cdn.API:
            self.introduce(self.server.origin_secret)
            super()._generic_handle()
        elif path == BASE_PATH or path.startswith(f"{BASE_PATH}/"):
            self._be_the_payment_provider()
        elif path.startswith(f"{ENDPOINT}/"):
            self._be_s3(path.removeprefix(f"{ENDPOINT}/"))
        elif self.command == "POST" and path in self.server.local_forms:
            posted = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._take_local(path, posted)
        elif self.command not in ("GET", "HEAD"):
            self._send(405, {"Allow": "GET, HEAD"}, b"")
        elif path in self.server.local_pages:
            self._send_local(self.server.local_pages[path]())
        else:
            self._send_document(path)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle

    def log_message(self, format: str, *args: Any) -> None:
        """Does not log each request."""

    def _send_error_response(self, error: LocalGatewayException) -> None:
        self._send_no_route()

    def _send_http_response(self, code: int, headers: Any, body: Any) -> None:
        if code == HTTPStatus.METHOD_NOT_ALLOWED:
            self._send_no_route()
        else:
            super()._send_http_response(code, headers, body)

    def _send_no_route(self) -> None:
        """API Gateway has no method without a route: such an address does not exist."""
        problem = {
            "type": "about:blank",
            "title": HTTPStatus.NOT_FOUND.phrase,
            "status": HTTPStatus.NOT_FOUND,
            "detail": f"There is no {self.command} {urlsplit(self.path).path}.",
        }
        self._send(404, {"Content-Type": "application/problem+json"}, json.dumps(problem).encode())

    def _be_the_payment_provider(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.removeprefix(BASE_PATH)
        self._send(*self.server.pay.serve(self.command, path, headers, sent))

    def _be_s3(self, path: str) -> None:
        bucket, _, key = path.partition("/")
        try:
            if self.command == "POST" and not key:
                self._take_form(bucket)
            elif self.command == "GET":
                self._send_signed(bucket, key)
            else:
                raise RefusedByS3(
                    HTTPStatus.METHOD_NOT_ALLOWED, "MethodNotAllowed", "Not available here."
                )
        except RefusedByS3 as refused:
            self._send(refused.status, {"Content-Type": "application/xml"}, refused.as_xml())

    def _take_form(self, bucket: str) -> None:
        try:
            length = int(self.headers["Content-Length"])
        except (TypeError, ValueError):
            raise RefusedByS3(
                HTTPStatus.LENGTH_REQUIRED, "MissingContentLength", "Send the length of the body."
            ) from None
        form = read_form(self.headers.get("Content-Type", ""), length, self.rfile.read)
        self.server.signer.check_form(bucket, form)
        kind = form.fields.get("content-type", "binary/octet-stream")
        self.server.client.put_object(
            Bucket=bucket,
            Key=form.fields["key"],
            Body=form.file,
            ContentType=kind,
            Metadata=form.metadata,
        )
        wanted = form.fields.get("success_action_status")
        status = int(wanted) if wanted in ("200", "201") else HTTPStatus.NO_CONTENT
        self._send(status, {}, b"")

    def _send_signed(self, bucket: str, key: str) -> None:
        self.server.signer.check_address(self.command, self.path, self.headers.get("Host", ""))
        held = self.headers.get("If-None-Match")
        asked = {"IfNoneMatch": held} if held else {}
        try:
            answer = self.server.client.get_object(Bucket=bucket, Key=key, **asked)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_MODIFIED:
                self._send(304, {"ETag": str(held)}, b"")
                return
            code = error.response["Error"]["Code"]
            raise RefusedByS3(HTTPStatus.NOT_FOUND, code, "Not found.") from error
        headers = {"Content-Type": answer["ContentType"], "ETag": answer["ETag"]}
        self._send(200, headers, answer["Body"].read())

    def _take_local(self, path: str, posted: bytes) -> None:
        try:
            self._send_json(202, self.server.local_forms[path](posted))
        except ValueError as error:
            self._send_json(400, {"detail": str(error)})

    def _send_local(self, content: Any) -> None:
        if not isinstance(content, str):
            self._send_json(200, content)
            return
        headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
        self._send(200, headers, content.encode())

    def _send_json(self, status: int, content: Any) -> None:
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        self._send(status, headers, json.dumps(content).encode())

    def _send_document(self, path: str) -> None:
        if target := cdn.short_link_target(path):
            self._send(302, {"Location": target}, b"")
            return
        key = path.removeprefix("/") + ("index.html" if path.endswith("/") else "")
        asked = {
            name: self.headers[header]
            for name, header in (("IfNoneMatch", "If-None-Match"), ("Range", "Range"))
            if header in self.headers
        }
        try:
            status, headers, body = self._object(key, **asked)
        except ClientError as error:
            code = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if code in (304, 416):
                status, headers, body = code, {"ETag": asked.get("IfNoneMatch", "")}, b""
            elif error.response["Error"]["Code"] in _MISSING:
                status, headers, body = self._not_found(path)
            else:
                raise
        self._send(status, headers, body)

    def _not_found(self, path: str) -> Answer:
        if cdn.find_behaviour(path)["TargetOriginId"] == cdn.PAGES:
            return 404, cdn.missing_headers(), self.server.missing_page(path)
        return 404, {"Content-Type": "text/plain; charset=utf-8"}, b"Not found\n"

    def _object(self, key: str, **asked: Any) -> Answer:
        """The object; assets, whose names change with their content, are read once, as the CDN
        caches them."""
        if not key.startswith(ASSETS) or asked:
            return self._read_object(key, **asked)
        if key not in self.server.assets:
            self.server.assets[key] = self._read_object(key)
        return self.server.assets[key]

    def _read_object(self, key: str, **asked: Any) -> Answer:
        answer = self.server.client.get_object(Bucket=self.server.bucket, Key=key, **asked)
        headers = {
            "Content-Type": answer["ContentType"],
            "ETag": answer["ETag"],
            "Accept-Ranges": "bytes",
        }
        if "CacheControl" in answer:
            headers["Cache-Control"] = answer["CacheControl"]
        if "ContentRange" in answer:
            headers["Content-Range"] = answer["ContentRange"]
        return answer["ResponseMetadata"]["HTTPStatusCode"], headers, answer["Body"].read()

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
