"""The pages of the stand-in at which a payer enters and confirms a card, and the one on which a
developer chooses faults."""

from collections.abc import Mapping
from html import escape
from typing import Any, get_args

from chalicelib.kernel.money import format_pounds
from infra.local.pay.model import OUTCOMES, StoredPayment
from infra.local.pay.notifications import Fault

_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title} – GOV.UK Pay stand-in</title>
<style>
body {{ font: 1.2rem/1.4 sans-serif; margin: 0 auto; max-width: 34rem; padding: 1rem }}
label {{ display: block; font-weight: bold }}
input, button {{ font: inherit; margin: .5rem 0; padding: .5rem; box-sizing: border-box }}
input:not([type=checkbox]) {{ width: 100% }}
</style>
<h1>{title}</h1>
<p>{description}<br><strong>{amount}</strong></p>
{content}
"""
_CARD = """<form method="post" action="{action}">
<label for="card">Card number</label>
<input id="card" name="card_number" inputmode="numeric" autocomplete="off" required>
<button>Continue</button>
</form>
<form method="post" action="{action}/cancel"><button>Cancel payment</button></form>
<p>This is not a real payment page. These numbers have an outcome: {cards}</p>
"""
_CONFIRM = """<form method="post" action="{action}/confirm"><button>Confirm payment</button></form>
<form method="post" action="{action}/cancel"><button>Cancel payment</button></form>
"""
_ENDED = '<p>This payment has ended.</p><p><a href="{return_url}">Go back</a></p>'

_FAULTS = """<form method="post" action="{action}">
<label for="notifications">Notifications</label>
<select id="notifications" name="notifications">{notifications}</select>
<label><input type="checkbox" name="pending_refunds" value="1"{pending}> Refunds are pending: what
is paid from now on does not settle until you clear this</label>
<label for="surcharge">Surcharge of a corporate card, in pence</label>
<input id="surcharge" name="surcharge" type="number" min="0" value="{surcharge}">
<button>Set</button>
</form>
<p><a href="{action}/../../pay.json">What the stand-in holds</a></p>
"""


def faults_page(action: str, faults: Mapping[str, Any]) -> str:
    """The page on which faults are chosen, with those of now."""
    content = _FAULTS.format(
        action=action,
        notifications="".join(
            f'<option value="{each}"{" selected" * (each == faults.get("notifications", ""))}>'
            f"{each or 'arrive'}</option>"
            for each in ("", *get_args(Fault))
        ),
        pending=" checked" if faults.get("pending_refunds") else "",
        surcharge=int(faults.get("surcharge", 0)),
    )
    return _PAGE.format(language="en", title="Faults", description="", amount="", content=content)


def card_page(payment: StoredPayment, action: str) -> str:
    """The page for the number of the card."""
    if payment.is_ended:
        return _page(payment, "Payment", _ENDED.format(return_url=escape(payment.return_url)))
    cards = ", ".join(f"{number} ({state})" for number, (state, _) in OUTCOMES.items())
    return _page(payment, "Enter card details", _CARD.format(action=action, cards=cards))


def confirm_page(payment: StoredPayment, action: str) -> str:
    """The page on which the payer confirms."""
    return _page(payment, "Confirm your payment", _CONFIRM.format(action=action))


def _page(payment: StoredPayment, title: str, content: str) -> str:
    return _PAGE.format(
        language=payment.language,
        title=title,
        description=escape(payment.description),
        amount=format_pounds(payment.amount),
        content=content,
    )
