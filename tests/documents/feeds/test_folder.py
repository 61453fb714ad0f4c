"""Files are read when they are whole, and only those of the folder itself."""

import os
from pathlib import Path

import pytest

from documents.feeds.folder import Stamp, WatchedFolder, read_whole


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watched(tmp_path: Path, clock: Clock) -> WatchedFolder:
    return WatchedFolder(tmp_path, quiet=2.0, clock=clock)


def ready(watched: WatchedFolder) -> list[str]:
    """Return the names of the files that stand still."""
    return sorted(path.name for path, stamp in watched.look().items() if stamp)


def test_a_file_is_ready_once_it_has_stood_still(
    watched: WatchedFolder, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Le phare")
    assert ready(watched) == []
    clock.now = 1.9
    assert ready(watched) == []
    clock.now = 2.0
    assert ready(watched) == ["a.txt"]


def test_a_file_that_is_being_written_is_left_alone(
    watched: WatchedFolder, clock: Clock, tmp_path: Path
) -> None:
    with (tmp_path / "a.txt").open("w") as file:
        for second in range(5):
            file.write("Le phare de Kerbrat. ")
            file.flush()
            clock.now = float(second)
            assert ready(watched) == []
    clock.now = 7.0
    assert ready(watched) == ["a.txt"]


def test_a_changed_file_must_stand_still_again(
    watched: WatchedFolder, clock: Clock, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("un")
    ready(watched)
    clock.now = 3.0
    assert ready(watched) == ["a.txt"]
    path.write_text("deux")
    assert ready(watched) == []
    assert path in watched.look()
    clock.now = 6.0
    assert ready(watched) == ["a.txt"]


@pytest.mark.parametrize(
    "name",
    [".cache", "~$lettre.docx", "note.txt~", "a.part", "b.crdownload", "c.TMP", ".a.swp"],
)
def test_hidden_and_temporary_files_are_passed_over(
    watched: WatchedFolder, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("x")
    hidden = tmp_path / ".git"
    hidden.mkdir()
    (hidden / "a.txt").write_text("x")

    assert watched.look() == {}


def test_folders_are_gone_through_and_links_are_not(
    watched: WatchedFolder, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text("x")
    (tmp_path / "sous" / "dossier").mkdir(parents=True)
    (tmp_path / "sous" / "dossier" / "été.txt").write_text("x")
    (tmp_path / "lien.txt").symlink_to(outside / "secret.txt")
    (tmp_path / "lien").symlink_to(outside)
    (tmp_path / "boucle").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "tube")

    assert [path.name for path in watched.look()] == ["été.txt"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        WatchedFolder(tmp_path / "nowhere").look()


def stamp_of(path: Path) -> Stamp:
    return Stamp.of(path.stat(follow_symlinks=False))


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Le phare")

    assert read_whole(path, stamp_of(path)) == b"Le phare"


def test_a_file_that_was_changed_since_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Le phare")
    stamp = stamp_of(path)
    path.write_text("Le phare est")

    assert read_whole(path, stamp) is None


def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    secret, path = tmp_path / "secret", tmp_path / "a.txt"
    secret.write_text("x")
    path.write_text("y")
    stamp = stamp_of(path)
    path.unlink()
    path.symlink_to(secret)

    with pytest.raises(OSError, match="symbolic links"):
        read_whole(path, stamp)


def test_a_file_that_became_a_pipe_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("y")
    stamp = stamp_of(path)
    path.unlink()
    os.mkfifo(path)

    assert read_whole(path, stamp) is None
