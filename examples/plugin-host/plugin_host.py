"""Loads plugins from a folder, lists them, and runs one of them on a text, within limits.

A plugin is a component that fits world `plugin` of `wit/plugins.wit`: `NAME.wasm`, or `NAME.wat` in component text. It
gets no files, no network and no environment. What it may ask for is in `Host`; how much it may use, in `LIMITS`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click
from bindings.host.plugin import Err, Limits, Plugin, Trap, host
from wasmtime import WasmtimeError

from witgen.runtime import BindError, Engine, Exit, Store, WasiConfig, engine

HERE = Path(__file__).resolve().parent
LIMITS = Limits(fuel=10**9, memory_size=64 * 2**20)
"""For one call: fuel is about the number of instructions; memory is in bytes."""
MOST_MESSAGES = 3
"""For one call. What a plugin makes the host do costs it next to no fuel, so the host counts it."""
REASONS = {
    "fuel": "it was still busy when its fuel was used up",
    "stack": "it called itself too deeply",
    "unreachable": "it gave up (--stderr shows what it had to say)",
}


class PluginError(Exception):
    """A plugin cannot be loaded, refused the text, or was stopped. The message is for the user."""


class Host:
    """What a plugin may ask for: interface `host`."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings
        self._messages = 0

    def log(self, level: host.Level, message: str) -> None:
        self._messages += 1
        if self._messages > MOST_MESSAGES:
            raise PluginError(f"the plugin was stopped: more than {MOST_MESSAGES} messages")
        click.echo(f"  {level.name.lower()}: {one_line(message)}", err=True)

    def setting(self, name: str) -> str | None:
        return self._settings.get(name)


class LoadedPlugin:
    """A plugin that was compiled and fits the world. Each call has a store of its own, and leaves nothing behind."""

    def __init__(self, wasm: Engine, path: Path, cache: Path) -> None:
        """Compiled code is kept in the folder `cache`.

        Raises:
            PluginError: it is not a plugin.
        """
        self.name = path.stem
        self._engine = wasm
        try:
            self._plugin = Plugin.prepare(wasm, path, cache=cache)
        except (BindError, WasmtimeError, OSError) as error:
            raise PluginError(f"{path.name} is not a plugin: {one_line(str(error))}") from error

    def summary(self) -> str:
        """What the plugin says of itself.

        Raises:
            PluginError: it failed.
        """
        return self._call(None, {}, show_stderr=False)

    def transform(self, text: str, settings: Mapping[str, str], *, show_stderr: bool = False) -> str:
        """The text as the plugin changes it.

        Raises:
            PluginError: it failed.
        """
        return self._call(text, settings, show_stderr=show_stderr)

    def _call(self, text: str | None, settings: Mapping[str, str], *, show_stderr: bool) -> str:
        wasi = WasiConfig()
        if show_stderr:
            wasi.inherit_stderr()
        with Store(self._engine) as store:
            try:
                app = self._plugin.instantiate(store, host=Host(settings), limits=LIMITS, wasi=wasi)
                return app.transformer.summary() if text is None else app.transformer.transform(text)
            except Err as refusal:
                raise PluginError(f"{self.name} refused the text: {one_line(str(refusal.value))}") from refusal
            except Trap as trap:
                raise PluginError(f"{self.name} was stopped: {REASONS.get(trap.kind, one_line(str(trap)))}") from trap
            except Exit as end:
                raise PluginError(f"{self.name} ended itself with code {end.code}") from end
            except BindError as error:
                raise PluginError(f"{self.name} does not start: {one_line(str(error))}") from error
            except ValueError as error:  # no string can be this text, say: the plugin was not called
                raise PluginError(one_line(str(error))) from error


def one_line(text: str) -> str:
    """What a plugin says, fit for a terminal: one line, no control characters, and an end."""
    return "".join(character if character.isprintable() else " " for character in text[:200])


class Plugins:
    """The plugins of a folder."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.paths = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix in (".wasm", ".wat")}
        self._wasm = engine(fuel=True)
        self._cache = cache

    def load(self, name: str) -> LoadedPlugin:
        """The plugin in the file of that name.

        Raises:
            PluginError: it is not a plugin.
        """
        return LoadedPlugin(self._wasm, self.paths[name], self._cache)


@click.group(help=__doc__)
@click.option("--plugins", type=click.Path(path_type=Path, exists=True), default=HERE / "plugins", help="The folder.")
@click.option("--cache", type=click.Path(path_type=Path), default=HERE / ".cache", help="Where compiled code is kept.")
@click.pass_context
def main(context: click.Context, plugins: Path, cache: Path) -> None:
    """The command."""
    context.obj = Plugins(plugins, cache)


@main.command("list", help="List the plugins.")
@click.pass_obj
def list_plugins(plugins: Plugins) -> None:
    """Print each plugin with its summary, or why it cannot be loaded."""
    for name in plugins.paths:
        try:
            click.echo(f"{name:18} {one_line(plugins.load(name).summary())}")
        except PluginError as error:
            click.echo(f"{name:18} ({error})")


@main.command("run", help="Run plugin NAME on TEXT, or on standard input.")
@click.argument("name")
@click.argument("text", required=False)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting for the plugin.")
@click.option("--stderr", is_flag=True, help="Show what the plugin writes to standard error.")
@click.pass_obj
def run_plugin(plugins: Plugins, name: str, text: str | None, settings: tuple[str, ...], stderr: bool) -> None:
    """Print what the plugin makes of the text; exit status 1 if it fails."""
    if name not in plugins.paths:
        known = ", ".join(plugins.paths) or "none"
        raise click.UsageError(f"no plugin {name!r} in {plugins.folder}; there are: {known}")
    values = {key: value for key, _, value in (setting.partition("=") for setting in settings)}
    given = sys.stdin.read() if text is None else text
    try:
        click.echo(plugins.load(name).transform(given, values, show_stderr=stderr))
    except PluginError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
