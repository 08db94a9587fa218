"""A run goes where the diagram says, and every step is the same function of its inputs."""

from __future__ import annotations

import pytest

from engine.bpmn.runtime import Answer, Complete, Start
from engine.errors import RunFailed, TaskClosed, UnknownTask
from engine.events import (
    RunFinished,
    RunStarted,
    ServiceAsked,
    SignalThrown,
    TaskCompleted,
    TaskOpened,
    TaskWithdrawn,
)
from tests.engine_bpmn.drawing import (
    Play,
    el,
    file,
    flows,
    process,
    properties,
    script,
    simple,
    spec_of,
    timer,
    user,
)

LINE = simple(user("A", "B"), "S > A > B > E")
FORK = simple(
    el("parallelGateway", "F") + user("X", "Y", "Z") + el("parallelGateway", "J"),
    "S > F > X > J > Z > E\nF > Y > J",
)


def test_a_run_goes_from_the_start_to_the_end() -> None:
    play = Play(LINE).start(code="1")
    assert play.open == ["A"]
    play.complete("A", kind="x")
    assert play.open == ["B"]
    assert play.data == {"code": "1", "kind": "x"}
    play.complete("B", note="ghi chú")
    assert play.last.finished
    assert play.last.ended_at == "E"
    assert play.path == ["S", "A", "B", "E"]
    assert play.data == {"code": "1", "kind": "x", "note": "ghi chú"}


def test_events_are_the_difference_between_before_and_after() -> None:
    play = Play(LINE).start()
    first = play.task("A")
    assert play.events[0] == RunStarted("P")
    assert play.events[-1] == TaskOpened(first, "A")
    play.complete("A")
    assert play.last.events[0] == TaskCompleted(first, "A")
    assert play.last.events[-1] == TaskOpened(play.task("B"), "B")
    play.complete("B")
    assert play.last.events[-1] == RunFinished("E")


def test_a_finished_task_is_closed_and_a_strange_one_unknown() -> None:
    play = Play(LINE).start()
    first = play.task("A")
    play.complete("A")
    with pytest.raises(TaskClosed):
        play.do(Complete(first))
    with pytest.raises(UnknownTask):
        play.do(Complete("00000000-0000-5000-8000-000000000000"))
    with pytest.raises(UnknownTask):
        play.do(Answer(play.task("B"), 1))
    play.complete("B")
    with pytest.raises(TaskClosed):
        play.do(Complete(first))


def test_a_task_still_ahead_cannot_be_done() -> None:
    play = Play(FORK).start()
    play.complete("X")
    assert play.open == ["Y"]
    waiting = next(w.token for w in play.last.waiting if w.step == "J")
    with pytest.raises(TaskClosed):
        play.do(Complete(waiting))


def test_the_people_of_a_process_come_in_drawn_order() -> None:
    spec = spec_of(FORK)
    assert spec.people == ("X", "Y", "Z")
    assert spec.counter is None
    assert spec_of(LINE).counter == "A"


def test_the_same_inputs_give_the_same_bytes_and_another_seed_other_names() -> None:
    one, two = Play(FORK).start(), Play(FORK).start()
    assert one.last == two.last
    other = Play(FORK, seed="other").start()
    assert {t.id for t in other.last.tasks}.isdisjoint(t.id for t in one.last.tasks)


def test_a_snapshot_holds_no_specification_and_does_not_grow_in_a_loop() -> None:
    source = simple(
        user("A") + el("exclusiveGateway", "G", default="out") + user("B"),
        "S > A > G\nback = G > B : again\nout = G > E\nB > A",
    )
    play = Play(source).start(big="x" * 1000)
    sizes = []
    for number in range(300):
        play.complete("A", again=True, round=number).complete("B")
        sizes.append(len(play.last.snapshot))
    assert max(sizes[5:]) - min(sizes[5:]) < 30
    play.complete("A", again=False)
    assert play.last.finished
    assert play.data["round"] == 299


def test_a_long_automatic_loop_is_not_taken_for_the_end() -> None:
    source = simple(
        script("A", "n = n + 1") + el("exclusiveGateway", "G", default="out") + user("B"),
        "S > A > G\nback = G > A : n < 1500\nout = G > B\nB > E",
    )
    play = Play(source).start(n=0)
    assert play.open == ["B"]
    assert play.data["n"] == 1500


