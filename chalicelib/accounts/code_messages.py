"""The messages that carry a code.

The code is neither in the subject nor in the first words of an email, which a locked phone shows:
every mail server on the way logs subjects. The last line of the text message lets a browser fill in
the code, only on our own pages ("Origin-bound one-time codes delivered via SMS", WICG, 2022).
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from jinja2 import Template
from msgspec import Struct

from chalicelib.accounts.model import CODE_VALID_FOR, Attempt
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.theme import EmailLook
from chalicelib.kernel.email import Email
from chalicelib.kernel.languages import ENGLISH, Language
from chalicelib.kernel.segments import replace_costly_characters
from chalicelib.kernel.site import Site
from chalicelib.kernel.templating import environment

TEMPLATES = Path(__file__).parent / "templates"
MINUTES = int(CODE_VALID_FOR.total_seconds() // 60)


class Link(NamedTuple):
    """A link, and what it is for."""

    invitation: str
    url: str


class CodeMessages(Struct, frozen=True):
    """The email and the text message that a code is sent in, in the language of the request."""

    look: EmailLook
    council: Council

    def email(self, attempt: Attempt, code: str, link_token: str) -> Email:
        if attempt.account_id:
            return self._email_to_add(attempt, code)
        return self._email_to_sign_in(attempt, code, link_token)

    def _email_to_add(self, attempt: Attempt, code: str) -> Email:
        language, council = self._language_and_council(attempt)
        say = language.say
        return self._compose(
            attempt,
            say("Your code to add this address to your account with {council}", council=council),
            code=code,
            before=(
                say(
                    "You (or someone using your email address) asked to add this address to an "
                    "account with {council}.",
                    council=council,
                ),
                say(
                    "If you did, enter this code where we asked you for it. It works for {minutes} "
                    "minutes.",
                    minutes=MINUTES,
                ),
            ),
            after=(
                say(
                    "Don't share the code with anyone. We will never ask you for it. If you did "
                    "not ask for it, ignore this email."
                ),
            ),
        )

    def _email_to_sign_in(self, attempt: Attempt, code: str, link_token: str) -> Email:
        language, council = self._language_and_council(attempt)
        say, site = language.say, Site(self.look.site_url, language)
        return self._compose(
            attempt,
            say("Your code to sign in to {council}", council=council),
            code=code,
            before=(
                say(
                    "You (or someone using your email address) asked to sign in to {council}.",
                    council=council,
                ),
                say(
                    "If we asked you for a code, enter this one. It works for {minutes} minutes.",
                    minutes=MINUTES,
                ),
            ),
            link=Link(
                say("Or open this link and select 'Sign in':"),
                site.page(f"/forms/sign-in/confirm/{attempt.attempt_id}?token={link_token}"),
            ),
            after=(
                say(
                    "Don't share the code or the link with anyone. We will never ask you for them. "
                    "If you did not ask for this email, ignore it."
                ),
            ),
        )

    def text(self, attempt: Attempt, code: str) -> str:
        language, council = self._language_and_council(attempt)
        values = {"code": code, "council": council, "minutes": MINUTES}
        if attempt.account_id:
            words = language.say(
                "{code} is your code to add this number to your account with {council}. It works "
                "for {minutes} minutes. Don't share it with anyone.",
                **values,
            )
        else:
            words = language.say(
                "{code} is your code to sign in to {council}. It works for {minutes} minutes. "
                "Don't share it with anyone.",
                **values,
            )
        return replace_costly_characters(
            f"{words}\n\n@{urlsplit(self.look.site_url).hostname} #{code}"
        )

    def _compose(
        self,
        attempt: Attempt,
        subject: str,
        *,
        code: str,
        before: tuple[str, ...],
        link: Link | None = None,
        after: tuple[str, ...],
    ) -> Email:
        language, council = self._language_and_council(attempt)
        html = _email_template(language).render(
            look=self.look._replace(council=council),
            before=before,
            code=code,
            link=link,
            after=after,
        )
        return Email(
            to=attempt.destination.value,
            sender=council,
            subject=subject,
            text="\n\n".join([*before, code, *(link or ()), *after]) + "\n",
            html=html,
            thread=f"sign-in.{attempt.attempt_id}",
        )

    def _language_and_council(self, attempt: Attempt) -> tuple[Language, str]:
        """The language of the message, and the council's name in it."""
        language = self.council.offered_language(attempt.language) or ENGLISH
        return language, self.council.in_language(language.code).name


@cache
def _email_template(language: Language) -> Template:
    return environment(TEMPLATES, language).get_template("email.html")
