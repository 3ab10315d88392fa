"""What can be done with deliveries: one function a verb."""

from chalicelib.outbound.usecases.getting_through import publish_getting_through
from chalicelib.outbound.usecases.handling import keep, listed, replay, resend
from chalicelib.outbound.usecases.opening import open_deliveries
from chalicelib.outbound.usecases.receiving import (
    add_receiver,
    change_receiver,
    receiver_id_of,
    receivers,
    remove_receiver,
)
from chalicelib.outbound.usecases.sending import send, wake_due

__all__ = [
    "add_receiver",
    "change_receiver",
    "keep",
    "listed",
    "open_deliveries",
    "publish_getting_through",
    "receiver_id_of",
    "receivers",
    "remove_receiver",
    "replay",
    "resend",
    "send",
    "wake_due",
]
