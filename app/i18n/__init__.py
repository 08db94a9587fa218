"""The sentences of the screens by language, and how dates and numbers are said in them."""

from app.i18n.catalogue import LANGUAGES, language, offered, own_name, say, t, tongue, words

__all__ = ["LANGUAGES", "language", "offered", "own_name", "say", "t", "tongue", "words"]