def test_an_endless_loop_is_stopped_and_named() -> None:
    source = simple(script("A", "n = 1") + el("exclusiveGateway", "G"), "S > A > G > A")
    with pytest.raises(RunFailed) as caught:
        Play(source).start()
    assert caught.value.particulars["cause"] == "cap"
    assert caught.value.particulars["element"] in ("A", "G")


def test_three_hundred_steps_in_a_row_compile_and_run() -> None:
    names = [f"T{number}" for number in range(900)]
    source = simple(
        "".join(script(name, "n = n + 1") for name in names), " > ".join(["S", *names, "E"])
    )
    assert Play(source).start(n=0).data == {"n": 900}


def test_many_parallel_blocks_in_a_row_are_not_predicted() -> None:
    blocks, way = "", "S"
    for number in range(14):
        blocks += el("parallelGateway", f"F{number}") + el("parallelGateway", f"J{number}")
        blocks += user(f"X{number}", f"Y{number}")
        way += f" > F{number} > X{number} > J{number}"
    others = "\n".join(f"F{n} > Y{n} > J{n}" for n in range(14))
    play = Play(simple(blocks, f"{way} > E\n{others}")).start()
    assert len(play.last.snapshot) < 400
    for number in range(14):
        play.complete(f"Y{number}").complete(f"X{number}")
    assert play.last.finished


def test_a_script_that_fails_names_its_element_and_leaves_the_run_alone() -> None:
    source = simple(user("A") + script("C", "x = 1\ny = unknown + 1"), "S > A > C > E")
    play = Play(source).start()
    before = play.last
    with pytest.raises(RunFailed) as caught:
        play.complete("A")
    assert caught.value.particulars["element"] == "C"
    assert caught.value.particulars["line"] == 2
    assert play.last == before
    play.complete("A", unknown=4)
    assert play.data == {"x": 1, "y": 5, "unknown": 4}


def test_a_gateway_where_no_way_is_open_fails_by_name() -> None:
    source = simple(
        el("exclusiveGateway", "G", name="which?") + user("A", "B"),
        "S > G\nG > A : n == 1\nG > B : n == 2\nA > E\nB > E",
    )
    with pytest.raises(RunFailed) as caught:
        Play(source).start(n=3)
    assert caught.value.particulars["element"] == "G"
    assert caught.value.particulars["name"] == "which?"
    assert caught.value.particulars["cause"] == "no_way"


def test_the_word_typename_is_refused_anywhere_in_the_answers() -> None:
    play = Play(LINE).start()
    for answers in ({"typename": "UUID"}, {"a": {"typename": "x"}}, {"a": [{"typename": "x"}]}):
        with pytest.raises(RunFailed) as caught:
            play.complete("A", **answers)
        assert "typename" in str(caught.value.particulars["cause"])
    with pytest.raises(RunFailed):
        Play(LINE).do(Start({"typename": "UUID"}))


def test_what_a_message_carries_is_looked_at_too() -> None:
    with pytest.raises(RunFailed):
        Play(LINE).start().throw("anything", typename="UUID")


def test_answers_nested_without_end_are_refused() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(RunFailed):
        Play(LINE).start().complete("A", deep=deep)


def test_a_process_that_calls_itself_is_stopped() -> None:
    source = simple(el("callActivity", "C", calledElement="P"), "S > C > E")
    with pytest.raises(RunFailed) as caught:
        Play(source).start()
    assert caught.value.particulars["cause"] == "cap"


def test_a_finished_run_stays_finished_without_saying_so_again() -> None:
    play = Play(LINE).start().complete("A").complete("B")
    snapshot = play.last.snapshot
    for again in (play.refresh(), play.fire(), play.throw("x")):
        assert again.last.finished
        assert again.last.events == ()
        assert again.last.snapshot == snapshot


def test_what_json_cannot_hold_is_refused() -> None:
    play = Play(LINE).start()
    for value in (object(), {1: 2}, float("nan"), {"a": {3}}):
        with pytest.raises(RunFailed):
            play.complete("A", bad=value)


def test_one_and_true_stay_apart() -> None:
    play = Play(LINE).start(flag=1, deep={"n": 1})
    play.complete("A", flag=True, deep={"n": True})
    assert play.data["flag"] is True
    assert play.data["deep"]["n"] is True


