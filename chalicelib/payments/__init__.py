"""Card payments for what residents ask the council for, and the ledger of all money."""
