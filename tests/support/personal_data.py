"""A resident who leaves personal data everywhere that a resident can, and a search for it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import boto3
from msgspec.structs import replace

from chalicelib.accounts.model import Account, Destination, Identity, SavedPlace
from chalicelib.accounts.usecases.code_requests import request_code
from chalicelib.accounts.usecases.code_verification import open_session
from chalicelib.accounts.usecases.own_account import begin_adding
from chalicelib.alerts.model import Topic
from chalicelib.alerts.usecases.questions import (
    person_id_of,
    read_repair_question,
    repair_question_token,
)
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.kernel.push_address import PushAddress
from chalicelib.photos.model import Photo as TakenIn
from chalicelib.photos.ports import PhotoKey
from chalicelib.reports.drafts import AnswerDraft, FlagDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact, Flag, Photo
from chalicelib.reports.usecases.access import Author, author_digest
from chalicelib.reports.usecases.following import follow_report
from chalicelib.reports.usecases.notes import add_note
from chalicelib.reports.usecases.resident.flagging import flag_report
from chalicelib.reports.usecases.resident.repair_feedback import FeedbackRequest, answer_question
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from infra.local.cloud import Cloud
from infra.tokens import account_with
from tests.support.builders import NOON, draft, update, update_draft
from tests.support.fakes_alerts import area, subscription

LONG = "x" * 1900
UPDATES_THAT_OVERFLOW = 26
OTHERS = Contact(name="Somebody else", phone="07700 900777")
"""The contact of another person's report that has the resident's email address."""


@dataclass
class Resident:
    """A person with an account; all their data contains `canary`, the phone number, or one of
    `others`. `with_same_email` is another person's report with the same email address."""

    canary: str
    account: Account
    phone: str
    others: tuple[str, ...] = ()
    reports: list[str] = field(default_factory=list)
    neighbour: str = ""
    with_same_email: str = ""

    def traces(self) -> list[str]:
        return [self.canary, self.phone, *self.others]


def resident(
    number: int,
    *,
    with_long_timeline: bool = False,
    in_public: bool = False,
    with_answers: bool = False,
) -> Resident:
    """Create a resident. The public report belongs to the account, a private one only to the email
    address. Public texts name the person if `in_public`. `with_answers`: the person answered that
    two reports of others are not fixed; one of these is hidden now."""
    canary, phone = f"canary{number}x", f"+4477009{number:05}"
    email = f"{canary}@example.org"
    account = _account(number, canary, email, phone)
    ports, author = reports_ports(), Author(account.account_id)
    contact = Contact(name=canary, email=email, phone=phone)
    public = _public_report(number, canary if in_public else "A deep", contact, author)
    private = submit(
        draft(
            service_code="noise-nuisance",
            description=f"Said by {canary}",
            title=f"Title by {canary}",
            attributes={"kind": "noise"},
            contact=contact,
        ),
        f"b-{number}",
        Author(),
        ports,
    )
    flagged = Flag(flag_id="F", reason="other", text=f"Is {canary}'s.", datetime=NOON)
    _add_photo(replace(private, flags=(flagged,)), f"{number:026}", canary)
    note = f"{canary} was not at home."
    add_note(public, f"n{number}", "team@example.org", note, ports)
    if with_long_timeline:
        for each in range(UPDATES_THAT_OVERFLOW):
            text = f"{each} {LONG}"
            add_update(public, update_draft(text=text), f"{each}", author, ports)
    others = replace(OTHERS, email=email)
    theirs = submit(draft(contact=others), f"others-{number}", Author("somebody-else"), ports)
    neighbours = submit(draft(), f"neighbour-{number}", Author(), ports).service_request_id
    follow_report(neighbours, "key", author, ports)
    _update_report_of(
        neighbours, canary if in_public else "everybody", canary, f"4{number:025}", author
    )
    seen_once = submit(draft(), f"seen-once-{number}", Author(), ports).service_request_id
    written = _update_report_of(seen_once, canary, canary, f"5{number:025}", author)
    ports.repository.save(replace(written, visibility="hidden"))
    home = f"53.95{number:04}1"
    street, _, of_report = _subscribe(account, email, canary, float(home), public)
    if with_answers:
        words = canary if in_public else "everybody"
        _say_not_fixed(neighbours, of_report, words, f"2{number:025}")
        hidden = submit(draft(), f"hidden-{number}", Author(), ports).service_request_id
        answered = _say_not_fixed(hidden, street, canary, f"3{number:025}")
        ports.repository.save(replace(answered, visibility="hidden"))
    return Resident(
        canary,
        account,
        phone,
        (
            account.account_id,
            ports.ids.person_id(author.scope, ""),
            author_digest(account.account_id, ports),
            home,
            *map(person_id_of, (street, of_report)),
        ),
        [public, private.service_request_id],
        neighbours,
        theirs.service_request_id,
    )


