"""A procedure of four plain steps, with a supplement beside them."""

from __future__ import annotations

from engine.package import Package, from_files

MANIFEST = """
code = "9.900099"
name = "sample"
level = "commune"
process = "sample"
limit = "10 working days"
restart_on_resume = false
instant = false
channels = ["counter"]
papers = []
fees = []
legal_basis = [{ vi = "Văn bản mẫu", en = "Sample document" }]
title = { vi = "Xác nhận mẫu Đồng Tâm", en = "Sample confirmation" }
summary = { vi = "Thủ tục mẫu", en = "A sample procedure" }
keywords = { vi = "đất đai, thửa đất", en = "land" }
result = { vi = "Giấy mẫu", en = "Sample paper" }
deciding = { two-level = "commune", three-level = "commune" }
supplement = { max_rounds = 1, days = 30 }
[lanes."Tiếp nhận"]
role = "reception"
unit = "receiving"
[lanes."Địa chính"]
role = "officer"
unit = "deciding"
[lanes."Lãnh đạo"]
role = "leader"
unit = "deciding"
"""


def _user(name: str, words: str, **properties: str) -> str:
    rows = "".join(
        f'<spiffworkflow:property name="{key}" value="{value}"/>'
        for key, value in properties.items()
    )
    return (
        f'<bpmn:userTask id="{name}" name="{words}"><bpmn:extensionElements>'
        f"<spiffworkflow:properties>{rows}</spiffworkflow:properties>"
        f"</bpmn:extensionElements></bpmn:userTask>"
    )


def _flow(name: str, source: str, target: str, condition: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{name}" {ends}>{inner}</bpmn:sequenceFlow>'


def _lane(name: str, *steps: str) -> str:
    inside = "".join(f"<bpmn:flowNodeRef>{step}</bpmn:flowNodeRef>" for step in steps)
    return f'<bpmn:lane id="Lane{steps[0]}" name="{name}">{inside}</bpmn:lane>'


DIAGRAM = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
  targetNamespace="https://example.test/sample" id="Definitions">
 <bpmn:process id="sample" isExecutable="true">
  <bpmn:laneSet id="Lanes">
   {_lane("Tiếp nhận", "Counter", "Wait", "Return")}
   {_lane("Địa chính", "Check")}
   {_lane("Lãnh đạo", "Sign")}
  </bpmn:laneSet>
  <bpmn:startEvent id="Start"/>
  {_user("Counter", "Tiếp nhận", milestone="Đã nhận hồ sơ", milestoneEn="Received")}
  {_user("Check", "Kiểm tra", milestone="Cán bộ kiểm tra", timeLimit="3 working days")}
  <bpmn:exclusiveGateway id="Complete" default="FlowComplete"/>
  {_user("Wait", "Chờ bổ sung", milestone="Bà con bổ sung", clock="paused", clockReason="bổ sung")}
  {_user("Sign", "Ký duyệt", milestone="Lãnh đạo ký", separateFrom="Check")}
  {_user("Return", "Trả kết quả", milestone="Mời bà con đến nhận")}
  <bpmn:endEvent id="Returned"/>
  {_flow("FlowStart", "Start", "Counter")}
  {_flow("FlowCounter", "Counter", "Check")}
  {_flow("FlowCheck", "Check", "Complete")}
  {_flow("FlowMissing", "Complete", "Wait", "missing")}
  {_flow("FlowComplete", "Complete", "Sign")}
  {_flow("FlowWait", "Wait", "Check")}
  {_flow("FlowSign", "Sign", "Return")}
  {_flow("FlowReturn", "Return", "Returned")}
 </bpmn:process>
</bpmn:definitions>
"""
FORM = b'{"type": "object", "properties": {"missing": {"type": "boolean"}}}'


def package() -> Package:
    """The files as a release holds them."""
    return from_files(
        {
            "procedure.toml": MANIFEST.encode(),
            "process.bpmn": DIAGRAM.encode(),
            "forms/Check.schema.json": FORM,
            "forms/Check.ui.json": b'{"fields": {}}',
        }
    )
