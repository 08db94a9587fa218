"""The procedures this repository ships: drawn whole, connected, and with every file they name."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn import findings, parse
from engine.bpmn.tables import decisions
from engine.bpmn.vocabulary import BPMN, GATEWAYS, SPIFF, Element, local, tag
from engine.check import check_package
from engine.package import load_folder, names, read_manifest
from engine.script import compile_expression
from tests.engine.drawn import FORMS, PROCESSES, Box, boxes, drawing, flows, named, nodes, routes

SHIPPED = (
    "birth-registration", "certified-copy", "death-registration", "household-business",
    "land-confirmation", "marital-status",
)  # fmt: skip
REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "default", "processRef", "bpmnElement")

procedure = pytest.mark.parametrize("name", SHIPPED)


def people(name: str) -> dict[str, Element]:
    return {key: e for key, e in nodes(name).items() if local(e) == "userTask"}


def walks(name: str) -> Iterator[tuple[Path, dict[str, object]]]:
    for path in sorted((PROCESSES / name / "walks").glob("*.toml")):
        yield path, tomllib.loads(path.read_text("utf-8"))


def test_these_procedures_are_shipped() -> None:
    assert set(SHIPPED) == set(names(PROCESSES))


@procedure
def test_every_flow_node_has_a_shape_and_every_flow_an_edge(name: str) -> None:
    assert set(nodes(name)) <= set(boxes(name))
    assert {flow.get("id") for flow in flows(name)} == set(routes(name))


@procedure
def test_edges_begin_and_end_on_the_border_of_their_shapes(name: str) -> None:
    shapes, drawn = boxes(name), nodes(name)
    for flow in flows(name):
        way = routes(name)[flow.get("id")]
        for key, point in (("sourceRef", way[0]), ("targetRef", way[-1])):
            end = flow.get(key)
            assert shapes[end].docks(point, local(drawn[end])), (flow.get("id"), key, point)


@procedure
def test_edges_run_straight_across_or_down(name: str) -> None:
    for flow, way in routes(name).items():
        for (x, y), (then_x, then_y) in pairwise(way):
            assert x == then_x or y == then_y, flow


@procedure
def test_edges_cut_through_no_shape(name: str) -> None:
    shapes = {key: box for key, box in boxes(name).items() if key in nodes(name)}
    for flow in flows(name):
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        for (x, y), (then_x, then_y) in pairwise(routes(name)[flow.get("id")]):
            left, top = min(x, then_x), min(y, then_y)
            strip = Box(left, top, abs(then_x - x) or 0.1, abs(then_y - y) or 0.1)
            hosts = {nodes(name)[end].get("attachedToRef") for end in ends}
            crossed = [k for k, b in shapes.items() if k not in ends | hosts and b.overlaps(strip)]
            assert not crossed, flow.get("id")


@procedure
def test_no_two_shapes_overlap_but_an_event_and_its_host(name: str) -> None:
    drawn, shapes = nodes(name), boxes(name)
    for one, other in combinations(drawn, 2):
        attached = {drawn[one].get("attachedToRef"), drawn[other].get("attachedToRef")}
        if not attached & {one, other}:
            assert not shapes[one].overlaps(shapes[other]), (one, other)


@procedure
def test_each_lane_holds_the_shapes_of_its_nodes(name: str) -> None:
    shapes, drawn = boxes(name), nodes(name)
    placed: list[str] = []
    for lane in drawing(name).iter(tag("lane")):
        for reference in lane.iter(tag("flowNodeRef")):
            placed.append(reference.text)
            host = drawn[reference.text].get("attachedToRef") or reference.text
            assert shapes[lane.get("id")].holds(shapes[host]), reference.text
    assert sorted(placed) == sorted(drawn)


@procedure
def test_the_pool_holds_its_lanes(name: str) -> None:
    shapes = boxes(name)
    pool = next(drawing(name).iter(tag("participant"))).get("id")
    for lane in drawing(name).iter(tag("lane")):
        assert shapes[pool].holds(shapes[lane.get("id")])


@procedure
def test_ids_are_unique_and_every_id_referred_to_exists(name: str) -> None:
    own = [e for e in drawing(name).iter() if etree.QName(e).namespace != SPIFF]
    ids = [e.get("id") for e in own if e.get("id")]
    assert len(ids) == len(set(ids))
    for element in own:
        for key in REFERENCES:
            assert element.get(key, ids[0]) in ids, (element.get("id"), key)
        if local(element) in ("incoming", "outgoing", "flowNodeRef"):
            assert element.text in ids


@procedure
def test_what_a_node_lists_is_what_the_flows_say(name: str) -> None:
    for key, node in nodes(name).items():
        for side, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            listed = {e.text for e in node.iterchildren(tag(side))}
            assert listed == {f.get("id") for f in flows(name) if f.get(end) == key}, key


@procedure
def test_every_choice_has_a_default_and_names_on_its_flows(name: str) -> None:
    for key, node in nodes(name).items():
        leaving = [f for f in flows(name) if f.get("sourceRef") == key]
        if local(node) not in GATEWAYS or len(leaving) < 2:
            continue
        assert node.get("name"), key
        assert node.get("default") in {f.get("id") for f in leaving}, key
        for flow in leaving:
            asked = flow.find(tag("conditionExpression")) is not None
            assert flow.get("name"), flow.get("id")
            assert asked == (flow.get("id") != node.get("default")), flow.get("id")


@procedure
def test_tasks_have_one_flow_out_and_flows_meet_at_gateways(name: str) -> None:
    for key, node in nodes(name).items():
        if local(node) not in GATEWAYS:
            assert len(list(node.iterchildren(tag("outgoing")))) <= 1, key
            assert len(list(node.iterchildren(tag("incoming")))) <= 1, key


@procedure
def test_every_step_of_a_person_has_both_form_files(name: str) -> None:
    wanted = set()
    for step, task in people(name).items():
        files = (named(task)["formJsonSchemaFilename"], named(task)["formUiSchemaFilename"])
        assert files == (f"{step}.schema.json", f"{step}.ui.json")
        wanted |= set(files)
    assert {path.name for path in (FORMS / name).iterdir()} == wanted


@procedure
def test_every_field_has_words_in_both_languages_and_one_section(name: str) -> None:
    for step in people(name):
        schema = json.loads((FORMS / name / f"{step}.schema.json").read_text("utf-8"))
        ui = json.loads((FORMS / name / f"{step}.ui.json").read_text("utf-8"))
        placed = [field for section in ui["sections"] for field in section["fields"]]
        assert sorted(placed) == sorted(schema["properties"]), step
        for field, shown in ui["fields"].items():
            texts = [shown["label"], *shown.get("options", {}).values()]
            texts += [shown["hint"]] if "hint" in shown else []
            assert all(text["vi"] and text["en"] for text in texts), (step, field)


@procedure
def test_a_choice_offers_a_label_for_every_value(name: str) -> None:
    for step in people(name):
        schema = json.loads((FORMS / name / f"{step}.schema.json").read_text("utf-8"))
        ui = json.loads((FORMS / name / f"{step}.ui.json").read_text("utf-8"))
        for field, rule in schema["properties"].items():
            if "enum" in rule:
                assert list(ui["fields"][field]["options"]) == rule["enum"], (step, field)


@procedure
def test_every_step_and_end_tells_the_citizen_where_things_stand(name: str) -> None:
    for step, task in people(name).items():
        side_step = step == "SendReminder"
        assert named(task).get("milestone") and named(task).get("milestoneEn"), step
        assert named(task).get("status") or side_step, step
    final = [e for e in nodes(name).values() if "status" in named(e) and local(e) == "endEvent"]
    assert final, "no end says how the dossier ended"
    assert all(named(end).get("milestone") for end in final)


@procedure
def test_a_pause_says_why(name: str) -> None:
    for key, node in nodes(name).items():
        if named(node).get("clock") == "paused":
            assert named(node).get("clockReason"), key


@procedure
def test_every_lane_has_its_role_and_unit(name: str) -> None:
    manifest, problems = read_manifest((PROCESSES / name / "procedure.toml").read_bytes())
    assert not problems
    assert manifest is not None
    assert set(manifest.lanes) == {e.get("name") for e in drawing(name).iter(tag("lane"))}
    assert manifest.process == next(drawing(name).iter(f"{{{BPMN}}}process")).get("id")


@procedure
def test_the_diagram_runs_and_has_no_findings(name: str) -> None:
    files = {
        path.name: path.read_bytes()
        for path in (PROCESSES / name).iterdir()
        if path.suffix in (".bpmn", ".dmn")
    }
    assert findings.findings(files) == ()
    spec = parse.compile(files, name, name.replace("-", "_"))
    assert spec.counter == "CounterStep"
    assert set(spec.people) == set(people(name))


@procedure
def test_the_package_checks_clean(name: str) -> None:
    found = check_package(load_folder(PROCESSES, FORMS, name))
    assert [(f.rule, f.element, dict(f.particulars)) for f in found if f.severity != "info"] == []


@procedure
def test_there_is_a_plain_a_refused_and_a_late_walk(name: str) -> None:
    assert {"plain", "refused", "late"} <= {path.stem for path, _ in walks(name)}


@procedure
def test_walks_speak_of_steps_that_are_drawn(name: str) -> None:
    for path, walk in walks(name):
        steps = {row["step"] for row in walk["steps"] if "step" in row}  # type: ignore[attr-defined]
        passed = set(walk["expect"]["path"])  # type: ignore[index]
        assert steps <= set(people(name)), path.name
        assert passed <= set(nodes(name)), path.name


@procedure
def test_the_walks_together_pass_every_element(name: str) -> None:
    passed = {step for _, walk in walks(name) for step in walk["expect"]["path"]}  # type: ignore[index]
    drawn = {key for key, node in nodes(name).items() if local(node) not in GATEWAYS}
    assert drawn == passed


@pytest.mark.parametrize(
    ("pages", "copies", "fee"),
    [(1, 1, 2_000), (2, 1, 4_000), (3, 2, 10_000), (197, 1, 199_000), (198, 1, 200_000),
     (199, 1, 200_000), (240, 3, 600_000)],
)  # fmt: skip
def test_a_certified_copy_costs_what_the_circular_says(pages: int, copies: int, fee: int) -> None:
    data = (PROCESSES / "certified-copy" / "copy_fee.dmn").read_bytes()
    [(_, table)] = list(decisions(etree.fromstring(data)))
    known = {"pages": pages, "copies": copies}
    hits = []
    for rule in (e for e in table.iter() if local(e) == "rule"):
        asked, _, total = ("".join(e.itertext()).strip() for e in rule if "Entry" in local(e))
        if compile_expression(asked.replace("?", "pages")).evaluate(known):
            hits.append(compile_expression(total).evaluate(known))
    assert hits == [fee]
