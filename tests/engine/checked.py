"""A small package without a single finding, and ways to spoil it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from engine.bpmn.finding import Finding
from engine.check import check_files

SHARED = Path(__file__).parents[2] / "processes/_shared/slips"

MANIFEST = """
code = "1.000001"
name = "sample"
level = "commune"
process = "Sample"
limit = "5 working days"
territory_field = "commune"
legal_basis = [{ vi = "Luật mẫu", en = "Sample law" }]

[title]
vi = "Thủ tục mẫu"
en = "Sample procedure"

[limits.verification]
limit = "23 days"
title = { vi = "Có xác minh", en = "With verification" }

[[papers]]
key = "request"
title = { vi = "Đơn", en = "Request" }
when = 'commune != "" and not represented'

[[fees]]
key = "copy"
title = { vi = "Phí", en = "Fee" }
decision = "copy_fee"

[lanes."Tiếp nhận"]
role = "reception"
unit = "receiving"

[lanes."Chuyên môn"]
role = "officer"
unit = "deciding"

[deciding]
two-level = "commune"

[registers.papers]
title = { vi = "Sổ mẫu", en = "Sample register" }
"""

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="D" targetNamespace="http://sample">
<bpmn:collaboration id="C"><bpmn:participant id="Pool" name="Mẫu" processRef="Sample"/>
</bpmn:collaboration>
<bpmn:process id="Sample" isExecutable="true">
  <bpmn:laneSet id="Lanes">
    <bpmn:lane id="L1" name="Tiếp nhận">
      <bpmn:flowNodeRef>Begin</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Receive</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Done</bpmn:flowNodeRef>
    </bpmn:lane>
    <bpmn:lane id="L2" name="Chuyên môn">
      <bpmn:flowNodeRef>Appraise</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Outcome</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Refuse</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Number</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Refused</bpmn:flowNodeRef>
    </bpmn:lane>
  </bpmn:laneSet>
  <bpmn:startEvent id="Begin"><bpmn:outgoing>F1</bpmn:outgoing></bpmn:startEvent>
  <bpmn:userTask id="Receive" name="Nhận giấy tờ">
    <bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="formJsonSchemaFilename" value="Receive.schema.json"/>
      <spiffworkflow:property name="status" value="2"/>
    </spiffworkflow:properties></bpmn:extensionElements>
    <bpmn:incoming>F1</bpmn:incoming><bpmn:outgoing>F2</bpmn:outgoing>
  </bpmn:userTask>
  <bpmn:userTask id="Appraise" name="Thẩm định">
    <bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="formJsonSchemaFilename" value="Appraise.schema.json"/>
      <spiffworkflow:property name="timeLimit" value="2 working days"/>
      <spiffworkflow:property name="limit" value="verification"/>
      <spiffworkflow:property name="separateFrom" value="Receive"/>
      <spiffworkflow:property name="milestone" value="Cán bộ đang xem"/>
    </spiffworkflow:properties></bpmn:extensionElements>
    <bpmn:incoming>F2</bpmn:incoming><bpmn:outgoing>F3</bpmn:outgoing>
  </bpmn:userTask>
  <bpmn:exclusiveGateway id="Outcome" name="Kết quả?" default="F4">
    <bpmn:incoming>F3</bpmn:incoming><bpmn:outgoing>F4</bpmn:outgoing><bpmn:outgoing>F5</bpmn:outgoing>
  </bpmn:exclusiveGateway>
  <bpmn:serviceTask id="Number" name="Lấy số">
    <bpmn:extensionElements>
      <spiffworkflow:serviceTaskOperator id="take_number" resultVariable="number">
        <spiffworkflow:parameters>
          <spiffworkflow:parameter id="register" type="str" value='"papers"'/>
        </spiffworkflow:parameters>
      </spiffworkflow:serviceTaskOperator>
    </bpmn:extensionElements>
    <bpmn:incoming>F4</bpmn:incoming><bpmn:outgoing>F6</bpmn:outgoing>
  </bpmn:serviceTask>
  <bpmn:serviceTask id="Refuse" name="Gửi phiếu từ chối">
    <bpmn:extensionElements>
      <spiffworkflow:serviceTaskOperator id="issue_slip">
        <spiffworkflow:parameters>
          <spiffworkflow:parameter id="kind" type="str" value='"refusal"'/>
          <spiffworkflow:parameter id="reason" type="any" value="why"/>
        </spiffworkflow:parameters>
      </spiffworkflow:serviceTaskOperator>
    </bpmn:extensionElements>
    <bpmn:incoming>F5</bpmn:incoming><bpmn:outgoing>F7</bpmn:outgoing>
  </bpmn:serviceTask>
  <bpmn:endEvent id="Done"><bpmn:incoming>F6</bpmn:incoming></bpmn:endEvent>
  <bpmn:endEvent id="Refused"><bpmn:incoming>F7</bpmn:incoming></bpmn:endEvent>
  <bpmn:sequenceFlow id="F1" sourceRef="Begin" targetRef="Receive"/>
  <bpmn:sequenceFlow id="F2" sourceRef="Receive" targetRef="Appraise"/>
  <bpmn:sequenceFlow id="F3" sourceRef="Appraise" targetRef="Outcome"/>
  <bpmn:sequenceFlow id="F4" sourceRef="Outcome" targetRef="Number"/>
  <bpmn:sequenceFlow id="F5" name="Từ chối" sourceRef="Outcome" targetRef="Refuse">
    <bpmn:conditionExpression>outcome == "refuse"</bpmn:conditionExpression>
  </bpmn:sequenceFlow>
  <bpmn:sequenceFlow id="F6" sourceRef="Number" targetRef="Done"/>
  <bpmn:sequenceFlow id="F7" sourceRef="Refuse" targetRef="Refused"/>
</bpmn:process>
</bpmn:definitions>
"""

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="T" name="t" namespace="t">
<decision id="copy_fee" name="Phí"><decisionTable id="DT" hitPolicy="UNIQUE">
<input id="I" label="commune">
<inputExpression id="IE"><text>commune</text></inputExpression></input>
<output id="O" name="fee"/>
<rule id="R"><inputEntry id="IN"><text></text></inputEntry>
<outputEntry id="OUT"><text>8000</text></outputEntry></rule>
</decisionTable></decision></definitions>
"""

WALK = """
title = { vi = "Đi thẳng", en = "Straight" }
start = 2025-07-01T08:00:00

