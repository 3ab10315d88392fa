"""What each page's answers have to be: a step's answers as they were posted, checked.

What a report may say is decided by the report's own rules; here it is only put in words that
belong to a page.
"""

from collections.abc import Callable, Sequence

from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FieldError, Invalid, TooMany
from chalicelib.forms import messages, ordering, steps
from chalicelib.forms.answers import Answers
from chalicelib.forms.drafts import draft_of
from chalicelib.forms.order_answers import day_in
from chalicelib.forms.ports import Ports
from chalicelib.forms.steps import Step
from chalicelib.kernel import idempotency
from chalicelib.kernel.posted_form import Posted, Upload
from chalicelib.texts import Text

MOST_PHOTOS = 5
MOST_PHOTO_BYTES = 4 * 1024 * 1024
"""All photos of a page together: as text, Lambda's limit of 6 MB would be passed at 4.5 MB."""

Taken = tuple[Answers, Sequence[FieldError]]


def key_of(answers: Answers) -> str:
    """The key that the first page gave to what is sent. Raises Invalid where it is gone."""
    key = answers.one("key")
    if not idempotency.is_usable(key) or idempotency.can_be_guessed(key):
        raise Invalid.field("key", "the form is incomplete: start again")
    return key


def service_of(answers: Answers, ports: Ports) -> ServiceDefinition | None:
    """The service that was chosen, None where none is."""
    return ports.council.by_code.get(answers.one("service_code"))


def _take_where(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    answers = answers.with_("place").before("place", "nearby")
    q = answers.one("q")
    if not q:
        if not answers.one("address"):
            return answers, [
                FieldError(
                    "q",
                    Text("Enter a postcode, street or place, or describe the location"),
                )
            ]
        return answers, _faults_of("where", answers, ports)
    try:
        found = ports.siblings.places(q)
    except Invalid as error:
        return answers, [FieldError("q", Text("Search: {fault}", fault=error.errors[0].message))]
    if not found:
        return answers, [
            FieldError(
                "q",
                Text(
                    "We can't find “{typed}”. Check the spelling, or describe the location", typed=q
                ),
            )
        ]
    return answers, ()


def _take_place(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    if answers.one("place") == steps.IN_WORDS:
        if not answers.one("address"):
            return answers, [FieldError("address", Text("Describe where the problem is"))]
        return answers.with_("place").with_("q"), _faults_of("where", answers, ports)
    if answers.point is None:
        return answers, [FieldError("place", Text("Choose the location, or 'None of these'"))]
    if not ports.council.box.contains(answers.point):
        outside = Text(
            "{place} is outside {council}: choose another location",
            place=answers.place_label,
            council=ports.council.name,
        )
        return answers, [FieldError("place", outside)]
    if whose := ports.siblings.outside(answers.point):
        return answers, [FieldError("place", whose)]
    return answers.before("nearby"), _faults_of("where", answers, ports)


def _take_service(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    if service_of(answers, ports) is None:
        return answers, [FieldError("service_code", Text("Choose the kind of problem"))]
    return answers.before("nearby", "questions", "photos"), ()


def _take_questions(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    if steps.dangerous(answers, service_of(answers, ports)):
        return answers, ()
    return answers, _faults_of("questions", answers, ports)


def _take_photos(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    taken_out = posted.all("remove")
    kept = [photo_id for photo_id in answers.all("photo_ids") if photo_id not in taken_out]
    answers = answers.with_("photo_ids", *kept)
    files = [upload for upload in posted.files if upload.name == "photos"]
    if fault := _too_much(files, len(kept)):
        return answers, [FieldError("photos", fault)]
    key = key_of(answers)
    for upload in files:
        try:
            photo_id = ports.siblings.take_photo(key, answers.all("photo_ids"), upload)
        except Invalid as error:
            reason = error.errors[0].message if error.errors else error.detail
            return answers, [
                FieldError("photos", Text("“{file}”: {fault}", file=upload.file_name, fault=reason))
            ]
        answers = answers.with_("photo_ids", *dict.fromkeys((*answers.all("photo_ids"), photo_id)))
    return answers, ()


def _too_much(files: Sequence[Upload], there: int) -> str | None:
    if len(files) + there > MOST_PHOTOS:
        return Text(
            "A report can have {most} photos: choose {left} or fewer",
            most=MOST_PHOTOS,
            left=MOST_PHOTOS - there,
        )
    if sum(len(upload.body) for upload in files) > MOST_PHOTO_BYTES:
        return Text("Your photos are larger than 4 MB together: choose fewer, or smaller ones")
    return None


def _take_description(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    return answers, _faults_of("description", answers, ports)


def _take_contact(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    return answers, _faults_of("contact", answers, ports)


def _take_postcode(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    answers = answers.with_("premises").before("premises")
    typed = answers.one("postcode")
    try:
        found = ports.siblings.premises(typed)
    except Invalid as error:
        return answers, [FieldError("postcode", error.errors[0].message)]
    except TooMany as error:
        return answers, [FieldError("postcode", error.detail)]
    if not found:
        missing = Text("We have no addresses at {postcode}. Check the postcode", postcode=typed)
        return answers, [FieldError("postcode", missing)]
    return answers, ()


def _take_premises(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    if not answers.premises_address:
        return answers, [FieldError("premises", Text("Choose your address"))]
    return answers.before("collection"), ()


def _take_collection(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    if not answers.one("collection"):
        return answers, [FieldError("collection", Text("Choose a collection"))]
    return answers, _faults_of("collection", answers, ports)


def _take_items(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    service = service_of(answers, ports)
    faults = ordering.item_faults(answers, service, ports) if service else ()
    return answers.before("day", "slot"), faults


def _take_day(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    day, only = day_in(answers)
    if day is None:
        return answers, [FieldError("day", Text("Choose a day"))]
    if not only:
        return answers.before("slot"), ()
    return _with_hold(answers, only, ports)


def _take_slot(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    if not answers.one("slot"):
        return answers, [FieldError("slot", Text("Choose a time"))]
    return _with_hold(answers, answers.one("slot"), ports)


def _with_hold(answers: Answers, slot: str, ports: Ports) -> Taken:
    service = service_of(answers, ports)
    return ordering.with_hold(answers, slot, service, ports) if service else (answers, ())


def _take_check(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    """Holds the slot again, which may have lapsed while somebody typed."""
    day, only = day_in(answers)
    return _with_hold(answers, only or answers.one("slot"), ports) if day else (answers, ())


def _take_nothing(posted: Posted, answers: Answers, ports: Ports) -> Taken:
    return answers, ()


def _faults_of(step: Step, answers: Answers, ports: Ports) -> list[FieldError]:
    """What the report's own rules say about the answers of this step."""
    service = service_of(answers, ports)
    found = ports.siblings.faults(draft_of(answers, service))
    own = [fault for fault in found if steps.step_of(fault.field, service) == step]
    return [messages.for_people(fault, answers, service) for fault in own]


TAKE: dict[Step, Callable[[Posted, Answers, Ports], Taken]] = {
    "where": _take_where,
    "place": _take_place,
    "service": _take_service,
    "nearby": _take_nothing,
    "questions": _take_questions,
    "photos": _take_photos,
    "description": _take_description,
    "contact": _take_contact,
    "check": _take_check,
    "postcode": _take_postcode,
    "premises": _take_premises,
    "collection": _take_collection,
    "items": _take_items,
    "day": _take_day,
    "slot": _take_slot,
}
