"""The process that runs Typst: reads requests on stdin, answers on stdout, opens nothing else.

Started by ``press`` with ``python -I -S``, so it may import only the standard library, typst and
``framed``.
"""

import json
import struct
import sys
from pathlib import Path
from typing import Any

MEMORY = 1536 * 1024 * 1024


def main(site: str, fonts: str) -> None:
    """Answer requests until stdin closes."""
    sys.path += [site, str(Path(__file__).parents[2])]
    import typst  # found only through ``site``

    from engine.framed import serve

    typeset: Any = typst.compile  # its stubs do not know that the input may be a dict of files

    faces = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
    )

    def answer(request: bytes) -> bytes:
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
            return b"+" + b"".join(struct.pack(">I", len(page)) + page for page in pages)
        except Exception as error:  # whatever a template does is told to the parent
            return b"-" + str(error).encode("utf-8", "replace")

    serve(answer, MEMORY)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
