"""Nothing that a file says is dropped without a word: every element, attribute and extension is
run, known to be documentation, or told. What repeats is told once, with how often and where first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.bpmn.diagram import Diagram
from engine.bpmn.finding import Finding, Severity
from engine.bpmn.known import (
    ATTRIBUTES,
    DATA_WAYS,
    DESCRIBING,
    ELEMENTS,
    NAMED_WHOLE,
    ONLY_THIS,
    SHOWN_ONLY,
    VENDOR_RUN,
    VENDOR_SHOWN,
)
from engine.bpmn.vendors import SPELLED
from engine.bpmn.vocabulary import BPMN, SPIFF, VENDORS, XSI, Element, children, is_bpmn, local

XML = "http://www.w3.org/XML/1998/namespace"


@dataclass
class _Heap:
    """Everything a rule has to say about one thing."""

    severity: Severity
    element: Element
    owner: Element
    value: str
    count: int = 0
    particulars: dict[str, object] = field(default_factory=dict)


def audit(diagram: Diagram) -> Iterator[Finding]:
    """What of the file is neither run nor known documentation."""
    heaps: dict[tuple[str, str], _Heap] = {}
    for element in _living(diagram.root):
        if is_bpmn(element):
            _element(element, heaps)
            _attributes(element, heaps)
        else:
            _extension(element, heaps)
    for (rule, _), heap in heaps.items():
        owner = heap.owner
        yield Finding(
            rule,
            heap.severity,
            diagram.file,
            owner.get("id"),
            " ".join((owner.get("name") or "").split()),
            local(owner),
            heap.element.sourceline,
            {"count": heap.count, "value": heap.value, **heap.particulars},
        )


def _living(root: Element) -> Iterator[Element]:
    """The elements of the model, without shapes and what only describes."""
    rest = [root]
    while rest:
        element = rest.pop()
        if not isinstance(element.tag, str):
            continue
        if is_bpmn(element) and local(element) in SHOWN_ONLY:
            if local(element) in DATA_WAYS:  # a plain arrow explains, a calculation would run
                rest.extend(children(element, "assignment", "transformation"))
            continue
        if element is not root and not is_bpmn(element) and not _inside_extensions(element):
            continue  # shapes, and the like beside the model
        yield element
        if not is_bpmn(element) or local(element) not in NAMED_WHOLE:
            rest.extend(reversed(element))


def _inside_extensions(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and local(parent) == "extensionElements"


def _put(
    heaps: dict[tuple[str, str], _Heap],
    rule: str,
    severity: Severity,
    what: str,
    element: Element,
    value: str = "",
) -> None:
    owner = element
    while owner.get("id") is None and owner.getparent() is not None:
        owner = owner.getparent()
    heap = heaps.setdefault((rule, what), _Heap(severity, element, owner, value[:80]))
    heap.count += 1
    heap.particulars["what"] = what


def _element(element: Element, heaps: dict[tuple[str, str], _Heap]) -> None:
    kind = local(element)
    if kind not in ELEMENTS:
        _put(heaps, "bpmn.not-run", "warning", kind, element)


def _attributes(element: Element, heaps: dict[tuple[str, str], _Heap]) -> None:
    kind = local(element)
    known = ATTRIBUTES.get(kind, frozenset())
    for key, value in element.attrib.items():
        space, _, name = key.rpartition("}")
        space = space[1:]
        if not space and (name in known or name in DESCRIBING):
            wanted = ONLY_THIS.get((kind, name))
            if wanted is not None and value not in wanted:
                _put(heaps, "bpmn.attribute-not-run", "warning", f"{kind} {name}", element, value)
        elif not space or space == BPMN:
            if kind in ELEMENTS:
                _put(heaps, "bpmn.attribute-not-run", "warning", f"{kind} {name}", element, value)
        elif space in VENDORS:
            _vendor(VENDORS[space], name, element, value, heaps)
        elif space not in (XSI, XML, SPIFF):
            _put(heaps, "bpmn.foreign", "info", _foreign(element, space, name), element, value)


def _extension(element: Element, heaps: dict[tuple[str, str], _Heap]) -> None:
    """One extension element directly inside ``extensionElements``."""
    space, _, name = str(element.tag).rpartition("}")
    space = space[1:]
    if space == SPIFF:
        return
    if space in VENDORS and name in SPELLED and element.attrib:
        for key, value in element.attrib.items():  # what of it was not taken over
            _vendor(VENDORS[space], f"{name} {key}", element, value, heaps)
    elif space in VENDORS:
        _vendor(VENDORS[space], name, element, element.get("type") or "", heaps)
    else:
        _put(heaps, "bpmn.foreign", "info", _foreign(element, space, name), element)


def _vendor(
    vendor: str,
    name: str,
    element: Element,
    value: str,
    heaps: dict[tuple[str, str], _Heap],
) -> None:
    if name in VENDOR_RUN or name in VENDOR_SHOWN:
        return
    _put(heaps, "bpmn.vendor-not-run", "warning", f"{vendor}:{name}", element, value)


def _foreign(element: Element, space: str, name: str) -> str:
    prefix = next((key for key, uri in element.nsmap.items() if uri == space and key), "")
    return f"{prefix}:{name}" if prefix else name
