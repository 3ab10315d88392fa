/**
 * Fills in the parts that pages share, such as the header, and the council's details.
 * The placeholders are Jinja's, so that the template of published report pages can have the same markup.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import type { CouncilNames } from "./council.ts";
import { escapeHtml } from "./escape.ts";

const PARTS = resolve(import.meta.dirname, "../src/layout");

const readPart = (name: string) => readFileSync(resolve(PARTS, name), "utf8").trim();

function fill(text: string, council: CouncilNames, escape: (text: string) => string): string {
  return text
    .replaceAll("{{ council.name }}", () => escape(council.name))
    .replaceAll("{{ council.phone|replace(' ', '') }}", () => escape(council.phone.replaceAll(" ", "")))
    .replaceAll("{{ council.phone }}", () => escape(council.phone))
    .replaceAll("{{ council.opening_hours }}", () => escape(council.opening_hours))
    .replaceAll("{{ council.at_other_times }}", () => escape(atOtherTimes(council)));
}

function atOtherTimes({ out_of_hours_phone }: CouncilNames): string {
  return out_of_hours_phone ? `, or at other times on ${out_of_hours_phone}` : "";
}

/** Marks the link to the current page. */
function markCurrent(part: string, page: string): string {
  const marked = (text: string, kind: string) =>
    text.replace(`<a class="app-${kind}__link" href="${page}"`, `$& aria-current="page"`);
  return ["nav", "subnav"].reduce(marked, part);
}

function pagePath(path: string): string {
  return path.replace(/index\.html$/, "");
}

export function layout(council: CouncilNames): Plugin {
  return {
    name: "ginnel-layout",
    transformIndexHtml: {
      order: "pre",
      handler(html, { path }) {
        const parts = (_: string, name: string) => markCurrent(readPart(`${name}.html`), pagePath(path));
        const page = html.replace(/<!-- layout: ([a-z-]+) -->/g, parts);
        return fill(page, council, escapeHtml);
      },
    },
    generateBundle() {
      const source = fill(readPart("manifest.webmanifest"), council, (text) => JSON.stringify(text).slice(1, -1));
      this.emitFile({ type: "asset", fileName: "manifest.webmanifest", source });
    },
  };
}
