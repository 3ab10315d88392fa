/** Writes the data registry into the privacy notice. Tests compare the registry with the service. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import type { CouncilFacts } from "./facts.ts";
import { escapeHtml } from "./escape.ts";

interface Row {
  store: string;
  attribute: string;
  what: string;
  why: string;
  kept_for: string;
  seen_by: string;
  personal: string;
}

interface Registry {
  stores: { store: string; title: string }[];
  rows: Row[];
}

const REGISTRY = resolve(import.meta.dirname, "../../chalicelib/privacy/registry.json");
const FACTS = { Why: "why", "Kept for": "kept_for", "Seen by": "seen_by" } as const;

/** Groups rows with the same reason, retention and readers. */
function together(rows: Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.why, row.kept_for, row.seen_by]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

function entry(group: Row[], nameOf: (row: Row) => string): string {
  const names = [...new Set(group.map(nameOf))].map((name) => `<dt>${name}</dt>`);
  const facts = Object.entries(FACTS).map(([label, of]) => `<dd><b>${label}:</b> ${escapeHtml(group[0]![of])}</dd>`);
  return `<div>${[...names, ...facts].join("")}</div>`;
}

const list = (rows: Row[], nameOf: (row: Row) => string) =>
  `<dl class="app-kept">${together(rows)
    .map((group) => entry(group, nameOf))
    .join("\n")}</dl>`;

/** The personal data in the service. The page about cookies lists what stays in the browser. */
function personal({ rows }: Registry): string {
  const ofPeople = rows.filter(({ personal, store }) => personal !== "no" && store !== "browser");
  return list(ofPeople, ({ what }) => escapeHtml(what));
}

function everything({ stores, rows }: Registry): string {
  const nameOf = ({ what, attribute }: Row) => `${escapeHtml(what)} <code>${escapeHtml(attribute)}</code>`;
  const part = ({ store, title }: Registry["stores"][number]) =>
    `<details class="app-details"><summary>${escapeHtml(title)}</summary>${list(
      rows.filter((row) => row.store === store),
      nameOf,
    )}</details>`;
  return stores.map(part).join("\n");
}

function contact({ privacy_contact }: CouncilFacts): string {
  if (!privacy_contact) return "";
  const address = escapeHtml(privacy_contact);
  return `email <a href="mailto:${address}">${address}</a> or `;
}

export function privacy(council: CouncilFacts): Plugin {
  return {
    name: "ginnel-privacy",
    transformIndexHtml: {
      order: "pre",
      handler(html) {
        if (!html.includes("<!-- privacy:")) return html;
        const registry = JSON.parse(readFileSync(REGISTRY, "utf8")) as Registry;
        return html
          .replace("<!-- privacy: personal -->", () => personal(registry))
          .replace("<!-- privacy: everything -->", () => everything(registry))
          .replaceAll("<!-- privacy: contact -->", () => contact(council));
      },
    },
  };
}