def test_what_a_branch_changes_inside_an_object_does_not_reach_the_other() -> None:
    source = simple(
        el("parallelGateway", "F")
        + script("X", "d['k'] = {'v': 99}")
        + user("Y", "Z")
        + el("parallelGateway", "J"),
        "S > F > X > Z > J > E\nF > Y > J",
    )
    given = {"d": {"k": {"v": 1}, "l": [1]}}
    play = Play(source).do(Start(given))
    assert given == {"d": {"k": {"v": 1}, "l": [1]}}
    assert play.data_at("Y")["d"]["k"]["v"] == 1
    assert play.data_at("Z")["d"]["k"]["v"] == 99
    seen = play.data_at("Y")
    seen["d"]["k"]["v"] = 7
    assert play.data_at("Y")["d"]["k"]["v"] == 1


def test_answers_given_are_copied() -> None:
    play = Play(FORK).start()
    answers = {"list": [1]}
    play.do(Complete(play.task("X"), answers))
    answers["list"].append(2)
    play.complete("Y")
    assert play.data == {"list": [1]}


def test_a_service_waits_for_its_answer() -> None:
    service = el(
        "serviceTask",
        "N",
        properties(
            operator="take_number",
            param__register="'GXN'",
            param__n="a + 1",
            resultVariable="number",
        ),
    )
    play = Play(simple(service + user("B"), "S > N > B > E")).start(a=4)
    call = play.last.services[0]
    assert (call.step, call.operator, call.parameters) == (
        "N",
        "take_number",
        {"register": "GXN", "n": 5},
    )
    assert isinstance(play.last.events[-1], ServiceAsked)
    assert play.open == []
    with pytest.raises(UnknownTask):
        play.do(Complete(call.task))
    play.answer("N", {"text": "12/GXN"})
    assert play.open == ["B"]
    assert play.data["number"] == {"text": "12/GXN"}
    with pytest.raises(TaskClosed):
        play.do(Answer(call.task, 1))


def test_an_answer_without_a_variable_is_not_kept() -> None:
    source = simple(el("serviceTask", "N", properties(operator="notify")), "S > N > E")
    play = Play(source).start(a=1)
    play.answer("N", {"sent": True})
    assert play.data == {"a": 1}


def test_the_operator_of_spiffs_own_editor_is_read() -> None:
    service = el(
        "serviceTask",
        "N",
        "<bpmn:extensionElements><spiffworkflow:serviceTaskOperator id='notify' resultVariable='r'>"
        "<spiffworkflow:parameters><spiffworkflow:parameter id='to' type='str' value=\"who\" />"
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator></bpmn:extensionElements>",
    )
    play = Play(simple(service, "S > N > E")).start(who="A")
    assert play.last.services[0].parameters == {"to": "A"}
    play.answer("N", None)
    assert play.data == {"who": "A", "r": None}


def test_a_sub_process_runs_inside_and_gives_its_data_back() -> None:
    inside = el("startEvent", "IS") + user("I") + el("endEvent", "IE") + flows("IS > I > IE")
    play = Play(simple(el("subProcess", "Sub", inside) + user("B"), "S > Sub > B > E")).start(a=1)
    assert play.open == ["I"]
    assert {w.step for w in play.last.waiting} == {"Sub", "I"}
    play.complete("I", b=2)
    assert play.open == ["B"]
    assert play.data == {"a": 1, "b": 2}
    assert play.path == ["S", "IS", "I", "IE", "Sub"]


def test_a_call_activity_runs_a_process_of_another_file() -> None:
    caller = simple(el("callActivity", "C", calledElement="Q") + user("B"), "S > C > B > E")
    called = file(
        process(el("startEvent", "QS") + user("QA") + el("endEvent", "QE"), "QS > QA > QE", "Q")
    )
    play = Play(spec_of(caller, called)).start(a=1)
    assert play.open == ["QA"]
    assert play.spec.steps["QA"].process == "Q"
    play.complete("QA", b=2)
    assert play.data == {"a": 1, "b": 2}


def test_a_called_process_can_be_started_by_itself() -> None:
    caller = simple(el("callActivity", "C", calledElement="Q"), "S > C > E")
    called = file(
        process(el("startEvent", "QS") + user("QA") + el("endEvent", "QE"), "QS > QA > QE", "Q")
    )
    play = Play(spec_of(caller, called)).do(Start({}, "Q"))
    play.complete("QA")
    assert play.last.finished
    with pytest.raises(RunFailed):
        Play(spec_of(caller, called)).do(Start({}, "R"))


