"""Drawings that somebody has spoiled are played or refused; nothing crashes, nothing hangs."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from random import Random

import pytest
from lxml import etree

from engine import headless
from engine.bpmn.vocabulary import BPMN, Element, is_bpmn
from engine.calendar import ZONE
from tests.bpmn import cases

NOON = datetime(2025, 7, 1, 12, tzinfo=ZONE)
DRAWN = [etree.fromstring(case.path.read_bytes()) for case in cases()]
TEXTS = (
    "", "x > 1", "${a b}", "=", "R/PT1S", "P1D", "__import__('os')", "None", "[1] * 9",
    "working_days(-5)",
)  # fmt: skip
KINDS = (
    "startEvent", "endEvent", "userTask", "subProcess", "boundaryEvent", "parallelGateway",
    "complexGateway", "transaction", "adHocSubProcess", "eventBasedGateway",
    "intermediateCatchEvent", "callActivity",
)  # fmt: skip


def spoil(root: Element, dice: Random) -> None:
    """Do one thing to the drawing that no tool would do."""
    there = [element for element in root.iter() if is_bpmn(element) and element is not root]
    if not there:
        return
    one, other = dice.choice(there), dice.choice(there)
    act = dice.randrange(6)
    if act == 0:
        one.getparent().remove(one)
    elif act == 1 and one.attrib:
        del one.attrib[dice.choice(list(one.attrib))]
    elif act == 2 and one.attrib:
        said = (other.get("id") or "x", "", "true", "false", "-1", "99999", "ż đ")
        one.set(dice.choice(list(one.attrib)), dice.choice(said))
    elif act == 3:
        one.text = dice.choice(TEXTS)
    elif act == 4 and one not in list(other.iterancestors()) and one is not other:
        other.append(deepcopy(one))
    elif act == 5:
        one.tag = f"{{{BPMN}}}{dice.choice(KINDS)}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_a_spoiled_drawing_is_played_or_refused(seed: int) -> None:
    dice = Random(seed)  # spoils drawings, guards nothing
    refused = 0
    for _ in range(25):
        root = deepcopy(dice.choice(DRAWN))
        for _ in range(dice.choice((1, 1, 2, 3))):
            spoil(root, dice)
        try:
            files = {"spoiled.bpmn": etree.tostring(root)}
            headless.play(files, now=NOON, until=NOON + timedelta(days=4))
        except headless.Refusal as refusal:
            assert refusal.findings, "a refusal says why"
            refused += 1
    assert refused
