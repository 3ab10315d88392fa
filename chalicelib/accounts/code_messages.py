"""The messages that carry a code.

The code is neither in the subject nor in the first words of an email, which a locked phone shows:
every mail server on the way logs subjects. The last line of the text message lets a browser fill in
the code, only on our own pages ("Origin-bound one-time codes delivered via SMS", WICG, 2022).
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from chalicelib.accounts.model import CODE_HOLDS, Attempt
from chalicelib.catalogue.theme import EmailLook
from chalicelib.kernel.email import Email
from chalicelib.kernel.templating import environment

TEMPLATES = Path(__file__).parent / "templates"
MINUTES = int(CODE_HOLDS.total_seconds() // 60)
_EMAIL = environment(TEMPLATES).get_template("email.html")


@dataclass(frozen=True)
class CodeMessages:
    """The email and the text message that a code is sent in."""

    look: EmailLook

    def email(self, attempt: Attempt, code: str, link_token: str) -> Email:
        if attempt.account_id:
            return self._to_add(attempt, code)
        return self._to_sign_in(attempt, code, link_token)

    def _to_add(self, attempt: Attempt, code: str) -> Email:
        parts = (
            "You (or someone using your email address) asked to add this address to an account "
            f"with {self.look.council}.",
            f"If you did, enter this code where we asked you for it. It works for {MINUTES} "
            "minutes.",
            "Don't share the code with anyone. We will never ask you for it. If you did not ask "
            "for it, ignore this email.",
        )
        return Email(
            to=attempt.destination.value,
            subject=f"Your code to add this address to your account with {self.look.council}",
            text="\n\n".join([*parts[:2], code, parts[2]]) + "\n",
            html=_EMAIL.render(look=self.look, before=parts[:2], code=code, after=parts[2:]),
            thread=f"sign-in.{attempt.attempt_id}",
        )

    def _to_sign_in(self, attempt: Attempt, code: str, link_token: str) -> Email:
        way = f"/forms/sign-in/confirm/{attempt.attempt_id}?token={link_token}"
        link = f"{self.look.site_url}{way}"
        parts = (
            f"You (or someone using your email address) asked to sign in to {self.look.council}.",
            f"If we asked you for a code, enter this one. It works for {MINUTES} minutes.",
            "Or open this link and select 'Sign in':",
            "Don't share the code or the link with anyone. We will never ask you for them. If "
            "you did not ask for this email, ignore it.",
        )
        return Email(
            to=attempt.destination.value,
            subject=f"Your code to sign in to {self.look.council}",
            text="\n\n".join([parts[0], parts[1], code, parts[2], link, parts[3]]) + "\n",
            html=_EMAIL.render(
                look=self.look,
                before=parts[:2],
                code=code,
                invitation=parts[2],
                link=link,
                after=parts[3:],
            ),
            thread=f"sign-in.{attempt.attempt_id}",
        )

    def text(self, attempt: Attempt, code: str) -> str:
        what = "add this number to your account with" if attempt.account_id else "sign in to"
        host = urlsplit(self.look.site_url).hostname
        return (
            f"{code} is your code to {what} {self.look.council}. It works for {MINUTES} minutes. "
            f"Don't share it with anyone.\n\n@{host} #{code}"
        )
