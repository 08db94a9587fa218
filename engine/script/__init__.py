"""The small safe language of conditions, timers, tables, forms and scripts; never ``eval``.

Every failure is a ``BadExpression`` whose cause is a word, some with a particular behind a colon:
syntax[:Kind], length (of the source), depth (of the source or of a value), name:x (not known here),
call:x (no such function, or it failed), attribute:x, key:x, index, type, value, zero,
number (too big or not finite), size (a text or list too long), budget (too many operations).
"""

from engine.script.language import Expression, Script, compile_expression, compile_script

__all__ = ["Expression", "Script", "compile_expression", "compile_script"]
