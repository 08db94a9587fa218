"""What is wrong with a package is named: rule, file, element, line, and what was probably meant."""

from __future__ import annotations

import json

import pytest

from engine.bpmn.finding import Finding
from engine.check import check_files, check_package, coverage, taken, uncovered
from engine.check.catalogue import SERVICES
from engine.commands.services import OPERATORS
from engine.package import from_files
from engine.play import Result
from tests.engine.checked import PROCESS, form, good, rules, spoiled


def test_a_good_package_has_no_finding_at_all() -> None:
    assert check_files(good()) == ()
    assert check_package(from_files(good())) == ()


MANIFEST = [
    ('level = "commune"', 'level = "hamlet"', "manifest.bad-value"),
    ('level = "commune"', 'lvel = "commune"', "manifest.unknown-key"),
    ('code = "1.000001"', 'code = "A1"', "manifest.bad-code"),
    ('name = "sample"', 'name = "Sample One"', "manifest.bad-value"),
    ('limit = "5 working days"', 'limit = "five days"', "manifest.bad-limit"),
    ('limit = "23 days"', 'limit = "23 moons"', "manifest.bad-limit"),
    ('process = "Sample"', 'process = "Smaple"', "manifest.no-process"),
    ('process = "Sample"', 'process = ""', "manifest.missing-key"),
    ('territory_field = "commune"', 'territory_field = "comune"', "manifest.unknown-field"),
    ('legal_basis = [{ vi = "Luật mẫu", en = "Sample law" }]', "", "manifest.no-legal-basis"),
    ('en = "Sample procedure"', "", "manifest.no-english"),
    ('vi = "Thủ tục mẫu"', "", "manifest.missing-key"),
    ('role = "officer"', 'role = "oficer"', "manifest.unknown-role"),
    ('unit = "deciding"', 'unit = "partner:church"', "manifest.unknown-unit"),
    ('unit = "deciding"', 'unit = "fixed:"', "manifest.unknown-unit"),
    ('[lanes."Chuyên môn"]', '[lanes."Chuyên mon"]', "lane.unmapped"),
    ('[lanes."Chuyên môn"]', '[lanes."Chuyên mon"]', "manifest.unused-lane"),
    ('two-level = "commune"', "", "manifest.no-deciding"),
    ('two-level = "commune"', 'two-level = "village"', "manifest.bad-value"),
    ('decision = "copy_fee"', 'decision = "copi_fee"', "manifest.unknown-decision"),
    ('decision = "copy_fee"', 'decision = "copy_fee"\namount = 5', "manifest.fee-amount"),
    ('decision = "copy_fee"', "", "manifest.fee-amount"),
    ('key = "copy"', 'key = "copy"\nwhen = "later"', "manifest.bad-value"),
    ('key = "request"', 'key = "request"\nkind = "scan"', "manifest.bad-value"),
    ('key = "request"', 'key = "request"\nquantity = 0', "manifest.bad-value"),
    ('key = "request"', 'key = "Yêu cầu"', "manifest.bad-value"),
    ("and not represented'", "and while'", "manifest.bad-expression"),
    ("and not represented'", "and comune'", "manifest.unknown-field"),
    ("[registers.papers]", "[registers.letters]", "service.unknown-register"),
    ("[registers.papers]", "[registers.letters]", "manifest.unused-register"),
    ("[limits.verification]", "[limits.verify]", "property.unknown-limit"),
    ("[limits.verification]", "[limits.verify]", "manifest.unused-limit"),
    (
        "[registers.papers]",
        "[supplement]\ndays = 30\n[registers.papers]",
        "manifest.unused-supplement",
    ),
    ('decision = "copy_fee"', 'decision = "copy_fee"\nlocal = true', "manifest.fee-amount"),
    ('decision = "copy_fee"', 'decision = "copy_fee"\nonly = "comune"', "manifest.unknown-field"),
    ('decision = "copy_fee"', 'amount = 5\neach = "comune"', "manifest.unknown-field"),
    ('decision = "copy_fee"', 'amount = 5\nonly = "and"', "manifest.bad-expression"),
    (
        'decision = "copy_fee"',
        'amount = 5\nonly = "represented"\nwhen = "return"',
        "manifest.bad-value",
    ),
]


