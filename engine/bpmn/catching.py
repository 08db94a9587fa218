"""Events that are caught and thrown inside a run: payloads kept, errors sent up the right way."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import (
    MultipleEventDefinition as LibraryMultiple,
)
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.spiff.specs import event_definitions as spiff
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.conditional import ConditionalEventDefinition
from engine.bpmn.correlations import fits
from engine.bpmn.elements import OWN, Lean
from engine.bpmn.joins import merged
from engine.bpmn.redraw.behaviours import Behaviour
from engine.bpmn.timers import OurTimer, notice_timer
from engine.bpmn.token import OPEN, Token
from engine.bpmn.tree import Notice
from engine.bpmn.upwards import beside, catch_best, send_up
from engine.errors import Fault, RunFailed

PAYLOAD = ".payload"
SEEN = ".seen"


class Payload:
    """What an event carries goes into its variable, or without one into the data as it is."""

    def catch(self, my_task: Token, event: Any = None) -> None:
        """Keep the payload with the waiting token."""
        my_task.internal_data[PAYLOAD] = deepcopy(event.payload) if event is not None else None
        my_task.internal_data["event_fired"] = True

    def update_task_data(self, my_task: Token) -> None:
        """Put the payload into the data of the token that moves on."""
        self.keep(my_task, my_task.internal_data.pop(PAYLOAD, None))

    def keep(self, my_task: Token, payload: Any) -> None:
        """Put a payload into the data."""
        variable = getattr(self, "message_var", None) or getattr(self, "variable", None)
        if variable:
            my_task.data = {**my_task.data, variable: payload}
        elif isinstance(payload, dict):
            my_task.data = {**my_task.data, **payload}

    def reset(self, my_task: Token) -> None:
        """Forget what was caught."""
        my_task.internal_data.pop(PAYLOAD, None)
        my_task.internal_data.pop("event_fired", None)


class MessageEventDefinition(Payload, spiff.MessageEventDefinition):
    """A message, matched by name and correlation; the run's correlation is one for all scopes."""

    def catches(self, my_task: Token, event: Any = None) -> bool:
        """Whether the message is meant for this run."""
        mine = my_task.workflow.top_workflow.correlations
        return bool(self == event.event_definition and fits(event.correlations or {}, mine))

    def catch(self, my_task: Token, event: Any = None) -> None:
        if event is not None:
            my_task.workflow.top_workflow.correlations.update(event.correlations or {})
        super().catch(my_task, event)

    def throw(self, my_task: Token) -> None:
        language = my_task.workflow.script_engine
        payload, told = {}, my_task.data
        if self.expression is not None:
            payload = told = deepcopy(language.evaluate(my_task, self.expression))
        says = self.calculate_correlations(language, self.correlation_properties, told)
        run = my_task.workflow.top_workflow
        run.correlations.update(says)
        run.catch(BpmnEvent(self, payload=payload, correlations=says))

    def update_task(self, my_task: Token) -> None:
        """The run's own data may say which message it waits for."""
        language = my_task.workflow.script_engine
        mine = self.calculate_correlations(language, self.process_correlations, my_task.data)
        my_task.workflow.top_workflow.correlations.update(mine)

    def calculate_correlations(
        self, script_engine: Any, cp: Any, ctx: Any
    ) -> dict[str, dict[str, Any]]:
        """Key → property → value; a property whose value is not there says nothing."""
        found: dict[str, dict[str, Any]] = {}
        for one in cp:
            try:
                value = script_engine.environment.evaluate(one.retrieval_expression, ctx)
            except RunFailed:
                continue
            for key in one.correlation_keys:
                found.setdefault(key, {})[one.name] = value
        return found


class SignalEventDefinition(Payload, spiff.SignalEventDefinition):
    """A signal, heard by all who listen."""

    def throw(self, my_task: Token) -> None:
        my_task.workflow.top_workflow.noticed.append(Notice("signal", self.name, my_task))
        super().throw(my_task)


class ErrorEventDefinition(Payload, spiff.ErrorEventDefinition):
    """An error: goes up until a boundary event catches it, else the run ends."""

    def throw(self, my_task: Token) -> None:
        if not send_up(my_task.workflow, _event(self, my_task)):
            lost = Notice("uncaught", my_task.task_spec.bpmn_id, my_task)
            my_task.workflow.top_workflow.noticed.append(lost)


class EscalationEventDefinition(Payload, spiff.EscalationEventDefinition):
    """An escalation: goes up until a boundary event catches it; nobody has to."""

    def throw(self, my_task: Token) -> None:
        send_up(my_task.workflow, _event(self, my_task))


class MultipleEventDefinition(LibraryMultiple):
    """Several definitions in one event or behind one gateway; each timer has its own instant."""

    def has_fired(self, my_task: Token) -> bool:
        seen = list(my_task.internal_data.get(SEEN, []))
        have = {index for index, _ in seen}
        for index, definition in enumerate(self.event_definitions):
            if index in have:
                continue
            if isinstance(definition, OurTimer):
                fired = definition.has_fired(my_task, slot(index))
            else:
                fired = isinstance(definition, ConditionalEventDefinition) and (
                    definition.has_fired(my_task)
                )
            if fired:
                seen.append([index, None])
        my_task.internal_data[SEEN] = seen
        if self.parallel:
            return len({index for index, _ in seen}) == len(self.event_definitions)
        return bool(seen)

    def catch(self, my_task: Token, event: Any = None) -> None:
        for index, definition in enumerate(self.event_definitions):
            if definition.catches(my_task, event):
                seen = my_task.internal_data.get(SEEN, [])
                my_task.internal_data[SEEN] = [*seen, [index, deepcopy(event.payload)]]
                return

    def update_task_data(self, my_task: Token) -> None:
        for index, payload in my_task.internal_data.get(SEEN, []):
            definition = self.event_definitions[index]
            if isinstance(definition, Payload):
                definition.keep(my_task, payload)

    def reset(self, my_task: Token) -> None:
        my_task.internal_data.pop(SEEN, None)
        for index in range(len(self.event_definitions)):
            my_task.internal_data.pop(slot(index), None)