[[steps]]
step = "Receive"
at = 2025-07-01T08:00:00
by = "reception"
answers = { commune = "06838" }

[[steps]]
step = "Appraise"
at = 2025-07-02T08:00:00
by = "officer"
answers = { outcome = "ok" }

[expect]
path = ["Receive", "Appraise", "Number"]
on_time = "early"
"""


def form(
    fields: Mapping[str, dict[str, object]], required: list[str], **shown: dict[str, object]
) -> tuple[bytes, bytes]:
    """The two files of a form whose labels are the fields' names."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Mẫu",
        "type": "object",
        "properties": dict(fields),
        "required": required,
        "additionalProperties": False,
    }
    labels = {name: {"label": {"vi": name, "en": name}} for name in fields}
    options = {
        name: {"options": {value: {"vi": value, "en": value} for value in field["enum"]}}
        for name, field in fields.items()
        if isinstance(field.get("enum"), list)
    }
    ui = {
        "sections": [{"title": {"vi": "Mẫu", "en": "Sample"}, "fields": list(fields)}],
        "fields": {n: {**labels[n], **options.get(n, {}), **shown.get(n, {})} for n in fields},
    }
    return json.dumps(schema).encode(), json.dumps(ui).encode()


def good() -> dict[str, bytes]:
    """The files of a package that has no finding at all."""
    text: dict[str, object] = {"type": "string", "minLength": 1, "maxLength": 200}
    receive = form({"commune": text}, ["commune"])
    outcome: dict[str, object] = {"type": "string", "enum": ["ok", "refuse"]}
    appraise = form(
        {"outcome": outcome, "why": text},
        ["outcome", "why"],
        why={"visibleWhen": 'outcome == "refuse"'},
    )
    files = {
        "procedure.toml": MANIFEST.encode(),
        "process.bpmn": PROCESS.encode(),
        "fee.dmn": TABLE.encode(),
        "walks/plain.toml": WALK.encode(),
        "forms/Receive.schema.json": receive[0],
        "forms/Receive.ui.json": receive[1],
        "forms/Appraise.schema.json": appraise[0],
        "forms/Appraise.ui.json": appraise[1],
    }
    kinds = ("head", "receipt", "refusal", "supplement")  # no template for the others
    slips = {f"shared/slips/{kind}.typ": (SHARED / f"{kind}.typ").read_bytes() for kind in kinds}
    return files | slips


def spoiled(path: str, old: str, new: str) -> dict[str, bytes]:
    """The good files with one text of one file replaced."""
    files = good()
    text = files[path].decode()
    assert old in text, old
    return files | {path: text.replace(old, new).encode()}


def rules(files: Mapping[str, bytes]) -> dict[str, Finding]:
    """The findings by rule."""
    return {finding.rule: finding for finding in check_files(files)}
