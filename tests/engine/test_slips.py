"""Statutory slips: the same bytes every time, never markup from data, bounded, and readable."""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from engine.errors import BadSlip
from engine.package import from_files
from engine.slips import KINDS, Booklet, bare, issue, pictures, press, render, rendering, sample
from tests.engine.test_package import BPMN, MANIFEST

SHARED = Path(__file__).parents[2] / "processes/_shared/slips"
FILES = {path.name: path.read_bytes() for path in sorted(SHARED.glob("*.typ"))}
URL = "https://motcua.example.vn/track/H49.99.01-250701-0001"
MADE = ("receipt", "supplement", "refusal", "apology", "stop", "control")


def made(kind: str, data: dict[str, Any]) -> bytes:
    return render(FILES[f"{kind}.typ"].decode(), data, FILES)


def text(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\xa0", " ").split())


def pages(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)


@pytest.mark.parametrize("kind", MADE)
def test_a_slip_is_an_a5_page_with_the_national_heading(kind: str) -> None:
    pdf = made(kind, sample(kind))
    page = PdfReader(BytesIO(pdf)).pages[0]
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (420, 595)
    said = text(pdf)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in said
    assert "Độc lập - Tự do - Hạnh phúc" in said
    assert f"Mẫu số {KINDS[kind].form}" in said
    assert KINDS[kind].title.upper() in said
    assert "H49.99.01-250701-0001" in said
    assert "Bình Liêu, ngày 01 tháng 7 năm 2025" in said
    assert "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG" in said


def test_the_receipt_carries_every_field_of_form_01() -> None:
    data = sample("receipt") | {"fees": [{"title": "Lệ phí", "amount": 1208000}], "paid": True}
    said = text(made("receipt", data))
    for part in (
        "Số: 15/TTPVHCC",
        "Tiếp nhận hồ sơ của: Người nộp mẫu 12",
        "Địa chỉ: Thôn Nà Phạ, xã Bình Liêu, tỉnh Quảng Ninh",
        "Số điện thoại: 0912 345 678",
        "Thư điện tử: nguoinop12@example.vn",
        "Xác nhận tình trạng đất đai (mã thủ tục 9.900014)",
        "Đơn đề nghị xác nhận tình trạng đất đai: 01 bản chính",
        "Số lượng hồ sơ: 01 bộ",
        "theo quy định: 10 ngày làm việc",
        "nhận hồ sơ: 08 giờ 00 phút, ngày 01 tháng 7 năm 2025",
        "hồ sơ: 17 giờ 00 phút, ngày 15 tháng 7 năm 2025",
        "Không tính 4 ngày nghỉ",
        "Đăng ký nhận kết quả: Trực tiếp tại",
        "Lệ phí 1.208.000 đồng (đã thu)",
        "Quyển số 01/2025, Số thứ tự 12",
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        "02 liên",
    ):
        assert part in said, part


def test_the_supplement_request_says_what_why_until_when_and_whom_to_ask() -> None:
    said = text(made("supplement", sample("supplement")))
    for part in (
        "Lần thứ 1 (tối đa 2 lần), trong quá trình giải quyết",
        "1. Trích lục bản đồ địa chính",
        "Lý do: Hồ sơ chưa đủ thành phần",
        "Căn cứ pháp lý: Luật Đất đai số 31/2024/QH15",
        "chậm nhất: ngày 04 tháng 8 năm 2025",
        "tạm dừng từ 09:30 ngày 03/07/2025",
        "Trung tâm Phục vụ hành chính công xã Bình Liêu, số điện thoại 0203 3800 000",
        "NGƯỜI HƯỚNG DẪN",
    ):
        assert part in said, part


def test_the_refusal_says_the_reason_and_its_basis() -> None:
    here = {"received_at": None, "code": None}
    said = text(made("refusal", sample("refusal") | here | {"redirect": "Thuế cơ sở mẫu"}))
    assert "xã Bình Liêu thông báo không tiếp nhận, giải quyết hồ sơ này với lý do" in said
    assert "NGƯỜI TIẾP NHẬN HỒ SƠ" in said
    assert "Thửa đất đang có tranh chấp" in said
    assert "1. Điều 235 Luật Đất đai" in said
    assert "Đề nghị nộp hồ sơ tại: Thuế cơ sở mẫu" in said


def test_what_was_received_is_refused_by_whoever_decides() -> None:
    said = text(made("refusal", sample("refusal")))
    assert "Uỷ ban nhân dân xã Bình Liêu thông báo không giải quyết hồ sơ này với lý do" in said
    assert "NGƯỜI ĐỨNG ĐẦU CƠ QUAN GIẢI QUYẾT" in said
    assert "TIẾP NHẬN HỒ SƠ" not in said.replace("PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ", "")


def test_a_refusal_without_a_basis_has_no_empty_heading() -> None:
    assert "Căn cứ pháp lý" not in text(made("refusal", sample("refusal") | {"legal_basis": []}))


def test_the_receipt_says_in_letters_what_its_picture_says() -> None:
    said = text(made("receipt", sample("receipt")))
    assert "Mã bí mật 7QK4-M2ZP- 9XAB-CD12" in said
    assert "Mã bí mật" not in text(made("supplement", sample("supplement") | {"tracking_url": URL}))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_may_be_missing_is_missing_and_the_slip_is_made_all_the_same(kind: str) -> None:
    assert bare(kind).keys() == sample(kind).keys() == KINDS[kind].keys
    assert text(made(kind, bare(kind)))


@pytest.mark.parametrize("lines", [0, 1, 2])
@pytest.mark.parametrize("kind", ["apology", "stop", "refusal"])
def test_no_signature_stands_alone_on_a_page(kind: str, lines: int) -> None:
    for length in range(900 + 90 * lines, 3_600, 270):
        sheets = PdfReader(BytesIO(made(kind, sample(kind) | {"reason": "lý do " * (length // 6)})))
        final = " ".join(sheets.pages[-1].extract_text().replace("\xa0", " ").split())
        if "NGƯỜI ĐỨNG ĐẦU" in final:
            assert "./." in final


@pytest.mark.parametrize("kind", MADE)
def test_the_same_data_give_the_same_bytes_also_in_another_process(kind: str) -> None:
    first = made(kind, sample(kind))
    assert made(kind, sample(kind)) == first
    other = press.Press()
    try:
        template = FILES[f"{kind}.typ"].decode()
        again = other.typeset(rendering.sources(template, FILES), rendering.inputs(sample(kind)))
        assert again[0] == first
    finally:
        other.close()


def test_long_names_and_twelve_papers_stay_within_two_pages() -> None:
    data = sample("receipt", papers=12) | {"trial": True, "number": None, "channel": None}
    data["applicant"] = {
        "name": "Người nộp mẫu có họ và tên rất dài " * 2,
        "organisation": "Công ty trách nhiệm hữu hạn một thành viên mẫu",
        "address": "Số nhà 1234, ngõ 56, đường Mẫu, tổ dân phố 12, thôn Nà Phạ, " * 2,
        "phone": "0912 345 678",
        "email": "x" * 60 + "@example.vn",
    }
    pdf = made("receipt", data)
    assert pages(pdf) <= 2
    assert pages(made("receipt", sample("receipt"))) == 1


def test_only_a_trial_slip_is_marked() -> None:
    assert "THỬ NGHIỆM" in text(made("receipt", sample("receipt") | {"trial": True}))
    assert "THỬ NGHIỆM" not in text(made("receipt", sample("receipt")))


def test_an_instant_procedure_promises_nothing_later() -> None:
    data = sample("receipt") | {"promised_at": None, "explanation": None, "papers": []}
    said = text(made("receipt", data))
    assert "trả kết quả ngay khi tiếp nhận" in said
    assert "Không có giấy tờ kèm theo" in said


def test_a_visit_without_dossier_has_no_code_and_no_qr() -> None:
    data = sample("refusal") | {"code": "", "tracking_url": None}
    assert "Mã hồ sơ" not in text(made("refusal", data))


def test_pictures_give_a_png_a_page() -> None:
    found = pictures(FILES["receipt.typ"].decode(), sample("receipt", papers=14), FILES)
    assert len(found) == 2
    assert all(page.startswith(b"\x89PNG") for page in found)


HOSTILE = (
    "#strong[x] *b* _i_ $x^2$ `raw` <label> @ref https://x.vn \\ // comment /* c */",
    '#read("/etc/passwd") #import "@preview/x:0.1.0" #panic("x")',
    "]] }} )) #{ \" ' \\u{0} \x00 \u202e đảo ngược",
    "= Tiêu đề\n- mục\n+ số\n/ a: b",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_type_is_printed_and_never_obeyed(words: str) -> None:
    data = sample("refusal") | {"reason": words, "place": words, "centre": words}
    data["applicant"] = {"name": words, "address": words, "phone": words, "email": words}
    said = text(made("refusal", data)).replace("\u200b", "")
    for word in words.replace("\x00", "").replace("\u202e", "").split()[:3]:
        assert word in said.replace(" ", "") or word in said


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_makes_a_slip(name: str, reason: str) -> None:
    data = sample("refusal") | {"reason": reason}
    data["applicant"] = {"name": name, "address": reason, "phone": name, "email": None}
    assert made("refusal", data).startswith(b"%PDF")


@pytest.mark.parametrize(
    "template",
    [
        '#read("/etc/passwd")',
        '#read("engine/errors.py")',
        '#read("../errors.py")',
        '#image("LiberationSerif-Regular.txt")',
        '#import "@preview/cetz:0.3.0"',
        '#let p = "@preview/cetz:0.3.0"\n#import p: *',
        '#include "/etc/passwd"',
        '#eval("1")',
        '#plugin("x.wasm")',
        "#nothing",
        "#let x = (",
        "#while true { }",
        '#{"x".repeat(10)}\n#panic("x")',
    ],
)
def test_a_template_reaches_nothing_and_its_fault_is_a_bad_slip(template: str) -> None:
    with pytest.raises(BadSlip):
        render(template, sample("receipt"), FILES)


def test_a_template_that_takes_too_long_is_stopped_and_the_next_slip_still_comes() -> None:
    slow = (
        "#{ let n = 0; for i in range(9000) { for j in range(9000) { n += calc.rem(i, 7) } }; n }"
    )
    own = press.Press()
    try:
        with pytest.raises(BadSlip) as caught:
            own.typeset({"main.typ": slow}, "{}", seconds=0.5)
        assert caught.value.cause == "time"
        assert own.typeset({"main.typ": "x"}, "{}")[0].startswith(b"%PDF")
    finally:
        own.close()


@pytest.mark.slow
def test_a_template_that_wants_all_memory_is_stopped() -> None:
    own = press.Press()
    greedy = '#{ let s = "x" * 1000; for i in range(30) { s += s }; s.len() }'
    try:
        with pytest.raises(BadSlip):
            own.typeset({"main.typ": greedy}, "{}", seconds=20)
        assert own.typeset({"main.typ": "x"}, "{}")[0].startswith(b"%PDF")
    finally:
        own.close()


def test_a_forked_process_has_a_press_of_its_own_and_leaves_ours_alone() -> None:
    first = made("refusal", sample("refusal"))
    ours = press.PRESS
    child = os.fork()
    if child == 0:
        same = press.PRESS is not ours and made("refusal", sample("refusal")) == first
        press.PRESS.close()
        os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert press.PRESS is ours
    assert made("refusal", sample("refusal")) == first


def test_too_much_data_and_data_that_are_no_data_are_refused() -> None:
    with pytest.raises(BadSlip):
        made("refusal", sample("refusal") | {"reason": "x" * 300_000})
    with pytest.raises(BadSlip):
        made("refusal", sample("refusal") | {"reason": object()})
    with pytest.raises(BadSlip):
        made("refusal", sample("refusal") | {"tracking_url": "https://x.vn/" + "a" * 5000})


def test_issue_takes_the_procedures_own_template_before_the_shared_one() -> None:
    files = {"procedure.toml": MANIFEST.encode(), "process.bpmn": BPMN}
    files |= {f"shared/slips/{name}": data for name, data in FILES.items()}
    own = b'#import "head.typ": *\n#show: slip.with(form: "03", title: "Ri\xc3\xaang")\n#d.reason'
    shared = from_files(files)
    special = from_files(files | {"slips/refusal.typ": own})
    assert "PHIẾU TỪ CHỐI" in text(issue(shared, "refusal", sample("refusal")))
    assert "RIÊNG" in text(issue(special, "refusal", sample("refusal")))
    for kind, data in (("ledger", {"centre": "x"}), ("letter", {}), ("refusal", {"reason": "x"})):
        with pytest.raises(BadSlip) as caught:
            issue(shared, kind, data)
        assert caught.value.slip == kind


@pytest.mark.slow
def test_a_long_ledger_is_bound_from_parts_and_names_everybody_once() -> None:
    files = {"procedure.toml": MANIFEST.encode(), "process.bpmn": BPMN}
    package = from_files(files | {f"shared/slips/{name}": data for name, data in FILES.items()})
    data = sample("ledger")
    row = {**data["rows"][0], "serial": None}
    data["rows"] = [{**row, "code": f"H49.99.01-250701-{n:04}"} for n in range(1, 902)]
    pdf = Booklet(package, "ledger", data).pdf()
    sheets = PdfReader(BytesIO(pdf)).pages
    said = [" ".join(page.extract_text().split()) for page in sheets]
    codes = re.findall(r"H49\.99\.01-250701-(\d{4})", " ".join(said))
    assert codes == [f"{n:04}" for n in range(1, 902)]
    serials = re.findall(r"(\d+) H49\.99\.01-250701", " ".join(said))
    assert serials == [str(n) for n in range(1, 902)]
    assert [re.findall(r"Trang (\d+)", page) for page in said] == [
        [str(n)] for n in range(1, len(sheets) + 1)
    ]
    assert sum("SỔ THEO DÕI HỒ SƠ" in page for page in said) == 1
    assert len(pdf) < 400_000
