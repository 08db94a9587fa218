"""The sentences of the screens in two languages, and how dates and numbers are said in them."""

from app.i18n.catalogue import LANGUAGES, language, offered, say, t, tongue, words

__all__ = ["LANGUAGES", "language", "offered", "say", "t", "tongue", "words"]
