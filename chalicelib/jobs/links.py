"""The proof in the link to a job, derived from a secret each time and never stored."""

from datetime import datetime

from chalicelib.kernel.signing import Secret, hmac_hex, is_made_with
from chalicelib.kernel.time import text_of


class JobLinks:
    """Makes and checks the proof in a link: 128 bits as 32 hexadecimal digits, derived from the
    link's id and the moment when it expires."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def proof(self, job_id: str, link_id: str, expires_at: datetime) -> str:
        return _proof(self._secret.current(), job_id, link_id, expires_at)

    def is_valid(self, job_id: str, link_id: str, expires_at: datetime, sent: str) -> bool:
        """True if `sent` is the proof under the present secret or the one before it."""
        return is_made_with(
            self._secret, sent, lambda secret: _proof(secret, job_id, link_id, expires_at)
        )


def _proof(secret: str, job_id: str, link_id: str, expires_at: datetime) -> str:
    return hmac_hex(secret, "job link", job_id, link_id, text_of(expires_at))[:32]
