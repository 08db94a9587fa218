"""Joins lose nothing that a branch has changed, whoever comes last."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.engine_bpmn.drawing import Play, el, flows, simple, spec_of, user

FORK = simple(
    el("parallelGateway", "F") + user("X", "Y", "V", "Z") + el("parallelGateway", "J"),
    "S > F > X > J > Z > E\nF > Y > J\nF > V > J",
)


@pytest.mark.parametrize("order", list(permutations("XYV")))
def test_a_change_in_one_branch_survives_the_others(order: tuple[str, ...]) -> None:
    play = Play(FORK).start(a="old", b="old", gone=1, same=1)
    changes = {"X": {"a": "new"}, "Y": {"b": "new"}, "V": {"v": 1}}
    for step in order:
        play.complete(step, **changes[step])
    assert play.data == {"a": "new", "b": "new", "v": 1, "gone": 1, "same": 1}


@pytest.mark.parametrize("order", list(permutations("XYV")))
def test_objects_are_merged_inside(order: tuple[str, ...]) -> None:
    play = Play(FORK).start(o={"a": 0, "deep": {"n": 0}})
    answers = {
        "X": {"o": {"a": 1, "deep": {"n": 0}}},
        "Y": {"o": {"a": 0, "deep": {"n": 5}}},
        "V": {"p": {"q": 1}},
    }
    for step in order:
        play.complete(step, **answers[step])
    assert play.data == {"o": {"a": 1, "deep": {"n": 5}}, "p": {"q": 1}}


def test_of_two_changes_to_one_name_the_later_stays() -> None:
    for order in ("XYV", "VYX"):
        play = Play(FORK).start(n=0)
        for step in order:
            play.complete(step, n=step)
        assert play.data == {"n": order[-1]}


def test_a_join_in_a_loop_merges_each_round_anew() -> None:
    source = simple(
        el("exclusiveGateway", "M")
        + el("parallelGateway", "F")
        + user("X", "Y")
        + el("parallelGateway", "J")
        + el("exclusiveGateway", "G", default="out"),
        "S > M > F > X > J > G\nF > Y > J\nback = G > M : n < 5\nout = G > E",
    )
    play = Play(source).start(n=0, log=[])
    rounds = 0
    while not play.last.finished:
        rounds += 1
        data = play.data_at("X")
        first, second = ("X", "Y") if rounds % 2 else ("Y", "X")
        changes = {"X": {"n": data["n"] + 1}, "Y": {"log": [*data["log"], rounds]}}
        play.complete(first, **changes[first]).complete(second, **changes[second])
    assert rounds == 5
    assert play.data == {"n": 5, "log": [1, 2, 3, 4, 5]}


def test_a_join_takes_one_token_from_each_flow() -> None:
    source = simple(
        el("parallelGateway", "F")
        + user("X", "Y", "W")
        + el("parallelGateway", "J")
        + el("exclusiveGateway", "M"),
        "S > F > X > M > J > E\nF > W > M\nF > Y > J",
    )
    play = Play(source).start().complete("X").complete("W")
    assert play.open == ["Y"]
    play.complete("Y")
    assert not play.last.finished  # the second token of the first flow still waits
    assert [w.step for w in play.last.waiting] == ["J"]


def test_an_inclusive_join_waits_for_what_can_still_come() -> None:
    source = simple(
        el("inclusiveGateway", "F", default="no")
        + user("X", "Y", "W", "Z")
        + el("inclusiveGateway", "J"),
        "S > F\nF > X : x\nF > Y : y\nno = F > W\nX > J\nY > J\nW > J > Z > E",
    )
    spec = spec_of(source)
    play = Play(spec).start(x=True, y=True)
    assert play.open == ["X", "Y"]
    play.complete("Y", a=1)
    assert play.open == ["X"]
    play.complete("X", b=1)
    assert play.open == ["Z"]
    assert play.data == {"x": True, "y": True, "a": 1, "b": 1}
    play = Play(spec).start(x=True, y=False).complete("X")
    assert play.open == ["Z"]
    play = Play(spec).start(x=False, y=False)
    assert play.open == ["W"]


def test_an_inclusive_join_fires_when_the_other_branch_goes_elsewhere() -> None:
    source = simple(
        el("inclusiveGateway", "F")
        + user("X", "Y", "Z")
        + el("exclusiveGateway", "G", default="away")
        + el("inclusiveGateway", "J")
        + el("endEvent", "E2"),
        "S > F\nF > X : True\nF > Y : True\nX > J\nY > G\nG > J : stay\naway = G > E2\nJ > Z > E",
    )
    play = Play(source).start().complete("X")
    assert play.open == ["Y"]
    play.complete("Y", stay=False)
    assert play.open == ["Z"]


def test_the_ends_of_all_branches_are_merged_too() -> None:
    source = simple(
        el("parallelGateway", "F") + user("X", "Y") + el("endEvent", "E2"),
        "S > F > X > E\nF > Y > E2",
    )
    for order in ("XY", "YX"):
        play = Play(source).start(a=0, b=0)
        for step in order:
            play.complete(step, **{"a" if step == "X" else "b": 1})
        assert play.data == {"a": 1, "b": 1}
        assert play.last.ended_at == ("E2" if order == "XY" else "E")


def test_a_join_inside_a_sub_process_merges_and_returns() -> None:
    inside = (
        el("startEvent", "IS")
        + el("parallelGateway", "F")
        + user("X", "Y")
        + el("parallelGateway", "J")
        + el("endEvent", "IE")
        + flows("IS > F > X > J > IE\nF > Y > J")
    )
    play = Play(simple(el("subProcess", "P1", inside) + user("B"), "S > P1 > B > E"))
    play.start(a=0, b=0).complete("Y", b=1).complete("X", a=1)
    assert play.data == {"a": 1, "b": 1}
