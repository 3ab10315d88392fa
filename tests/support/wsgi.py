"""The API as a WSGI application, for the libraries that call one."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from chalice.test import Client

NO_HEADER = ("CONTENT_TYPE", "CONTENT_LENGTH")


def wsgi_of(client: Client) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """A WSGI application that answers each request as API Gateway would; the client's network
    address is this machine's."""

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        answer = client.http.request(
            environ["REQUEST_METHOD"],
            f"{quote(environ['PATH_INFO'], encoding='latin-1')}?{environ['QUERY_STRING']}",
            headers=_headers(environ),
            body=environ["wsgi.input"].read(size),
        )
        several = [
            (name, each)
            for name, value in answer.headers.items()
            for each in (value if isinstance(value, list) else [value])
        ]
        start(f"{answer.status_code} Answer", several)
        return [answer.body]

    return application


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    sent = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return sent | {
        name.replace("_", "-").lower(): environ[name] for name in NO_HEADER if environ.get(name)
    }
