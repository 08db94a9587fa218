"""Who may do what: one judge, and the same rule for what is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.authority import ACTS, ALL, AskedThing, Concern, TaskThing, may, require, visible_to
from engine.errors import ClaimedByAnother, MayNot
from engine.reasons import REASONS
from engine.store.organisation import CLOCK, ROLES, SETUP, Actor, Post, Stand

CENTRE, COMMUNE, OTHER = "H49.99.01", "UBND.06838", "H49.99.02"
DOSSIER = Concern(CENTRE, COMMUNE, frozenset({CENTRE, COMMUNE}))


def person(number: int, *posts: tuple[str, str], oversees: frozenset[str] = frozenset()) -> Actor:
    return Actor(number, f"person{number}", "", tuple(Post(*post) for post in posts), oversees)


RECEPTION = person(1, ("reception", CENTRE))
OFFICER = person(2, ("officer", COMMUNE))
OFFICER_2 = person(3, ("officer", COMMUNE))
LEADER = person(4, ("leader", COMMUNE))
DIRECTOR = person(5, ("director", CENTRE))
CONTROLLER = person(6, ("controller", "QN"), oversees=frozenset({CENTRE, COMMUNE, OTHER}))
ADMIN = person(7, ("admin", "QN"), oversees=frozenset({CENTRE, COMMUNE, OTHER}))
AUDITOR = person(8, ("auditor", "QN"))
STRANGER = person(9, ("reception", OTHER))


def things() -> dict[str, Any]:
    task = TaskThing("officer", COMMUNE)
    return {
        "see": DOSSIER,
        "correct": DOSSIER,
        "retry": DOSSIER,
        "suspend": DOSSIER,
        "collect": DOSSIER,
        "folder": CENTRE,
        "extend": DOSSIER,
        "note": DOSSIER,
        "speak": DOSSIER,
        "recall": AskedThing("person2", DOSSIER),
        "absence": COMMUNE,
        "receive": CENTRE,
        "work": task,
        "claim": task,
        "release": task,
        "reassign": task,
    }


@pytest.mark.parametrize("act", ACTS)
def test_nobody_may_do_nothing(act: str) -> None:
    verdict = may(None, act, things().get(act))
    assert not verdict and verdict.reason == "nobody"


@pytest.mark.parametrize("act", ACTS)
def test_a_person_without_posts_may_do_nothing(act: str) -> None:
    verdict = may(person(10), act, things().get(act))
    assert not verdict and verdict.reason in REASONS


@pytest.mark.parametrize(("act", "thing"), things().items())
def test_another_centre_may_not_touch_the_dossier(act: str, thing: Any) -> None:
    assert not may(STRANGER, act, thing)


def test_an_act_nobody_has_named_is_a_bug() -> None:
    with pytest.raises(KeyError):
        may(ADMIN, "erase")


@pytest.mark.parametrize(
    "actor", [RECEPTION, OFFICER, LEADER, DIRECTOR, CONTROLLER, ADMIN, AUDITOR]
)
def test_those_concerned_see_the_dossier(actor: Actor) -> None:
    assert may(actor, "see", DOSSIER)


def test_an_office_that_once_held_a_task_keeps_seeing_the_dossier() -> None:
    once = Concern(OTHER, "UBND.06856", frozenset({COMMUNE}))
    assert may(OFFICER, "see", once)
    assert not may(RECEPTION, "see", once)


def test_only_this_centres_reception_receives() -> None:
    assert may(RECEPTION, "receive", CENTRE)
    assert may(RECEPTION, "receive", OTHER).reason == "reception"
    assert not may(DIRECTOR, "receive", CENTRE)


def test_only_exactly_this_post_may_work() -> None:
    assert may(OFFICER, "work", TaskThing("officer", COMMUNE))
    assert may(OFFICER, "work", TaskThing("officer", CENTRE)).reason == "post"
    assert may(LEADER, "work", TaskThing("officer", COMMUNE)).reason == "post"
    assert may(ADMIN, "work", TaskThing("officer", COMMUNE)).reason == "post"


def test_four_eyes_are_two_persons() -> None:
    thing = TaskThing("officer", COMMUNE, apart=frozenset({2, 9}))
    assert may(OFFICER, "work", thing).reason == "separate"
    assert may(OFFICER_2, "work", thing)


def test_a_task_held_by_another_is_a_conflict_not_a_refusal() -> None:
    thing = TaskThing("officer", COMMUNE, holder=OFFICER.person, task="t")
    assert may(OFFICER, "work", thing)
    assert may(OFFICER_2, "work", thing).reason == "held"
    with pytest.raises(ClaimedByAnother):
        require(OFFICER_2, "work", thing)
    with pytest.raises(MayNot):
        require(LEADER, "work", thing)


def test_the_holder_and_those_above_release() -> None:
    thing = TaskThing("officer", COMMUNE, holder=OFFICER.person)
    assert may(OFFICER, "release", thing)
    assert may(LEADER, "release", thing)
    assert may(ADMIN, "release", thing)
    assert may(OFFICER_2, "release", thing).reason == "not-held"


def test_a_leader_or_overseer_reassigns() -> None:
    thing = TaskThing("officer", COMMUNE)
    assert may(LEADER, "reassign", thing)
    assert may(ADMIN, "reassign", thing)
    assert not may(DIRECTOR, "reassign", thing)
    assert may(DIRECTOR, "reassign", TaskThing("reception", CENTRE))
    assert not may(OFFICER, "reassign", thing)


def test_the_judge_says_by_which_post_and_by_ones_own_before_a_lent_one() -> None:
    lent = Post("leader", COMMUNE)
    stands = (Stand(lent, 4, "leader", ""),)
    director = replace(
        DIRECTOR, posts=(*DIRECTOR.posts, lent), stands=stands, lent=frozenset({lent})
    )
    clerk = Actor(
        11, "c", "", (Post("clerk", COMMUNE), lent), stands=stands, lent=frozenset({lent})
    )
    assert may(LEADER, "suspend", DOSSIER).post == Post("leader", COMMUNE)
    assert may(clerk, "suspend", DOSSIER).post == lent
    assert may(director, "suspend", DOSSIER).post == Post("director", CENTRE)
    assert may(director, "extend", DOSSIER).post == lent
    assert may(ADMIN, "suspend", DOSSIER).post == Post("admin", "QN")


def test_an_absence_is_arranged_by_a_post_of_ones_own() -> None:
    lent = Post("leader", COMMUNE)
    clerk = Actor(11, "c", "", (Post("clerk", COMMUNE), lent), lent=frozenset({lent}))
    assert may(LEADER, "absence", COMMUNE)
    assert may(CONTROLLER, "absence", COMMUNE)
    assert may(clerk, "absence", COMMUNE).reason == "heads"
    assert may(LEADER, "absence", CENTRE).reason == "heads"


def test_incidents_are_for_the_director_and_the_admin() -> None:
    assert may(DIRECTOR, "retry", DOSSIER)
    assert may(ADMIN, "retry", DOSSIER)
    assert not may(OFFICER, "retry", DOSSIER)
    assert not may(AUDITOR, "retry", DOSSIER)


def test_who_decides_and_who_oversees_may_suspend() -> None:
    assert may(DIRECTOR, "suspend", DOSSIER)
    assert may(ADMIN, "suspend", DOSSIER)
    assert not may(OFFICER, "suspend", DOSSIER)
    assert not may(AUDITOR, "suspend", DOSSIER)


def test_the_auditor_sees_all_and_changes_nothing() -> None:
    assert visible_to(AUDITOR) == ALL
    allowed = {act for act in ACTS if may(AUDITOR, act, things().get(act))}
    assert allowed == {"see", "report", "self"}


def test_the_clock_is_not_a_person() -> None:
    assert may(CLOCK, "clock")
    assert may(CLOCK, "see", DOSSIER)
    assert not may(CLOCK, "work", TaskThing("officer", COMMUNE))
    assert not may(ADMIN, "clock")


def test_the_setting_up_hand_organises_but_works_on_nothing() -> None:
    assert may(SETUP, "organise")
    assert may(SETUP, "publish")
    assert not may(SETUP, "work", TaskThing("officer", COMMUNE))
    assert not may(SETUP, "see", DOSSIER)


def test_every_reason_has_both_languages() -> None:
    assert all(text.vi and text.en for text in REASONS.values())


units = st.sampled_from([CENTRE, COMMUNE, OTHER, "QN", "UBND.06856"])
actors = st.builds(
    lambda posts, oversees: Actor(1, "p", "", tuple(posts), oversees),
    st.lists(st.builds(Post, st.sampled_from(ROLES), units), max_size=3),
    st.frozensets(units),
)
concerns = st.builds(Concern, units, units, st.frozensets(units))


@given(actors, concerns)
def test_seeing_and_the_filter_of_lists_are_one_rule(actor: Actor, concern: Concern) -> None:
    codes = visible_to(actor)
    listed = codes == ALL or bool(set(codes) & concern.offices)
    assert bool(may(actor, "see", concern)) == listed


@given(actors, concerns, st.sampled_from(["correct", "retry", "suspend", "extend"]))
def test_whoever_may_act_on_a_dossier_may_see_it(actor: Actor, concern: Concern, act: str) -> None:
    assert may(actor, "see", concern) or not may(actor, act, concern)


def test_an_office_that_was_only_asked_writes_notes_and_nothing_else() -> None:
    asked = replace(DOSSIER, concerned=frozenset({OTHER}), asked=frozenset({OTHER}))
    assert may(STRANGER, "note", asked)
    assert may(STRANGER, "speak", asked).reason == "asked"
    both = person(11, ("reception", OTHER), ("officer", COMMUNE))
    assert may(both, "speak", asked).post == Post("officer", COMMUNE)
    assert may(CONTROLLER, "speak", asked)


def test_a_question_is_taken_back_by_whoever_asked_or_answers_for_the_dossier() -> None:
    question = AskedThing(OFFICER.login, DOSSIER)
    for actor in (OFFICER, LEADER, DIRECTOR, ADMIN):
        assert may(actor, "recall", question)
    assert may(LEADER, "recall", question).post == Post("leader", COMMUNE)
    for actor in (OFFICER_2, RECEPTION):
        assert may(actor, "recall", question).reason == "asker"
