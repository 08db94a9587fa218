"""Choose a procedure by typing what the citizen needs, without accents."""

from __future__ import annotations

from collections import Counter

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.database import instant, reading
from app.identity import actor, requires
from app.views.counter.pages import centre_here, pages
from engine.queries import catalogue, organisation


@pages.get("/counter")
@requires("reception")
def choose() -> ResponseReturnValue:
    """What is open at this centre now, live first, then on trial."""
    text = request.args.get("q", "")
    with reading() as connection:
        centres = organisation.counters_of(connection, actor(), instant())
        centre = centre_here(centres)
        live, on_trial = (
            [row for row in rows if row.at_counter]
            for rows in (
                catalogue.listing(
                    connection, instant(), centre.code, search=text, trial=trial, each_model=True
                )
                for trial in (False, True)
            )
        )
    open_under = Counter((row.name, row.trial) for row in (*live, *on_trial))
    return render_template(
        "counter/choose.html",
        live=live,
        on_trial=on_trial,
        both_models={name for (name, _), count in open_under.items() if count > 1},
        text=text,
        centre=centre,
        centres=centres,
    )
