"""A diagram played by itself: no people, no database, virtual time.

Every dossier that the diagram opens is a run of its own.  People's steps are completed as they
open, services answer at once, messages and signals go to whoever waits (or wait themselves), and
when nothing else can happen time jumps to the next timer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.bpmn.beginnings import begins_plainly
from engine.bpmn.diagram import Diagram, Scope, read_diagram
from engine.bpmn.finding import Finding
from engine.bpmn.findings import findings
from engine.bpmn.reading import read_xml
from engine.bpmn.redraw.messages import name_messages, name_what_is_thrown
from engine.bpmn.refusals import PLAYABLE
from engine.calendar import Calendar
from engine.headless.story import Dossier, Passed, Story, Trouble
from engine.headless.world import World

__all__ = ["Dossier", "Passed", "Refusal", "Story", "Trouble", "play"]


class Refusal(Exception):
    """The diagram would run wrong; ``findings`` say why (none: there is no such process)."""

    def __init__(self, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(", ".join(finding.rule for finding in findings))
        self.findings = findings


def play(
    files: Mapping[str, bytes],
    *,
    now: datetime,
    until: datetime,
    process: str | None = None,
    data: Mapping[str, Any] | None = None,
    calendar: Calendar | None = None,
    file: str | None = None,
) -> Story:
    """Play the process (else all that begin by themselves, of one file when that is named).

    Refusal where it would run wrong.
    """
    said = findings(files)
    wrong = tuple(f for f in said if f.severity == "error" and f.rule not in PLAYABLE)
    if wrong:
        raise Refusal(wrong)
    diagrams = []
    for name in sorted(name for name in files if name.endswith(".bpmn")):
        root = read_xml(name, files[name])
        name_messages(root)
        name_what_is_thrown(root)
        diagrams.append(read_diagram(name, root))
    world = World(files, diagrams, now, until, calendar or Calendar())
    world.story.findings = said
    among = [one for one in diagrams if file is None or one.file == file]
    at_once, on_time = _beginning(diagrams if process else among, process)
    for name in at_once:
        world.open(name, data or {})
    for name in on_time:
        world.schedule(name, data or {})
    world.run()
    return world.story


def _beginning(diagrams: Sequence[Diagram], asked: str | None) -> tuple[list[str], list[str]]:
    """The processes to begin at once, and those to begin when their timers say so.

    The one asked for at once; else of the executable ones those that nobody has to call.
    """
    scopes = [scope for diagram in diagrams for scope in diagram.processes() if scope.nodes]
    if asked is not None:
        if all(scope.id != asked for scope in scopes):
            raise Refusal
        return [asked], []
    meant = [scope for scope in scopes if scope.element.get("isExecutable") == "true"]
    meant = meant or [scope for scope in scopes if scope.element.get("isExecutable") != "false"]
    meant = meant or scopes
    called = {node.element.get("calledElement") for diagram in diagrams for node in diagram.nodes()}
    first = [scope for scope in meant if scope.id not in called]
    at_once = [scope.id for scope in first if begins_plainly(scope)]
    on_time = [scope.id for scope in first if _on_time(scope)]
    if not at_once and not on_time:
        at_once = [scope.id for scope in (first or meant)[:1]]
    return at_once, on_time


def _on_time(scope: Scope) -> bool:
    return any(node.kind == "startEvent" and "timer" in node.definitions() for node in scope.nodes)
