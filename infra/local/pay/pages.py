"""The pages of the stand-in at which a payer enters and confirms a card."""

from html import escape

from chalicelib.kernel.money import format_pounds
from infra.local.pay.model import OUTCOMES, StoredPayment

_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title} – GOV.UK Pay stand-in</title>
<style>
body {{ font: 1.2rem/1.4 sans-serif; margin: 0 auto; max-width: 34rem; padding: 1rem }}
label {{ display: block; font-weight: bold }}
input, button {{ font: inherit; margin: .5rem 0; padding: .5rem; box-sizing: border-box }}
input {{ width: 100% }}
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
