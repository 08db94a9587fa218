"""A run at rest: its live tokens and their data, without the specification, as compressed text.

What lies behind the tokens is folded away: a finished token stays only while it still divides
branches, so a snapshot does not grow with the number of steps or of rounds of a loop.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from hashlib import sha1
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.token import OPEN, Token, same
from engine.bpmn.tree import Flow, Run, SubRun
from engine.errors import BadPackage, UnknownTask

VERSION = b"\x01"
TRIGGERED = 1024
_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
).encode
_VARIANT = "89ab"


def task_name(seed: str, number: int) -> str:
    """The name of a token outside: a uuid (version 5) made of the run's seed and its number."""
    text = sha1(f"{seed}/{number}".encode(), usedforsecurity=False).hexdigest()
    variant = _VARIANT[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


def freeze(run: Run, seed: str) -> bytes:
    """Write a run down."""
    _forget_finished(run)
    flows = []
    for flow in run.flows():
        fold(flow)
        flows.append(_flow_down(flow))
    state = {
        "seed": seed,
        "number": run.number,
        "ended": run.ended_at,
        "flows": flows,
    }
    if run.done:
        state["done"] = run.done
    return write(state)


def write(state: Mapping[str, Any]) -> bytes:
    """The snapshot of a state."""
    return VERSION + zlib.compress(_encode(state).encode(), 1)


def read(snapshot: bytes) -> dict[str, Any]:
    """The state inside a snapshot."""
    if snapshot[:1] != VERSION:
        raise BadPackage(path="snapshot", cause=f"version:{snapshot[:1]!r}")
    state: dict[str, Any] = json.loads(zlib.decompress(snapshot[1:]))
    return state


def thaw(state: Mapping[str, Any], run: Run) -> None:
    """Put the tokens of a state into a fresh run."""
    run.number = state["number"]
    run.ended_at = state["ended"]
    run.done = state.get("done", [])
    for kept in state["flows"]:
        host = kept["host"]
        flow: Flow = run
        if host is not None:
            task = run.get_task_from_id(host)
            sub = SubRun(run.subprocess_specs[kept["spec"]], host, run)
            run.subprocesses[host] = sub
            sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
            flow = sub
        _tokens_up(kept, flow, run)


def open_data(snapshot: bytes, task: str) -> dict[str, Any]:
    """The data a waiting task sees; nothing in it is shared with anything."""
    state = read(snapshot)
    for flow in state["flows"]:
        seen: dict[int, dict[str, Any]] = {}
        for row in flow["tasks"]:
            number, parent = row[0], row[1]
            seen[number] = _data_of(row, seen.get(parent, {}))
            if row[3] & OPEN and task_name(state["seed"], number) == task:
                return json.loads(_encode(seen[number]))  # type: ignore[no-any-return]
    raise UnknownTask(task=task)


def final_data(snapshot: bytes) -> dict[str, Any]:
    """The data a finished run ended with."""
    data: dict[str, Any] = read(snapshot)["flows"][0]["data"]
    return data


def retell(snapshot: bytes, name: str, value: Mapping[str, Any]) -> bytes:
    """The run with another value wherever a token brought that name along from the beginning."""
    state = read(snapshot)
    for flow in state["flows"]:
        for row in flow["tasks"]:
            if len(row) > 5 and row[5] and isinstance(row[5].get(name), dict):
                row[5][name] = {**row[5][name], **value}
    return write(state)


def fold(flow: Flow) -> None:
    """Take out of the tree what is finished and no longer divides anything."""
    tasks = flow.tasks
    for number in sorted(tasks, reverse=True):  # children before parents
        token = tasks[number]
        parent = token.parent
        if parent is None or token._state & OPEN or _needs_children(parent):
            continue
        if not token._children:
            parent._children.remove(number)
            del tasks[number]
        elif len(token._children) == 1 and not _watched(token):
            child = tasks[token._children[0]]
            child._parent = parent.id
            parent._children[parent._children.index(number)] = child.id
            del tasks[number]


def _needs_children(token: Token) -> bool:
    """Several instances are counted by their whole; boundary events are found by their fork."""
    return bool(token._state & OPEN & ~TaskState.WAITING) or _watched(token)


def _watched(token: Token) -> bool:
    """The fork before an activity with boundary events, while one of them may still happen."""
    spec = token.task_spec
    return isinstance(spec, BoundaryEventSplit) and any(
        child._state & OPEN and child.task_spec.name in spec._outputs for child in token.children
    )


def _forget_finished(run: Run) -> None:
    """Drop the inside of sub-processes whose token has moved on."""
    gone = True
    while gone:
        gone = False
        known = {number for flow in run.flows() for number in flow.open}
        for host in [number for number in run.subprocesses if number not in known]:
            del run.subprocesses[host]
            gone = True


def _flow_down(flow: Flow) -> dict[str, Any]:
    rows = []
    for token in _parents_first(flow):
        number = token.id
        parent = token.parent
        row: list[Any] = [
            number,
            token._parent or 0,
            token.task_spec.name,
            token._state | (TRIGGERED if token.triggered else 0),
        ]
        before = parent.data if parent is not None else {}
        data = token.data
        # In the order they will have when read back: a rest must not change a byte.
        changed = {
            key: data[key] for key in before if key in data and not same(before[key], data[key])
        }
        changed.update((key, value) for key, value in data.items() if key not in before)
        deleted = [key for key in before if key not in data]
        row += [token.internal_data or 0, changed or 0, deleted or 0]
        while row[-1] == 0:
            row.pop()
        rows.append(row)
    kept: dict[str, Any] = {
        "host": flow.parent_task_id,
        "spec": flow.spec.name,
        "done": flow.completed,
        "tasks": rows,
    }
    if flow.correlations:
        kept["correlations"] = flow.correlations
    if flow.completed:
        kept["data"] = flow.data
    return kept


def _parents_first(flow: Flow) -> list[Token]:
    """By number; but a parent that came later than its child (a move put it there) goes first."""
    found: dict[int, Token] = {}
    for number in sorted(flow.tasks):
        line = [flow.tasks[number]]
        while line[-1].id not in found and line[-1].parent is not None:
            line.append(line[-1].parent)
        for token in reversed(line):
            found.setdefault(token.id, token)
    return list(found.values())


def _data_of(row: list[Any], before: dict[str, Any]) -> dict[str, Any]:
    data = dict(before)
    if len(row) > 5 and row[5]:
        data.update(row[5])
    if len(row) > 6 and row[6]:
        for key in row[6]:
            data.pop(key, None)
    return data


def _tokens_up(kept: Mapping[str, Any], flow: Flow, run: Run) -> None:
    specs = flow.spec.task_specs
    tasks = flow.tasks
    for row in kept["tasks"]:
        number, parent, name, state = row[0], tasks.get(row[1]), row[2], row[3]
        token = Token(flow, specs[name], parent, state & ~TRIGGERED, number)
        token.triggered = bool(state & TRIGGERED)
        token.inherited = True
        if len(row) > 4 and row[4]:
            token.internal_data = row[4]
        token.data = _data_of(row, parent.data if parent is not None else {})
        if token._state == TaskState.WAITING and isinstance(token.task_spec, CatchingEvent):
            run.event_manager.add_task(token)
    flow.task_tree = tasks[kept["tasks"][0][0]]
    flow.completed = kept["done"]
    flow.correlations = kept.get("correlations", {})
    if kept["done"]:
        flow.data = kept["data"]
