"""A run is taken to another version, or stays and says why; nothing it had is lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import migrate
from engine.bpmn.parse import Spec
from engine.bpmn.runtime import Outcome, Refresh
from engine.errors import CannotMove
from tests.engine_bpmn.drawing import Play, el, script, simple, spec_of, timer, user

# -- one thing each --------------------------------------------------------------------------------


def taken(play: Play, new: Spec | bytes, mapping: dict[str, str] | None = None, **how: Any) -> Play:
    """The run in the new version, its timers looked at."""
    spec = spec_of(new) if isinstance(new, bytes) else new
    moved = Play(spec, play.now, play.seed)
    snapshot = migrate.move(play.spec, spec, play.last.snapshot, mapping or {}, **how)
    moved.outcome = Outcome(snapshot, (), (), (), (), (), False, None)
    return moved.do(Refresh())


def why(play: Play, new: bytes, mapping: dict[str, str] | None = None) -> list[str]:
    verdict = migrate.judge(play.spec, spec_of(new), play.last.snapshot, mapping or {})
    return [f"{reason.rule} {reason.element}" for reason in verdict.reasons]


LINE = simple(user("A", "B"), "S > A > B > E")


def test_a_label_and_a_later_step_do_no_harm() -> None:
    play = Play(LINE).start(x=1)
    new = simple(user("A", "B", "C").replace("Step A", "Bước A"), "S > A > B > C > E")
    moved = taken(play, new)
    assert moved.task("A") == play.task("A")
    assert moved.data == {"x": 1}
    assert moved.complete("A").complete("B").open == ["C"]


def test_an_earlier_step_is_never_done_by_who_is_past_it() -> None:
    play = Play(LINE).start().complete("A")
    moved = taken(play, simple(user("A", "N", "B"), "S > A > N > B > E"))
    assert moved.open == ["B"]
    assert moved.complete("B").last.finished


def test_a_removed_step_keeps_the_dossier_unless_another_stands_for_it() -> None:
    play = Play(LINE).start()
    new = simple(user("A2", "B"), "S > A2 > B > E")
    assert why(play, new) == ["gone A"]
    with pytest.raises(CannotMove):
        taken(play, new)
    moved = taken(play, new, {"A": "A2"})
    assert moved.open == ["A2"]
    assert moved.task("A2") == play.task("A")
    assert moved.complete("A2").open == ["B"]


def test_a_step_of_another_kind_keeps_it() -> None:
    new = simple(script("A", "x = 1") + user("B"), "S > A > B > E")
    assert why(Play(LINE).start(), new) == ["kind A"]
    assert why(Play(LINE).start(), new, {"A": "Nowhere"}) == ["gone A"]


def test_one_branch_cannot_wait_for_a_branch_that_was_never_begun() -> None:
    fork = el("parallelGateway", "F") + el("parallelGateway", "J")
    new = simple(user("A", "B") + fork, "S > F > A > J > E\nF > B > J")
    assert why(Play(LINE).start(), new) == ["together A"]
    # Behind the join it may go on.
    play = Play(simple(user("A", "C"), "S > A > C > E")).start().complete("A")
    new = simple(user("A", "B", "C") + fork, "S > F > A > J > C > E\nF > B > J")
    assert taken(play, new).complete("C").last.finished


def test_two_branches_cannot_become_one() -> None:
    fork = el("parallelGateway", "F") + el("parallelGateway", "J")
    play = Play(simple(user("A", "B") + fork, "S > F > A > J > E\nF > B > J")).start()
    assert why(play, LINE) == ["together A"]
    assert taken(play.complete("B"), play.spec).complete("A").last.finished
    assert why(play, LINE) == ["gone J"]


GUARDED = simple(
    user("A", "L") + el("boundaryEvent", "T", timer("timeDuration", "PT5H"), attachedToRef="A"),
    "S > A > E\nT > L > E",
)


def test_a_running_timer_keeps_its_instant_unless_the_plan_says_otherwise() -> None:
    play = Play(GUARDED).start()
    due = play.last.timers[0].at
    play.fire(hours=1)
    longer = GUARDED.replace(b"PT5H", b"PT9H")
    assert taken(play, longer).last.timers[0].at == due
    anew = taken(play, longer, recompute=True).last.timers[0].at
    assert anew is not None
    assert due is not None
    assert (anew - due).total_seconds() == 5 * 3600
    assert taken(play, longer).fire(hours=4).open == ["L"]


def test_a_border_event_is_gained_and_lost() -> None:
    plain = simple(user("A", "L"), "S > A > L > E")
    play = Play(plain).start()
    spec = spec_of(GUARDED)
    verdict = migrate.judge(play.spec, spec, play.last.snapshot, {})
    assert (verdict.moves, verdict.gained, verdict.lost) == (True, ("T",), ())
    moved = taken(play, GUARDED)
    assert [one.step for one in moved.last.timers] == ["T"]
    assert moved.fire(hours=6).open == ["L"]
    back = taken(Play(GUARDED).start(), plain)
    assert (back.open, back.last.timers) == (["A"], ())
    assert back.complete("A").open == ["L"]


def test_another_message_or_number_of_instances_keeps_it() -> None:
    outside = '<bpmn:message id="M" name="one"/><bpmn:message id="N" name="two"/>'
    catch = '<bpmn:intermediateCatchEvent id="C"><bpmn:messageEventDefinition messageRef="{}"/>'
    catch += "</bpmn:intermediateCatchEvent>"
    one, two = (simple(catch.format(name), "S > C > E", outside) for name in "MN")
    assert why(Play(one).start(), two) == ["event C"]
    many = (
        '<bpmn:userTask id="A"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{}'
        "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )
    play = Play(simple(many.format(2), "S > A > E")).start()
    assert why(play, simple(many.format(3), "S > A > E")) == ["repeated A"]
    moved = taken(play, simple(many.format(2) + user("B"), "S > A > B > E"))
    assert moved.complete("A").complete("A").open == ["B"]


def test_inside_a_sub_process_the_inside_is_judged() -> None:
    def around(inside: bytes) -> bytes:
        body = inside.decode().partition('isExecutable="true">')[2].partition("</bpmn:process>")[0]
        for name in "SE":
            body = body.replace(f'"{name}"', f'"{name}2"')
        return simple(el("subProcess", "P1", body), "S > P1 > E")

    play = Play(around(LINE)).start()
    assert why(play, around(simple(user("B"), "S > B > E"))) == ["gone A"]
    moved = taken(play, around(simple(user("A", "B", "C"), "S > A > B > C > E")))
    assert moved.complete("A").complete("B").open == ["C"]
    assert why(play, LINE) == ["gone P1", "scope P1"]


# -- whatever is drawn and changed -----------------------------------------------------------------


@dataclass
class Part:
    """A step, or parts one after the other or side by side."""

    kind: str  # step | line | fork | sub
    name: str
    parts: list[Part]


def sketch(dice: Random, depth: int, names: list[int]) -> Part:
    names[0] += 1
    kind = dice.choice(["step", "line", "fork", "sub"]) if depth else "step"
    count = {"step": 0, "line": dice.choice([2, 3]), "fork": 2, "sub": 1}[kind]
    name = f"{kind}{names[0]}"
    return Part(kind, name, [sketch(dice, depth - 1, names) for _ in range(count)])


def all_parts(part: Part) -> list[Part]:
    return [part, *(inner for one in part.parts for inner in all_parts(one))]


def edited(dice: Random, part: Part, names: list[int]) -> Part:
    """A copy with one thing changed."""
    target = dice.choice(all_parts(part))
    names[0] += 1
    new = Part("step", f"new{names[0]}", [])

    def copy(one: Part) -> Part:
        inner = [copy(child) for child in one.parts]
        same = Part(one.kind, one.name, inner)
        if one is not target:
            return same
        act = dice.choice(["before", "after", "beside", "instead", "around"])
        if act == "instead":
            return new
        if act == "around":
            return Part("sub", f"sub{names[0]}", [same])
        if act == "beside":
            return Part("fork", f"fork{names[0]}", [same, new])
        both = [new, same] if act == "before" else [same, new]
        return Part("line", f"line{names[0]}", both)

    return copy(part)


def drawn(part: Part) -> bytes:
    body, ways, first, last = _drawn(part)
    return simple(body, "\n".join([f"S > {first}", f"{last} > E", *ways]))


def _drawn(part: Part) -> tuple[str, list[str], str, str]:
    if part.kind == "step":
        return user(part.name), [], part.name, part.name
    inner = [_drawn(one) for one in part.parts]
    body, ways = "".join(one[0] for one in inner), [way for one in inner for way in one[1]]
    if part.kind == "line":
        ways += [f"{a[3]} > {b[2]}" for a, b in pairwise(inner)]
        return body, ways, inner[0][2], inner[-1][3]
    if part.kind == "fork":
        split, join = f"F{part.name}", f"J{part.name}"
        body += el("parallelGateway", split) + el("parallelGateway", join)
        ways += [way for one in inner for way in (f"{split} > {one[2]}", f"{one[3]} > {join}")]
        return body, ways, split, join
    start, end = f"S{part.name}", f"E{part.name}"
    whole = el("startEvent", start) + body + el("endEvent", end)
    ways += [f"{start} > {inner[0][2]}", f"{inner[0][3]} > {end}"]
    xml = simple(whole, "\n".join(ways)).decode()
    inside = xml.partition('<bpmn:startEvent id="S"></bpmn:startEvent>')[2]
    inside = inside.replace('<bpmn:endEvent id="E"></bpmn:endEvent>', "")
    inside = inside.partition("</bpmn:process>")[0]
    return el("subProcess", part.name, inside), [], part.name, part.name


def finished(play: Play) -> list[str]:
    """What is passed from here to the end, always the first open step next."""
    play.path = []
    while play.open:
        play.complete(play.open[0])
    assert play.last.finished
    return play.path


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**9))
def test_a_run_that_moves_ends_as_one_that_began_there(seed: int) -> None:
    dice, names = Random(seed), [0]  # draws pictures, guards nothing
    part = sketch(dice, 3, names)
    changed = part
    for _ in range(dice.choice([1, 1, 2])):
        changed = edited(dice, changed, names)
    old, new = spec_of(drawn(part)), spec_of(drawn(changed))
    play = Play(old).start(kept=1)
    for _ in range(dice.randrange(6)):
        if play.open:
            play.complete(dice.choice(play.open))
    if play.last.finished:
        return
    verdict = migrate.judge(old, new, play.last.snapshot, {})
    if not verdict.moves:
        assert all(reason.element and reason.rule for reason in verdict.reasons)
        return
    moved = taken(play, new)
    assert moved.open == play.open
    assert [t.id for t in moved.last.tasks] == [t.id for t in play.last.tasks]
    assert moved.data["kept"] == 1
    # A run of the new version that is led to the same steps goes on in the same way.
    fresh = Play(new).start(kept=1)
    while fresh.open != moved.open:
        fresh.complete(next(step for step in fresh.open if step not in moved.open))
    assert finished(moved) == finished(fresh)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**9))
def test_a_run_moved_to_its_own_version_is_the_same_bytes(seed: int) -> None:
    dice, names = Random(seed), [0]
    spec = spec_of(drawn(sketch(dice, 3, names)))
    play = Play(spec).start(kept=1)
    for _ in range(dice.randrange(6)):
        if play.open:
            play.complete(dice.choice(play.open))
    if not play.last.finished:
        snapshot = play.last.snapshot
        assert migrate.judge(spec, spec, snapshot, {}).moves
        assert migrate.move(spec, spec, snapshot, {}) == snapshot
