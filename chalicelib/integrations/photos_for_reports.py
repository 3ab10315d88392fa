"""Photos, as reports see them."""

from collections.abc import Callable, Iterable, Sequence

from chalicelib.photos import ports as photos
from chalicelib.photos.usecases import cleanup, fetching, uploads


class PhotosForReports:
    """Builds the photos slice only for a report that has photos."""

    def __init__(self, ports: Callable[[], photos.Ports]) -> None:
        self._ports = ports

    def is_for_key(self, scope: str, key: str, photo_id: str) -> bool:
        return uploads.is_own_photo(scope, key, photo_id, self._ports())

    def photo_ids_for(self, scope: str, key: str, count: int) -> Sequence[str]:
        return uploads.photo_ids_for(scope, key, count, self._ports()) if count else ()

    def add_file(
        self, raw: bytes, key: str, scope: str, held: Sequence[str], about: str | None
    ) -> str:
        return uploads.store_upload(raw, key, scope, held, self._ports(), about=about)

    def fetch_later(self, service_request_id: str, photo_id: str, url: str) -> None:
        fetching.request_fetch(service_request_id, photo_id, url, self._ports())

    def remove_later(self, service_request_id: str, photo_ids: Sequence[str]) -> None:
        keys = [photos.PhotoKey(service_request_id, photo_id) for photo_id in photo_ids]
        if keys:
            cleanup.release_photos(keys, self._ports())

    def select_ready(self, wanted: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        pairs = list(wanted)
        return uploads.find_ready(pairs, self._ports()) if pairs else frozenset()

    def private_address(self, service_request_id: str, photo_id: str, size: str) -> str:
        return uploads.private_address(service_request_id, photo_id, size, self._ports())
