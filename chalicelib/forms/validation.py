"""Validates the posted answers of each step.

The report's own rules decide what a report may contain; this module explains their faults in the
words of a page.
"""

from collections.abc import Callable, Sequence

from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FieldError, Invalid, TooMany
from chalicelib.forms import messages, ordering, steps
from chalicelib.forms.answers import Answers
from chalicelib.forms.drafts import draft_of
from chalicelib.forms.order_answers import chosen_day
from chalicelib.forms.ports import Ports
from chalicelib.forms.steps import Step
from chalicelib.geo.postcode import full_postcode
from chalicelib.kernel import idempotency
from chalicelib.kernel.addresses import tidy_email, tidy_phone
from chalicelib.kernel.posted_form import PostedForm, Upload
from chalicelib.texts import Text

MOST_PHOTOS = 5
MOST_PHOTO_BYTES = 4 * 1024 * 1024
"""The limit for all photos of a page: Lambda's limit of 6 MB is 4.5 MB as base64."""

StepResult = tuple[Answers, Sequence[FieldError]]


def key_of(answers: Answers) -> str:
    """The key from the first page, under which the report is sent. Raises Invalid if it is
    missing."""
    key = answers.one("key")
    if not idempotency.is_usable(key) or idempotency.is_guessable(key):
        raise Invalid.field("key", "the form is incomplete: start again")
    return key


def service_of(answers: Answers, ports: Ports) -> ServiceDefinition | None:
    """The chosen service, None if none is chosen."""
    return ports.council.by_code.get(answers.one("service_code"))


def _validate_location(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    answers = answers.with_("place").with_todo("place", "nearby")
    q = answers.one("q")
    if not q:
        if not answers.one("address"):
            return answers, [
                FieldError(
                    "q",
                    Text("Enter a postcode, street or place, or describe the location"),
                )
            ]
        return answers, _faults_of_step("where", answers, ports)
    try:
        found = ports.siblings.find_places(q)
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


def _validate_place(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    if answers.one("place") == steps.IN_WORDS:
        if not answers.one("address"):
            return answers, [FieldError("address", Text("Describe where the problem is"))]
        return answers.with_("place").with_("q"), _faults_of_step("where", answers, ports)
    if answers.point is None:
        return answers, [FieldError("place", Text("Choose the location, or 'None of these'"))]
    if not ports.council.box.contains(answers.point):
        outside = Text(
            "{place} is outside {council}: choose another location",
            place=answers.place_label,
            council=ports.council.name,
        )
        return answers, [FieldError("place", outside)]
    if message := ports.siblings.outside_text(answers.point):
        return answers, [FieldError("place", message)]
    return answers.with_todo("nearby"), _faults_of_step("where", answers, ports)


def _validate_service(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    if service_of(answers, ports) is None:
        return answers, [FieldError("service_code", Text("Choose the kind of problem"))]
    return answers.with_todo("nearby", "questions", "photos"), ()


def _validate_questions(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    if steps.dangerous_answer(answers, service_of(answers, ports)):
        return answers, ()
    return answers, _faults_of_step("questions", answers, ports)


def _store_photos(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    removed = posted.all("remove")
    present = [photo_id for photo_id in answers.all("photo_ids") if photo_id not in removed]
    answers = answers.with_("photo_ids", *present)
    files = [upload for upload in posted.files if upload.name == "photos"]
    if fault := _photos_fault(files, len(present)):
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


def _photos_fault(files: Sequence[Upload], present: int) -> str | None:
    if len(files) + present > MOST_PHOTOS:
        return Text(
            "A report can have {most} photos: choose {left} or fewer",
            most=MOST_PHOTOS,
            left=MOST_PHOTOS - present,
        )
    if sum(len(upload.body) for upload in files) > MOST_PHOTO_BYTES:
        return Text("Your photos are larger than 4 MB together: choose fewer, or smaller ones")
    return None


def _validate_description(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    return answers, _faults_of_step("description", answers, ports)


def _validate_contact(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    """Validate the tidied addresses, which the next page shows."""
    for field, tidy in (("contact.email", tidy_email), ("contact.phone", tidy_phone)):
        answers = answers.with_(field, tidy(answers.one(field)))
    return answers, _faults_of_step("contact", answers, ports)


def _validate_postcode(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    answers = answers.with_("premises").with_todo("premises")
    typed = full_postcode(answers.one("postcode")) or answers.one("postcode")
    answers = answers.with_("postcode", typed)
    try:
        found = ports.siblings.find_premises(typed)
    except Invalid as error:
        return answers, [FieldError("postcode", error.errors[0].message)]
    except TooMany as error:
        return answers, [FieldError("postcode", error.detail)]
    if not found:
        missing = Text("We have no addresses at {postcode}. Check the postcode", postcode=typed)
        return answers, [FieldError("postcode", missing)]
    return answers, ()


def _validate_premises(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    if not answers.premises_address:
        return answers, [FieldError("premises", Text("Choose your address"))]
    return answers.with_todo("collection"), ()


def _validate_collection(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    if not answers.one("collection"):
        return answers, [FieldError("collection", Text("Choose a collection"))]
    return answers, _faults_of_step("collection", answers, ports)


def _validate_items(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    service = service_of(answers, ports)
    faults = ordering.item_faults(answers, service, ports) if service else ()
    return answers.with_todo("day", "slot"), faults


def _validate_day(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    day, only = chosen_day(answers)
    if day is None:
        return answers, [FieldError("day", Text("Choose a day"))]
    if not only:
        return answers.with_todo("slot"), ()
    return _hold_slot(answers, only, ports)


def _validate_slot(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    if not answers.one("slot"):
        return answers, [FieldError("slot", Text("Choose a time"))]
    return _hold_slot(answers, answers.one("slot"), ports)


def _hold_slot(answers: Answers, slot: str, ports: Ports) -> StepResult:
    service = service_of(answers, ports)
    return ordering.hold_slot(answers, slot, service, ports) if service else (answers, ())


def _hold_slot_again(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    """Hold the slot again: the hold may have lapsed in the meantime."""
    day, only = chosen_day(answers)
    return _hold_slot(answers, only or answers.one("slot"), ports) if day else (answers, ())


def _accept_answers(posted: PostedForm, answers: Answers, ports: Ports) -> StepResult:
    return answers, ()


def _faults_of_step(step: Step, answers: Answers, ports: Ports) -> list[FieldError]:
    """The faults that the report's own rules find in the answers of this step."""
    service = service_of(answers, ports)
    found = ports.siblings.find_faults(draft_of(answers, service))
    own = [fault for fault in found if steps.step_of(fault.field, service) == step]
    return [messages.explain_fault(fault, answers, service) for fault in own]


VALIDATORS: dict[Step, Callable[[PostedForm, Answers, Ports], StepResult]] = {
    "where": _validate_location,
    "place": _validate_place,
    "service": _validate_service,
    "nearby": _accept_answers,
    "questions": _validate_questions,
    "photos": _store_photos,
    "description": _validate_description,
    "contact": _validate_contact,
    "check": _hold_slot_again,
    "postcode": _validate_postcode,
    "premises": _validate_premises,
    "collection": _validate_collection,
    "items": _validate_items,
    "day": _validate_day,
    "slot": _validate_slot,
}
