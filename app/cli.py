"""The command `veinline`: serve, init, migrate, verify, demo. Each says in words what it did or why it did not.

Migrations and the simulator are imported where their command runs: a serving process needs neither.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.table import Column, Table

from app.clock import system_clock
from app.db.database import Database
from app.db.transaction import transaction
from app.domain.actor import Job
from app.domain.errors import Refusal
from app.identity.commands import issue_one_time_code
from app.label_rules.commands import lay_down_shipped_rules
from app.ledger.keyring import Keyring
from app.ledger.recorder import Recorder
from app.ledger.verify import verify as verify_ledger
from app.main import create_app, open_database
from app.settings import Settings
from app.setup import SiteRequest, make_site

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False)

DataDir = Annotated[Path | None, typer.Option(help="Folder of the database and the keys.")]


@cli.command()
def serve(host: str = "127.0.0.1", port: int = 8000, workers: int = 1, data_dir: DataDir = None) -> None:
    """Serve an initialised installation."""
    settings = _settings(data_dir)
    os.environ["VEINLINE_DATA_DIR"] = str(settings.data_dir)
    uvicorn.run(
        "app.cli:serving",
        factory=True,
        host=host,
        port=port,
        workers=workers if workers > 1 else None,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def serving() -> object:
    """The application for the server's workers, from the environment."""
    app = create_app(Settings())
    gc.freeze()  # what was built until here stays for ever: no later collection need walk over it
    return app


@cli.command()
def init(
    code: Annotated[str, typer.Option(help="Three characters, the last a letter; part of every code for ever.")],
    name: Annotated[str, typer.Option(help="Name of the laboratory.")],
    zone: Annotated[str, typer.Option(help="Time zone, such as Europe/Berlin.")],
    phone: Annotated[str, typer.Option(help="Telephone of the laboratory, shown on every STOP.")],
    data_dir: DataDir = None,
) -> None:
    """Found a real site: keys, database, and a one-time code for its first administrator. No default password."""
    settings = _settings(data_dir)
    database = found(settings)
    with transaction(database, Job("init"), system_clock) as tx:
        make_site(tx, SiteRequest(code, name, zone, is_demo=False, laboratory_phone=phone))
        lay_down_shipped_rules(tx)
        one_time = issue_one_time_code(tx, "first_administrator", None)
    console.print(f"The site {code} is founded in {settings.data_dir}.")
    console.print(f"Keep a copy of {settings.keys_dir} apart from the database: without it no backup can be read.")
    console.print("No label prints yet: a supervisor proposes the label rules that came along, QA approves them.")
    console.print("Start the server, open /first-run and type this code once, within 24 hours:")
    console.print(f"  [bold]{one_time.code}[/bold]")


@cli.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to this version's schema and reinstall its triggers."""
    from app.db.migrate import upgrade

    settings = _settings(data_dir)
    keyring = Keyring.load(settings.keys_dir)
    upgrade(Database(settings, keyring.pepper))
    console.print("The database is at the newest schema.")


@cli.command()
def verify(data_dir: DataDir = None) -> None:
    """Walk every chain of the ledger, rebuild every row, and name the first event or row that lies."""
    database, keyring = open_database(_settings(data_dir))
    with database.reading() as db:
        result = verify_ledger(db, keyring)
    if result.finding is not None:
        console.print(f"[bold red]The record does not hold.[/bold red] {result.finding}")
        raise typer.Exit(1)
    console.print(
        f"{result.events:,} events in {result.streams:,} streams and {result.rows:,} rows agree. Nothing was altered."
    )


@cli.command()
def demo(port: int = 8000, data_dir: DataDir = None, *, only_found: bool = False) -> None:
    """Found a new demo laboratory with synthetic patients, print its one-time sign-ins, and serve it."""
    from app.simulator.demo import enrolment_codes, found_demo, sign_ins

    folder = (data_dir or Path("data/demo")) / system_clock().strftime("%Y%m%d-%H%M%S")
    settings = Settings(data_dir=folder, database_url="", origin=f"http://127.0.0.1:{port}")
    with console.status("Walking three synthetic patients through the laboratory, by the real commands ..."):
        lab = found_demo(settings, system_clock())
    whole = [Column(head, overflow="fold") for head in ("User name", "Password", "Badge", "PIN")]
    table = Table("Role", *whole, title="Sign-ins of this demo, made just now")
    for one in sign_ins(lab):
        table.add_row(one.role, one.user_name, one.password, one.badge, one.pin)
    console.print(table)
    for station, code in enrolment_codes(lab, ("Bench 1", "QA desk", "Bed 4")).items():
        console.print(
            f"To make a browser the station {station}, type at {settings.origin}/enrol once: [bold]{code}[/bold]"
        )
    lab.database.dispose()
    if not only_found:
        console.print(f"Serving on {settings.origin}. Synthetic patients, not for care. Ctrl+C ends it.")
        os.environ["VEINLINE_ORIGIN"] = settings.origin
        serve(port=port, data_dir=folder)


def found(settings: Settings) -> Database:
    """New keys and an empty, migrated database; refuses where an installation exists already."""
    from app.db.migrate import upgrade

    if (settings.keys_dir / "wrapping.key").exists():
        console.print(f"There is an installation in {settings.data_dir} already; nothing was changed.")
        raise typer.Exit(1)
    keyring = Keyring.create(settings.keys_dir)
    database = Database(settings, keyring.pepper)
    Recorder(keyring).attach(database.sessions)
    upgrade(database)
    return database


def run() -> None:
    """Entry of the console script: refusals are sentences, not tracebacks."""
    try:
        cli()
    except (Refusal, RuntimeError, FileNotFoundError) as error:
        console.print(f"[bold red]Not done.[/bold red] {error}")
        raise SystemExit(1) from None


def _settings(data_dir: Path | None) -> Settings:
    return Settings() if data_dir is None else Settings(data_dir=data_dir)


if __name__ == "__main__":
    run()
