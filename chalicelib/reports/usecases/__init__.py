"""What can be done with reports: one function a verb."""

from chalicelib.reports.usecases.access import (
    EVERYWHERE,
    Admit,
    Author,
    Client,
    MayWrite,
    Remit,
    is_from_partner,
    partner_scope,
)
from chalicelib.reports.usecases.attention import ask_for_look, need_no_look
from chalicelib.reports.usecases.exchange.feed import Change, Cursor, Feed, changes_after
from chalicelib.reports.usecases.exchange.forwarding import (
    may_be_passed_on,
    note_passed_on,
    reopened_by,
)
from chalicelib.reports.usecases.exchange.inbound_updates import bring_back
from chalicelib.reports.usecases.exchange.listing import (
    MOST_ROWS,
    Kinds,
    list_requests,
    open_promised,
    public_ids,
    updates_between,
)
from chalicelib.reports.usecases.exchange.partners import (
    id_of_token,
    submit_for_partner,
    token_of,
    update_for_partner,
)
from chalicelib.reports.usecases.figures.contacts import Contacts, contacts_of_month
from chalicelib.reports.usecases.figures.outcomes import (
    every_outcome,
    months_changed_since,
    outcomes_of_month,
    window_of,
)
from chalicelib.reports.usecases.following import AdmitFollower, follow, followed
from chalicelib.reports.usecases.lifecycle.forgetting import (
    Part,
    forget_address,
    forget_answers,
    forget_sender,
    forget_written,
    has_written,
    parts_of,
    reports_about,
    unfollow_all,
)
from chalicelib.reports.usecases.lifecycle.retention import forget_old
from chalicelib.reports.usecases.notes import UNVERIFIED, add_note
from chalicelib.reports.usecases.places import is_outside, outside_text
from chalicelib.reports.usecases.reading import (
    Near,
    every_id,
    full,
    holds_photo,
    list_in_box,
    nearby,
    public_views,
    view,
    views_of,
)
from chalicelib.reports.usecases.resident.exporting import Exported, Mark, Written, export
from chalicelib.reports.usecases.resident.own_reports import (
    Own,
    change_own,
    own_reports,
    withdraw_own,
)
from chalicelib.reports.usecases.resident.repair_feedback import (
    Asked,
    Standing,
    answer_question,
    question,
)
from chalicelib.reports.usecases.staff.casework import (
    OFFICER,
    Changed,
    Keep,
    Outcome,
    change_case,
    change_made,
    change_many,
    left_by_question,
    publish_pictures_anew,
    write_note,
)
from chalicelib.reports.usecases.staff.changing import change
from chalicelib.reports.usecases.staff.crew_updates import tell_of_work, work_for
from chalicelib.reports.usecases.staff.moderation import (
    WITHDRAW_WITHIN,
    flag,
    needing_attention,
    publish_held,
    withdraw,
)
from chalicelib.reports.usecases.staff.officer_changes import TAKEN_BACK_WITHIN
from chalicelib.reports.usecases.staff.questions import (
    AskedOf,
    Reply,
    ask_reporter,
    asked_of,
    reply_to_question,
    settle_question,
)
from chalicelib.reports.usecases.staff.queue import list_cases
from chalicelib.reports.usecases.staff.undo import Back, PutBack, put_back
from chalicelib.reports.usecases.staff.unmerging import merged_here, unmerge
from chalicelib.reports.usecases.submission import TakenOver, submit, take_over
from chalicelib.reports.usecases.triage import decision_of
from chalicelib.reports.usecases.updating import add_update
from chalicelib.reports.usecases.wards import move_to_wards
from chalicelib.reports.usecases.withholding import withhold_private

__all__ = [
    "EVERYWHERE",
    "MOST_ROWS",
    "OFFICER",
    "TAKEN_BACK_WITHIN",
    "UNVERIFIED",
    "WITHDRAW_WITHIN",
    "Admit",
    "AdmitFollower",
    "Asked",
    "AskedOf",
    "Author",
    "Back",
    "Change",
    "Changed",
    "Client",
    "Contacts",
    "Cursor",
    "Exported",
    "Feed",
    "Keep",
    "Kinds",
    "Mark",
    "MayWrite",
    "Near",
    "Outcome",
    "Own",
    "Part",
    "PutBack",
    "Remit",
    "Reply",
    "Standing",
    "TakenOver",
    "Written",
    "add_note",
    "add_update",
    "answer_question",
    "ask_for_look",
    "ask_reporter",
    "asked_of",
    "bring_back",
    "change",
    "change_case",
    "change_made",
    "change_many",
    "change_own",
    "changes_after",
    "contacts_of_month",
    "decision_of",
    "every_id",
    "every_outcome",
    "export",
    "flag",
    "follow",
    "followed",
    "forget_address",
    "forget_answers",
    "forget_old",
    "forget_sender",
    "forget_written",
    "full",
    "has_written",
    "holds_photo",
    "id_of_token",
    "is_from_partner",
    "is_outside",
    "left_by_question",
    "list_cases",
    "list_in_box",
    "list_requests",
    "may_be_passed_on",
    "merged_here",
    "months_changed_since",
    "move_to_wards",
    "nearby",
    "need_no_look",
    "needing_attention",
    "note_passed_on",
    "open_promised",
    "outcomes_of_month",
    "outside_text",
    "own_reports",
    "partner_scope",
    "parts_of",
    "public_ids",
    "public_views",
    "publish_held",
    "publish_pictures_anew",
    "put_back",
    "question",
    "reopened_by",
    "reply_to_question",
    "reports_about",
    "settle_question",
    "submit",
    "submit_for_partner",
    "take_over",
    "tell_of_work",
    "token_of",
    "unfollow_all",
    "unmerge",
    "update_for_partner",
    "updates_between",
    "view",
    "views_of",
    "window_of",
    "withdraw",
    "withdraw_own",
    "withhold_private",
    "work_for",
    "write_note",
]
