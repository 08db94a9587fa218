"""A token that is stuck is put at another step: its events go, those there begin to wait."""

from __future__ import annotations

import pytest

from engine.bpmn.jumping import reachable, sound
from engine.bpmn.runtime import Jump
from engine.errors import CannotJump
from engine.events import TaskOpened, TaskWithdrawn
from tests.engine_bpmn.drawing import Play, el, script, simple, timer, user
from tests.engine_bpmn.test_nested import MESSAGES, NOTE, THREE, inside


def on_border(step: str, event: str) -> str:
    return el("boundaryEvent", event, timer("timeDuration", "PT1H"), attachedToRef=step)


def test_border_events_of_the_old_step_go_and_those_of_the_new_one_come() -> None:
    body = user("A", "B", "C") + on_border("A", "TA") + on_border("B", "TB")
    play = Play(simple(body, "S > A > B > E\nTA > C > E\nTB > C")).start(x=1)
    play.do(Jump("A", "B"))
    assert play.open == ["B"]
    assert [timer.step for timer in play.last.timers] == ["TB"]
    assert play.data == {"x": 1}
    kinds = [type(event) for event in play.events if isinstance(event, (TaskOpened, TaskWithdrawn))]
    assert kinds == [TaskOpened, TaskWithdrawn, TaskOpened]
    play.fire(hours=1)
    assert play.open == ["C"]
    assert play.complete("C").last.finished
    assert "A" not in play.path


def test_past_a_script_that_cannot_run_and_back() -> None:
    body = user("A", "B") + script("Broken", "y = nothing + 1")
    play = Play(simple(body, "S > A > Broken > B > E")).start()
    play.do(Jump("A", "B"))
    assert play.open == ["B"]
    play.do(Jump("B", "A"))
    assert play.open == ["A"]
    play.do(Jump("A", "B"))
    assert play.complete("B").last.finished


def test_from_a_message_that_never_comes_to_a_step() -> None:
    body = el("intermediateCatchEvent", "M", NOTE) + user("A")
    play = Play(simple(body, "S > M > A > E", MESSAGES)).start()
    assert reachable(play.spec, play.last.snapshot) == {"M": ("A",)}
    play.do(Jump("M", "A"))
    assert play.last.listens == ()
    assert play.complete("A").last.finished


def test_inside_a_sub_process_only_its_own_steps_can_be_reached() -> None:
    body = el("subProcess", "P1", inside("I", "J")) + user("B")
    play = Play(simple(body, "S > P1 > B > E")).start()
    assert reachable(play.spec, play.last.snapshot) == {"I": ("J",)}
    with pytest.raises(CannotJump):
        play.do(Jump("I", "B"))
    play.do(Jump("I", "J")).complete("J")
    assert play.open == ["B"]


def test_one_of_many_cannot_be_left() -> None:
    many = Play(simple(el("userTask", "A", THREE) + user("B"), "S > A > B > E")).start()
    assert reachable(many.spec, many.last.snapshot) == {}
    with pytest.raises(CannotJump):
        many.do(Jump("A", "B"))


def test_a_choice_of_events_is_left_as_a_whole() -> None:
    events = el("eventBasedGateway", "G") + el("intermediateCatchEvent", "M", NOTE)
    events += el("intermediateCatchEvent", "T", timer("timeDuration", "PT1H")) + user("A", "B")
    play = Play(simple(events, "S > G > M > A > E\nG > T > B > E", MESSAGES)).start()
    assert reachable(play.spec, play.last.snapshot) == {"G": ("A", "B")}
    with pytest.raises(CannotJump):
        play.do(Jump("M", "B"))
    play.do(Jump("G", "B"))
    assert (play.last.listens, play.last.timers, play.open) == ((), (), ["B"])
    assert play.complete("B").last.finished


def test_where_the_diagram_could_never_be_is_not_sound() -> None:
    body = el("parallelGateway", "F") + el("parallelGateway", "J") + user("A", "B", "C")
    play = Play(simple(body, "S > F > A > J > C > E\nF > B > J")).start()
    assert play.open == ["A", "B"]
    both = Play(play.spec)
    both.outcome = play.last
    both.do(Jump("A", "C"))  # behind the join, while B waits before it
    assert not sound(both.spec, both.last.snapshot)
    assert sound(play.spec, play.last.snapshot)
    play.do(Jump("A", "B"))  # twice in the same branch
    assert not sound(play.spec, play.last.snapshot)
