"""A shipped diagram as it is drawn: its nodes, flows, shapes and the ways of its edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from engine.bpmn.vocabulary import BPMNDI, FLOW_NODES, GATEWAYS, SPIFF, Element, local, tag

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
FORMS = ROOT / "forms"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"


@dataclass(frozen=True)
class Box:
    """Where a shape lies."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def holds(self, other: Box) -> bool:
        """Whether the other box lies inside."""
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than a border."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def borders(self, point: tuple[float, float]) -> bool:
        """Whether a point is on the edge of the box."""
        x, y = point
        beside = x in (self.x, self.right) and self.y <= y <= self.bottom
        above = y in (self.y, self.bottom) and self.x <= x <= self.right
        return beside or above

    def docks(self, point: tuple[float, float], kind: str) -> bool:
        """Whether a flow may touch here: anywhere on a task, at a tip of what is not square."""
        middle_x, middle_y = self.x + self.width / 2, self.y + self.height / 2
        tip = point[0] == middle_x or point[1] == middle_y
        return self.borders(point) and (tip or (kind not in GATEWAYS and "Event" not in kind))


@cache
def drawing(name: str) -> Element:
    """The diagram's root element."""
    return etree.parse(str(PROCESSES / name / "process.bpmn")).getroot()


def nodes(name: str) -> dict[str, Element]:
    """Every flow node by its id."""
    return {e.get("id"): e for e in drawing(name).iter() if local(e) in FLOW_NODES}


def flows(name: str) -> list[Element]:
    return list(drawing(name).iter(tag("sequenceFlow")))


def boxes(name: str) -> dict[str, Box]:
    """The bounds of every drawn shape by the id of its element."""
    found = {}
    for shape in drawing(name).iter(f"{{{BPMNDI}}}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        sides = [float(bounds.get(key)) for key in ("x", "y", "width", "height")]
        found[shape.get("bpmnElement")] = Box(*sides)
    return found


def routes(name: str) -> dict[str, list[tuple[float, float]]]:
    """The waypoints of every drawn edge by the id of its flow."""
    return {
        edge.get("bpmnElement"): [
            (float(point.get("x")), float(point.get("y"))) for point in edge.iter(f"{DI}waypoint")
        ]
        for edge in drawing(name).iter(f"{{{BPMNDI}}}BPMNEdge")
    }


def named(element: Element) -> dict[str, str]:
    """The extension properties of an element."""
    return {p.get("name"): p.get("value") for p in element.iter(f"{{{SPIFF}}}property")}
