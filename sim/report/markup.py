# SPDX-License-Identifier: Apache-2.0
"""HTML and SVG elements as text; everything that is not markup already is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset(("br", "hr", "input", "meta"))


class Markup(str):
    """Text that is markup."""

    __slots__ = ()


Child = str | Iterable[str] | None


def el(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """Return an element.

    Attributes: ``_`` becomes ``-``, a trailing one is dropped (``class_``); None and False leave
    one out, True gives its name as its value.
    """
    head = name
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        text = key if value is True else _number(value)
        head += f' {key.rstrip("_").replace("_", "-")}="{escape(text)}"'
    if name in _VOID:
        return Markup(f"<{head}>")
    return Markup(f"<{head}>{join(children)}</{name}>")


def join(children: Iterable[Child]) -> Markup:
    """Return markup of all children in order."""
    return Markup("".join(_parts(children)))


def _parts(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if isinstance(child, Markup):
            yield child
        elif isinstance(child, str):
            yield escape(child, quote=False)
        elif child is not None:
            yield from _parts(child)


def _number(value: str | float) -> str:
    """Return a coordinate with the digits that a screen can show."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def table(heads: Iterable[Child], rows: Iterable[Iterable[Child]], class_: str = "") -> Markup:
    """Return a table in a box that scrolls sideways where the window is narrow."""
    head = el("thead", el("tr", [el("th", head, scope="col") for head in heads]))
    body = el("tbody", [el("tr", [el("td", cell) for cell in row]) for row in rows])
    return el("div", el("table", head, body, class_=class_ or None), class_="scroll")
