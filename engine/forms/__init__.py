"""A step's form: two files in a closed profile; answers read, checked and shown by them."""

from engine.forms.definition import CrossCheck, Field, FieldFault, Section
from engine.forms.form import Form, load
from engine.forms.lint import lint
from engine.forms.showing import Shown
from engine.forms.text import Text

__all__ = [
    "CrossCheck",
    "Field",
    "FieldFault",
    "Form",
    "Section",
    "Shown",
    "Text",
    "lint",
    "load",
]
