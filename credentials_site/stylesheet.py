"""One style sheet in place of forty: `css/laurel.css` is found with everything that it imports.

We write small files; a phone asks for one. `collectstatic` finds it here too, then hashes and compresses it.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "css/laurel.css"
SOURCE = Path(settings.STATICFILES_DIRS[0]) / NAME
_IMPORT = re.compile(r'^@import url\("([a-z/-]+\.css)"\);$', re.MULTILINE)
_ADDRESS = re.compile(r'url\("(?!data:|#)([^"]+)"\)')


def parts(source: Path = SOURCE) -> list[Path]:
    """The sheet and what it imports, which imports nothing itself."""
    return [source, *(source.parent / name for name in _IMPORT.findall(source.read_text(encoding="utf-8")))]


def whole(source: Path = SOURCE) -> str:
    """The sheet, each import replaced by the file, whose addresses are made relative to the sheet's folder."""

    def imported(found: re.Match[str]) -> str:
        part = source.parent / found[1]
        return _ADDRESS.sub(_moved(Path(found[1]).parent), part.read_text(encoding="utf-8"))

    return _IMPORT.sub(imported, source.read_text(encoding="utf-8"))


def _moved(folder: Path) -> Callable[[re.Match[str]], str]:
    return lambda found: f'url("{(folder / found[1]).as_posix()}")'


class StylesheetFinder(BaseFinder):
    """Knows one file, made anew when a part of it was edited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._made = 0.0

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return [] if find_all else None
        found = str(self._file())
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        yield NAME, FileSystemStorage(location=str(self._file().parents[1]))

    def _file(self) -> Path:
        newest = max(part.stat().st_mtime for part in parts())
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="laurel-css-")
        file = Path(self._folder.name) / NAME
        # A child of this process may have taken the folder along when it ended.
        if newest > self._made or not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(whole(), encoding="utf-8")
            self._made = newest
        return file
