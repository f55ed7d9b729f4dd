"""The command line. Exit codes: 0 done and everything checked holds, 1 something checked does not hold, 2 not done."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from .. import __version__
from ..errors import ConvcostError

#: Command and the module that holds it; a module is loaded when its command is asked for.
COMMANDS = (
    "cost", "compare", "draw", "explore", "worksheet", "verify", "crosscheck", "reconcile", "identify", "diff",
    "conformance", "networks", "demo",
)  # fmt: skip


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".{cmd_name}", __name__)
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"there is no command {args[0]!r}; one of {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="convcost")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """What convolutional networks cost, in closed form and exact integers, without running them.

    SPEC is a notation string such as "Conv(16,1) >> Conv(32,5,padding=2)", a bundled network's name (see
    `convcost networks`), a .toml spec file (FILE.toml, or FILE.toml:BLOCK), or a real module: torchvision:NAME,
    timm:NAME, FILE.py:NAME (a class, function, torch module or Keras model), or MODEL.onnx.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(args: Sequence[str] | None = None) -> int:
    """Carry out a command line and return its exit code; errors become one line on standard error."""
    try:
        result: Any = cli.main(args=None if args is None else list(args), prog_name="convcost", standalone_mode=False)
    except ConvcostError as error:
        return _fail(str(error))
    except click.ClickException as error:
        return _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted")
    except BrokenPipeError:
        # Whoever read our output has seen enough; keep the interpreter's own flush quiet too.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return int(result or 0)


def _fail(message: str) -> int:
    click.echo(f"convcost: {' '.join(message.split())}", err=True)
    return 2


def main(args: Sequence[str] | None = None) -> NoReturn:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(args))
