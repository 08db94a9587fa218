"""Diagrams as designers' tools save them run as they are drawn."""

from __future__ import annotations

import pytest

from engine.bpmn.parse import compile
from engine.errors import BadPackage
from tests.engine_bpmn.drawing import Play, el, file, process, script, simple, spec_of, user


def test_ids_that_the_library_keeps_for_itself_may_be_drawn() -> None:
    source = file(
        process(
            el("startEvent", "Start") + user("Root") + el("endEvent", "End"), "Start > Root > End"
        )
    )
    play = Play(source).start()
    assert play.open == ["Root"]
    play.complete("Root")
    assert play.path == ["Start", "Root", "End"]
    assert play.last.ended_at == "End"
    assert set(play.spec.steps) == {"Start", "Root", "End"}


def test_sequence_flows_without_ids_get_some() -> None:
    spec = spec_of(simple(user("A"), "S > A > E"))
    names = [name for name, _, _ in spec.flows]
    assert len(set(names)) == 2
    assert all(names)
    assert [(source, target) for _, source, target in spec.flows] == [("S", "A"), ("A", "E")]


def test_an_end_that_is_not_drawn_is_there() -> None:
    play = Play(file(process(el("startEvent", "S") + user("A"), "S > A"))).start().complete("A")
    assert play.last.finished
    assert play.path == ["S", "A"]
    assert play.last.ended_at is None


def test_a_start_that_is_not_drawn_begins_all_that_nothing_leads_to() -> None:
    play = Play(file(process(user("A", "B", "C"), "A > C"))).start()
    assert play.open == ["A", "B"]
    play.complete("A").complete("B").complete("C")
    assert play.last.finished


def test_a_sub_process_without_start_and_end_runs() -> None:
    play = Play(simple(el("subProcess", "P1", user("I")), "S > P1 > E")).start()
    assert play.open == ["I"]
    play.complete("I")
    assert play.last.finished
    empty = Play(simple(el("subProcess", "P1"), "S > P1 > E")).start()
    assert empty.last.finished


def test_several_flows_out_of_a_task_all_go() -> None:
    play = Play(simple(user("A", "B", "C"), "S > A > B > E\nA > C > E")).start()
    play.complete("A")
    assert play.open == ["B", "C"]
    play.complete("C").complete("B")
    assert play.last.finished
    assert "inserted" not in " ".join(play.path)


def test_several_flows_out_of_an_event_all_go() -> None:
    assert Play(simple(user("A", "B"), "S > A > E\nS > B > E")).start().open == ["A", "B"]


def test_conditions_on_flows_out_of_a_task_decide() -> None:
    body = el("userTask", "A", default="d") + user("B", "C", "D")
    source = simple(body, "S > A\nA > B : n > 1\nA > C : n > 2\nd = A > D\nB > E\nC > E\nD > E")
    assert Play(source).start().complete("A", n=3).open == ["B", "C"]
    assert Play(source).start().complete("A", n=2).open == ["B"]
    assert Play(source).start().complete("A", n=1).open == ["D"]


def test_a_flow_without_condition_goes_beside_the_conditional_ones() -> None:
    source = simple(user("A", "B", "C"), "S > A\nA > B : n > 1\nA > C\nB > E\nC > E")
    assert Play(source).start().complete("A", n=3).open == ["B", "C"]
    assert Play(source).start().complete("A", n=1).open == ["C"]


def test_a_condition_on_the_only_flow_holds_the_token_back() -> None:
    source = simple(user("A", "B"), "S > A\nA > B : go\nB > E")
    assert Play(source).start().complete("A", go=True).open == ["B"]
    assert Play(source).start().complete("A", go=False).last.finished
    gateway = simple(el("exclusiveGateway", "G") + user("B"), "S > G\nG > B : go\nB > E")
    assert Play(gateway).start(go=False).last.finished


def test_the_only_open_flow_of_a_gateway_is_its_default() -> None:
    source = simple(
        el("exclusiveGateway", "G") + user("A", "B"), "S > G\nG > A\nG > B : x\nA > E\nB > E"
    )
    assert Play(source).start(x=True).open == ["B"]
    assert Play(source).start(x=False).open == ["A"]


def test_a_condition_on_a_default_flow_does_not_count() -> None:
    source = simple(
        el("exclusiveGateway", "G", default="d") + user("A", "B"),
        "S > G\nd = G > A : False\nG > B : x\nA > E\nB > E",
    )
    assert Play(source).start(x=False).open == ["A"]


