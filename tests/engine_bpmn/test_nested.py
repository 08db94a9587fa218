"""Activities inside activities: instances, calls, errors and what stops them."""

from __future__ import annotations

from tests.engine_bpmn.drawing import Play, el, file, flows, process, simple, spec_of, timer, user

THREE = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)
ERROR = '<bpmn:errorEventDefinition errorRef="Err" />'
ERRORS = '<bpmn:error id="Err" name="bad" errorCode="E1" />'
NOTE = '<bpmn:messageEventDefinition messageRef="Msg" />'
MESSAGES = '<bpmn:message id="Msg" name="note" />'


def inside(*names: str, end: str = "") -> str:
    """The inside of a sub-process: user tasks in a row."""
    way = " > ".join(["IS", *names, "IE"])
    return el("startEvent", "IS") + user(*names) + el("endEvent", "IE", end) + flows(way)


def test_a_timer_stops_all_instances_of_a_sub_process() -> None:
    body = el("subProcess", "P1", THREE + inside("I")) + user("B")
    body += el("boundaryEvent", "T", timer("timeDuration", "PT1H"), attachedToRef="P1")
    play = Play(simple(body, "S > P1 > E\nT > B > E")).start()
    assert play.open == ["I", "I", "I"]
    play.complete("I")
    play.fire(hours=1)
    assert play.open == ["B"]
    assert {w.step for w in play.last.waiting} == {"B"}
    play.complete("B")
    assert play.last.finished
    assert len(play.last.snapshot) < 300


def test_an_error_in_one_instance_stops_the_others() -> None:
    body = el("subProcess", "P1", THREE + inside("I", end=ERROR)) + user("B")
    body += el("boundaryEvent", "C", ERROR, attachedToRef="P1")
    play = Play(simple(body, "S > P1 > E\nC > B > E", ERRORS)).start()
    play.complete("I", who="first")
    assert play.open == ["B"]


def test_instances_are_enough_when_their_condition_says_so() -> None:
    many = THREE.replace(
        "</bpmn:loopCardinality>",
        "</bpmn:loopCardinality><bpmn:completionCondition>ok</bpmn:completionCondition>",
    )
    play = Play(simple(el("userTask", "A", many) + user("B"), "S > A > B > E")).start(ok=False)
    play.complete("A", ok=False)
    assert play.open == ["A", "A"]
    play.complete("A", ok=True)
    assert play.open == ["B"]


def test_no_items_mean_no_instances() -> None:
    many = (
        "<bpmn:multiInstanceLoopCharacteristics>"
        "<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef>"
        '<bpmn:inputDataItem id="item" /></bpmn:multiInstanceLoopCharacteristics>'
    )
    play = Play(simple(el("userTask", "A", many) + user("B"), "S > A > B > E")).start(items=[])
    assert play.open == ["B"]


def test_an_error_comes_out_of_a_called_process() -> None:
    caller = simple(
        el("callActivity", "C", calledElement="Q")
        + el("boundaryEvent", "X", ERROR, attachedToRef="C")
        + user("B"),
        "S > C > E\nX > B > E",
        ERRORS,
    )
    called = file(
        process(
            el("startEvent", "QS") + user("QA") + el("endEvent", "QE", ERROR), "QS > QA > QE", "Q"
        ),
        outside=ERRORS,
    )
    play = Play(spec_of(caller, called)).start()
    play.complete("QA")
    assert play.open == ["B"]


def test_an_error_goes_up_through_sub_processes_to_the_one_that_catches_it() -> None:
    deep = el("subProcess", "P2", inside("I", end=ERROR))
    around = el("startEvent", "OS") + deep + el("endEvent", "OE") + flows("OS > P2 > OE")
    body = el("subProcess", "P1", around) + user("B")
    body += el("boundaryEvent", "C", ERROR, attachedToRef="P1")
    play = Play(simple(body, "S > P1 > E\nC > B > E", ERRORS)).start()
    play.complete("I")
    assert play.open == ["B"]


def test_an_escalation_opens_a_branch_and_the_inside_goes_on() -> None:
    escalate = '<bpmn:escalationEventDefinition escalationRef="Esc" />'
    around = (
        el("startEvent", "IS")
        + el("intermediateThrowEvent", "X", escalate)
        + user("I")
        + el("endEvent", "IE")
        + flows("IS > X > I > IE")
    )
    body = el("subProcess", "P1", around) + user("B")
    body += el("boundaryEvent", "C", escalate, attachedToRef="P1", cancelActivity="false")
    outside = '<bpmn:escalation id="Esc" name="late" escalationCode="L" />'
    play = Play(simple(body, "S > P1 > E\nC > B > E", outside)).start()
    assert play.open == ["B", "I"]


def test_a_message_beside_an_activity_may_come_again() -> None:
    body = user("A", "B")
    body += el("boundaryEvent", "M", NOTE, attachedToRef="A", cancelActivity="false")
    play = Play(simple(body, "S > A > E\nM > B > E", MESSAGES)).start()
    play.throw("note", text="one").throw("note", text="two")
    assert play.open == ["A", "B", "B"]
    seen = [play.data_at("B")["text"]]
    play.complete("B")
    seen.append(play.data_at("B")["text"])
    play.complete("B")
    assert sorted(seen) == ["one", "two"]
    assert play.data_at("A") == {}
    play.complete("A").throw("note", text="three")
    assert play.last.finished


def test_what_began_beside_an_activity_outlives_it() -> None:
    body = user("A", "B", "C")
    body += el("boundaryEvent", "M", NOTE, attachedToRef="A", cancelActivity="false")
    body += el("boundaryEvent", "T", timer("timeDuration", "PT1H"), attachedToRef="A")
    source = simple(body, "S > A > E\nM > B > E\nT > C > E", MESSAGES)
    play = Play(source).start().throw("note").complete("A")
    assert play.open == ["B"]
    play.complete("B")
    assert play.last.finished
    play = Play(source).start().throw("note").fire(hours=1)
    assert play.open == ["B", "C"]
    play.complete("B").complete("C")
    assert play.last.finished


def test_a_message_that_interrupts_comes_once() -> None:
    body = user("A", "B") + el("boundaryEvent", "M", NOTE, attachedToRef="A")
    play = Play(simple(body, "S > A > E\nM > B > E", MESSAGES)).start()
    play.throw("note")
    assert play.open == ["B"]
    play.throw("note")
    assert play.open == ["B"]
    assert not play.last.caught


def test_a_loop_around_a_guarded_step_arms_its_timer_anew() -> None:
    body = user("A") + el("exclusiveGateway", "G", default="d")
    body += el("boundaryEvent", "T", timer("timeDuration", "PT1H"), attachedToRef="A")
    play = Play(simple(body, "S > A > G\nG > A : again\nd = G > E\nT > E")).start(again=True)
    first = play.last.timers[0].at
    play.now = play.now.replace(hour=10)
    play.complete("A")
    assert play.last.timers[0].at != first
    play.fire(hours=1)
    assert play.last.finished
    assert play.path[-2:] == ["T", "E"]


def test_two_events_on_one_step_leave_one_winner() -> None:
    body = user("A", "B", "C")
    body += el("boundaryEvent", "T", timer("timeDuration", "PT1H"), attachedToRef="A")
    body += el("boundaryEvent", "U", timer("timeDuration", "PT2H"), attachedToRef="A")
    play = Play(simple(body, "S > A > E\nT > B > E\nU > C > E")).start()
    play.fire(hours=3)
    assert play.open == ["B"]
    assert play.last.timers == ()
