/** Writes the data registry into the privacy notice. Tests compare the registry with the service. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import type { CouncilFacts } from "./facts.ts";
import { escapeHtml } from "./escape.ts";
import { type Language, lookUp } from "./languages.ts";

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
  /** The names of the fields that the notice shows of a row. */
  facts: Record<"why" | "kept_for" | "seen_by", string>;
  stores: { store: string; title: string }[];
  rows: Row[];
}

const FILE = "chalicelib/privacy/registry.json";
const REGISTRY = resolve(import.meta.dirname, "../..", FILE);
/** Text that the page has only if the council has an email address for questions. */
const CONTACT = /<span data-privacy-contact>(.*?)<\/span>/gs;

/** Groups rows with the same reason, retention and readers. */
function groupRows(rows: Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.why, row.kept_for, row.seen_by]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

function entry(group: Row[], facts: Registry["facts"], nameOf: (row: Row) => string): string {
  const names = [...new Set(group.map(nameOf))].map((name) => `<dt>${name}</dt>`);
  const descriptions = Object.entries(facts).map(
    ([of, label]) => `<dd><b>${label}:</b> ${escapeHtml(group[0]![of as keyof Row])}</dd>`,
  );
  return `<div>${[...names, ...descriptions].join("")}</div>`;
}

const list = (rows: Row[], facts: Registry["facts"], nameOf: (row: Row) => string) =>
  `<dl class="app-kept">${groupRows(rows)
    .map((group) => entry(group, facts, nameOf))
    .join("\n")}</dl>`;

/** The personal data in the service. The page about cookies lists what stays in the browser. */
function personalData({ rows, facts }: Registry): string {
  const ofPeople = rows.filter(({ personal, store }) => personal !== "no" && store !== "browser");
  return list(ofPeople, facts, ({ what }) => escapeHtml(what));
}

function allData({ stores, rows, facts }: Registry): string {
  const nameOf = ({ what, attribute }: Row) => `${escapeHtml(what)} <code>${escapeHtml(attribute)}</code>`;
  const part = ({ store, title }: Registry["stores"][number]) =>
    `<details class="app-details"><summary>${escapeHtml(title)}</summary>${list(
      rows.filter((row) => row.store === store),
      facts,
      nameOf,
    )}</details>`;
  return stores.map(part).join("\n");
}

/** The registry in that language. A text without a translation stops the build before this (infra/languages.py). */
function readRegistry(language: Language): Registry {
  const say = (text: string) => lookUp(language, [text], FILE)?.[0] ?? text;
  const { stores, rows, facts } = JSON.parse(readFileSync(REGISTRY, "utf8")) as Registry;
  return {
    facts: { why: say(facts.why), kept_for: say(facts.kept_for), seen_by: say(facts.seen_by) },
    stores: stores.map(({ store, title }) => ({ store, title: say(title) })),
    rows: rows.map(({ what, why, kept_for, seen_by, ...row }) => ({
      ...row,
      what: say(what),
      why: say(why),
      kept_for: say(kept_for),
      seen_by: say(seen_by),
    })),
  };
}

export function privacy({ privacy_contact }: CouncilFacts, language: Language): Plugin {
  return {
    name: "ginnel-privacy",
    transformIndexHtml: {
      order: "pre",
      handler(html) {
        if (!html.includes("<!-- privacy:")) return html;
        const registry = readRegistry(language);
        return html
          .replace("<!-- privacy: personal -->", () => personalData(registry))
          .replace("<!-- privacy: everything -->", () => allData(registry))
          .replace(CONTACT, (_, words: string) => (privacy_contact ? words : ""));
      },
    },
  };
}
