"""Install the browser, font and servers that tests need: `python -m tools.prepare_tests`, run by `make test`.

It uses apt-get, as root, and only for what is missing. Without root or apt-get it says what will not run; the
test run itself then leaves those tests out, lists them at its end, and fails under CI=true.
"""

import os
import shutil
import subprocess

from tools.machine import Requirement, install_command, missing_requirements

APT_TIMEOUT_S = 600


def main() -> None:
    missing = missing_requirements()
    if missing and _may_install():
        _apt("update")
        for requirement in missing:
            _install(requirement)
        missing = missing_requirements()
    for requirement in missing:
        print(f"two-city: no {requirement.name}: tests marked `{requirement.marker}` will be left out")
        print(f"  to mend: {install_command(requirement)}   (as root)")


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(requirement: Requirement) -> None:
    print(f"two-city: installing {requirement.name}", flush=True)
    for package in requirement.apt_packages:
        if _apt("install", "--yes", "--no-install-recommends", package):
            return


def _apt(*arguments: str) -> bool:
    """Run apt-get; a failure is not fatal here, since the tests that cannot run are listed later."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "--quiet=2", *arguments]
    try:
        return subprocess.run(command, env=environment, check=False, timeout=APT_TIMEOUT_S).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"two-city: {' '.join(command)} took longer than {APT_TIMEOUT_S} s and was stopped")
        return False


if __name__ == "__main__":
    main()
