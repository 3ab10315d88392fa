"""What can be done with photos: ask for an upload, fetch one, take it in, look at it, sweep."""

from chalicelib.photos.usecases.asking import (
    ask,
    belongs,
    look,
    photo_ids_for,
    private_address,
    ready,
    take_upload,
)
from chalicelib.photos.usecases.blackening import blacken
from chalicelib.photos.usecases.fetching import fetch, want
from chalicelib.photos.usecases.sweeping import let_go, sweep
from chalicelib.photos.usecases.taking_in import take_in

__all__ = [
    "ask",
    "belongs",
    "blacken",
    "fetch",
    "let_go",
    "look",
    "photo_ids_for",
    "private_address",
    "ready",
    "sweep",
    "take_in",
    "take_upload",
    "want",
]
