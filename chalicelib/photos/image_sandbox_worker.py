"""`python -m chalicelib.photos.image_sandbox_worker`: rebuilds one photo in a separate process.
Standard input: the file. Standard output: JSON with the reason of a refusal, or with the length of
the page's picture, then a line break and both pictures. Properties that are unknown before decoding
(a HEIC's real size, a decoder's defect) are bounded by the limits set here.
"""

import resource
import sys

import msgspec

MOST_MEMORY_BYTES = 280 * 1024 * 1024
"""The limit of private memory; with shared memory, such as code, a process stays below 300 MB."""
MOST_CPU_S = 3


class Answer(msgspec.Struct):
    """The header before the pictures."""

    refused: str | None = None
    page_bytes: int = 0


def main() -> None:
    """Reads the file, rebuilds the photo and writes the result."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Imported under the limits.
    from chalicelib.photos.model import PhotoRefused
    from chalicelib.photos.picture import rebuild

    out = sys.stdout.buffer
    try:
        page, thumbnail = rebuild(sys.stdin.buffer.read())
    except PhotoRefused as refused:
        out.write(msgspec.json.encode(Answer(refused=refused.reason)) + b"\n")
    else:
        out.write(msgspec.json.encode(Answer(page_bytes=len(page))) + b"\n" + page + thumbnail)


if __name__ == "__main__":
    main()
