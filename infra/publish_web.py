"""Uploads the built web client to the published bucket, with the cache time of each file. Files
with a hash come first and the pages last, so that a new page finds all its files. Nothing is
removed: a page opened yesterday may still request yesterday's files.
"""

import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.errors import ConfigurationError
from chalicelib.publishing.s3_documents import CACHE_CONTROL
from infra.basemap import CONTENT_TYPE

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HASHED = "assets/chunks/"
FOR_EVER = "public, max-age=31536000, immutable"
_PAGE = "text/html"
_TEXT = ("text/", "application/json", "application/manifest+json")

mimetypes.add_type(CONTENT_TYPE, ".pmtiles")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


class WebFile(NamedTuple):
    """A file of the web client, and the key that it gets."""

    key: str
    path: Path

    @property
    def content_type(self) -> str:
        kind = mimetypes.guess_type(self.key)[0] or "application/octet-stream"
        return f"{kind}; charset=utf-8" if kind.startswith(_TEXT) else kind

    @property
    def is_hashed(self) -> bool:
        return self.key.startswith(HASHED)

    @property
    def is_page(self) -> bool:
        return self.content_type.startswith(_PAGE)

    @property
    def cache_control(self) -> str:
        return FOR_EVER if self.is_hashed else CACHE_CONTROL


def web_files(folder: Path) -> list[WebFile]:
    """The files of a built web client in the order of uploading. Raises ConfigurationError if there
    are none."""
    if not (folder / "index.html").is_file():
        raise ConfigurationError(
            f"{folder} has no built web client (no index.html): build it first (docs/DEPLOY.md)."
        )
    files = [
        WebFile(path.relative_to(folder).as_posix(), path)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    ]
    return sorted(files, key=lambda file: (not file.is_hashed, file.is_page, file.key))


def upload_file(client: "S3Client", bucket: str, file: WebFile) -> None:
    """Uploads one file."""
    client.put_object(
        Bucket=bucket,
        Key=file.key,
        Body=file.path.read_bytes(),
        ContentType=file.content_type,
        CacheControl=file.cache_control,
    )


def publish_web(
    client: "S3Client", bucket: str, folder: Path, progress: Callable[[int], None]
) -> set[str]:
    """Uploads all files; returns the addresses at which the CDN may have an older version."""
    addresses = set()
    for file in web_files(folder):
        upload_file(client, bucket, file)
        progress(1)
        if not file.is_hashed:
            # The CDN knows a page by its key; the address that a person types is dropped as well.
            addresses |= {f"/{file.key}", f"/{file.key.removesuffix('index.html')}"}
    return addresses
