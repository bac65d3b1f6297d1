"""The command line: reads what is asked, calls the library, prints."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import innoeval
from innoeval.cli.editions import (
    AudienceOption,
    LanguageOption,
    LogoOption,
    OrganisationOption,
    edition_of,
)
from innoeval.cli.lessons import BAD_INPUT, BROKEN, BUG, SOME_FAILED, lesson
from innoeval.cli.options import Roles, as_options, takes_roles
from innoeval.cli.outputs import Step
from innoeval.cli.screen import printable, say, verdict_table
from innoeval.errors import InnoevalError
from innoeval.records.policy import Policy

app = typer.Typer(
    help="Tells whether the improvements claimed for public-service innovations hold up.",
    epilog=lesson(),
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
)

ClaimsFile = Annotated[Path, typer.Argument(metavar="CLAIMS", help="Claims: CSV, YAML or JSON.")]
PanelFile = Annotated[
    Path,
    typer.Argument(
        metavar="PANEL",
        help="Metrics by unit and period: CSV, Parquet or Excel. A .yaml names a panel per claim.",
    ),
]
Folder = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the results.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"innoeval {innoeval.__version__}")
        raise typer.Exit


@app.callback(epilog=lesson())
def _innoeval(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None: ...


@app.command(epilog=lesson("demo"), short_help="Evaluate a sample and a real case.")
def demo(
    out: Folder = Path("demo"),
    *,
    briefs: Annotated[bool, typer.Option(help="Write the briefs (PDF).")] = True,
) -> None:
    """Evaluate a sample register and a real case, and write a brief for each claim."""
    from innoeval.cli.outputs import evaluate_into
    from innoeval.cli.showcase import cases, show

    every = cases()
    with _progress(len(every)) as step:
        evaluations = evaluate_into(out, every, briefs=briefs, step=step)
    console = Console()
    show(evaluations, console)
    say(console, _written(out, briefs))


@app.command(epilog=lesson("evaluate"), short_help="Tell which claims hold up.")
@takes_roles
def evaluate(
    claims: ClaimsFile,
    panel: PanelFile,
    out: Folder,
    roles: Roles,
    *,
    briefs: Annotated[bool, typer.Option(help="Write the briefs (PDF).")] = True,
    html: Annotated[
        bool, typer.Option("--html", help="Write each brief as a web page, too.")
    ] = False,
    strict: Annotated[
        bool, typer.Option(help="Always decide on the hull of base and stressed analysis.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per claim, one a line.")
    ] = False,
    language: LanguageOption = "en",
    audience: AudienceOption = "technical",
    organisation: OrganisationOption = "",
    logo: LogoOption = None,
) -> None:
    """Tell which claims hold up; write a brief (PDF) and the evaluation (JSON) of each into DIR."""
    from innoeval.cli.cases import read_cases
    from innoeval.cli.outputs import evaluate_into, record

    edition = edition_of(language, audience, organisation, logo)
    cases = read_cases(claims, panel, roles)
    with _progress(len(cases)) as step:
        evaluations = evaluate_into(
            out, cases, policy=Policy(strict=strict), briefs=briefs, html=html, edition=edition,
            step=step,
        )  # fmt: skip
    if as_json:
        for ev in evaluations:
            typer.echo(json.dumps(record(ev), allow_nan=False))
    else:
        console = Console()
        console.print(verdict_table(evaluations, title=f"{len(evaluations)} claims"))
        say(console, _written(out, briefs, html))


@app.command(epilog=lesson("brief"), short_help="Write a brief from a saved evaluation.")
def brief(
    evaluation: Annotated[
        Path, typer.Argument(metavar="EVALUATION", help="An evaluation (JSON), or another brief.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Where to: .pdf or .html.")
    ],
    *,
    language: LanguageOption = "en",
    audience: AudienceOption = "technical",
    organisation: OrganisationOption = "",
    logo: LogoOption = None,
) -> None:
    """Write a brief (PDF or web page) from an evaluation that was saved; no data are needed."""
    from innoeval.cli.editions import rewrite

    rewrite(evaluation, out, edition_of(language, audience, organisation, logo))
    say(Console(), f"Written to {out}")


@app.command(epilog=lesson("batch"), short_help="Evaluate a portfolio, and go on after a kill.")
@takes_roles
def batch(
    claims: ClaimsFile,
    panel: PanelFile,
    out: Folder,
    roles: Roles,
    *,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the run in DIR; begin one if there is none."),
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="With --resume: try claims again that failed.")
    ] = False,
    jobs: Annotated[
        int, typer.Option(metavar="N", min=-1, help="Processes; -1 for every core.")
    ] = 1,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A Dask scheduler, such as tcp://10.0.0.5:8786."),
    ] = None,
    html: Annotated[
        bool, typer.Option("--html", help="Write a page to sort, filter and search, too.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Write a report to hand out (PDF), too.")
    ] = False,
    strict: Annotated[
        bool, typer.Option(help="Always decide on the hull of base and stressed analysis.")
    ] = False,
) -> None:
    """Evaluate a register of any size into DIR, and go on after a kill with --resume.

    DIR gets run.parquet, which grows as claims are done, and portfolio.csv, a row for each claim.
    """
    from innoeval.cli.batch import REPORT, TABLE, failures, run_batch, summary

    reports = [".html"] * html + [".pdf"] * pdf
    portfolio = run_batch(
        claims, panel, out, roles, policy=Policy(strict=strict), resume=resume, retry=retry,
        jobs=jobs, dask=dask, reports=reports,
    )  # fmt: skip
    console = Console()
    console.print(summary(portfolio))
    files = ", ".join([TABLE, *(f"{REPORT}{suffix}" for suffix in reports)])
    say(console, f"Written to {out}: {files} and {portfolio.origin}")
    if n := failures(portfolio):
        say(console, f"{n} of {len(portfolio)} claims failed; the column 'error' says why.")
        raise typer.Exit(SOME_FAILED)


@app.command(epilog=lesson("check"), short_help="List everything that is wrong with two files.")
@takes_roles
def check(
    claims: ClaimsFile,
    panel: PanelFile,
    roles: Roles,
) -> None:
    """Tell whether claims and panel can be evaluated; list everything that is wrong at once."""
    from innoeval.cli.cases import read_cases

    cases = read_cases(claims, panel, roles)
    console = Console()
    panels = {id(panel): panel for _, panel in cases}.values()
    for read in panels:
        n_rows, n_units = len(read.frame), len(read.units)
        say(console, f"{read.origin}: {n_rows:,} rows, {n_units} units, {read.periods[0]} to "
                     f"{read.periods[-1]} (by {read.freq.replace('_', ' ')})")  # fmt: skip
        for note in read.notes:
            say(console, f"  {note}")
    say(
        console,
        f"{len(cases)} claim{'s fit their' if len(cases) != 1 else ' fits its'} data. Nothing is wrong.",
    )


@app.command(epilog=lesson("plan"), short_help="Tell how decisive data can be, before any result.")
@takes_roles
def plan(
    claims: ClaimsFile,
    panel: PanelFile,
    roles: Roles,
    *,
    after: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Periods from the start on.  [default: as in PANEL]"),
    ] = None,
    futures: Annotated[
        int, typer.Option(metavar="N", min=1, help="Imagined futures of each claim.")
    ] = 100,
    strict: Annotated[
        bool, typer.Option(help="Always decide on the hull of base and stressed analysis.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per claim, one a line.")
    ] = False,
) -> None:
    """Tell how decisive data can be about each claim, from what lies before its start alone."""
    from innoeval.cli.cases import read_register
    from innoeval.cli.plan import plan_claims, plan_table
    from innoeval.records.saved import dump

    register, panels = read_register(claims, panel, roles)
    cases = [(claim, panels[claim.id]) for claim in register if claim.id in panels]
    with _progress(len(cases)) as step:
        plans = plan_claims(
            cases, after=after, policy=Policy(strict=strict), futures=futures, step=step
        )
    if as_json:
        for made in plans:
            typer.echo(dump(made, indent=None).rstrip())
        return
    console = Console()
    console.print(plan_table(plans))
    for made in plans:
        for said in made.says:
            say(console, f"{made.claim.id}: {said}")


@app.command(epilog=lesson("verify"), short_help="Compute a published verdict again.")
@takes_roles
def verify(
    evaluation: Annotated[
        Path,
        typer.Argument(
            metavar="EVALUATION",
            help="An evaluation (JSON), or a brief that carries it (PDF, web page).",
        ),
    ],
    panel: PanelFile,
    roles: Roles,
    *,
    ledger: Annotated[
        Path | None,
        typer.Option(metavar="LEDGER", help="An append-only register that holds the claim."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compute a published verdict again from its data, and tell whether it stands.

    The columns are read as the evaluation says that they were; options need only say the rest.
    """
    from innoeval.cli.verify import record, verify_files

    found = verify_files(evaluation, panel, roles, ledger)
    if as_json:
        typer.echo(json.dumps(record(found), allow_nan=False))
    else:
        console = Console()
        say(console, found.answer)
        for difference in found.differences:
            say(console, f"  {'✗' if difference.breaks else '·'} {difference.says}")
    if not found.stands:
        raise typer.Exit(BROKEN)


