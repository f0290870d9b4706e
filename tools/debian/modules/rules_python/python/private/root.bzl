"""What the private root of the Debian line holds, at fixed paths."""

# The root's own interpreter: never the PATH's, which may be the caller's.
ROOT_PYTHON = "/usr/bin/python3"

# Every package of the root with its version and hash; another record means another interpreter.
PACKAGE_RECORD = "/etc/monorepo/packages.txt"
