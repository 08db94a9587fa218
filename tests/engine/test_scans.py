"""What people bring: taken, joined, or refused in one word; nothing harms the one who looks."""

from __future__ import annotations

import io
import struct
import time
import zlib
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, IndirectObject, NameObject, TextStringObject

from engine import scans
from engine.commands.brought import Brought, join, look, shown_name
from engine.errors import BadDocument
from engine.scans import MOST_BYTES
from engine.words import sentence

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them


def jpeg(size: tuple[int, int] = (40, 30), **told: Any) -> bytes:
    held = io.BytesIO()
    Image.new(told.pop("mode", "RGB"), size).save(held, told.pop("kind", "JPEG"), **told)
    return held.getvalue()


def mpo() -> bytes:
    """As many telephones take pictures: a second picture behind the first."""
    return jpeg(kind="MPO", save_all=True, append_images=[Image.new("RGB", (40, 30))])


def written(writer: PdfWriter) -> bytes:
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def blank(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    return writer


def spoiled(root: bytes, trailer: bytes = b"") -> bytes:
    """A PDF whose catalogue or trailer says something nobody expects."""
    objects = (
        root,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R>>",
    )
    data, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % at for at in places
    )
    end = b"trailer << /Size 4 /Root 1 0 R %b>>\nstartxref\n%d\n%%%%EOF" % (trailer, len(data))
    return data + table + end


def action(**said: str) -> DictionaryObject:
    return DictionaryObject(
        {NameObject(f"/{key}"): NameObject(one) if one[0] == "/" else TextStringObject(one)
         for key, one in said.items()}
    )  # fmt: skip


def why(data: bytes) -> str:
    with pytest.raises(BadDocument) as refused:
        look("tep.pdf", data)
    for language in ("vi", "en"):
        assert sentence(refused.value, language)
    return str(refused.value.particulars["cause"])


@pytest.mark.parametrize(
    ("data", "media", "pages"),
    [
        (jpeg(), "image/jpeg", None),
        (mpo(), "image/jpeg", None),
        (jpeg(kind="PNG"), "image/png", None),
        (written(blank(3)), "application/pdf", 3),
        (spoiled(b"<< /Type /Catalog /Pages 2 0 R >>"), "application/pdf", 1),
    ],
    ids=["jpeg", "mpo", "png", "pdf", "bare pdf"],
)
def test_what_people_bring_is_taken_for_what_it_is(
    data: bytes, media: str, pages: int | None
) -> None:
    found = look("tep", data)
    assert (found.media, found.pages) == (media, pages)


@pytest.mark.parametrize(
    "data",
    [
        spoiled(b"<< /Type /Catalog /Pages 7 >>"),
        spoiled(b"<< /Type /Catalog /Pages null >>"),
        spoiled(b"<< /Type /Catalog /Pages 2 0 R >>", b"/Encrypt << /Filter /Own >> "),
        spoiled(b"<< /Type /Catalog /Pages 2 0 R >>", b"/Encrypt << /Filter /Standard /V 20 >> "),
        spoiled(b"[1 2 3]"),
        b"%PDF-1.7 and then nothing",
        jpeg()[:300],
    ],
    ids=["pages 7", "pages null", "foreign lock", "lock of 2080", "no catalogue", "empty", "half"],
)
def test_whatever_a_spoiled_file_makes_a_library_raise_is_told_in_words(data: bytes) -> None:
    assert why(data) == "broken"


def test_a_file_with_a_password_is_refused_in_words() -> None:
    locked = blank()
    locked.encrypt("secret", "owner", algorithm="RC4-128")
    assert why(written(locked)) == "broken"


