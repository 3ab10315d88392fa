"""The port for text messages."""

from typing import Protocol


class Texts(Protocol):
    """The port for sending text messages."""

    def send(self, to: str, text: str) -> str | None:
        """Sends the text once to a number in E.164. Returns and raises as EmailSender does."""
