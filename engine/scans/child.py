"""The process that opens what people bring: reads requests on stdin, answers on stdout.

Started by ``desk`` with ``python -I -S``, so it may import only the standard library, pypdf,
Pillow and ``framed``. Whatever hangs or eats memory in them ends with it.
"""

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

MEMORY = 1024 * 1024 * 1024
MEDIA = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}  # MPO: a telephone's JPEG
FORMATS = ("JPEG", "PNG")  # an MPO begins as a JPEG
A4 = (595.28, 841.89)  # points
TURNED = {3: 180, 6: 90, 8: 270}  # how a telephone was held (Exif), as a page is turned
# What a reader of PDFs would run, start or save: never asked of a paper.
ACTIVE = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia"}
)
# Where nothing is run and much lies: the drawing itself, and what screen readers are told.
CALM = frozenset({"/StructTreeRoot", "/Resources", "/Contents", "/Metadata"})


class Refused(Exception):
    """What we do not take; the word for why is its only argument."""


def answer(request: bytes, most_bytes: int, most_pages: int, most_pixels: int) -> bytes:
    """``+`` and what was asked for, or ``-`` and the word for why not."""
    head, _, body = request.partition(b"\n")
    order, files, start = json.loads(head), [], 0
    for size in order["sizes"]:
        files.append(body[start : start + size])
        start += size
    try:
        if order["do"] == "join":
            return b"+" + join(files, most_bytes)
        return b"+" + json.dumps(look(files[0], most_pages, most_pixels)).encode()
    except Refused as refused:
        return b"-" + str(refused).encode()
    except Exception:
        # Spoiled files raise whatever two libraries did not think of: KeyError,
        # AttributeError, NotImplementedError, MemoryError. To us each is a spoiled file.
        return b"-broken"


def look(data: bytes, most_pages: int, most_pixels: int) -> dict[str, Any]:
    """The media type, and the pages of a PDF; raises Refused, or whatever the libraries raise."""
    found = pdf(data, most_pages) if data.startswith(b"%PDF-") else picture(data, most_pixels)
    if zipfile.is_zipfile(io.BytesIO(data)):  # opened as an archive it would be another file
        raise Refused("active")
    return found


def pdf(data: bytes, most_pages: int) -> dict[str, Any]:
    """A PDF that can be read, is not too long and does nothing by itself."""
    reader = PdfReader(io.BytesIO(data))
    pages = len(reader.pages)
    if not 0 < pages <= most_pages:
        raise Refused("pages")
    if active(reader.trailer["/Root"]):
        raise Refused("active")
    return {"media": "application/pdf", "pages": pages}


def active(root: Any) -> bool:
    """Whether anything that can be reached from the catalogue would be run or unpacked."""
    seen, waiting = set(), [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, generic.IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, dict):
            if ACTIVE.intersection(one) or ACTIVE.intersection((one.get("/S"), one.get("/Type"))):
                return True
            waiting += [dict.__getitem__(one, key) for key in one if key not in CALM]
        elif isinstance(one, list):
            waiting += list.__iter__(one)
    return False


def picture(data: bytes, most_pixels: int) -> dict[str, Any]:
    """A JPEG or a PNG of a size that can be shown."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > most_pixels:
                raise Refused("pixels")
            image.verify()
            return {"media": MEDIA[str(image.format)], "pages": None}
    except UnidentifiedImageError as error:
        raise Refused("kind") from error


def join(pictures: list[bytes], most_bytes: int) -> bytes:
    """A PDF with a page for each picture; a JPEG goes in as it is, nothing is lost."""
    writer = PdfWriter()
    for data in pictures:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            turned = TURNED.get(image.getexif().get(0x0112, 1), 0)
            if image.format == "PNG":
                add(writer, *as_jpeg(image), turned)
            else:
                add(writer, image, data, turned)
    made = io.BytesIO()
    writer.write(made)
    if made.tell() > most_bytes:
        raise Refused("too_big")
    return made.getvalue()


def as_jpeg(image: Any) -> tuple[Any, bytes]:
    """A PNG on white ground as a JPEG: PDF has no PNG."""
    solid = image.convert("RGBA")
    ground = Image.new("RGBA", solid.size, "white")
    plain = Image.alpha_composite(ground, solid).convert("RGB")
    held = io.BytesIO()
    plain.save(held, "JPEG", quality=90)
    return plain, held.getvalue()


def add(writer: Any, image: Any, jpeg: bytes, turned: int) -> None:
    """A page of A4 that the picture fills as far as its shape allows."""
    name, number = generic.NameObject, generic.NumberObject
    space = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}[image.mode]
    wide, high = sorted(A4, reverse=image.width > image.height)
    scale = min(wide / image.width, high / image.height)
    across, up = image.width * scale, image.height * scale
    held = generic.StreamObject()
    held.set_data(jpeg)
    held.update(
        {
            name("/Type"): name("/XObject"),
            name("/Subtype"): name("/Image"),
            name("/Width"): number(image.width),
            name("/Height"): number(image.height),
            name("/ColorSpace"): name(space),
            name("/BitsPerComponent"): number(8),
            name("/Filter"): name("/DCTDecode"),
        }
    )
    if space == "/DeviceCMYK":  # Adobe writes its inks upside down, and everybody follows
        held[name("/Decode")] = generic.ArrayObject([number(n) for n in (1, 0) * 4])
    drawn = generic.StreamObject()
    left, low = (wide - across) / 2, (high - up) / 2
    drawn.set_data(f"q {across:.2f} 0 0 {up:.2f} {left:.2f} {low:.2f} cm /I Do Q".encode())
    page = writer.add_blank_page(wide, high)
    shown = generic.DictionaryObject({name("/I"): writer._add_object(held)})
    page[name("/Resources")] = generic.DictionaryObject({name("/XObject"): shown})
    page[name("/Contents")] = writer._add_object(drawn)
    if turned:
        page[name("/Rotate")] = number(turned)


if __name__ == "__main__":
    sys.path.extend([*sys.argv[4:], str(Path(__file__).parents[2])])
    from PIL import Image, UnidentifiedImageError
    from pypdf import PdfReader, PdfWriter, generic

    from engine.framed import serve

    Image.MAX_IMAGE_PIXELS = None  # ``picture`` says itself what is too large
    limits = [int(limit) for limit in sys.argv[1:4]]
    serve(lambda request: answer(request, *limits), MEMORY)
