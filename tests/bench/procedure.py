"""The smallest procedure around the bench diagram: two fields at the counter, one elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

from engine.package import Package, from_files

NAME = "land-confirmation-bench"
ROOT = Path(__file__).parents[2]
DIAGRAM = ROOT / "tests" / "engine_bpmn" / "land_confirmation_bench.bpmn"
STEPS = ("Receive", "Verify", "CheckCadastre", "CollectFee", "Approve", "ReturnResult")
MANIFEST = """
code = "9.900098"
name = "land-confirmation-bench"
level = "commune"
process = "land_confirmation_bench"
limit = "15 working days"
restart_on_resume = false
instant = false
channels = ["counter"]
papers = []
fees = []
legal_basis = [{ vi = "Văn bản mẫu", en = "Sample document" }]
title = { vi = "Xác nhận đất đai (đo tốc độ)", en = "Land confirmation (bench)" }
summary = { vi = "Thủ tục mẫu để đo tốc độ", en = "A sample procedure for measuring" }
keywords = { vi = "đất đai", en = "land" }
result = { vi = "Giấy mẫu", en = "Sample paper" }
deciding = { two-level = "commune", three-level = "commune" }
[lanes."Reception"]
role = "reception"
unit = "receiving"
[lanes."Registry"]
role = "reception"
unit = "receiving"
[lanes."Cadastre"]
role = "reception"
unit = "receiving"
[lanes."Accounting"]
role = "reception"
unit = "receiving"
[lanes."Head"]
role = "reception"
unit = "receiving"
"""
COUNTER = {
    "complete": {"type": "boolean"},
    "case_seq": {"type": "integer", "minimum": 1},
}
LATER = {"note": {"type": "string", "maxLength": 200}}
WALK = """
title = { vi = "Đủ điều kiện", en = "In order" }
start = 2025-07-07T08:00:00
[applicant]
name = "Hồ sơ mẫu 01"
citizen_id = "022080000001"
[[steps]]
step = "Receive"
at = 2025-07-07T08:00:00
by = "reception"
answers = { complete = true, case_seq = 1 }
[expect]
"""


def package() -> Package:
    """The files as a release holds them; the diagram is the file itself, unchanged."""
    files = {
        "procedure.toml": MANIFEST.encode(),
        "process.bpmn": DIAGRAM.read_bytes(),
        "walks/plain.toml": WALK.encode(),
    }
    for step in STEPS:
        fields = COUNTER if step == STEPS[0] else LATER
        required = list(COUNTER) if step == STEPS[0] else []
        schema = {"type": "object", "properties": fields, "required": required}
        words = {name: {"label": {"vi": name, "en": name}} for name in fields}
        files[f"forms/{step}.schema.json"] = json.dumps(schema).encode()
        files[f"forms/{step}.ui.json"] = json.dumps({"fields": words}).encode()
    for slip in (ROOT / "processes" / "_shared" / "slips").glob("*.typ"):
        files[f"shared/slips/{slip.name}"] = slip.read_bytes()
    return from_files(files)
