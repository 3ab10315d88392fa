"""The way that text messages leave."""

from typing import Protocol


class Texts(Protocol):
    """Sends text messages."""

    def send(self, to: str, text: str) -> str | None:
        """Sends the text once to a number in E.164. Returns and raises as Post does."""
