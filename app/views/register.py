"""Every blueprint of the application on one page."""

from __future__ import annotations

from flask import Flask

from app.views import (
    absences,
    accounts,
    counter,
    dossiers,
    folders,
    home,
    inbox,
    notices,
    public,
    reports,
    rollout,
    uploads,
)


def register(app: Flask) -> None:
    """Hang all pages into the application."""
    for blueprint in (
        home.pages,
        accounts.pages,
        absences.pages,
        counter.pages,
        inbox.pages,
        dossiers.pages,
        folders.pages,
        notices.pages,
        public.pages,
        reports.pages,
        rollout.pages,
        uploads.pages,
    ):
        app.register_blueprint(blueprint)
