"""`python -m chalicelib.photos.image_sandbox_worker`: rebuilds one photo in a process of its own.

Standard input: the file. Standard output: JSON of the reason where it is refused, else of the
length of the page's picture, a line's end, and both pictures. What a file cannot be asked before
it is decoded (a HEIC's real size, a decoder's defect) ends at the limits set here.
"""

import resource
import sys

import msgspec

MOST_MEMORY_BYTES = 280 * 1024 * 1024
"""Of private memory; with what is shared, such as code, a process stays below 300 MB."""
MOST_CPU_S = 3


class Answer(msgspec.Struct):
    """What comes before the pictures."""

    refused: str | None = None
    page_bytes: int = 0


def main() -> None:
    """Reads, rebuilds, writes."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Imported under the limits.
    from chalicelib.photos.model import Refused
    from chalicelib.photos.picture import rebuild

    out = sys.stdout.buffer
    try:
        page, thumbnail = rebuild(sys.stdin.buffer.read())
    except Refused as refused:
        out.write(msgspec.json.encode(Answer(refused=refused.reason)) + b"\n")
    else:
        out.write(msgspec.json.encode(Answer(page_bytes=len(page))) + b"\n" + page + thumbnail)


if __name__ == "__main__":
    main()
