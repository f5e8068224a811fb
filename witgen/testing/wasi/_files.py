"""`wasi:filesystem`, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, Flag, auto

from .._results import ByName, Err
from ._io import InputStream, OutputStream
from ._time import Datetime, Timeline


class ErrorCode(Enum):
    """Why something failed; the codes that these files give."""

    BAD_DESCRIPTOR = auto()
    EXIST = auto()
    INVALID = auto()
    IS_DIRECTORY = auto()
    NO_ENTRY = auto()
    NOT_DIRECTORY = auto()
    NOT_EMPTY = auto()
    NOT_PERMITTED = auto()
    UNSUPPORTED = auto()


class DescriptorType(Enum):
    """What kind of file a descriptor belongs to."""

    DIRECTORY = auto()
    REGULAR_FILE = auto()


class DescriptorFlags(Flag):
    """How a descriptor was opened."""

    READ = 1
    WRITE = 2
    MUTATE_DIRECTORY = 32


@dataclass
class DescriptorStat:
    """What is known of a file."""

    type: DescriptorType
    link_count: int
    size: int
    data_access_timestamp: Datetime | None = None
    data_modification_timestamp: Datetime | None = None
    status_change_timestamp: Datetime | None = None


@dataclass
class DirectoryEntry:
    """An entry of a directory."""

    type: DescriptorType
    name: str


@dataclass
class MetadataHashValue:
    """Identifies a file."""

    lower: int
    upper: int


@dataclass(eq=False)
class File:
    """A file."""

    data: bytearray


@dataclass(eq=False)
class Folder:
    """A directory."""

    entries: dict[str, File | Folder]


_CREATE, _DIRECTORY, _EXCLUSIVE, _TRUNCATE = 1, 2, 4, 8


def _fail(code: ErrorCode) -> Err[ErrorCode]:
    return Err(code)


class _FileWriter(OutputStream):
    """Writes into a file from an offset on; at its end if there is none."""

    def __init__(self, time: Timeline, file: File, offset: int | None) -> None:
        super().__init__(time)
        self._file = file
        self._offset = offset

    def _take(self, contents: bytes) -> None:
        super()._take(contents)
        offset = len(self._file.data) if self._offset is None else self._offset
        write_at(self._file, contents, offset)
        if self._offset is not None:
            self._offset += len(contents)


def write_at(file: File, contents: bytes, offset: int) -> None:
    """Write bytes into a file, zeros before them if it is shorter."""
    file.data.extend(bytes(max(0, offset - len(file.data))))
    file.data[offset : offset + len(contents)] = contents


class DirectoryEntryStream:
    """`directory-entry-stream`."""

    def __init__(self, entries: Sequence[DirectoryEntry]) -> None:
        self._entries = iter(entries)

    def read_directory_entry(self) -> DirectoryEntry | None:
        """The next entry; None at the end."""
        return next(self._entries, None)


class Descriptor:
    """`descriptor`: an open file or directory."""

    def __init__(self, time: Timeline, node: File | Folder, flags: int) -> None:
        self._time = time
        self.node = node
        self._flags = flags

    # Files

    def _file(self, flag: DescriptorFlags | None = None) -> File:
        if isinstance(self.node, Folder):
            raise _fail(ErrorCode.IS_DIRECTORY)
        if flag is not None and not self._flags & flag.value:
            raise _fail(ErrorCode.BAD_DESCRIPTOR)
        return self.node

    def read_via_stream(self, offset: int) -> InputStream:
        """The bytes from an offset on."""
        return InputStream(self._time, [bytes(self._file(DescriptorFlags.READ).data[offset:])])

    def write_via_stream(self, offset: int) -> OutputStream:
        """A stream that writes from an offset on."""
        return _FileWriter(self._time, self._file(DescriptorFlags.WRITE), offset)

    def append_via_stream(self) -> OutputStream:
        """A stream that writes at the end."""
        return _FileWriter(self._time, self._file(DescriptorFlags.WRITE), None)

    def read(self, length: int, offset: int) -> tuple[bytes, bool]:
        """Bytes, and whether the end is reached."""
        data = self._file(DescriptorFlags.READ).data
        return bytes(data[offset : offset + length]), offset + length >= len(data)

    def write(self, buffer: bytes, offset: int) -> int:
        """Write bytes; returns how many."""
        write_at(self._file(DescriptorFlags.WRITE), buffer, offset)
        return len(buffer)

    def set_size(self, size: int) -> None:
        """Cut off, or fill up with zeros."""
        file = self._file(DescriptorFlags.WRITE)
        file.data[:] = file.data[:size] + bytes(max(0, size - len(file.data)))

    def advise(self, offset: int, length: int, advice: object) -> None:
        """Without effect."""

    def sync(self) -> None:
        """Without effect."""

    sync_data = sync

    def get_flags(self) -> DescriptorFlags:
        """How it was opened."""
        return DescriptorFlags(self._flags & 35)

    def get_type(self) -> DescriptorType:
        """What it is."""
        return _type(self.node)

    def stat(self) -> DescriptorStat:
        """What is known of it."""
        return _stat(self.node)

    def is_same_object(self, other: Descriptor) -> bool:
        """Whether both are descriptors of the same file."""
        return self.node is other.node

    def metadata_hash(self) -> MetadataHashValue:
        """Identifies a file."""
        return MetadataHashValue(id(self.node), 0)

    def set_times(self, data_access_timestamp: object, data_modification_timestamp: object) -> None:
        """Without effect: there are no times."""

    # Directories

    def _folder(self) -> Folder:
        if isinstance(self.node, File):
            raise _fail(ErrorCode.NOT_DIRECTORY)
        return self.node

    def _parent(self, path: str) -> tuple[Folder, str]:
        """The directory that a path ends in, and the last name; "" for the directory itself."""
        if path.startswith("/"):
            raise _fail(ErrorCode.NOT_PERMITTED)
        above: list[Folder] = []
        at = self._folder()
        *folders, last = [part for part in path.split("/") if part not in ("", ".")] or [""]
        for part in folders:
            if part == "..":
                if not above:
                    raise _fail(ErrorCode.NOT_PERMITTED)
                at = above.pop()
                continue
            found = at.entries.get(part)
            if found is None:
                raise _fail(ErrorCode.NO_ENTRY)
            if isinstance(found, File):
                raise _fail(ErrorCode.NOT_DIRECTORY)
            above.append(at)
            at = found
        if last == "..":
            raise _fail(ErrorCode.NOT_PERMITTED)
        return at, last

    def _find(self, path: str) -> File | Folder:
        parent, name = self._parent(path)
        found = parent.entries.get(name) if name else parent
        if found is None:
            raise _fail(ErrorCode.NO_ENTRY)
        return found

    def _new(self, path: str) -> tuple[Folder, str]:
        parent, name = self._parent(path)
        if not name or name in parent.entries:
            raise _fail(ErrorCode.EXIST)
        return parent, name

    def open_at(self, path_flags: object, path: str, open_flags: Flag, flags: Flag) -> Descriptor:
        """Open a file or directory below this one."""
        wanted: int = open_flags.value
        parent, name = self._parent(path)
        found = parent.entries.get(name) if name else parent
        if found is not None and wanted & _EXCLUSIVE:
            raise _fail(ErrorCode.EXIST)
        if found is None:
            if not wanted & _CREATE:
                raise _fail(ErrorCode.NO_ENTRY)
            found = parent.entries[name] = File(bytearray())
        if isinstance(found, File) and wanted & _DIRECTORY:
            raise _fail(ErrorCode.NOT_DIRECTORY)
        if isinstance(found, File) and wanted & _TRUNCATE:
            found.data.clear()
        return Descriptor(self._time, found, flags.value)

    def read_directory(self) -> DirectoryEntryStream:
        """The entries."""
        entries = self._folder().entries
        return DirectoryEntryStream([DirectoryEntry(_type(node), name) for name, node in sorted(entries.items())])

    def create_directory_at(self, path: str) -> None:
        """Make a directory."""
        parent, name = self._new(path)
        parent.entries[name] = Folder({})

    def remove_directory_at(self, path: str) -> None:
        """Remove an empty directory."""
        parent, name = self._parent(path)
        found = self._find(path)
        if isinstance(found, File):
            raise _fail(ErrorCode.NOT_DIRECTORY)
        if found.entries:
            raise _fail(ErrorCode.NOT_EMPTY)
        if not name:
            raise _fail(ErrorCode.INVALID)
        del parent.entries[name]

    def unlink_file_at(self, path: str) -> None:
        """Remove a file."""
        if isinstance(self._find(path), Folder):
            raise _fail(ErrorCode.IS_DIRECTORY)
        parent, name = self._parent(path)
        del parent.entries[name]

    def rename_at(self, old_path: str, new_descriptor: Descriptor, new_path: str) -> None:
        """Move a file or directory."""
        moved = self._find(old_path)
        old, old_name = self._parent(old_path)
        new, new_name = new_descriptor._parent(new_path)
        if not old_name or not new_name:
            raise _fail(ErrorCode.INVALID)
        del old.entries[old_name]
        new.entries[new_name] = moved

    def stat_at(self, path_flags: object, path: str) -> DescriptorStat:
        """What is known of a file below this one."""
        return _stat(self._find(path))

    def metadata_hash_at(self, path_flags: object, path: str) -> MetadataHashValue:
        """Identifies a file."""
        return MetadataHashValue(id(self._find(path)), 0)

    def set_times_at(self, path_flags: object, path: str, accessed: object, modified: object) -> None:
        """Without effect: there are no times."""
        self._find(path)

    def link_at(self, *arguments: object) -> None:
        """Refused: there are no links here."""
        raise _fail(ErrorCode.UNSUPPORTED)

    symlink_at = link_at

    def readlink_at(self, path: str) -> str:
        """Refused: there are no links here."""
        raise _fail(ErrorCode.INVALID)


def _type(node: File | Folder) -> DescriptorType:
    return DescriptorType.DIRECTORY if isinstance(node, Folder) else DescriptorType.REGULAR_FILE


def _stat(node: File | Folder) -> DescriptorStat:
    return DescriptorStat(_type(node), 1, 0 if isinstance(node, Folder) else len(node.data))


class Filesystem(ByName):
    """`wasi:filesystem/types` and `preopens`: files in memory, opened for the guest as `/`."""

    def __init__(self, time: Timeline, files: Mapping[str, bytes]) -> None:
        """`files` are by path: `{"etc/motd": b"hello"}`."""
        self._time = time
        self._root = Folder({})
        for path, data in files.items():
            *folders, name = [part for part in path.split("/") if part]
            at = self._root
            for part in folders:
                inner = at.entries.setdefault(part, Folder({}))
                assert isinstance(inner, Folder), f"{path}: {part} is a file"
                at = inner
            at.entries[name] = File(bytearray(data))

    @property
    def files(self) -> dict[str, bytes]:
        """All files by path, as they are now."""
        return dict(_walk(self._root, ""))

    def get_directories(self) -> list[tuple[Descriptor, str]]:
        """`get-directories`: the folders that the guest may use, with their paths."""
        return [(Descriptor(self._time, self._root, 35), "/")]

    def filesystem_error_code(self, err: object) -> None:
        """No stream of these fails."""


def _walk(folder: Folder, path: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for name, node in sorted(folder.entries.items()):
        if isinstance(node, Folder):
            found += _walk(node, f"{path}{name}/")
        else:
            found.append((path + name, bytes(node.data)))
    return found


__all__ = ["DescriptorFlags", "DescriptorStat", "DescriptorType", "ErrorCode", "Filesystem"]
