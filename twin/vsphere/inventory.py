"""Where things are in a vCenter's inventory: paths, parents and folders."""

from __future__ import annotations

from typing import Any, Final, Literal
from urllib.parse import unquote

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.missing import MissingError
from twin.vsphere.session import Session

FolderKind = Literal["vm", "host", "network", "datastore"]

ROOTS: Final[dict[FolderKind, str]] = {
    "vm": "vmFolder",
    "host": "hostFolder",
    "network": "networkFolder",
    "datastore": "datastoreFolder",
}


def normal(path: str) -> str:
    """A folder path as the official provider keeps it: no slash at either end."""
    return path.strip("/")


def plain_name(name: str) -> str:
    """A name as people write it; the API escapes slashes."""
    return unquote(name)


def find(session: Session, path: str, kind: type | None = None) -> Any | None:
    """The object at an inventory path (`/lac/vm/services`), if it is there and of that kind."""
    found = session.content.searchIndex.FindByInventoryPath(normal(path))
    return found if found is not None and (kind is None or isinstance(found, kind)) else None


def need(session: Session, path: str, kind: type, what: str) -> Any:
    """`find`, or an error that says what is missing."""
    found = find(session, path, kind)
    if found is None:
        raise MissingError(f"{what} '{path}' not found")
    return found


def moid(obj: Any) -> str:
    """The managed object id."""
    return str(obj._moId)


def exists(session: Session, obj: Any) -> bool:
    """Whether the vCenter still knows this object."""
    return session.get(obj, "name") is not None


def by_id(session: Session, kind: type, moid: str, what: str) -> Any:
    """The object with this managed object id. Raises `ProviderError` naming what was looked for."""
    obj = session.ref(kind, moid)
    if not exists(session, obj):
        raise MissingError(f"{what} {moid!r} does not exist on vCenter {session.server}")
    return obj


def child(session: Session, parent: Any, name: str) -> Any | None:
    """The direct child of that name."""
    return session.content.searchIndex.FindChild(parent, name)


def refuse_namesake(session: Session, parent: Any, name: str, what: str) -> None:
    """Raise when the name is taken: nothing that exists is ever adopted."""
    if child(session, parent, name) is not None:
        raise ProviderError(
            f"{what} {name!r} already exists on vCenter {session.server} (DuplicateName): import it or rename one"
        )


def ancestors(session: Session, obj: Any) -> list[tuple[Any, str]]:
    """The object's parents with their names, nearest first, the root folder left out."""
    chain: list[tuple[Any, str]] = []
    here = (session.get(obj, "parent") or {}).get("parent")
    while here is not None:
        facts = session.get(here, "name", "parent") or {}
        if facts.get("parent") is not None:
            chain.append((here, plain_name(facts.get("name", ""))))
        here = facts.get("parent")
    return chain


def datacenter_of(session: Session, obj: Any) -> Any:
    """The datacenter an object is in."""
    if isinstance(obj, vim.Datacenter):
        return obj
    for parent, _ in ancestors(session, obj):
        if isinstance(parent, vim.Datacenter):
            return parent
    raise ProviderError("the object is in no datacenter")


def folder_path(session: Session, obj: Any) -> str:
    """The path of the folder an object is in, below its datacenter's root folder (below the root for a datacenter)."""
    names: list[str] = []
    for parent, name in ancestors(session, obj):
        if isinstance(parent, vim.Datacenter):
            return "/".join(reversed(names[:-1]))
        names.append(name)
    return "/".join(reversed(names))


def root_folder(session: Session, datacenter: Any, kind: FolderKind) -> Any:
    """One of a datacenter's four root folders."""
    place = ROOTS[kind]
    facts = session.get(datacenter, place)
    if facts is None:
        raise MissingError("the datacenter does not exist")
    return facts[place]


def folder_at(session: Session, datacenter: Any, kind: FolderKind, path: str) -> Any:
    """The folder at a path below one of a datacenter's root folders; the root folder itself for an empty path."""
    here = root_folder(session, datacenter, kind)
    for step in [part for part in normal(path).split("/") if part]:
        found = child(session, here, step)
        if not isinstance(found, vim.Folder):
            raise MissingError(f"{kind} folder '{path}' not found: there is no folder {step!r}")
        here = found
    return here


def all_of(session: Session, kind: type, below: Any | None = None) -> list[Any]:
    """Every object of a kind, anywhere below a container (the whole vCenter when none is given)."""
    view = session.content.viewManager.CreateContainerView(below or session.content.rootFolder, [kind], True)
    try:
        return list((session.get(view, "view") or {}).get("view", []))
    finally:
        view.DestroyView()


def named(session: Session, kind: type, name: str, below: Any | None = None) -> Any | None:
    """The object of that kind and name or inventory path; below a datacenter when one is given.

    Raises `ProviderError` when a bare name is borne by several.
    """
    if "/" in name:
        return find(session, name, kind)
    found = [obj for obj, facts in session.many(all_of(session, kind, below), "name") if facts.get("name") == name]
    if len(found) > 1:
        raise ProviderError(f"{len(found)} objects are called {name!r}: give the full inventory path")
    return found[0] if found else None