@app.command(
    epilog=lesson("register"), short_help="Put claims on record, so that later edits show."
)
def register(
    claims: ClaimsFile,
    ledger: Annotated[
        Path,
        typer.Argument(metavar="LEDGER", help="The append-only register, a file of JSON lines."),
    ],
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: tell what was changed since.")
    ] = False,
    amend: Annotated[
        bool, typer.Option("--amend", help="Put changed claims on record again; it will show.")
    ] = False,
    head: Annotated[
        str, typer.Option(metavar="HASH", help="A hash that was published: it must be in there.")
    ] = "",
) -> None:
    """Put claims at the end of an append-only register; or, with --check, hold them against it.

    Each line leans on the one before, so that edited, removed and moved lines show. Publish the hash
    that is printed, and rewriting the whole register shows, too.
    """
    from innoeval.cli.register import add
    from innoeval.cli.register import check as check_ledger

    console = Console()
    if check:
        read, found = check_ledger(claims, ledger, head=head)
        say(console, f"{read.origin}: {len(read.entries)} entries")
    else:
        read, n, found = add(claims, ledger, amend=amend, head=head)
        say(console, f"{read.origin}: {n} put on record, {len(read.entries)} entries")
    for breach in found:
        say(console, f"  {'✗' if breach.breaks else '·'} {breach.says}")
    say(console, f"Hash of the last entry: {read.head}")
    if any(breach.breaks for breach in found):
        raise typer.Exit(BROKEN)
    if check and not found:
        say(console, "The claims are those that were put on record. Nothing was changed.")


