"""`/.well-known/security.txt`: the contact for reports of security problems (RFC 9116)."""

from datetime import datetime

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.document_targets import put_document
from chalicelib.publishing.model import TEXT
from chalicelib.publishing.ports import Document, Ports

SECURITY_TXT = ".well-known/security.txt"
MONTHS = 6
"""Its minimum validity: to the end of the sixth month from now. The standard recommends less than a
year."""
_YEAR = 12


def security_txt(*, contact: str | None, site_url: str, now: datetime) -> str:
    """The file. Its content is the same all month, so it is rewritten once a month. `contact`: an
    email address; without one the file links to the council's contact page.
    """
    return "".join(
        f"{name}: {value}\n"
        for name, value in (
            ("Contact", f"mailto:{contact}" if contact else f"{site_url}/privacy/"),
            ("Expires", f"{_expiry_after(now):%Y-%m-%dT%H:%M:%SZ}"),
            ("Preferred-Languages", "en"),
            ("Canonical", f"{site_url}/{SECURITY_TXT}"),
        )
    )


def publish_security_txt(ports: Ports) -> None:
    """Publishes the file, with an expiry in the future. Writes nothing if it is up to date.

    Raises: UpstreamFailed.
    """
    here = ports.publisher
    text = security_txt(contact=here.security_contact, site_url=here.site_url, now=ports.now())
    try:
        put_document(
            SECURITY_TXT,
            Document(text.encode(), TEXT),
            ports.documents.read(SECURITY_TXT),
            ports.documents,
        )
    except VersionConflict as error:
        raise UpstreamFailed(f"{SECURITY_TXT} was published by somebody else.") from error


def _expiry_after(now: datetime) -> datetime:
    month = now.month + MONTHS
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=now.year + month // _YEAR, month=month % _YEAR + 1)
