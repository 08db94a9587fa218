"""What is different between two versions of a procedure, as sentences somebody can sign."""

from engine.bpmn.migrate import Reason
from engine.changes.change import Change
from engine.changes.comparing import compare
from engine.changes.wording import said, stays

__all__ = ["Change", "Reason", "compare", "said", "stays"]
