"""The items about people in DynamoDB.

Table: hash `owner`, range `record`. Under `account#<account_id>` are `account` and each
`session#<session_id>`, so that a call reads both at once. `address#…` and `identity#…` name the
owner of an address or identity, by a digest made under a secret; `attempt#<attempt_id>` is an
attempt to sign in, `handover#<handover_id>` a person sent to another organisation to sign in,
`limit#…` a count of uses in one hour.
"""

from pynamodb.attributes import (
    BooleanAttribute,
    DiscriminatorAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from chalicelib.accounts.model import (
    Address,
    Assurance,
    Destination,
    Grant,
    Identity,
    SavedPlace,
    Step,
)
from chalicelib.kernel.addresses import AddressKind
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute, TextAttribute
from chalicelib.kernel.dynamo.item import Index, Item, OwnedItem, index
from chalicelib.texts import Text

ACCOUNT = "account"
SESSION = "session#"
ATTEMPT = "attempt"
CLAIM = "claim"
HANDOVER = "handover"
STAFF = "staff"
ERASURES = "erasures"
ERASED = "erased"
NETWORK_KEYS = "network-keys"
BLOCKS = "blocks"


def account_key(account_id: str) -> str:
    return f"account#{account_id}"


def attempt_key(attempt_id: str) -> str:
    return f"attempt#{attempt_id}"


def handover_key(handover_id: str) -> str:
    return f"handover#{handover_id}"


class PeopleItem(OwnedItem):
    """An item of the table of people."""

    store = Text("accounts")


class AccountOwnedItem(PeopleItem):
    """An item under an account; `kind` tells PynamoDB which of the two it has read."""

    kind = DiscriminatorAttribute()


class AccountItem(AccountOwnedItem, discriminator=ACCOUNT):
    """An account. `staff` is set only if the account has a grant, for the index."""

    version = VersionAttribute()
    created_at = MomentAttribute()
    grants = JsonAttribute[tuple[Grant, ...]](tuple[Grant, ...])
    addresses = JsonAttribute[tuple[Address, ...]](tuple[Address, ...])
    identities = JsonAttribute[tuple[Identity, ...]](tuple[Identity, ...])
    name = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    reach_by = TextAttribute[AddressKind | None](null=True)
    saved_places = JsonAttribute[tuple[SavedPlace, ...]](tuple[SavedPlace, ...])
    invited = JsonAttribute[Destination | None](Destination, null=True)
    is_first_admin = BooleanAttribute()
    work_name = UnicodeAttribute(null=True)
    work_email = UnicodeAttribute(null=True)
    disabled_at = MomentAttribute(null=True)
    staff = UnicodeAttribute(null=True)

    # Accounts with a grant, in the order of their creation.
    by_staff: Index["AccountItem"] = index("by-staff", "staff", "created_at")


class SessionItem(AccountOwnedItem, discriminator="session"):
    """A session."""

    device = UnicodeAttribute()
    assurance = TextAttribute[Assurance]()
    generation = NumberAttribute()
    created_at = MomentAttribute()
    last_used_at = MomentAttribute()
    expires_at = TTLAttribute()
    ended_at = MomentAttribute(null=True)


class ClaimItem(PeopleItem):
    """The owner of an address or identity."""

    record = UnicodeAttribute(range_key=True, default=CLAIM)
    account_id = UnicodeAttribute()


class AttemptItem(PeopleItem):
    """An attempt to sign in."""

    record = UnicodeAttribute(range_key=True, default=ATTEMPT)
    address_kind = TextAttribute[AddressKind]()
    address = UnicodeAttribute()
    created_at = MomentAttribute()
    expires_at = TTLAttribute()
    tries = NumberAttribute()
    session_id = UnicodeAttribute(null=True)
    sent_at = MomentAttribute(null=True)
    request_id = UnicodeAttribute()
    account_id = UnicodeAttribute(null=True)
    onward = UnicodeAttribute(null=True)
    is_over_cap = BooleanAttribute(default=False)
    is_known = BooleanAttribute(default=False)
    is_blocked = BooleanAttribute(default=False)
    language = UnicodeAttribute(null=True)

    by_address: Index["AttemptItem"] = index("by-address", "address")
    # Attempts to add an address, and other items that name an account as owner.
    by_account: Index["AttemptItem"] = index("by-account", "account_id", "record")


class HandoverItem(PeopleItem):
    """A person sent to another organisation to sign in."""

    record = UnicodeAttribute(range_key=True, default=HANDOVER)
    provider = UnicodeAttribute()
    onward = UnicodeAttribute()
    created_at = MomentAttribute()
    expires_at = TTLAttribute()
    session_id = UnicodeAttribute(null=True)


class ErasureItem(PeopleItem):
    """A pending erasure of a person; `record` is the id of their account."""

    requested_at = MomentAttribute()
    redact = BooleanAttribute()
    step = TextAttribute[Step]()


class ErasedItem(Item):
    """Something that was forgotten, in the table of the audit log; `place` is its kind and the id
    of its account or report."""

    store = Text("accounts")
    log = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class NetworkKeyItem(PeopleItem):
    """The key that makes network addresses unreadable for half a day; `record` is the start of that
    time."""

    value = UnicodeAttribute()
    expires_at = TTLAttribute()


class BlockItem(PeopleItem):
    """A blocked address or domain; `record` is a digest of it."""

    kind = UnicodeAttribute()
    domain = UnicodeAttribute(null=True)
    reason = UnicodeAttribute()
    added_at = MomentAttribute()
    added_by = UnicodeAttribute()


class LimitItem(PeopleItem):
    """A count of uses in one hour, or one day."""

    spent = NumberAttribute()
    expires_at = TTLAttribute()
