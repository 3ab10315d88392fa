"""Authentication: bearer tokens, and the checks that a route makes on its caller."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalice.app import Request
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.accounts import permissions
from chalicelib.accounts.model import ACCESS_VALID_FOR, SignedInAccount
from chalicelib.accounts.permissions import Permission
from chalicelib.bootstrap import container
from chalicelib.bootstrap.partners import partners_ports
from chalicelib.errors import Forbidden, Unauthenticated
from chalicelib.handlers.http import cookies
from chalicelib.handlers.http.cdn import came_through_the_cdn
from chalicelib.handlers.http.identity import Caller
from chalicelib.handlers.http.signed_tokens import Kind, sign, verify
from chalicelib.partners.usecases import authorise_read
from chalicelib.texts import Text

ACCESS = Kind("at+jwt", "ginnel-api")
FOLLOWING: Permission = "changes.follow"
"""The permission that a caller without an API key needs to follow changes."""


Gate = Callable[[Request], Caller]


def anywhere(_: Request) -> Caller:
    """Lets every caller through, also past the CDN: for routes that reveal nothing and read
    nothing."""
    return Caller()


def anyone(request: Request) -> Caller:
    """Lets every caller through; a token that is sent must be valid. Raises Unauthenticated,
    Forbidden."""
    _refuse_past_the_cdn(request)
    header = request.headers.get("authorization")
    if not header:
        return Caller()
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send the token as: Authorization: Bearer <token>.")
    return Caller(*verify(ACCESS, token.strip()).who)


def own_page(request: Request) -> Caller:
    """As anyone, but refuses requests from another site's page: for routes that use a browser's
    cookie, or that sign a user in. Raises Unauthenticated, Forbidden."""
    caller = anyone(request)
    fetch_site = request.headers.get("sec-fetch-site")
    site = container.settings().site_url
    origin = request.headers.get("origin", site)
    # Older browsers send only the origin; programs other than browsers send neither, and no
    # cookies.
    is_own = fetch_site in ("same-origin", "none") if fetch_site else origin == site
    if not is_own:
        raise Forbidden(
            "This request came from another website. Open our page and try again there."
        )
    return caller


def cookie_holder(request: Request) -> Caller:
    """As own_page, but the browser must send the session cookie. Raises Unauthenticated, Forbidden,
    Invalid."""
    caller = own_page(request)
    if not cookies.read_cookie(request):
        raise Unauthenticated("Sign in first.")
    return caller


def partner(request: Request) -> Caller:
    """Lets every caller through: another system sends its key within its data, and a token sent
    with it is not ours. Raises Forbidden."""
    _refuse_past_the_cdn(request)
    return Caller()


def payment_provider(request: Request) -> Caller:
    """Lets every caller through: the payment provider signs its notifications, and the view checks
    the signature. Raises Forbidden."""
    return partner(request)


class May(Struct, frozen=True):
    """A gate that lets callers through whose role has a permission."""

    permission: Permission

    def __call__(self, request: Request) -> Caller:
        """Raises Unauthenticated, Forbidden."""
        return self.check(anyone(request))

    def check(self, caller: Caller) -> Caller:
        """The caller, who has the permission. Raises Unauthenticated, Forbidden."""
        if caller.account is None:
            raise Unauthenticated("Sign in first.")
        if caller.may(self.permission):
            return caller
        if permissions.may(caller.account.roles, self.permission):
            raise Forbidden("Sign in through your organisation to do this.")
        raise Forbidden("Your account does not let you do this.")


may = May


def follower(request: Request) -> Caller:
    """Lets callers with an API key through, and callers who may follow without one. Raises
    Unauthenticated, Forbidden."""
    caller = anyone(request)
    key = request.headers.get("x-api-key")
    if key:
        return replace(caller, key_id=authorise_read(key, partners_ports()).key_id)
    if caller.role is None:
        raise Unauthenticated("Send your API key in the header X-Api-Key.")
    return may(FOLLOWING).check(caller)


def permission_of(gate: Gate) -> Permission | None:
    """The permission that a route's callers need, None if they need none."""
    if gate is follower:
        return FOLLOWING
    return gate.permission if isinstance(gate, May) else None


def issue_token(
    who: SignedInAccount,
    *,
    now: datetime,
    secret: str,
    issuer: str,
    lifetime: timedelta = ACCESS_VALID_FOR,
) -> str:
    """An access token for that account on that device, valid from `now` for `lifetime`. It does not
    contain the account's permissions: they are read with every call."""
    return sign(
        ACCESS,
        who,
        now=now,
        lifetime=lifetime,
        secret=secret,
        issuer=issuer,
        role=Caller(*who).role,
    )


def _refuse_past_the_cdn(request: Request) -> None:
    """Raises Forbidden if the API is behind a CDN and the request bypassed it."""
    settings = container.settings()
    if not settings.origin_secret_arn:
        return
    if not came_through_the_cdn(request.headers, container.secret("origin").accepted_values()):
        raise Forbidden(
            Text("This address is not public. Use {site} instead.", site=settings.site_url)
        )
