"""Follow a report in a browser, as a resident who is not signed in does."""

from itertools import count

from playwright.sync_api import Page

NUMBERS = count(1)


def follower() -> str:
    """An address that no other test gives: messages to one that is not confirmed are limited."""
    return f"follower{next(NUMBERS)}@example.org"


def give_email(page: Page, address: str) -> None:
    """Give an email address in the control that asks how to tell the follower, and send it."""
    control = page.locator(".app-follow")
    control.get_by_label("Email address").fill(address)
    control.get_by_role("button", name="Follow this report").click()
