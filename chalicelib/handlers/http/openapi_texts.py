"""The words of the OpenAPI document: about the API, authentication, errors and parameters."""

from chalicelib.errors import PriceChanged, SlotFull
from chalicelib.handlers.http import cookies

ABOUT = (
    "The API of Ginnel, which residents, crews, officers and other systems use.",
    "Times are RFC 3339 in UTC, such as 2026-06-01T09:30:00Z; a day such as 2026-06-01 is a day on "
    "the council's clock. Amounts are whole pence. Places are WGS84 degrees, distances metres.",
    "A list has `items`, and in `next` the `cursor` of its next page, which is null on the last "
    "one. A request with a field that is not described is refused.",
    "An error is application/problem+json (RFC 9457). `Accept-Language` chooses the language of "
    "texts: English, or one of the council's other languages.",
    "Send an error 500 or 503 to the council with its `request_id`.",
)
SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token, which POST /api/session/refresh answers after sign-in at "
        "/forms/sign-in",
    },
    "partner": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "A key that POST /api/partners/keys made",
    },
    "open311": {
        "type": "apiKey",
        "in": "query",
        "name": "api_key",
        "description": "A key that POST /api/partners/keys made; a POST sends it in its form",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": f"{cookies.SECURE}{cookies.NAME}",
        "description": "The browser gets it at sign-in; without https its name has no prefix",
    },
    "govuk_pay": {
        "type": "apiKey",
        "in": "header",
        "name": "Pay-Signature",
        "description": "GOV.UK Pay's signature of the body",
    },
    "stripe": {
        "type": "apiKey",
        "in": "header",
        "name": "Stripe-Signature",
        "description": "Stripe's signature of the body",
    },
}
ERRORS = {
    400: "The request is wrong: `errors` names each field and how to correct it",
    401: "No token was sent, or it has expired: sign in",
    403: "The caller may not do this",
    404: "Not found, or hidden from this caller",
    409: "What is stored does not allow this, such as a later version: `link` leads to it, and "
    "`version` is the stored one",
    410: "The caller could use it before, and it is over",
    413: "The body is too large",
    428: "If-Match is missing",
    429: "Too many requests: Retry-After says when to try again",
    500: "An error in the service: send it again",
    503: "A service that is needed did not answer: send it again",
}
MORE: dict[type[Exception], str] = {
    SlotFull: "The slot is full: `free` has the next slots with enough units",
    PriceChanged: "The price is no longer `amount_pence_shown`: `amount_pence` and `lines` have "
    "the new one",
}
"""What the answer to an error also says of its kind."""
RETRY_AFTER = {"description": "After how many seconds to try again", "schema": {"type": "integer"}}
PROOF_BITS = {
    "description": "Only if an X-Ginnel-Proof with that many bits lets the same request through",
    "schema": {"type": "integer"},
}
IN_PATH = {
    "account_id": "the id of an account, from /api/admin/people",
    "alert_id": "the id of an alert, from /api/alerts/failed",
    "attempt_id": "the id of the attempt to sign in, from the link in the email",
    "block_id": "the id of an entry, from /api/admin/blocks",
    "calendar": "the code of a calendar, from /api/calendars",
    "crew": "the code of a crew, from /api/crews",
    "date": "the day, such as 2026-06-01",
    "day": "the day, such as 2026-06-01",
    "delivery_id": "the id of a delivery, from /api/outbound/deliveries",
    "dispute_id": "the id of one of the job's disputes",
    "disruption_id": "the id of a disruption, from /api/disruptions",
    "first": "the version, v2; or discovery.json or discovery.xml",
    "hold_id": "the id of a hold, which POST /api/holds answered",
    "job_id": "the id of a job, from /api/jobs",
    "key_id": "the id of an API key, from /api/partners/keys",
    "packed": "the subscription and the proof of its link, as the text message has them",
    "payment_id": "the id of a payment, which only its payer and officers know",
    "photo_id": "the id of a photo, which POST /api/photos answered",
    "premises_id": "the id of an address, from /api/premises",
    "provider": "the code of the organisation that signs people in",
    "question_id": "the id of one of the case's questions",
    "receiver_id": "the id of a receiver, from /api/outbound/receivers",
    "service_code": "the code of a service",
    "service_request_id": "the reference of a report, such as 7K3M2QXV9HTD; groups, spaces and "
    "small letters are accepted",
    "session_id": "the id of a device, from /api/account/devices",
    "subscription_id": "the id of a subscription",
    "template_id": "the id of a reply template, from /api/desk/templates",
    "token": "the secret in the link",
    "undo_id": "the id that the answer to the change had",
    "view_id": "the id of a saved view, from /api/desk/views",
    "second": "requests, services, servicerequestupdates or tokens",
    "third": "the id of a request, a service or a token",
    "fourth": "a further part, to which there is no answer but 404",
    "fifth": "a further part, to which there is no answer but 404",
}
"""What a parameter of a path is, by its name."""
ABOUT_PROOFS = (
    "A proof of work, which an answer 429 asks for with X-Ginnel-Proof-Bits: a number N such that "
    "SHA-256 of the Idempotency-Key, a space and N begins with that many zero bits."
)
ABOUT_VERSIONS = 'The `version` that the caller read last, such as "3"; 409 if it is another now'
ABOUT_IDS = (
    "An id for this call of 8 to 64 letters, digits and hyphens, which the answer and the log "
    "repeat; another one is replaced"
)
