"""Published documents, as the slices that make one document each see them."""

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.model import JSON
from chalicelib.publishing.ports import Document, Documents


def publish_json(key: str, body: bytes, documents: Documents) -> None:
    """Publishes the document; writes nothing if it is unchanged. Raises UpstreamFailed."""
    held = documents.read(key)
    if held and held.body == body:
        return
    try:
        documents.write(key, Document(body, JSON), held)
    except VersionConflict as error:
        raise UpstreamFailed("Another process published the document: again soon.") from error