def test_ways_out_of_a_gateway_are_tried_in_the_order_of_the_file() -> None:
    source = simple(
        el("exclusiveGateway", "G") + user("A", "B"),
        "S > G\nG > A : n > 1\nG > B : n > 0\nA > E\nB > E",
    )
    assert Play(source).start(n=2).open == ["A"]
    assert Play(source).start(n=1).open == ["B"]


def test_several_flows_into_a_task_bring_several_tokens() -> None:
    play = Play(
        simple(el("parallelGateway", "F") + user("A", "B", "C"), "S > F > A > C > E\nF > B > C")
    ).start()
    play.complete("A").complete("B")
    assert play.open == ["C", "C"]


def test_comments_anywhere_change_nothing() -> None:
    body = user("A") + script("C", "x = 1")
    source = simple(body, "S > A > C > E").decode()
    source = source.replace("<bpmn:script>", "<!-- c --><bpmn:script><!-- d -->")
    source = source.replace("</bpmn:userTask>", "<!-- e --></bpmn:userTask><!-- f --><?pi x?>")
    assert Play(source.encode()).start().complete("A").data == {"x": 1}


def test_what_is_drawn_as_documentation_does_not_run() -> None:
    body = (
        el("dataObject", "DO")
        + el("dataObjectReference", "Paper", dataObjectRef="DO", name="Application")
        + el("dataStoreReference", "Land", dataStoreRef="DS")
        + el("textAnnotation", "TA", "<bpmn:text>note</bpmn:text>")
        + el("association", "AS", sourceRef="A", targetRef="TA")
        + el("group", "GR")
        + el(
            "userTask",
            "A",
            '<bpmn:ioSpecification id="io"><bpmn:dataInput id="din" name="x" /><bpmn:inputSet>'
            "<bpmn:dataInputRefs>din</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet />"
            '</bpmn:ioSpecification><bpmn:property id="pr" name="p" />'
            '<bpmn:dataInputAssociation id="di"><bpmn:sourceRef>Paper</bpmn:sourceRef>'
            "<bpmn:targetRef>pr</bpmn:targetRef></bpmn:dataInputAssociation>"
            '<bpmn:dataOutputAssociation id="do"><bpmn:targetRef>Land</bpmn:targetRef>'
            "</bpmn:dataOutputAssociation>",
        )
    )
    source = simple(body, "S > A > E", outside='<bpmn:dataStore id="DS" name="Land" />')
    assert Play(source).start(a=1).complete("A").data == {"a": 1}


def test_of_two_pools_the_named_process_runs() -> None:
    outside = (
        '<bpmn:collaboration id="C">'
        '<bpmn:participant id="P1" name="Citizen" processRef="Citizen" />'
        '<bpmn:participant id="P2" name="Centre" processRef="P" />'
        '<bpmn:messageFlow id="MF" sourceRef="CA" targetRef="S" /></bpmn:collaboration>'
        '<bpmn:process id="Citizen" isExecutable="false"><bpmn:task id="CA" /></bpmn:process>'
    )
    spec = spec_of(simple(user("A"), "S > A > E", outside=outside))
    assert set(spec.steps) == {"S", "A", "E"}
    assert Play(spec).start().open == ["A"]
    assert set(spec_of(simple(user("A"), "S > A > E", outside=outside), main="Citizen").steps) == {
        "CA"
    }


def test_a_prefix_before_a_reference_is_read_over() -> None:
    source = simple(
        el("intermediateCatchEvent", "C", '<bpmn:messageEventDefinition messageRef="tns:Msg" />'),
        "S > C > E",
        outside='<bpmn:message id="Msg" name="reply" />',
    )
    assert Play(source).start().throw("reply").last.finished


def test_a_message_start_begins_when_the_run_is_started() -> None:
    start = el("startEvent", "S", '<bpmn:messageEventDefinition messageRef="Msg" />')
    source = file(
        process(start + user("A"), "S > A"), outside='<bpmn:message id="Msg" name="apply" />'
    )
    assert Play(source).start().open == ["A"]


def test_a_specification_is_kept_by_its_digest() -> None:
    files = {"process.bpmn": simple(user("A"), "S > A > E")}
    assert compile(files, "one", "P") is compile(files, "one", "P")
    assert compile(files, "one", "P") is not compile(files, "two", "P")


def test_a_process_that_is_not_there_is_named() -> None:
    with pytest.raises(BadPackage) as caught:
        spec_of(simple(user("A"), "S > A > E"), main="Q")
    assert caught.value.particulars["path"] == "Q"
