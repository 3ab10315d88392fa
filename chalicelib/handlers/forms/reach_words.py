"""Where the updates of a report that was just sent go."""

from chalicelib.accounts.destinations import receives_texts
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.reports.model import ServiceRequest


def reach_context(report: ServiceRequest) -> dict[str, str]:
    """`updates_to`, an email address or a mobile number; or `calls_to`, a number that can only be
    called, if the sender gave no other. Both are empty if the sender wants no updates."""
    contact = report.contact
    if not (contact and report.alerts):
        return {"updates_to": "", "calls_to": ""}
    email, phone = contact.email or "", contact.phone or ""
    if not email and phone and not ("sms" in alerts_ports().channels and receives_texts(phone)):
        return {"updates_to": "", "calls_to": phone}
    return {"updates_to": email or phone, "calls_to": ""}
