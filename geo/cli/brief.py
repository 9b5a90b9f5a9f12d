"""`geo brief`: the briefing of a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli import console, options

Output = Annotated[Path, typer.Option("-o", "--output", help="Where it goes.")]


def brief(
    folder: options.Folder = Path("data"),
    to: Annotated[
        str, typer.Option(help="Formats, with commas between.")
    ] = "pptx,docx,md,html,pdf,png,svg",
    output: Output = Path("briefing"),
    template: Annotated[Path | None, typer.Option(help="A .pptx or .docx of your own.")] = None,
    start: Annotated[str, typer.Option("--from", help="First day, yyyy-mm-dd.")] = "",
    end: Annotated[str, typer.Option("--until", help="Last day, yyyy-mm-dd.")] = "",
    pages: options.Pages = None,
    corridors: Annotated[str, typer.Option(hidden=True)] = "",  # the former name of --page
    lang: Annotated[str, typer.Option(help="Language of place names: ko, ru, …")] = "en",
    follow_links: options.Follow = False,
) -> None:
    """Make the briefing of a data folder: slides, document, paper, Markdown, pictures."""
    from geo.output import brief

    formats = console.names([to])
    office = {"pptx", "docx"} & set(formats)
    console.refuse(
        {"template": template and not office}, "only for slides or a document: --to pptx,docx"
    )
    with console.progress() as bars:
        task = bars.add_task("briefing", total=None)
        made = brief.make(
            folder,
            output,
            to=formats,
            template=template,
            start=start,
            end=end,
            corridors=console.names([*(pages or []), corridors]),
            lang=lang,
            follow_links=follow_links,
            step=lambda name: bars.update(task, description=name),
        )
    for path in made:
        console.wrote(path)
