"""One botocore session for all of a process's clients.

A session reads and caches AWS's descriptions (endpoints, defaults). The first client costs 90 ms of
processor; Secrets Manager's costs 7 ms on the same session and 60 ms on another one.
"""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import Any

from botocore.config import Config
from botocore.loaders import JSONFileLoader, Loader
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.session import Session
from msgspec import json

DYNAMODB = Config(connect_timeout=2, read_timeout=5)
"""Seconds of one try. PynamoDB's default is 45 s for each of four; with these values a write
succeeds within half a minute, or never."""

TRIED_ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=20)
"""For messages to people: a retry could send one twice."""


class SharedSession(Session):
    """Makes one client at a time: botocore does not guarantee thread safety for that."""

    def __init__(self) -> None:
        super().__init__()
        self._making = RLock()
        self.register_component("response_parser_factory", _Parsers())
        self.register_component("data_loader", _Folders(file_loader=_Descriptions()))

    def create_client(self, *what: Any, **options: Any) -> Any:
        if what[0] == "dynamodb":
            given = options.get("config")
            options["config"] = given.merge(DYNAMODB) if given else DYNAMODB
        with self._making:
            return super().create_client(*what, **options)


def signing_config(*, at: str) -> Config:
    """For a client that signs a browser's requests to S3, or to a store at the address `at`."""
    # Without "regional", an address of us-east-1 names no region, and the CSP names it.
    return Config(
        signature_version="s3v4",
        s3={
            "addressing_style": "path" if at else "virtual",
            "us_east_1_regional_endpoint": "regional",
        },
    )


def share_with_pynamodb(session: Callable[[], Session]) -> None:
    """Makes PynamoDB's tables use that session. PynamoDB makes one for each table and thread, and
    has no setting for it, so its factory is replaced.
    """
    from pynamodb.connection import base

    vars(base)["get_session"] = session


class _RawItemParser(JSONParser):
    """Leaves DynamoDB's items in their received form, which PynamoDB expects. botocore would
    rebuild each value to find binary ones, which takes most of a long list's time: no table here
    has any."""

    def _handle_map(self, shape: Any, value: Any) -> Any:
        return value if shape.name == "AttributeMap" else super()._handle_map(shape, value)  # type: ignore[misc]


class _Parsers(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> Any:
        if protocol_name == "json":
            return _RawItemParser(**self._defaults)  # type: ignore[attr-defined]
        return super().create_parser(protocol_name)


class _Folders(Loader):
    """Takes a folder for a service. botocore looks into each of 440 before it makes a client, which
    takes 9 ms of processor for each kind of description."""

    def list_available_services(self, type_name: str) -> list[str]:
        """The names of services that may have this kind of description."""
        folders = filter(os.path.isdir, self.search_paths)
        return sorted({entry.name for folder in folders for entry in os.scandir(folder)})


class _Descriptions(JSONFileLoader):
    """Reads AWS's descriptions with msgspec: in a new process, botocore's own reader takes 60 ms of
    processor more."""

    def load_file(self, file_path: str) -> Any:
        """The content of a file, without its extension; None if there is none."""
        for extension, unpacked in ((".json", bytes), (".json.gz", gzip.decompress)):
            file = Path(file_path + extension)
            if file.is_file():
                return json.decode(unpacked(file.read_bytes()))
        return None
