"""What the standard has and SpiffWorkflow has not, redrawn with what it has."""

from __future__ import annotations

from engine.bpmn.redraw.adhoc import open_ad_hoc
from engine.bpmn.redraw.behaviours import let_instances_throw
from engine.bpmn.redraw.beside import hang_event_sub_processes
from engine.bpmn.redraw.gateways import plain_gateways
from engine.bpmn.redraw.links import join_links
from engine.bpmn.redraw.quantities import spell_out_quantities
from engine.bpmn.redraw.starts import choose_start
from engine.bpmn.redraw.throws import throw_one_after_the_other
from engine.bpmn.redraw.undoing import undo
from engine.bpmn.vocabulary import Element


def redraw(root: Element) -> dict[str, str]:
    """Redraw a file, its messages named, in place; the answer maps ids of copies to drawn ones."""
    let_instances_throw(root)
    join_links(root)
    throw_one_after_the_other(root)
    plain_gateways(root)
    spell_out_quantities(root)
    copies = open_ad_hoc(root)
    copies |= undo(root)
    choose_start(root)
    hang_event_sub_processes(root)
    return copies
