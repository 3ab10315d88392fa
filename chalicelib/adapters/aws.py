"""One botocore session for all of a process's clients.

A session reads and keeps AWS's descriptions (endpoints, defaults). The first client costs 90 ms of
processor; Secrets Manager's costs 7 ms on the same session and 60 ms on another one.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any

from botocore.session import Session


class SharedSession(Session):
    """Makes one client at a time: botocore does not promise that for several threads."""

    def __init__(self) -> None:
        super().__init__()
        self._making = RLock()

    def create_client(self, *what: Any, **options: Any) -> Any:
        with self._making:
            return super().create_client(*what, **options)


def lend_to_pynamodb(session: Callable[[], Session]) -> None:
    """Lets PynamoDB's tables use that session.

    It makes one for each table and thread, and has no setting for it: this is where it asks.
    """
    from pynamodb.connection import base

    vars(base)["get_session"] = session
