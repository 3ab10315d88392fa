"""The VAT that prices include. All amounts are in pence."""

from chalicelib.kernel.money import format_pounds
from chalicelib.texts import Text


def included_vat(amount_pence: int, percent: int) -> int:
    """The VAT that an amount includes, to the nearest penny, half a penny up. A reduction takes as
    much away as a charge of its size has."""
    whole = 100 + percent
    vat = (2 * abs(amount_pence) * percent + whole) // (2 * whole)
    return vat if amount_pence > 0 else -vat


def vat_words(vat_pence: int) -> str:
    """What stands under a total; empty without VAT."""
    return Text("Includes VAT of {amount}", amount=format_pounds(vat_pence)) if vat_pence else ""
