"""The items about people in DynamoDB.

Table: hash `owner`, range `record`. Under `account#<account_id>` are `account` and each
`session#<session_id>`, so that a call reads both at once. `address#…` and `identity#…` name the
owner of an address or identity, by a digest made under a secret; `attempt#<attempt_id>` is an
attempt to sign in, `handover#<handover_id>` a person sent to another organisation to sign in,
`limit#…` a count of uses in one hour.
"""

from datetime import datetime
from functools import partial

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    DiscriminatorAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.accounts.model import (
    Address,
    AddressKind,
    Assurance,
    Destination,
    Grant,
    Identity,
    SavedPlace,
    Step,
)
from chalicelib.kernel.dynamo import errors
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.dynamo.errors import ConditionFailed

translated = partial(errors.translated, "accounts", ConditionFailed)

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


def of_account(account_id: str) -> str:
    return f"account#{account_id}"


def of_attempt(attempt_id: str) -> str:
    return f"attempt#{attempt_id}"


def of_handover(handover_id: str) -> str:
    return f"handover#{handover_id}"


class OwnedItem(Model):
    """An item under an account; `kind` tells PynamoDB which of the two it has read."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()


class ByStaff(GlobalSecondaryIndex["AccountItem"]):  # type: ignore[no-untyped-call]
    """Accounts with a grant, in order of creation; PynamoDB requires `kind`."""

    class Meta:
        index_name = "by-staff"
        projection = IncludeProjection(["kind"])

    staff = UnicodeAttribute(hash_key=True)
    created_at: Attribute[datetime] = MomentAttribute(range_key=True)


class AccountItem(OwnedItem, discriminator=ACCOUNT):
    """An account. `staff` is set only if the account has a grant, for the index."""

    version = VersionAttribute()
    created_at: Attribute[datetime] = MomentAttribute()
    grants = JsonAttribute[tuple[Grant, ...]](tuple[Grant, ...])
    addresses = JsonAttribute[tuple[Address, ...]](tuple[Address, ...])
    identities = JsonAttribute[tuple[Identity, ...]](tuple[Identity, ...])
    name = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    reach_by: Attribute[AddressKind | None] = UnicodeAttribute(null=True)  # type: ignore[assignment]
    saved_places = JsonAttribute[tuple[SavedPlace, ...]](tuple[SavedPlace, ...])
    invited = JsonAttribute[Destination | None](Destination, null=True)
    is_first_admin = BooleanAttribute()
    work_name = UnicodeAttribute(null=True)
    work_email = UnicodeAttribute(null=True)
    disabled_at: Attribute[datetime | None] = MomentAttribute(null=True)  # type: ignore[assignment]
    staff = UnicodeAttribute(null=True)

    by_staff = ByStaff()


class SessionItem(OwnedItem, discriminator="session"):
    """A session."""

    device = UnicodeAttribute()
    assurance: Attribute[Assurance] = UnicodeAttribute()  # type: ignore[assignment]
    generation = NumberAttribute()
    created_at: Attribute[datetime] = MomentAttribute()
    last_used_at: Attribute[datetime] = MomentAttribute()
    expires_at = TTLAttribute()
    ended_at: Attribute[datetime | None] = MomentAttribute(null=True)  # type: ignore[assignment]


class ClaimItem(Model):
    """The owner of an address or identity."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True, default=CLAIM)
    account_id = UnicodeAttribute()


class ByAddress(GlobalSecondaryIndex["AttemptItem"]):  # type: ignore[no-untyped-call]
    """Attempts by their address."""

    class Meta:
        index_name = "by-address"
        projection = KeysOnlyProjection()

    address = UnicodeAttribute(hash_key=True)


class ByAccount(GlobalSecondaryIndex["AttemptItem"]):  # type: ignore[no-untyped-call]
    """Attempts to add an address, by account; and other items that name an account as owner."""

    class Meta:
        index_name = "by-account"
        projection = KeysOnlyProjection()

    account_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)


class AttemptItem(Model):
    """An attempt to sign in."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True, default=ATTEMPT)
    address_kind: Attribute[AddressKind] = UnicodeAttribute()  # type: ignore[assignment]
    address = UnicodeAttribute()
    created_at: Attribute[datetime] = MomentAttribute()
    expires_at = TTLAttribute()
    tries = NumberAttribute()
    session_id = UnicodeAttribute(null=True)
    sent_at: Attribute[datetime | None] = MomentAttribute(null=True)  # type: ignore[assignment]
    request_id = UnicodeAttribute()
    account_id = UnicodeAttribute(null=True)
    onward = UnicodeAttribute(null=True)
    is_over_cap = BooleanAttribute(default=False)
    is_known = BooleanAttribute(default=False)
    is_blocked = BooleanAttribute(default=False)

    by_address = ByAddress()
    by_account = ByAccount()


class HandoverItem(Model):
    """A person sent to another organisation to sign in."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True, default=HANDOVER)
    provider = UnicodeAttribute()
    onward = UnicodeAttribute()
    created_at: Attribute[datetime] = MomentAttribute()
    expires_at = TTLAttribute()
    session_id = UnicodeAttribute(null=True)


class ErasureItem(Model):
    """A pending erasure of a person; `record` is the id of their account."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    requested_at: Attribute[datetime] = MomentAttribute()
    redact = BooleanAttribute()
    step: Attribute[Step] = UnicodeAttribute()  # type: ignore[assignment]


class ErasedItem(Model):
    """Something that was forgotten, in the table of the audit log; `place` is its kind and the id
    of its account or report."""

    class Meta:
        table_name = ""

    log = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class NetworkKeyItem(Model):
    """The key that makes network addresses unreadable for half a day; `record` is the start of that
    time."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    value = UnicodeAttribute()
    expires_at = TTLAttribute()


class BlockItem(Model):
    """A blocked address or domain; `record` is a digest of it."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    domain = UnicodeAttribute(null=True)
    reason = UnicodeAttribute()
    added_at: Attribute[datetime] = MomentAttribute()
    added_by = UnicodeAttribute()


class LimitItem(Model):
    """A count of uses in one hour."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    spent = NumberAttribute()
    expires_at = TTLAttribute()