@pytest.mark.parametrize(("old", "new", "rule"), MANIFEST)
def test_a_wrong_manifest_is_named(old: str, new: str, rule: str) -> None:
    found = rules(spoiled("procedure.toml", old, new))
    assert rule in found
    home = "process.bpmn" if rule.split(".")[0] in ("lane", "service", "property") else None
    assert found[rule].file == (home or "procedure.toml")


DIAGRAM = [
    ('value="Receive.schema.json"', 'value="Recieve.schema.json"', "form.missing"),
    ('value="2 working days"', 'value="two days"', "property.bad-limit"),
    ('name="timeLimit"', 'name="timelimit"', "property.unknown"),
    ('name="status" value="2"', 'name="status" value="11"', "property.bad-value"),
    ('name="status" value="2"', 'name="clock" value="stopped"', "property.bad-value"),
    ('name="status" value="2"', 'name="clock" value="paused"', "property.no-reason"),
    ('name="status" value="2"', 'name="slip" value="reciept"', "slip.unknown"),
    ('name="status" value="2"', 'name="slip" value="apology"', "slip.no-template"),
    ('name="status" value="2"', 'name="operator" value="notify"', "property.misplaced"),
    ('value="Cán bộ đang xem"', 'value="x"', "property.bad-value"),
    ('From" value="Receive"', 'From" value="Recieve"', "property.unknown-step"),
    ('From" value="Receive"', 'From" value="Outcome"', "property.not-a-person"),
    ('From" value="Receive"', 'From" value="Appraise"', "property.not-a-person"),
    ('id="take_number"', 'id="take_nubmer"', "service.unknown"),
    ('id="register" type', 'id="rgister" type', "service.missing-parameter"),
    ('id="register" type', 'id="rgister" type', "service.unknown-parameter"),
    ("""value='"papers"'""", """value='"letters"'""", "service.unknown-register"),
    ("""value='"papers"'""", """value='["papers"]'""", "service.unknown-register"),
    ("""value='"refusal"'""", """value='{"refusal": 1}'""", "slip.unknown"),
    ('id="take_number"', 'id="charge_fee"', "service.missing-parameter"),
    ('resultVariable="number"', "", "service.result-lost"),
    ('id="reason" type', 'id="note" type', "service.missing-parameter"),
    ("""value='"refusal"'""", """value='"supplement"'""", "service.missing-parameter"),
    ("""value='"refusal"'""", """value='"refused"'""", "slip.unknown"),
    ("""value='"refusal"'""", """value='"stop"'""", "slip.no-template"),
    ('outcome == "refuse"', 'outcom == "refuse"', "name.unknown"),
    ('outcome == "refuse"', "number > 3", "name.maybe-unset"),
    ('outcome == "refuse"', 'outcome == "ok"', "name.optional"),
    ('resultVariable="number"', 'resultVariable="dossier"', "name.reserved"),
    ("<bpmn:flowNodeRef>Appraise</bpmn:flowNodeRef>", "", "lane.unmapped"),
    ('id="Number" name', 'id="Numbr" name', "walk.unknown-step"),
    ('outcome == "refuse"', "import os", "bpmn.bad-expression"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule"), DIAGRAM)
def test_a_wrong_diagram_is_named(old: str, new: str, rule: str) -> None:
    found = rules(spoiled("process.bpmn", old, new))
    assert rule in found
    if not rule.startswith("walk."):
        assert found[rule].file == "process.bpmn"
        assert found[rule].element
        assert (found[rule].line or 0) > 1


def test_a_finding_points_to_the_drawn_element_and_guesses_what_was_meant() -> None:
    finding = rules(spoiled("process.bpmn", 'name="timeLimit"', 'name="timelimit"'))[
        "property.unknown"
    ]
    assert (finding.element, finding.name, finding.kind) == ("Appraise", "Thẩm định", "userTask")
    assert finding.severity == "warning"
    line = PROCESS.splitlines()[(finding.line or 0) - 1]
    assert 'id="Appraise"' in line
    assert finding.particulars["meant"] == "timeLimit"


def test_a_step_without_form_or_with_half_a_form_is_named() -> None:
    files = spoiled("process.bpmn", 'value="Receive.schema.json"', 'value=""')
    assert "form.none" not in rules(files)  # forms/Receive.schema.json is taken by the step's id
    del files["forms/Receive.schema.json"]
    found = rules(files)
    assert found["form.none"].element == "Receive"
    assert found["form.none"].particulars["example"] == "Receive.schema.json"
    assert found["form.unused"].file == "forms/Receive.ui.json"
    half = good()
    del half["forms/Appraise.ui.json"]
    assert rules(half)["form.no-ui"].element == "Appraise"


def test_a_form_that_is_no_json_or_that_nobody_uses_is_named() -> None:
    assert "form.unreadable" in rules(good() | {"forms/Receive.schema.json": b"{"})
    assert "form.unused" in rules(good() | {"forms/Other.schema.json": b"{}"})


def test_a_step_outside_every_lane_and_pool_belongs_to_nobody() -> None:
    files = spoiled("process.bpmn", 'processRef="Sample"', 'processRef="Other"')
    text = files["process.bpmn"].replace(b"<bpmn:flowNodeRef>Appraise</bpmn:flowNodeRef>", b"")
    assert rules(files | {"process.bpmn": text})["lane.none"].element == "Appraise"


def test_a_diagram_that_does_not_begin_at_the_counter_is_told() -> None:
    found = rules(spoiled("procedure.toml", 'unit = "receiving"', 'unit = "deciding"'))
    assert found["counter.none"].severity == "info"


def test_a_key_of_older_forms_that_nothing_reads_is_named_and_stops_nothing() -> None:
    files = good()
    path = next(name for name in files if name.endswith(".ui.json"))
    ui = json.loads(files[path])
    next(iter(ui["fields"].values()))["print"] = True
    found = rules(files | {path: json.dumps(ui).encode()})["form.unread"]
    assert found.severity == "warning"
    assert ".print" in str(found.particulars["value"])


def test_a_slip_that_does_not_compile_or_is_missing_is_named() -> None:
    broken = rules(good() | {"slips/receipt.typ": b"#nothing"})["slip.broken"]
    assert broken.file == "slips/receipt.typ"
    assert "unknown variable" in str(broken.particulars["detail"])
    assert "slip.broken" in rules(good() | {"slips/receipt.typ": b"\xff\xfe"})
    assert "slip.unknown" in rules(good() | {"slips/recipt.typ": b""})
    without = good()
    del without["shared/slips/refusal.typ"]
    assert "slip.no-template" in rules(without)


def test_a_template_that_prints_what_no_slip_or_not_every_slip_knows_is_named() -> None:
    shared = good()["shared/slips/refusal.typ"]
    found = rules(good() | {"slips/refusal.typ": shared + b"\n#d.weather"})
    assert "weather" in str(found["slip.broken"].particulars["detail"])
    # A preview has one; a refusal at the counter, or one that a diagram draws, may have none.
    found = rules(good() | {"slips/refusal.typ": shared + b"\n#d.redirect.len()"})
    assert "slip.broken" in found
    careful = shared + b'\n#if get("redirect") != none { d.redirect.len() }'
    assert "slip.broken" not in rules(good() | {"slips/refusal.typ": careful})


WALKS = [
    ("start = 2025-07-01T08:00:00", "", "walk.missing-key"),
    ("start = 2025-07-01T08:00:00", 'start = "today"', "walk.bad-value"),
    ('by = "officer"', 'by = "the boss"', "walk.bad-value"),
    ("at = 2025-07-02T08:00:00", 'at = "then"', "walk.bad-value"),
    ('on_time = "early"', 'on_time = "soon"', "walk.bad-value"),
    ('step = "Appraise"', 'step = "Apprise"', "walk.unknown-step"),
    ('"Number"]', '"Numbr"]', "walk.unknown-step"),
    ("[expect]", "[expects]", "walk.missing-key"),
    ("[expect]", "[expects]", "walk.unknown-key"),
    ("[expect]", "[expect", "walk.unreadable"),
    ('answers = { outcome = "ok" }', "answers = 3", "walk.bad-value"),
]


@pytest.mark.parametrize(("old", "new", "rule"), WALKS)
def test_a_wrong_walk_is_named(old: str, new: str, rule: str) -> None:
    assert rules(spoiled("walks/plain.toml", old, new))[rule].file == "walks/plain.toml"


def test_a_package_without_walk_is_not_ready() -> None:
    files = good()
    del files["walks/plain.toml"]
    assert rules(files)["walk.none"].severity == "error"


def test_flows_no_walk_has_taken_are_named() -> None:
    package = from_files(good())
    flows = {"F1", "F2", "F3", "F4", "F6"}
    missed = coverage(package, flows)
    assert [finding.particulars["flow"] for finding in missed] == ["F5", "F7"]
    assert missed[0].particulars["label"] == "Từ chối"
    assert missed[0].particulars["target"] == "Gửi phiếu từ chối"
    assert coverage(package, flows | {"F5", "F7"}) == ()


def way(*touched: str) -> tuple[tuple[str, bool], ...]:
    """Elements that were passed; one in brackets was only waited at."""
    return tuple((one.strip("()"), not one.startswith("(")) for one in touched)


def test_of_a_choice_only_the_flow_that_was_taken_counts() -> None:
    package = from_files(good())
    refused = way("Begin", "Receive", "Appraise", "Outcome", "Refuse", "Refused")
    signed = way("Begin", "Receive", "Appraise", "Outcome", "Number", "Done")
    assert taken(package, [refused]) == {"F1", "F2", "F3", "F5", "F7"}
    assert taken(package, [signed]) == {"F1", "F2", "F3", "F4", "F6"}
    assert taken(package, [refused, signed]) == {f"F{n}" for n in range(1, 8)}


def test_a_step_that_was_only_waited_at_has_not_been_left() -> None:
    package = from_files(good())
    assert taken(package, [way("Begin", "Receive", "(Appraise)")]) == {"F1", "F2"}
    again = way("Appraise", "Outcome", "(Number)", "Appraise", "Outcome", "Refuse")
    assert {"F4", "F5"} <= taken(package, [again])


def test_what_no_walk_took_is_asked_once_the_walks_are_right() -> None:
    package = from_files(good())
    signed = way("Begin", "Receive", "Appraise", "Outcome", "Number", "Done")
    missed = uncovered(package, [Result("plain", True, (), (), signed)])
    assert [finding.particulars["flow"] for finding in missed] == ["F5", "F7"]
    assert uncovered(package, [Result("plain", False, ("x",), (), signed)]) == ()
    assert uncovered(package, []) == ()


def test_a_computed_field_may_read_what_day_it_is() -> None:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    late = {"widget": "readonly", "compute": "days_between(today, today) > 60"}
    schema, ui = form({"commune": text, "late": {"type": "boolean"}}, ["commune"], late=late)
    files = good() | {"forms/Receive.schema.json": schema, "forms/Receive.ui.json": ui}
    assert check_files(files) == ()


def test_a_file_nobody_looks_at_is_named_but_notes_are_not() -> None:
    assert rules(good() | {"notes.docx": b""})["file.unused"].file == "notes.docx"
    assert check_files(good() | {"README.md": b"x"}) == ()


def test_files_that_make_no_package_are_told_all_the_same() -> None:
    files = good()
    del files["procedure.toml"]
    assert set(rules(files)) == {"package.unreadable"}
    toml = rules(good() | {"procedure.toml": b"code = "})
    assert toml["manifest.unreadable"].file == "procedure.toml"
    both = rules(spoiled("procedure.toml", "5 working days", "soon") | {"process.bpmn": b"<a"})
    assert {"manifest.bad-limit", "bpmn.unreadable"} <= set(both)


def test_errors_come_first_and_each_finding_once() -> None:
    files = spoiled("process.bpmn", 'outcome == "refuse"', "outcom == outcom and outcom")
    found = check_files(files | {"x.docx": b""})
    assert [f.severity for f in found] == sorted(
        (f.severity for f in found), key="error warning info".index
    )
    assert len([f for f in found if f.rule == "name.unknown"]) == 1


# what is set on the way


def conditioned(text: str, **appraise: dict[str, object]) -> dict[str, Finding]:
    files = spoiled("process.bpmn", 'outcome == "refuse"', text)
    schema, ui = form(
        {
            "outcome": {"type": "string", "enum": ["ok", "refuse", "other"]},
            "why": {"type": "string", "minLength": 1, "maxLength": 200},
            "area": {"type": "number", "minimum": 0, "maximum": 10},
        },
        ["outcome", "why"],
        **{"why": {"visibleWhen": 'outcome in ("refuse", "other")'}, **appraise},
    )
    return rules(files | {"forms/Appraise.schema.json": schema, "forms/Appraise.ui.json": ui})


def test_a_field_shown_on_this_way_counts_as_filled() -> None:
    assert conditioned('outcome == "refuse"') == {}
    assert conditioned('outcome == "refuse" and commune != "x"') == {}
    assert "name.optional" in conditioned('outcome != "ok"')
    assert "name.optional" in conditioned('commune == "x"')


RULES_ACROSS = [
    ("area > 5 and today > '2025-01-01' and len(commune) > 1", "area", set()),
    ("aria > 5", "area", {"aria"}),
    ("pages > area", "papers.pages", set()),
    ("pages > 3", "area", {"pages"}),  # which row's?
    ("loopCounter > 3", "area", {"loopCounter"}),
]


@pytest.mark.parametrize(("when", "field", "unknown"), RULES_ACROSS)
def test_a_rule_across_fields_reads_names_that_are_there(
    when: str, field: str, unknown: set[str]
) -> None:
    assert across(good()["process.bpmn"].decode(), when, field) == unknown


def test_a_rule_across_fields_of_an_instance_knows_its_number_and_its_item() -> None:
    task = PROCESS.replace(
        "<bpmn:incoming>F2</bpmn:incoming><bpmn:outgoing>F3</bpmn:outgoing>",
        "<bpmn:incoming>F2</bpmn:incoming><bpmn:outgoing>F3</bpmn:outgoing>"
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true">'
        "<bpmn:loopDataInputRef>[1, 2]</bpmn:loopDataInputRef>"
        '<bpmn:inputDataItem id="I" name="copy"/></bpmn:multiInstanceLoopCharacteristics>',
    )
    assert across(task, "loopCounter > 0 and copy > 1 and copi > 2", "area") == {"copi"}


def across(process: str, when: str, field: str) -> set[str]:
    """The unknown names that the check finds at Appraise with that rule across its fields."""
    rows = {"type": "object", "properties": {"pages": {"type": "integer"}}, "required": ["pages"]}
    fields = {
        "outcome": {"type": "string", "enum": ["ok", "refuse"]},
        "why": {"type": "string", "maxLength": 200},
        "area": {"type": "number", "minimum": 0, "maximum": 10},
        "papers": {"type": "array", "items": rows, "maxItems": 3},
    }
    schema, ui = form(fields, ["outcome", "area"])
    both = {"vi": "Diện tích quá lớn", "en": "Too large"}
    look = json.loads(ui) | {"checks": [{"when": when, "field": field, "message": both}]}
    written = {"schema": schema, "ui": json.dumps(look).encode()}
    files = {f"forms/Appraise.{kind}.json": text for kind, text in written.items()}
    found = check_files(good() | files | {"process.bpmn": process.encode()})
    return {
        str(f.particulars["value"])
        for f in found
        if f.rule in ("name.unknown", "name.maybe-unset") and f.element == "Appraise"
    }


def test_the_default_way_knows_what_the_others_exclude() -> None:
    files = spoiled("process.bpmn", 'default="F4"', 'default="F5"')
    text = files["process.bpmn"].decode()
    text = text.replace(
        '<bpmn:sequenceFlow id="F4" sourceRef="Outcome" targetRef="Number"/>',
        '<bpmn:sequenceFlow id="F4" sourceRef="Outcome" targetRef="Number">'
        '<bpmn:conditionExpression>outcome == "ok"</bpmn:conditionExpression></bpmn:sequenceFlow>',
    ).replace(
        '<bpmn:conditionExpression>outcome == "refuse"</bpmn:conditionExpression>',
        "",
    )
    assert check_files(files | {"process.bpmn": text.encode()}) == ()


def test_a_branch_on_a_field_that_may_stay_empty_is_a_warning() -> None:
    finding = conditioned("area > 3 and outcome == 'refuse'")["name.optional"]
    assert finding.particulars["value"] == "area"
    assert finding.severity == "warning"


def test_a_computed_field_is_always_there() -> None:
    found = conditioned("area > 3 and outcome == 'refuse'", area={"compute": "1 + 1"})
    assert "name.optional" not in found


def test_forms_may_show_what_earlier_steps_know_and_nothing_else() -> None:
    assert conditioned("outcome == 'refuse'", area={"default": "len(commune)"}) == {}
    found = conditioned("outcome == 'refuse'", area={"default": "len(comune)"})
    assert found["name.unknown"].particulars["meant"] == "commune"


LOOPED = """<bpmn:scriptTask id="Set" name="Đặt" scriptFormat="python">
<bpmn:incoming>F2</bpmn:incoming><bpmn:outgoing>F8</bpmn:outgoing>
<bpmn:script>{script}</bpmn:script></bpmn:scriptTask>
<bpmn:sequenceFlow id="F8" sourceRef="Set" targetRef="Appraise"/>"""


def scripted(script: str, condition: str) -> dict[str, Finding]:
    text = PROCESS.replace(
        'sourceRef="Receive" targetRef="Appraise"/>', 'sourceRef="Receive" targetRef="Set"/>'
    )
    text = text.replace("</bpmn:process>", LOOPED.format(script=script) + "</bpmn:process>")
    text = text.replace('outcome == "refuse"', f'outcome == "refuse" and {condition}')
    text = text.replace("</bpmn:lane>", "<bpmn:flowNodeRef>Set</bpmn:flowNodeRef></bpmn:lane>", 1)
    return rules(good() | {"process.bpmn": text.encode()})


def test_a_script_sets_names_for_what_follows() -> None:
    assert scripted("rounds = 0", "rounds == 0") == {}
    assert scripted("rounds = rounds + 1", "rounds == 0")["name.maybe-unset"].element == "Set"
    assert scripted("rounds = 0", "ronds == 0")["name.unknown"].particulars["meant"] == "rounds"
    assert scripted("dossier = 0", "True")["name.reserved"].element == "Set"


def test_the_catalogue_promises_what_is_performed() -> None:
    assert set(SERVICES) == set(OPERATORS)
