/**
 * Fills in the parts that pages share, such as the header, and the council's details and files.
 * The placeholders are Jinja's, as in the pages that the server renders.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import type { Look } from "./council.ts";
import type { CouncilFacts } from "./facts.ts";
import { escapeHtml } from "./escape.ts";
import { type Language, languageLinks } from "./languages.ts";
import { manifestFile, manifestIn } from "./manifest.ts";

const PARTS = resolve(import.meta.dirname, "../src/layout");
const FACT = /\{\{ council\.(\w+)(\|replace\(' ', ''\))? \}\}/g;

const readPart = (name: string) => readFileSync(resolve(PARTS, name), "utf8").trim();

function fill(text: string, council: CouncilFacts, escape: (text: string) => string): string {
  return text.replace(FACT, (placeholder, name: keyof CouncilFacts, withoutSpaces?: string) => {
    const fact = council[name] ?? "";
    if (typeof fact !== "string" || !(name in council))
      throw new Error(`${placeholder}: the council has no such detail.`);
    return escape(withoutSpaces ? fact.replaceAll(" ", "") : fact);
  });
}

/** Marks the link to the current page. */
function markCurrent(part: string, page: string): string {
  const markLink = (text: string, kind: string) =>
    text.replace(`<a class="app-${kind}__link" href="${page}"`, `$& aria-current="page"`);
  return ["nav", "subnav"].reduce(markLink, part);
}

function pagePath(path: string): string {
  return path.replace(/index\.html$/, "");
}

/** Puts in the links to the page in other languages, if it has any. */
function withLanguages(html: string, page: string, language: Language, all: Language[], site: string): string {
  const isTranslated = all.some(({ pages }) => page in pages);
  const { head, footer } = isTranslated ? languageLinks(page, language, all, site) : { head: "", footer: "" };
  return html.replace("<!-- languages -->", () => footer).replace("</head>", (end) => head + end);
}

export function layout(look: Look, language: Language, all: Language[]): Plugin {
  const council = { ...look.council, ...language.council };
  const parts = { ...look.parts, ...language.parts };
  return {
    name: "ginnel-layout",
    transformIndexHtml: {
      order: "pre",
      handler(english, { path }) {
        const page = pagePath(path);
        const address = language.folder + page.slice(1);
        const part = (_: string, name: string) => markCurrent(parts[name] ?? readPart(`${name}.html`), address);
        const html = (language.pages[page] ?? english).replace(/<!-- layout: ([a-z-]+) -->/g, part);
        return fill(withLanguages(html, page, language, all, council.site_url), council, escapeHtml);
      },
    },
  };
}

/** Writes the manifests and the council's files. */
export function lookFiles({ council, files }: Look, all: Language[]): Plugin {
  return {
    name: "ginnel-look-files",
    generateBundle() {
      for (const language of all) {
        const source = manifestIn(language, readPart("manifest.webmanifest"), council);
        this.emitFile({ type: "asset", fileName: manifestFile(language), source });
      }
      for (const [fileName, source] of files) this.emitFile({ type: "asset", fileName, source });
    },
  };
}