def test_an_interrupting_event_takes_the_task_away() -> None:
    source = simple(
        user("A", "B")
        + el("boundaryEvent", "T", timer("timeDuration", "PT72H"), attachedToRef="A")
        + el("endEvent", "E2"),
        "S > A > E\nT > B > E2",
    )
    play = Play(source).start()
    task = play.task("A")
    play.fire(hours=72)
    assert play.open == ["B"]
    assert TaskWithdrawn(task, "A") in play.last.events
    with pytest.raises(TaskClosed):
        play.do(Complete(task))
    play.complete("B")
    assert play.last.ended_at == "E2"


def test_an_error_inside_is_caught_by_the_activity_around_it_only() -> None:
    def sub(name: str) -> str:
        end = el("endEvent", f"{name}X", '<bpmn:errorEventDefinition errorRef="Err" />')
        inside = el("startEvent", f"{name}S") + user(f"{name}U") + end
        return el("subProcess", name, inside + flows(f"{name}S > {name}U > {name}X"))

    def catch(name: str, host: str) -> str:
        return el(
            "boundaryEvent",
            name,
            '<bpmn:errorEventDefinition errorRef="Err" />',
            attachedToRef=host,
        )

    source = simple(
        el("parallelGateway", "F")
        + sub("P1")
        + sub("P2")
        + catch("C1", "P1")
        + catch("C2", "P2")
        + user("H1", "H2"),
        "S > F > P1 > E\nF > P2 > E\nC1 > H1 > E\nC2 > H2 > E",
        outside='<bpmn:error id="Err" name="bad" errorCode="E1" />',
    )
    play = Play(source).start()
    play.complete("P1U")
    assert play.open == ["H1", "P2U"]


def test_an_error_nobody_catches_ends_the_run() -> None:
    source = simple(
        el("parallelGateway", "F")
        + user("A", "B")
        + el("endEvent", "X", '<bpmn:errorEventDefinition errorRef="Err" />'),
        "S > F > A > X\nF > B > E",
        outside='<bpmn:error id="Err" name="bad" errorCode="E1" />',
    )
    play = Play(source).start()
    play.complete("A")
    assert play.last.finished
    assert play.last.ended_at == "X"
    assert play.open == []


def test_a_message_opens_what_waits_for_it_with_its_payload() -> None:
    source = simple(
        user("A")
        + el(
            "boundaryEvent",
            "M",
            '<bpmn:messageEventDefinition messageRef="Msg" />',
            attachedToRef="A",
            cancelActivity="false",
        )
        + user("B"),
        "S > A > E\nM > B > E",
        outside='<bpmn:message id="Msg" name="withdrawal" />',
    )
    play = Play(source).start().throw("something else")
    assert play.open == ["A"]
    assert not play.last.caught
    play.throw("withdrawal", reason="x")
    assert play.last.caught
    assert play.open == ["A", "B"]
    assert play.data_at("B") == {"reason": "x"}


def test_a_signal_is_thrown_at_an_end_and_caught_beside() -> None:
    thrown = '<bpmn:signalEventDefinition signalRef="Sig" />'
    source = simple(
        el("parallelGateway", "F")
        + user("A", "B")
        + el("endEvent", "X", thrown)
        + el("intermediateCatchEvent", "C", thrown),
        "S > F > A > X\nF > C > B > E",
        outside='<bpmn:signal id="Sig" name="posted" />',
    )
    play = Play(source).start()
    assert play.open == ["A"]
    play.complete("A")
    assert SignalThrown("posted") in play.last.events
    assert play.open == ["B"]


def test_a_terminate_end_takes_everything_away() -> None:
    source = simple(
        el("parallelGateway", "F")
        + user("A", "B")
        + el("endEvent", "X", "<bpmn:terminateEventDefinition />"),
        "S > F > A > X\nF > B > E",
    )
    play = Play(source).start().complete("A", a=1)
    assert play.last.finished
    assert play.last.ended_at == "X"
    assert play.data == {"a": 1}


def test_items_are_done_all_at_once_or_one_after_the_other() -> None:
    for sequential in ("true", "false"):
        many = (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">'
            "<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef>"
            "<bpmn:loopDataOutputRef>results</bpmn:loopDataOutputRef>"
            '<bpmn:inputDataItem id="item" name="item" />'
            '<bpmn:outputDataItem id="result" name="result" />'
            "</bpmn:multiInstanceLoopCharacteristics>"
        )
        play = Play(simple(el("userTask", "A", many) + user("B"), "S > A > B > E"))
        play.start(items=["x", "y", "z"])
        assert play.open == (["A"] if sequential == "true" else ["A", "A", "A"])
        while "A" in play.open:
            item = play.data_at("A")["item"]
            play.complete("A", result=item.upper())
        assert play.open == ["B"]
        assert play.data["results"] == ["X", "Y", "Z"]
        assert play.data["items"] == ["x", "y", "z"]
        assert play.path.count("A") == 1