def _account(number: int, canary: str, email: str, phone: str) -> Account:
    """Create an account with all optional data, a session, and unused codes: one to sign in, and
    one to confirm another address."""
    people = accounts_ports()
    ways = (Destination("email", email), Destination("phone", phone))
    account = account_with("resident", f"{number:032x}", people, ways)
    identity = Identity("https://issuer.example", f"subject-{canary}")
    people.accounts.claim(identity, account.account_id)
    account = people.accounts.save(
        replace(
            account,
            name=canary,
            language="en",
            reach_by="email",
            identities=(identity,),
            saved_places=(SavedPlace(label=f"Home of {canary}", lat=53.9, long=-1.0),),
        )
    )
    open_session(account, device=f"{canary} on Linux", assurance="contact", ports=people)
    request_code(email, people)
    begin_adding(phone, account, people)
    begin_adding(f"new-{email}", account, people)
    return account


def _public_report(number: int, words: str, contact: Contact, author: Author) -> str:
    """Create a public report with a photo, an update and an archived update, all of which contain
    these words."""
    ports = reports_ports()
    texts = {
        "description": f"{words} hole.",
        "title": f"{words} title",
        "address": f"{words} street",
    }
    report = submit(draft(contact=contact, **texts), f"a-{number}", author, ports)
    older, newer = (update(n, text=f"{words} update", update_id=f"U{n}") for n in (1, 2))
    ports.repository.archive_updates(report.service_request_id, [older], first=0, version=1)
    with_updates = replace(report, archived=1, updates=(newer,))
    _add_photo(with_updates, f"1{number:025}", words)
    return report.service_request_id


def _add_photo(
    report: ServiceRequest, photo_id: str, words: str, update_id: str | None = None
) -> ServiceRequest:
    """Add a photo to the report, as it is after processing."""
    photographs, key = photos_ports(), PhotoKey(report.service_request_id, photo_id)
    photographs.records.add(TakenIn(service_request_id=key[0], photo_id=photo_id, state="ready"))
    photographs.gallery.keep_page(key, words.encode())
    photographs.gallery.keep_thumbnail(key, words.encode())
    photo = Photo(photo_id=photo_id, state="shown", update_id=update_id)
    photos = (*report.photos, photo)
    return reports_ports().repository.save(replace(report, photos=photos))


def _update_report_of(
    report_id: str, words: str, canary: str, photo_id: str, author: Author
) -> ServiceRequest:
    """Add an update with these words and a photo to another person's report, and flag it."""
    ports = reports_ports()
    flag_report(
        report_id, FlagDraft(reason="other", text=f"Flagged by {canary}."), "f", author, ports
    )
    said = update_draft(text=f"Seen too, says {words}.")
    update, report = add_update(report_id, said, "u", author, ports)
    return _add_photo(report, photo_id, words, update.update_id)


