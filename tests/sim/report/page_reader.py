# SPDX-License-Identifier: Apache-2.0
"""Reads a report as a strict reader would: every element closed, nothing loaded from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"br", "hr", "input", "meta"}
LOADING = {"src", "srcset", "data", "action", "poster", "background"}


class Page(HTMLParser):
    """Text of each section by its id; tables as rows of cells; links; all ids."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: dict[str, str] = {}
        self.rows: dict[str, list[list[str]]] = {}
        self.pictures: list[str] = []
        assert text.startswith("<!DOCTYPE html>\n<html lang=")
        self.feed(text)
        self.close()
        assert self.open == [], "elements left open"

    @property
    def section(self) -> str:
        return next((key for _, key in reversed(self.open) if key), "")

    def handle_starttag(self, tag: str, attrs) -> None:
        attributes = dict(attrs)
        assert len(attributes) == len(attrs), f"an attribute twice in {tag}"
        for name, value in attributes.items():
            assert name not in LOADING, f"{tag} loads {value}"
            assert "//" not in (value or "").removeprefix("file://") or name in {"data-copy"}, value
        assert tag not in {"link", "iframe", "img", "object", "embed", "base"}
        if "id" in attributes:
            assert attributes["id"] not in self.ids, f"id {attributes['id']} twice"
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "svg":
            assert attributes["role"] == "img"
            self.pictures.append(attributes["aria-label"])
        if tag not in VOID:
            self.open.append((tag, attributes.get("id") if tag == "section" else None))
        if tag == "tr":
            self.rows.setdefault(self.section, []).append([])
        elif tag in {"td", "th"}:
            self.rows[self.section][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1][0] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if tags and tags[-1] in {"style", "script"}:
            assert "http" not in data and "@import" not in data and "url(" not in data
            return
        self.text[self.section] = self.text.get(self.section, "") + data
        if {"td", "th"} & set(tags):
            self.rows[self.section][-1][-1] += data
