"""The functions of AWS. Importing it makes Python look for garbage less often (ADR 76)."""

import gc

NEW_OBJECTS = 200_000
"""After so many new objects Python looks for unused ones among them. A start makes 30,000 to
130,000; by default Python searched them about 190 times."""

gc.set_threshold(NEW_OBJECTS)
