"""Ginnel's version: the newest of CHANGELOG.md, or the next one while there are unreleased
changes."""

VERSION = "0.10.0"
