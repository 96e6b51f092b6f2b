#!/usr/bin/env python3
"""Builds a flow in Python: `python3 build.py PROJECT OUT.wasm`.

PROJECT is a folder with `flow.py`, in which one function has `@flow` above it. The contract is PROJECT/wit, or that of
the repository in which this file lies. Libraries named in PROJECT/requirements.txt are built in; they must be pure Python.

componentize-py does the work, in the version that this file names. If it is not there, a virtual environment is made for
it in the user's cache, once (72 MB). The variable PONTE_COMPONENTIZE_PY names another one to use. `python3 build.py --check`
does only that, and says what is missing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

#: Its CPython is 3.14; another version makes other components, so it is raised with care and with the tests.
COMPONENTIZE_PY = "0.25.1"

#: The world of the contract.
WORLD = "flow"

#: What the component calls. The handler is found here, so that a project without one does not build.
APP = """\
import flow
from ponte_sdk import _flow

_handler = _flow.handler()


class Handler:
    def on_event(self, event):
        _flow.handle(event, _handler)
"""

#: What of a project has no place in a component.
LEFT_OUT = ("sdk", "wit", "texts", "templates", "scenarios", "tests", "__pycache__", "*.wasm", ".*", "venv", "build.py")


class Problem(Exception):
    """What is wrong, and what to do."""


def main(arguments):
    if arguments == ["--check"]:
        componentize_py()
        return
    if len(arguments) != 2:
        raise Problem("usage: python3 build.py PROJECT OUT.wasm, or build.py --check")
    project, out = (Path(argument).resolve() for argument in arguments)
    sdk = Path(__file__).resolve().parent
    if not (project / "flow.py").is_file():
        raise Problem(f"{project} has no flow.py: that is the file in which a flow in Python begins")
    wit = contract(project, sdk)
    tool = componentize_py()
    with tempfile.TemporaryDirectory(prefix="ponte-python-") as temporary:
        inside = Path(temporary)
        shutil.copytree(project, inside, ignore=shutil.ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
        shutil.copytree(sdk / "ponte_sdk", inside / "ponte_sdk", ignore=shutil.ignore_patterns("__pycache__"))
        (inside / "ponte_app.py").write_text(APP, encoding="utf-8")
        built = inside / "built.wasm"
        command = [tool, "--quiet", "-d", wit, "-w", WORLD, "componentize", "-p", inside]
        for folder in libraries(project / "requirements.txt", tool):
            command += ["-p", folder]
        # Not --stub-wasi: the host's own WASI makes clocks, dice and `print` what the run says.
        command += ["-o", built, "ponte_app"]
        run(command, inside, f"{project / 'flow.py'} does not build (see above)")
        out.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all.
        beside = out.with_name(out.name + ".part")
        shutil.copyfile(built, beside)
        os.replace(beside, out)


def contract(project, sdk):
    """The folder with the contract: the project's, or that of the repository around the SDK."""
    for folder in (project / "wit", *(above / "wit" for above in sdk.parents)):
        if (folder / "flow.wit").is_file():
            return folder
    raise Problem(f"there is no contract: {project / 'wit'} should have flow.wit and its neighbours; `ponte new` puts them there")


def cache():
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ponte"


def componentize_py():
    """componentize-py in its version, from the cache or made there."""
    named = os.environ.get("PONTE_COMPONENTIZE_PY")
    if named:
        if not Path(named).is_file():
            raise Problem(f"PONTE_COMPONENTIZE_PY names {named}, and there is no such file")
        return Path(named)
    home = cache() / f"componentize-py-{COMPONENTIZE_PY}"
    folder = "Scripts" if os.name == "nt" else "bin"
    tool = home / folder / "componentize-py"
    if os.name == "nt":
        tool = tool.with_suffix(".exe")
    # The marker is written last: what was interrupted is made anew.
    ready = home / "ready"
    if ready.is_file() and tool.is_file():
        return tool
    print(f"componentize-py {COMPONENTIZE_PY} is being installed into {home}, once", file=sys.stderr)
    shutil.rmtree(home, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        raise Problem("this Python has no venv: on Debian and Ubuntu run `apt-get install python3-venv`, then try again") from None
    try:
        venv.create(home, with_pip=True)
    except subprocess.CalledProcessError as error:
        raise Problem(f"a virtual environment cannot be made in {home}: {error}") from None
    pip = [home / folder / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(
        [*pip, f"componentize-py=={COMPONENTIZE_PY}"],
        home,
        f"pip could not install componentize-py=={COMPONENTIZE_PY} (see above): it needs the package index, or a mirror "
        "of it in PIP_INDEX_URL; or install it elsewhere and set PONTE_COMPONENTIZE_PY to the program",
    )
    ready.touch()
    return tool


def libraries(requirements, tool):
    """The folder with the libraries that a project names, installed once for each wording; none if it names none."""
    if not requirements.is_file():
        return []
    lines = [line.split("#")[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        return []
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    folder = cache() / "python-libraries" / digest
    if not (folder / "ready").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        pip = [tool.parent / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        # Wheels for any machine are pure Python; others would not run in the sandbox.
        pip += ["--only-binary", ":all:", "--platform", "any", "--target", folder]
        run([*pip, *lines], folder, f"{requirements} does not install (see above): libraries must be pure Python")
        (folder / "ready").touch()
    return [folder]


def run(command, folder, otherwise):
    """Runs a program whose words go where ours go."""
    strangers = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "RUST_BACKTRACE")
    environment = {name: value for name, value in os.environ.items() if name not in strangers}
    done = subprocess.run([str(word) for word in command], cwd=folder, env=environment)
    if done.returncode != 0:
        raise Problem(otherwise)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Problem as problem:
        sys.exit(f"build.py: {problem}")
