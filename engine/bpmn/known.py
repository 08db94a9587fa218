"""What the platform knows of BPMN's elements and attributes and of the vendors' extensions."""

from __future__ import annotations

from typing import Final

from engine.bpmn.vocabulary import ACTIVITIES, EVENTS, FLOW_NODES, TASKS

#: Elements that only describe, with all that is in them.
SHOWN_ONLY: Final = frozenset(
    {
        "documentation", "textAnnotation", "association", "group", "category", "dataObject",
        "dataObjectReference", "dataStore", "dataStoreReference", "dataInputAssociation",
        "dataOutputAssociation", "ioSpecification", "property", "auditing", "monitoring",
        "resource", "relationship",
        "itemDefinition", "import", "interface", "endPoint", "partnerEntity", "partnerRole",
        "artifact", "rendering", "dataInput", "dataOutput", "inputSet", "outputSet", "ioBinding",
        "supports", "extension", "text", "dataState",
    }
)  # fmt: skip
#: Elements that would say how something runs, and are not run: named as a whole.
NAMED_WHOLE: Final = frozenset(
    {
        "resourceRole", "performer", "humanPerformer", "potentialOwner", "assignment",
        "transformation", "choreography", "globalChoreographyTask", "conversation",
        "subConversation", "callConversation", "globalConversation",
    }
)  # fmt: skip
DATA_WAYS: Final = ("dataInputAssociation", "dataOutputAssociation")
#: Elements that are run, or that tell what is run how.
ELEMENTS: Final = FLOW_NODES | SHOWN_ONLY | frozenset(
    {
        "definitions", "process", "collaboration", "participant", "participantMultiplicity",
        "messageFlow", "message", "signal", "error", "escalation", "laneSet", "lane",
        "childLaneSet",
        "flowNodeRef", "sequenceFlow", "incoming", "outgoing", "conditionExpression",
        "extensionElements", "script", "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics", "loopCardinality", "loopCondition", "loopDataInputRef",
        "loopDataOutputRef", "inputDataItem", "outputDataItem", "completionCondition",
        "activationCondition", "timerEventDefinition", "timeDate", "timeDuration", "timeCycle",
        "messageEventDefinition", "signalEventDefinition", "errorEventDefinition",
        "escalationEventDefinition", "conditionalEventDefinition", "condition",
        "linkEventDefinition", "source", "target", "compensateEventDefinition",
        "cancelEventDefinition", "terminateEventDefinition", "correlationKey",
        "correlationProperty", "correlationPropertyRef", "correlationSubscription",
        "correlationPropertyRetrievalExpression", "correlationPropertyBinding", "messagePath",
        "dataPath", "complexBehaviorDefinition", "event",
    }
)  # fmt: skip
#: Attributes that anything may carry and that only describe.
DESCRIBING: Final = frozenset(
    {
        "id", "name", "targetNamespace", "expressionLanguage", "typeLanguage", "exporter",
        "exporterVersion", "processType", "isClosed", "state", "definitionalCollaborationRef",
        "gatewayDirection", "isImmediate", "structureRef", "itemRef", "itemSubjectRef",
        "partitionElementRef", "processRef", "minimum", "maximum", "isCollection", "textFormat",
        "evaluatesToTypeRef",
    }
)  # fmt: skip
_ACTIVITY = frozenset({"default", "startQuantity", "completionQuantity", "isForCompensation"})
_HOW = "implementation"
_EVENT = frozenset(
    {"isInterrupting", "parallelMultiple", "cancelActivity", "attachedToRef"}
)  # fmt: skip
#: Attributes that are run, by element.
ATTRIBUTES: Final = {
    **dict.fromkeys(ACTIVITIES, _ACTIVITY),
    **dict.fromkeys(EVENTS, _EVENT),
    **dict.fromkeys(("userTask", "serviceTask", "businessRuleTask"), _ACTIVITY | {_HOW}),
    "process": frozenset({"isExecutable"}),
    "sendTask": _ACTIVITY | {"messageRef", _HOW},
    "receiveTask": _ACTIVITY | {"messageRef", _HOW, "instantiate"},
    "scriptTask": _ACTIVITY | {"scriptFormat"},
    "callActivity": _ACTIVITY | {"calledElement"},
    "subProcess": _ACTIVITY | {"triggeredByEvent"},
    "transaction": _ACTIVITY | {"triggeredByEvent", "method"},
    "adHocSubProcess": _ACTIVITY | {"triggeredByEvent", "ordering", "cancelRemainingInstances"},
    "exclusiveGateway": frozenset({"default"}),
    "inclusiveGateway": frozenset({"default"}),
    "complexGateway": frozenset({"default"}),
    "eventBasedGateway": frozenset({"instantiate", "eventGatewayType"}),
    "sequenceFlow": frozenset({"sourceRef", "targetRef"}),
    "messageFlow": frozenset({"sourceRef", "targetRef", "messageRef"}),
    "messageEventDefinition": frozenset({"messageRef"}),
    "signalEventDefinition": frozenset({"signalRef"}),
    "errorEventDefinition": frozenset({"errorRef"}),
    "escalationEventDefinition": frozenset({"escalationRef"}),
    "compensateEventDefinition": frozenset({"activityRef", "waitForCompletion"}),
    "error": frozenset({"errorCode"}),
    "escalation": frozenset({"escalationCode"}),
    "multiInstanceLoopCharacteristics": frozenset(
        {"isSequential", "behavior", "oneBehaviorEventRef", "noneBehaviorEventRef"}
    ),
    "standardLoopCharacteristics": frozenset({"testBefore", "loopMaximum"}),
    "correlationPropertyRetrievalExpression": frozenset({"messageRef"}),
    "correlationSubscription": frozenset({"correlationKeyRef"}),
    "correlationPropertyBinding": frozenset({"correlationPropertyRef"}),
}
#: Attributes of which only these values are run.
_UNSAID = ("##unspecified", "##WebService", "")  # the standard's defaults: they say nothing
ONLY_THIS: Final = {
    **{(kind, _HOW): _UNSAID for kind in TASKS},
    ("receiveTask", "instantiate"): ("false",),
    ("compensateEventDefinition", "waitForCompletion"): ("true",),
}
#: Extensions of vendors that are read as ours (docs/bpmn-profile.md §3).
VENDOR_RUN: Final = frozenset(
    {
        "properties", "property", "formKey", "candidateGroups", "collection", "elementVariable",
        "decisionRef",
    }
)  # fmt: skip
#: Extensions that say nothing about how something runs.
VENDOR_SHOWN: Final = frozenset(
    {
        "modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "versionTag",
        "historyTimeToLive", "isStartableInTasklist", "diagramRelationId", "userTask",
    }
)  # fmt: skip
