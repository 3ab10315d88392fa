"""Ginnel's version, which pages and the newest heading of CHANGELOG.md name."""

VERSION = "0.10.0"
