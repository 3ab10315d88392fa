"""Photos that come as an address: their file is fetched from there."""

from chalicelib.errors import AddressRefused, UpstreamFailed
from chalicelib.net.safe_http_client import SafeHttpClient
from chalicelib.photos.model import MOST_BYTES, NOT_FETCHED, Refused

PATIENCE_S = 20.0
LATER = (408, 425, 429)
"""What a server says that may give the file another time; so does each number from 500 on."""


def fetched(media_url: str, outside: SafeHttpClient) -> bytes:
    """The file, cut after one byte more than is taken. Raises Refused where it will never be had,
    also where it moved; UpstreamFailed where it may be later."""
    try:
        reply = outside.get(media_url, most_bytes=MOST_BYTES + 1, timeout_s=PATIENCE_S)
    except AddressRefused as error:
        raise Refused(NOT_FETCHED) from error
    if reply.status >= 500 or reply.status in LATER:
        raise UpstreamFailed("The other system is not providing the photo at the moment.")
    if reply.status != 200:
        raise Refused(NOT_FETCHED)
    return reply.body
