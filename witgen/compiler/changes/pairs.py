"""Pairs the packages of both sides, and names their interfaces where versions do not matter.

Packages of the same version are paired first, then those of the same family (which the linker treats as compatible). If
exactly one version is left on each side, these two are paired as well: the package changed its version, and its items can
still be compared. The same holds for two root packages with different names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ...component.linker_names import family
from ...component.names import PackageName
from ...dataclass import dataclass, field


@dataclass(frozen=True, slots=True)
class Pair:
    """A package of the old side and what it is on the new side; `links` says whether the linker agrees."""

    old: PackageName
    new: PackageName

    @property
    def links(self) -> bool:
        """Whether components and hosts of one link with those of the other."""
        return family(self.old.item("i")) == family(self.new.item("i"))


@dataclass(slots=True)
class Naming:
    """Names of packages and interfaces on both sides; `pairs` are packages that are one, the others are on one side."""

    pairs: list[Pair] = field(default_factory=list[Pair])
    only_old: list[PackageName] = field(default_factory=list[PackageName])
    only_new: list[PackageName] = field(default_factory=list[PackageName])
    _labels: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    _forward: dict[str, PackageName] = field(default_factory=dict[str, PackageName])
    _backward: dict[str, PackageName] = field(default_factory=dict[str, PackageName])

    def finish(self) -> None:
        """Name everything, when all packages are in: versions of one family alike, and those of a pair."""
        names = [name for pair in self.pairs for name in (pair.old, pair.new)] + self.only_old + self.only_new
        families = {name: (_base(name), family(name.item("i"))) for name in names}
        for pair in self.pairs:
            # Both directions must give the same name.
            families[pair.old] = families[pair.new] = min(families[pair.old], families[pair.new])
        used = Counter(base for base, _ in set(families.values()))
        for name, (base, text) in families.items():
            self._labels[str(name)] = base, text.removeprefix(f"{base}/i") if used[base] > 1 else ""
        for pair in self.pairs:
            if not pair.links:
                self._forward[str(pair.old)] = pair.new
                self._backward[str(pair.new)] = pair.old

    def to_new(self, id: str) -> str:
        """Under which id an old interface is on the new side, where the linker would not find it there."""
        return _moved(id, self._forward)

    def to_old(self, id: str) -> str:
        """The other way round."""
        return _moved(id, self._backward)

    def shown(self, id: str) -> str:
        """An interface's id as places show it, the same on both sides: without its version where the name is unique."""
        package, item = _split(id)
        base, version = self._labels.get(package, (package, ""))
        return f"{base}/{item}{version}" if item else id

    def package(self, name: PackageName) -> str:
        """A package's name as places have it."""
        return "".join(self._labels[str(name)])


def pair_packages(
    old: Iterable[PackageName], new: Iterable[PackageName], roots: tuple[PackageName, PackageName] | None
) -> Naming:
    """Pair the packages of both sides; `roots` are one even if they have other names."""
    naming = Naming()
    olds, news = _by_base(old), _by_base(new)
    if roots is not None and _base(roots[0]) not in news and _base(roots[1]) not in olds:
        olds[_base(roots[0])].remove(roots[0])
        news[_base(roots[1])].remove(roots[1])
        naming.pairs.append(Pair(*roots))
    for base in dict.fromkeys((*olds, *news)):
        _pair_versions(naming, olds.get(base, []), news.get(base, []))
    naming.finish()
    return naming


def _pair_versions(naming: Naming, olds: list[PackageName], news: list[PackageName]) -> None:
    """Of one package: what is left of the old versions and of the new ones is paired as the module says."""
    for name in [name for name in olds if name in news]:
        naming.pairs.append(Pair(name, name))
    left = [name for name in olds if name not in news], [name for name in news if name not in olds]
    for name in left[0][:]:
        found = next((other for other in left[1] if Pair(name, other).links), None)
        if found is not None:
            left[0].remove(name)
            left[1].remove(found)
            naming.pairs.append(Pair(name, found))
    lone = (
        [name for name in left[0] if not any(Pair(name, other).links for other in news)],
        [name for name in left[1] if not any(Pair(other, name).links for other in olds)],
    )
    if len(lone[0]) == len(lone[1]) == 1:
        naming.pairs.append(Pair(lone[0][0], lone[1][0]))
        left = [name for name in left[0] if name not in lone[0]], [name for name in left[1] if name not in lone[1]]
    naming.only_old += left[0]
    naming.only_new += left[1]


def _by_base(names: Iterable[PackageName]) -> dict[str, list[PackageName]]:
    found: dict[str, list[PackageName]] = {}
    for name in dict.fromkeys(names):
        found.setdefault(_base(name), []).append(name)
    return found


def _base(name: PackageName) -> str:
    return f"{name.namespace}:{name.name}"


def _split(id: str) -> tuple[str, str]:
    """The package of an interface's id, and the interface's own name; that is empty for a plain name."""
    path, at, version = id.partition("@")
    base, _, item = path.partition("/")
    return f"{base}{at}{version}", item


def _moved(id: str, packages: Mapping[str, PackageName]) -> str:
    package, item = _split(id)
    return packages[package].item(item) if item and package in packages else id


__all__ = ["Naming", "Pair", "pair_packages"]
