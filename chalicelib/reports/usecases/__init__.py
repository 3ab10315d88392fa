"""What can be done with reports: one function a verb."""

from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.changing import change
from chalicelib.reports.usecases.following import follow
from chalicelib.reports.usecases.moderation import (
    WITHDRAW_WITHIN,
    flag,
    needing_attention,
    publish_held,
    withdraw,
)
from chalicelib.reports.usecases.reading import (
    Near,
    every_id,
    full,
    holds_photo,
    list_in_box,
    nearby,
    public_views,
    view,
)
from chalicelib.reports.usecases.submission import submit, take_over
from chalicelib.reports.usecases.updating import add_update
from chalicelib.reports.usecases.wards import move_to_wards

__all__ = [
    "WITHDRAW_WITHIN",
    "Author",
    "Near",
    "add_update",
    "change",
    "every_id",
    "flag",
    "follow",
    "full",
    "holds_photo",
    "list_in_box",
    "move_to_wards",
    "nearby",
    "needing_attention",
    "public_views",
    "publish_held",
    "submit",
    "take_over",
    "view",
    "withdraw",
]
