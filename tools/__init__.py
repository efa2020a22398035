"""Set-up and checks around the project; nothing in here is part of the installed packages."""
