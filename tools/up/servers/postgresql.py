"""PostgreSQL, with a database that anybody on this machine may use."""

import socket

from tools.up.servers.server import HOST, Server, wait


class PostgreSQL(Server):
    """A database server in a folder of its own."""

    @property
    def url(self) -> str:
        """Return where its database is."""
        return f"postgresql://test@{HOST}:{self.port}/postgres"

    def start(self) -> None:
        """Make a cluster where there is none, start it, and wait until it answers."""
        data = self.folder / "data"
        if not data.exists():
            flags = ("--auth=trust", "--no-locale", "--encoding=UTF8", "--no-sync")
            making = self.run("initdb", f"--pgdata={data}", "--username=test", *flags)
            wait(lambda: not making.is_running)
        # No socket in the file system: a test's folder has too long a path for one.
        settings = (f"listen_addresses={HOST}", "unix_socket_directories=")
        flags = tuple(flag for setting in settings for flag in ("-c", setting))
        self.serve("postgres", "-D", str(data), "-p", str(self.port), *flags)

    def answers(self) -> bool:
        """Return whether it takes connections."""
        try:
            socket.create_connection((HOST, self.port), timeout=5).close()
        except OSError:
            return False
        return True
