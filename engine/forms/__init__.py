"""A step's form: two files in a closed profile; answers read, checked and shown by them."""

from engine.forms.conditions import Condition, names_in, plain_condition
from engine.forms.definition import CrossCheck, Field, FieldFault, Section
from engine.forms.form import Form, load
from engine.forms.lint import lint
from engine.forms.posted import file_text
from engine.forms.showing import Shown, said
from engine.forms.text import Text
from engine.forms.typed import typed_value, value_key

__all__ = [
    "Condition",
    "CrossCheck",
    "Field",
    "FieldFault",
    "Form",
    "Section",
    "Shown",
    "Text",
    "file_text",
    "lint",
    "load",
    "names_in",
    "plain_condition",
    "said",
    "typed_value",
    "value_key",
]
