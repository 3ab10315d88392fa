"""A stand-in for GOV.UK Pay: its API, the pages for a payer's card, its notifications, and faults.

Sources: GOV.UK Pay's API reference and OpenAPI file, version 1.0.3; "Testing your integration" for
the card numbers; "Error codes"; "Use webhooks to automatically receive updates".
"""