def _say_not_fixed(
    report_id: str, subscription_id: str, words: str, photo_id: str
) -> ServiceRequest:
    """Answer that another person's report is not fixed, with words and a photo."""
    alerts, ports = alerts_ports(), reports_ports()
    report = ports.repository.get(report_id)
    assert report
    ports.repository.save(replace(report, state="fixed", repairs=1))
    subscription = alerts.subscriptions.get(subscription_id)
    assert subscription
    token = repair_question_token(subscription, report_id, 1, alerts.tokens)
    asked = FeedbackRequest(**read_repair_question(token, alerts)._asdict())
    said = AnswerDraft(answer="no", text=f"Not so, says {words}.")
    after = answer_question(asked, said, (), ports).report
    return _add_photo(after, photo_id, words, after.updates[-1].update_id)


def _subscribe(account: Account, email: str, canary: str, lat: float, report: str) -> Sequence[str]:
    """Subscribe to the street by email, to the ward by push, and to the report without an account.
    Returns the ids of the subscriptions."""
    ports = alerts_ports()
    push = PushAddress(
        endpoint=f"https://push.example/{canary}", p256dh=f"{canary}-key", auth=f"{canary}-auth"
    )
    street: dict[str, Any] = {
        "topic": area(500, lat=lat),
        "account_id": account.account_id,
        "to": email,
    }
    ward: dict[str, Any] = {
        "topic": Topic(kind="ward", ward_code="north"),
        "account_id": account.account_id,
        "channel": "push",
        "to": None,
        "push": push,
    }
    of_report: dict[str, Any] = {
        "topic": Topic(kind="report", service_request_id=report),
        "to": email,
    }
    ids = [f"{account.account_id[-24:]}{number:08x}" for number in range(3)]
    for subscription_id, values in zip(ids, (street, ward, of_report), strict=True):
        key = ports.ids.address_key("email", email) if values["to"] else None
        ports.subscriptions.add(
            subscription(
                **values | {"subscription_id": subscription_id},
                address_key=key or ports.ids.address_key("push", push.endpoint),
            )
        )
    return ids


def places_with(traces: list[str], cloud: Cloud) -> set[str]:
    """The tables, buckets and queues that contain one of these texts, except the lists of account
    ids that stay."""
    return {name for name, text in stored_texts(cloud) if any(trace in text for trace in traces)}


def stored_texts(cloud: Cloud) -> list[tuple[str, str]]:
    """The (place, text) of everything that is stored."""
    return [*_of_tables(cloud), *_of_buckets(cloud), *_of_queues(cloud)]


def _of_tables(cloud: Cloud) -> list[tuple[str, str]]:
    client = boto3.client("dynamodb")
    tables = {name: table for name, table in cloud.environment.items() if name.endswith("_TABLE")}
    found: list[tuple[str, str]] = []
    for name, table in tables.items():
        described = client.describe_table(TableName=table)["Table"]
        indexes = [each["IndexName"] for each in described.get("GlobalSecondaryIndexes", [])]
        for index in (None, *indexes):
            more: dict[str, Any] = {"IndexName": index} if index else {}
            for page in client.get_paginator("scan").paginate(TableName=table, **more):
                found += [(f"{name} {index}", json.dumps(item)) for item in page["Items"]]
    return found


def _of_buckets(cloud: Cloud) -> list[tuple[str, str]]:
    client = boto3.client("s3")
    buckets = {cloud.environment[f"{name}_BUCKET"] for name in ("UPLOADS", "PHOTOS", "MAIL")}
    photos = cloud.environment["PHOTOS_BUCKET"]
    found: list[tuple[str, str]] = []
    for bucket in (*buckets, cloud.bucket):
        for each in client.list_object_versions(Bucket=bucket).get("Versions", []):
            if bucket == photos and not each["IsLatest"]:
                # A copy, which S3 deletes after the days that the privacy notice names.
                continue
            key, version = each["Key"], each["VersionId"]
            body = client.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
            found.append((bucket, f"{key} {body.decode('latin-1')}"))
    return found


def _of_queues(cloud: Cloud) -> list[tuple[str, str]]:
    client = boto3.client("sqs")
    found: list[tuple[str, str]] = []
    for url in client.list_queues().get("QueueUrls", []):
        answer = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, AttributeNames=["All"]
        )
        found += [(url, json.dumps(each)) for each in answer.get("Messages", [])]
    return found