def test_items_in_camundas_words_without_an_output_keep_what_they_set() -> None:
    many = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"'
        ' camunda:collection="${items}" camunda:elementVariable="item" />'
    )
    play = Play(simple(el("userTask", "A", many) + user("B"), "S > A > B > E"))
    play.start(items=[1, 2])
    play.complete("A", one=1)
    assert play.data_at("A")["item"] == 2
    play.complete("A", two=2)
    assert play.data == {"items": [1, 2], "one": 1, "two": 2}


def test_a_running_multi_instance_survives_snapshots_of_a_fresh_specification() -> None:
    many = (
        "<bpmn:multiInstanceLoopCharacteristics>"
        "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    source = simple(el("userTask", "A", many) + user("B"), "S > A > B > E")
    play = Play(source).start()
    for _ in range(2):
        play.spec = spec_of(source)
        play.complete("A")
    assert play.open == ["B"]


def test_a_standard_loop_repeats_while_its_condition_holds() -> None:
    loop = (
        "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>n &lt; 3</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    )
    play = Play(simple(el("userTask", "A", loop) + user("B"), "S > A > B > E")).start(n=0)
    for number in (1, 2, 3):
        play.complete("A", n=number)
    assert play.open == ["B"]
    assert play.data == {"n": 3}


def test_a_decision_table_gives_its_outputs() -> None:
    table = b"""<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
  <decision id="Fee" name="Fee"><decisionTable id="t" hitPolicy="FIRST">
    <input id="i1" label="copies"><inputExpression id="e1" typeRef="number"><text>copies</text>
    </inputExpression></input>
    <output id="o1" name="fee" typeRef="number" />
    <rule id="r1"><inputEntry id="a1"><text>&gt; 10</text></inputEntry>
      <outputEntry id="b1"><text>copies * 1000</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="a2"><text>2 &lt; ? &lt;= 10</text></inputEntry>
      <outputEntry id="b2"><text>5000</text></outputEntry></rule>
    <rule id="r3"><inputEntry id="a3"><text>-</text></inputEntry>
      <outputEntry id="b3"><text>2000</text></outputEntry></rule>
  </decisionTable></decision>
  <decision id="Other"><decisionTable id="t2"><input id="i2" label="x"><inputExpression id="e2">
    <text>copies</text></inputExpression></input><output id="o2" name="y" /></decisionTable>
  </decision>
</definitions>"""
    task = el("businessRuleTask", "R", properties(decision="Fee"))
    spec = spec_of(simple(task + user("B"), "S > R > B > E"), tables={"fee.dmn": table})
    for copies, fee in ((20, 20000), (5, 5000), (1, 2000)):
        assert Play(spec).start(copies=copies).data == {"copies": copies, "fee": fee}


def test_a_task_drawn_in_a_pool_and_lane_knows_both() -> None:
    outside = (
        '<bpmn:collaboration id="C"><bpmn:participant id="Pool" name="Centre" processRef="P" />'
        '<bpmn:participant id="Citizen" name="Citizen" />'
        '<bpmn:messageFlow id="mf" sourceRef="Citizen" targetRef="A" /></bpmn:collaboration>'
    )
    lanes = (
        '<bpmn:laneSet id="L"><bpmn:lane id="L1" name="Outer">'
        "<bpmn:flowNodeRef>A</bpmn:flowNodeRef>"
        '<bpmn:childLaneSet id="LL"><bpmn:lane id="L2" name="Reception"><bpmn:flowNodeRef>\n  A\n'
        "</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
    )
    body = lanes + el(
        "userTask",
        "A",
        properties(clock="paused") + "",
        name="Step  A",
        **{"camunda:formKey": "f", "camunda:candidateGroups": "g"},
    )
    spec = spec_of(simple(body, "S > A > E", outside=outside))
    step = spec.steps["A"]
    assert (step.name, step.kind, step.lane, step.pool, step.process) == (
        "Step A",
        "userTask",
        "Reception",
        "Centre",
        "P",
    )
    assert step.properties == {"clock": "paused", "formKey": "f", "candidateGroups": "g"}
