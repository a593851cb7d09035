"""A small server that shows every macro under the real security policy, without a laboratory behind it."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import uvicorn
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from app.domain.roles import Role
from app.web import charts, formats
from app.web.frame import Frame, rail_items
from app.web.gate import CSP
from app.web.templates import ROOT, static_url

GALLERY = Path(__file__).parent / "gallery"
PATIENT = SimpleNamespace(
    name="HALVORSEN, Ingrid (Ms)",
    born="14\u00a0Mar\u00a01951\u00a0(75y)",
    gender="Female",
    hospital_number="4417\u00a00926",
    weight="68.0\u00a0kg",
)


@dataclass
class Gallery:
    """The running server: its address, what was posted to it, what its policy blocked."""

    address: str
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)


def sample(verdict: str = "") -> SimpleNamespace:
    """A page with everything any gallery template shows."""
    row = SimpleNamespace(word="Therapy", wristband="TH-D7M-26-000442-M", bag="TH-D7M-26-000442-M", is_code=True)
    wells = [
        SimpleNamespace(kind=f"p{n % 9}", text=str(n), name=f"w{n}", label=f"Well {n}", value="") for n in range(12)
    ]
    lysis = charts.Series((charts.Measured(5, 31, error=3), charts.Measured(20, 71)), ((5, 31), (20, 71)))
    return SimpleNamespace(
        patient=PATIENT,
        verdict=verdict,
        sha256="a91f4c02" * 8,
        stages=[SimpleNamespace(word="Receive", state="done"), SimpleNamespace(word="Seed", state="now")],
        lines=[SimpleNamespace(icon="circle-check", kind="ok", word="Custody", fact="9 of 9 links", href="/form")],
        rows=[row, SimpleNamespace(word="Name", wristband="HALVORSEN, Ingrid", bag="HALVORSEN, Ingrid", is_code=False)],
        checks=[SimpleNamespace(word="Sterility pending", fact="acknowledged 13:24", is_pending=True)],
        acts=[
            Markup("Call the laboratory, <b class='nb'>ext. 5 5512</b>."),
            "Put the bag away.",
            "Scan the right bag.",
        ],
        differs=SimpleNamespace(what="hospital No.", ours=("4417 ", "0926"), theirs=("4417 ", "1183")),
        growth=charts.growth([charts.Measured(0, 1.5, label="1.50")], title="1.5 billion", band=[(0, 1, 2), (4, 1, 4)]),
        curve=charts.dose_response([lysis], title="Lysis rises to 71%", ratios=("5", "10", "20")),
        plate=SimpleNamespace(
            caption="Two rows",
            groups=[SimpleNamespace(word="K562", columns=12)],
            columns=range(1, 13),
            rows=[SimpleNamespace(letter=letter, note="20", wells=wells) for letter in "AB"],
        ),
    )


@contextmanager
def gallery() -> Iterator[Gallery]:
    """Serve the gallery on a free port until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shown = Gallery(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(_app(shown), port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        thread.join(0.02)
    yield shown
    server.should_exit = True
    thread.join()


def _app(shown: Gallery) -> Starlette:
    templates = Environment(
        loader=ChoiceLoader([FileSystemLoader(GALLERY), FileSystemLoader(ROOT / "templates")]),
        autoescape=True,
        undefined=StrictUndefined,
    )
    templates.globals |= {"static_url": static_url, "formats": formats}

    def answer(name: str, status: int = 200, verdict: str = "", **headers: str) -> Response:
        frame = _frame(secrets.token_urlsafe(16))
        problem = SimpleNamespace(
            code="invalid",
            title="Look at this again",
            sentence="Weight is 680 kg.",
            field="weight_kg",
            near_miss=None,
            way_on=None,
        )
        text = templates.get_template(name).render(page=sample(verdict), frame=frame, problem=problem)
        policy = {"Content-Security-Policy": CSP.format(nonce=frame.nonce), "Cache-Control": "no-store"}
        return HTMLResponse(text, status, policy | {key.replace("_", "-"): value for key, value in headers.items()})

    async def show(request: Request) -> Response:
        return answer(f"{request.path_params['name']}.html", verdict=request.query_params.get("verdict", ""))

    async def take(request: Request) -> Response:
        form = await request.form()
        act = request.path_params["name"]
        shown.posted.append((act, {key: str(value) for key, value in form.items()}))
        match act:
            case "refused":
                return answer("errors/_fragment.html", 422, HX_Retarget="#feedback", HX_Reswap="innerHTML")
            case "stop":
                return answer("bedside.html", 409, "stop")
            case "lock":
                return RedirectResponse("/bedside", 303)
        return RedirectResponse(f"/bedside?verdict={act}", 303)

    async def report(request: Request) -> Response:
        shown.blocked.append((await request.body()).decode())
        return Response(status_code=204)

    async def command(_request: Request) -> Response:
        return JSONResponse({}, 404)

    return Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=ROOT / "static")),
            Route("/commands/{key}", command),
            Route("/csp-report", report, methods=["POST"]),
            Route("/{name}", take, methods=["POST"]),
            Route("/{name}", show),
        ]
    )


def _frame(nonce: str) -> Frame:
    return Frame(
        nonce=nonce,
        is_demo=True,
        here="today",
        items=rail_items(frozenset({Role.QA}), {"release": 2}),
        who="R.\u00a0Adeyemi",
        station_name="Bench 1",
        idle_seconds=120,
        now_text="23\u00a0Nov\u00a02026\u00a014:06",
        zone_text="Europe/London",
        site_name="Demo Cell Laboratory D7M",
    )