class EventBasedGateway(Lean, defaults.EventBasedGateway):
    """The first event decides; of several timers the earliest."""

    def _run_hook(self, my_task: Token) -> bool:
        index, _ = my_task.internal_data[SEEN][0]
        definition = self.event_definition
        definition.update_task_data(my_task)
        definition.reset(my_task)
        chosen = my_task.children[index].task_spec
        if isinstance(definition.event_definitions[index], OurTimer):
            notice_timer(my_task, chosen)
        my_task._sync_children([chosen], TaskState.FUTURE)
        return True


class BoundaryEvent(Lean, defaults.BoundaryEvent):
    """When it runs it has happened, whatever its timer: what follows is made like anyone's."""

    def _predict_hook(self, my_task: Token) -> None:
        TaskSpec._predict_hook(self, my_task)

    def _run_hook(self, my_task: Token) -> bool:
        fork = my_task.parent
        know_the_body(my_task)
        if self.cancel_activity and fork is not None:  # the activity stops before anything follows
            for token in fork.children:
                if token is not my_task and token._state & OPEN:
                    token.cancel()
        result: bool = super()._run_hook(my_task)
        return result

    def look_around(self, my_task: Token) -> None:
        """Know what the activity knows before a branch begins."""
        know_the_body(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        # It alone stops listening, not what waits in the branches it has begun.
        my_task.workflow.top_workflow.event_manager.remove_task(my_task)

    def catch(self, my_task: Token, event: Any) -> None:
        """Beside an activity that goes on, an event may happen again and again."""
        if self.cancel_activity:
            super().catch(my_task, event)
            return
        definition = self.event_definition
        definition.catch(my_task, event)
        if not definition.has_fired(my_task):
            return
        kept = my_task.data
        know_the_body(my_task)
        definition.update_task_data(my_task)
        definition.reset(my_task)
        known, my_task.data = my_task.data, kept
        my_task.workflow.top_workflow.beside.append((my_task, known))


def know_the_body(my_task: Token) -> None:
    """What hangs on a sub-process begins with the data as they are inside now."""
    fork, run = my_task.parent, my_task.workflow.top_workflow
    for token in fork.children if fork is not None else ():
        inside = run.subprocesses.get(token.id)
        if inside is not None:
            my_task.data = {**my_task.data, **present_data(run, inside)}


def present_data(run: Any, flow: Any) -> dict[str, Any]:
    """The data of all branches of a workflow, merged as a join would."""
    tokens = [token for token in flow.open.values() if token.parent is not None and token.inherited]
    data = merged(tokens) if tokens else dict(flow.data)
    for token in tokens:
        deeper = run.subprocesses.get(token.id)
        if deeper is not None:
            data = {**data, **present_data(run, deeper)}
    return data


OWN.update(EventBasedGateway=EventBasedGateway, BoundaryEvent=BoundaryEvent)


def slot(index: int) -> str:
    """Where the timer of a definition of several keeps its instant."""
    return f".timer.{index}"


#: Activities of the machine: what fails in them is an error that the diagram may catch.
AUTOMATIC = ("ScriptTask", "ServiceTask", "BusinessRuleTask")


def rescue(token: Token, failure: Fault) -> bool:
    """Offer the failure of a script, service or table to the error events around it."""
    if type(token.task_spec).__name__ not in AUTOMATIC:
        return False
    cause = str(failure.particulars.get("cause") or "")
    event = BpmnEvent(ErrorEventDefinition(cause, code=cause.partition(":")[0]), payload=None)
    at_once = [one for one in beside(token) if one.task_spec.catches(one, event)]
    if at_once:
        catch_best(at_once, event)
        return True
    return send_up(token.workflow, event)


THROWN: dict[str, Any] = {
    "signal": SignalEventDefinition,
    "message": MessageEventDefinition,
    "error": ErrorEventDefinition,
    "escalation": EscalationEventDefinition,
}


def throw_beside(whole: Token, behaviour: Behaviour) -> None:
    """Throw what a multi-instance activity says: first of all to its own border events."""
    kind = THROWN[behaviour.kind]
    if behaviour.kind in ("signal", "message"):
        kind(behaviour.name).throw(whole)
        return
    event = BpmnEvent(kind(behaviour.name, code=behaviour.code), payload=None)
    at_once = [one for one in beside(whole) if one.task_spec.catches(one, event)]
    if at_once:
        catch_best(at_once, event)
    elif not send_up(whole.workflow, event) and behaviour.kind == "error":
        lost = Notice("uncaught", whole.task_spec.bpmn_id, whole)
        whole.workflow.top_workflow.noticed.append(lost)


def _event(definition: Any, my_task: Token) -> BpmnEvent:
    payload = None
    if definition.expression is not None:
        payload = my_task.workflow.script_engine.evaluate(my_task, definition.expression)
    return BpmnEvent(definition, payload=payload)
