"""The public catalogue: steps, papers, fees, limit, legal basis, the diagram that runs."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import story
from app.database import instant, reading
from app.identity import requires
from app.views.public.pages import pages
from engine.errors import UnknownProcedure
from engine.queries import catalogue as questions
from engine.queries.cutover import closed_one


@pages.get("/procedures")
@requires("public")
def catalogue() -> ResponseReturnValue:
    """Every procedure that is open somewhere now."""
    text = request.args.get("q", "")
    with reading() as connection:
        found = questions.listing(connection, instant(), search=text)
    return render_template("public/catalogue.html", found=found, text=text)


@pages.get("/procedures/<name>")
@requires("public")
def procedure(name: str) -> ResponseReturnValue:
    """One procedure, as it runs today; printable."""
    with reading() as connection:
        try:
            view = questions.procedure(connection, name, instant())
        except UnknownProcedure:
            closed = closed_one(connection, name)
            if closed is None:
                raise
            return render_template("public/closed.html", closed=closed)
        closed = closed_one(connection, name)
    return render_template(
        "public/procedure.html",
        procedure=view,
        manifest=view.manifest,
        path=story.way(view.path),
        diagram_url=url_for("public.diagram", name=name),
        closed=closed,
    )


@pages.get("/procedures/<name>/diagram.bpmn")
@requires("public")
def diagram(name: str) -> ResponseReturnValue:
    """The diagram of the release in force."""
    with reading() as connection:
        return _bpmn(questions.procedure(connection, name, instant()).diagram, "no-cache")


@pages.get("/releases/<digest>/diagram.bpmn")
@requires("public")
def release_diagram(digest: str) -> ResponseReturnValue:
    """The diagram of one release; its bytes never change."""
    with reading() as connection:
        return _bpmn(
            questions.release_view(connection, "", digest).diagram,
            "public, max-age=31536000, immutable",
        )


def _bpmn(content: bytes, keep: str) -> Response:
    answer = Response(content, mimetype="text/xml")
    answer.headers["Cache-Control"] = keep
    return answer
