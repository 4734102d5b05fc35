"""Where, when and from what a result was measured: read from the machine and from git, nothing by hand."""
import datetime
import os
import pathlib
import platform
import subprocess

HERE = pathlib.Path(__file__).resolve().parent.parent


def command(*words):
    try:
        return subprocess.run(words, capture_output=True, text=True, cwd=HERE).stdout.strip()
    except FileNotFoundError:
        return ""


def commit():
    """The commit, and whether sources differ from it."""
    changed = command("git", "status", "--porcelain", "--", "../Sources", "../Package.swift", "Sources", "Scripts", "Package.swift")
    return command("git", "rev-parse", "--short", "HEAD") + (", with changes" if changed else "")


def processor():
    if pathlib.Path("/proc/cpuinfo").exists():
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def about():
    """Call before measuring: `load` is what the machine did already."""
    return dict(
        commit=commit(), machine=platform.machine(), processor=processor(), processors=os.cpu_count(),
        system=platform.platform(), python=platform.python_version(), swift=command("swift", "--version").split("\n")[0],
        started=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        load=[round(value, 2) for value in os.getloadavg()])
