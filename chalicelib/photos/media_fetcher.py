"""Fetches the files of photos given as an address."""

from chalicelib.errors import AddressRefused, UpstreamFailed
from chalicelib.net.safe_http_client import SafeHttpClient
from chalicelib.photos.model import MOST_BYTES, NOT_FETCHED, PhotoRefused

PATIENCE_S = 20.0
RETRIED = (408, 425, 429)
"""Statuses after which the file may be available later, besides 500 and above."""


def fetch_media(media_url: str, http_client: SafeHttpClient) -> bytes:
    """The file, cut one byte above the accepted size. Raises PhotoRefused if it will never be
    available, also if it was moved; UpstreamFailed if it may be later."""
    try:
        reply = http_client.get(media_url, most_bytes=MOST_BYTES + 1, timeout_s=PATIENCE_S)
    except AddressRefused as error:
        raise PhotoRefused(NOT_FETCHED) from error
    if reply.status >= 500 or reply.status in RETRIED:
        raise UpstreamFailed("The other system is not providing the photo at the moment.")
    if reply.status != 200:
        raise PhotoRefused(NOT_FETCHED)
    return reply.body
