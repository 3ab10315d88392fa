"""Puts the built web client into the published bucket, and says how long each file may be kept.

Files that carry a hash come first and the pages last, so that a new page finds all that it asks
for. Nothing is removed: a page that was opened yesterday may still ask for yesterday's files.
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
    """The files of a built web client in the order in which they are put. Raises
    ConfigurationError where there is none."""
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


def put(client: "S3Client", bucket: str, file: WebFile) -> None:
    """Puts one file."""
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
    """Puts all files; answers the addresses at which the CDN may hold something older."""
    addresses = set()
    for file in web_files(folder):
        put(client, bucket, file)
        progress(1)
        if not file.is_hashed:
            # The CDN knows a page by its key; what a person typed is dropped as well.
            addresses |= {f"/{file.key}", f"/{file.key.removesuffix('index.html')}"}
    return addresses