@app.command(epilog=lesson("calibrate"), short_help="Measure how often judges of claims err.")
def calibrate(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the run.")],
    *,
    judges: Annotated[
        list[str] | None,
        typer.Option("--judge", metavar="NAME", help="A judge; repeat.  [default: all]"),
    ] = None,
    families: Annotated[
        list[str] | None,
        typer.Option(
            "--family", metavar="NAME", help="A family of claims; repeat.  [default: all]"
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(metavar="N", min=1, help="Draws of each family and truth.")
    ] = 200,
    first: Annotated[
        int, typer.Option(metavar="SEED", min=0, help="First seed; from 200000 on for reports.")
    ] = 200_000,
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Markdown of the tables.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in DIR; begin one if none.")
    ] = False,
    jobs: Annotated[
        int, typer.Option(metavar="N", min=-1, help="Processes; -1 for every core.")
    ] = 1,
) -> None:
    """Ask innoeval and other judges about claims with a known truth, and count their errors.

    DIR gets rows.parquet, a row for each judge and draw; PAGE the tables of all error rates.
    """
    from innoeval.cli.calibrate import run_calibration, summary

    found, failed = run_calibration(
        out, judges, families, draws=draws, first=first, page=page, resume=resume, jobs=jobs
    )
    console = Console()
    console.print(summary(found))
    for name in found.unknown:
        say(console, f"Left out: {name}")
    say(console, f"Written to {out}: rows.parquet{f'; and {page}' if page else ''}")
    if failed:
        say(console, f"{failed} answers failed; the column 'error' says why.")
    if failed or found.unknown:
        raise typer.Exit(SOME_FAILED)


def _names(incomplete: str) -> list[tuple[str, str]]:
    """What can be explained, for a shell that completes."""
    from innoeval.cli.explain import complete

    return complete(incomplete)


@app.command(epilog=lesson("explain"), short_help="Look up a check, a verdict, a design ...")
def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Such as pre_trend, inconclusive or SyntheticDiD.  [default: list all]",
            show_default=False,
            autocompletion=_names,
        ),
    ] = "",
) -> None:
    """Explain a check, an answer, a verdict, an assumption, a design or a standard, plain words first."""
    from innoeval.cli.explain import find, listing, show

    console = Console()
    if name:
        show(find(name), console)
    else:
        console.print(listing())


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the command line: whatever happens, no traceback meets a user.

    Parameters
    ----------
    arguments
        What was typed after the command's name; by default the process's own arguments.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character shows "?" in its place.
            stream.reconfigure(errors="replace")
    try:
        with warnings.catch_warnings():
            # What a user must know stands in notes and findings; the rest is for developers.
            if not os.environ.get("INNOEVAL_DEBUG"):
                warnings.simplefilter("ignore")
            app(arguments, prog_name="innoeval")
    except InnoevalError as error:
        _stop(as_options(str(error)), BAD_INPUT)
    except OSError as error:
        place = f" '{error.filename}'" if error.filename else ""
        reason = error.strerror or str(error)
        _stop(
            f"cannot read or write{place}: {reason}; name another place, or free this one",
            BAD_INPUT,
        )
    except Exception as error:
        if os.environ.get("INNOEVAL_DEBUG"):
            raise
        kind = type(error).__name__
        _stop(f"innoeval made a mistake ({kind}: {error}). Please report this, with what you ran; "
              "INNOEVAL_DEBUG=1 shows where it happened.", BUG)  # fmt: skip


def _stop(message: str, code: int) -> None:
    typer.echo(printable(message), err=True)
    raise SystemExit(code)


def _written(folder: Path, briefs: bool, html: bool = False) -> str:
    kinds = ["briefs (PDF)"] * briefs + ["briefs (HTML)"] * html + ["evaluations (JSON)"]
    return f"Written to {folder}: {', '.join(kinds)} and verdicts.csv"


@contextmanager
def _progress(total: int) -> Iterator[Step]:
    """A bar on a terminal's stderr that says which claim is being looked at; elsewhere silence."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[claim]}", markup=False))
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=total, claim="")

        def step(claim: str) -> None:
            progress.update(task, advance=1, claim=printable(claim))

        yield step
