"""Bookings of slots in the council's calendars."""