@pytest.mark.parametrize("unit", [b"trailer\n<<>>\n", b"1 0 obj\n"])
def test_a_file_made_to_hurt_costs_seconds_and_the_next_is_looked_at(unit: bytes) -> None:
    data = b"%PDF-1.4\n" + unit * ((MOST_BYTES - 100) // len(unit)) + b"startxref\n9\n%%EOF"
    started = time.monotonic()
    assert scans.look(data, seconds=1.0) in ("slow", "broken")
    assert scans.look(jpeg(), seconds=20.0) == ("image/jpeg", None)
    assert time.monotonic() - started < 30


def test_a_picture_of_too_many_pixels_is_called_too_large() -> None:
    head = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    assert why(data + struct.pack(">I", 64) + b"IDAT" + b"\0" * 68) == "pixels"


def test_a_pdf_that_does_something_is_refused() -> None:
    opened = blank()
    opened.root_object[NameObject("/OpenAction")] = action(S="/JavaScript", JS="app.alert(1)")
    assert why(written(opened)) == "active"
    named = blank()
    named.root_object[NameObject("/Names")] = DictionaryObject(
        {NameObject("/JavaScript"): DictionaryObject()}
    )
    assert why(written(named)) == "active"
    attached = blank()
    attached.add_attachment("x.exe", b"MZ" * 100)
    assert why(written(attached)) == "active"
    started = blank()
    started.pages[0][NameObject("/AA")] = DictionaryObject(
        {NameObject("/O"): action(S="/Launch", F="cmd.exe")}
    )
    assert why(written(started)) == "active"


def test_a_file_that_is_an_archive_too_is_refused() -> None:
    archive = b"PK\x05\x06" + b"\0" * 18
    assert why(written(blank()) + archive) == "active"
    assert why(jpeg() + archive) == "active"


def test_links_and_a_place_to_open_at_do_nothing_and_are_taken() -> None:
    writer = blank(2)
    writer.root_object[NameObject("/OpenAction")] = action(S="/GoTo", D="/Fit")
    writer.pages[0][NameObject("/Self")] = IndirectObject(1, 0, writer)
    assert look("tep.pdf", written(writer)).pages == 2


@pytest.mark.parametrize(
    ("name", "media", "shown"),
    [
        ("don.hta", "application/pdf", "don.hta.pdf"),
        ("a.exe", "image/jpeg", "a.exe.jpg"),
        ("IMG_0001.JPG", "image/jpeg", "IMG_0001.JPG"),
        ("anh.png", "image/jpeg", "anh.png.jpg"),
        ("x\u202efdp.exe", "application/pdf", "xfdp.exe.pdf"),
        ("", "image/png", "tep.png"),
        ("d" * 300, "application/pdf", "d" * 116 + ".pdf"),
    ],
)
def test_a_file_is_called_after_what_it_is(name: str, media: str, shown: str) -> None:
    assert shown_name(name, media) == shown


def picture(name: str, data: bytes) -> Brought:
    return look(name, data)


def test_photographed_pages_become_one_file_in_their_order() -> None:
    held = io.BytesIO()
    lying = Image.Exif()
    lying[0x0112] = 6
    Image.new("RGB", (60, 40), (0, 0, 200)).save(held, "JPEG", exif=lying)
    first = jpeg((40, 60), mode="L")
    clear = jpeg((10, 10), mode="RGBA", kind="PNG")
    made = join(
        [picture("Đơn trang 1.jpg", first), picture("2.jpg", held.getvalue()),
         picture("3.png", clear), picture("4.jpg", mpo())]
    )  # fmt: skip
    assert (made.name, made.media, made.pages) == ("Đơn trang 1.pdf", "application/pdf", 4)
    pages = PdfReader(io.BytesIO(made.data)).pages
    assert [page.get("/Rotate") for page in pages] == [None, 90, None, None]
    sizes = [image.image.size for page in pages for image in page.images if image.image]
    assert sizes == [(40, 60), (60, 40), (10, 10), (40, 30)]
    assert first in made.data, "a photograph loses nothing"
    assert look("again.pdf", made.data).pages == 4


def test_pages_that_are_too_large_together_are_refused() -> None:
    noise = Image.effect_noise((2600, 2600), 200).convert("RGB")
    held = io.BytesIO()
    noise.save(held, "JPEG", quality=95)
    large = picture("lon.jpg", held.getvalue())
    with pytest.raises(BadDocument) as refused:
        join([large] * (MOST_BYTES // len(large.data) + 1))
    assert refused.value.particulars["cause"] == "too_big"


def test_a_pdf_is_not_taken_apart_for_it_may_be_signed() -> None:
    with pytest.raises(BadDocument) as refused:
        join([picture("a.jpg", jpeg()), picture("b.pdf", written(blank()))])
    assert refused.value.particulars["cause"] == "alone"
    assert "một tệp PDF" in sentence(refused.value, "vi")
