"""The port for text messages."""

from collections.abc import Callable

SendText = Callable[[str, str], str | None]
"""Sends to a number in E.164 a text, once. Returns and raises as SendEmail does."""
