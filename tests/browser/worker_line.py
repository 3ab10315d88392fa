"""Chromium's developer protocol for service workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

from tests.support.patience import wait_until


@contextmanager
def worker_commands(page: Page, site: str) -> Iterator[Any]:
    """Gives a function that sends a command about the site's worker, with its parameters. Any page
    of the same browser will do."""
    line = page.context.new_cdp_session(page)
    known: list[str] = []
    line.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: known.extend(each["registrationId"] for each in said["registrations"]),
    )
    line.send("ServiceWorker.enable")
    wait_until(lambda: known, lambda: page.wait_for_timeout(20))

    def send(command: str, **parameters: object) -> None:
        about = {"origin": site, "registrationId": known[0]}
        line.send(f"ServiceWorker.{command}", {**about, **parameters})

    yield send
    line.detach()
