"""The process that runs Typst: reads requests on stdin, answers on stdout, opens nothing else.

Started by ``press`` with ``python -I -S``, so it may import only the standard library and typst.
"""

import json
import os
import resource
import struct
import sys
from typing import Any, BinaryIO

MEMORY = 1536 * 1024 * 1024


def main(site: str, fonts: str) -> None:
    """Answer requests until stdin closes."""
    sys.path.append(site)
    import typst  # found only through ``site``

    typeset: Any = typst.compile  # its stubs do not know that the input may be a dict of files

    faces = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
    )
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing a library prints can break the framing
    write_frame(answers, b"ready")
    while request := read_frame(sys.stdin.buffer):
        order = json.loads(request)
        try:
            made = typeset(
                {name: text.encode() for name, text in order["files"].items()},
                root=fonts,  # a folder with nothing to read but the fonts
                font_paths=faces,
                sys_inputs={"data": order["data"]},
                format=order["format"],
                ppi=order["ppi"],
                pdf_tags=order["tagged"],
                timestamp=0,
            )
            pages = made if isinstance(made, list) else [made]
            answer = b"+" + b"".join(struct.pack(">I", len(page)) + page for page in pages)
        except Exception as error:  # whatever a template does is told to the parent
            answer = b"-" + str(error).encode("utf-8", "replace")
        write_frame(answers, answer)


def read_frame(stream: BinaryIO) -> bytes:
    """One length-prefixed frame; empty at the end of the stream."""
    head = stream.read(4)
    return stream.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""


def write_frame(stream: BinaryIO, said: bytes) -> None:
    """One length-prefixed frame."""
    stream.write(struct.pack(">I", len(said)) + said)
    stream.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
