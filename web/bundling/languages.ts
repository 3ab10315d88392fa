/** The languages of residents' pages. English is what pages are written in; others are built below their own folder. */
import type { Plugin, Rolldown } from "vite";
import type { CouncilFacts } from "./facts.ts";
import { escapeHtml } from "./escape.ts";

export interface Language {
  /** As in addresses. */
  code: string;
  /** Its name in itself. */
  name: string;
  /** For `<html lang>`. */
  tag: string;
  /** As in dates; null for English, which every browser has. */
  months: string[] | null;
  /** The folder of its pages. */
  folder: string;
  /** The index of the form for the number n, as an expression. */
  plural: string;
  /** The forms of each message; null for the language that pages are written in. */
  messages: Record<string, string[]> | null;
  /** The texts of the pages and of the parts of the layout that Python translated; see `infra/languages.py`. */
  pages: Record<string, string>;
  parts: Record<string, string>;
  /** The beginnings of addresses, beside pages, that are in this language, too. */
  served: string[];
  /** The council's details in this language, where they differ. */
  council: Partial<CouncilFacts>;
}

export const ENGLISH: Language = {
  code: "en",
  name: "English",
  tag: "en-GB",
  months: null,
  folder: "/",
  plural: "n !== 1",
  messages: null,
  pages: {},
  parts: {},
  served: [],
  council: {},
};

/** gettext's own separator of a context and its message. */
const CONTEXT = "\u0004";

/** The forms of the text in that language. A file may have its own translation of it (msgctxt). */
export function lookUp({ messages }: Language, texts: string[], file: string): string[] | undefined {
  return messages ? (messages[`${file}${CONTEXT}${texts[0]}`] ?? messages[texts[0]!]) : texts;
}

/** The months for `web/src/shared/dates.ts`, the language for `web/src/shared/request-headers.ts`, and the names of all languages by their codes for the page of an account. */
export const defineOf = ({ code, months }: Language, all: Language[] = [ENGLISH]) => ({
  MONTHS: months ? JSON.stringify(months) : "undefined",
  LANGUAGE: JSON.stringify(code),
  LANGUAGES: JSON.stringify(all.map((each) => [each.code, each.name])),
});

/** The links to the same page in other languages: for people in the footer, and for search engines, which ignore
 * addresses without the `site`; none for them if it is empty. */
export function languageLinks(
  page: string,
  own: Language,
  all: Language[],
  site: string,
): { head: string; footer: string } {
  const others = all.filter(({ code }) => code !== own.code);
  const address = ({ folder }: Language) => folder + page.slice(1);
  const alternate = (each: Language) =>
    `<link rel="alternate" hreflang="${each.code}" href="${site}${address(each)}" vite-ignore>`;
  const link = (each: Language) =>
    ` <a class="app-footer__link" href="${address(each)}" hreflang="${each.code}" lang="${each.code}">${escapeHtml(each.name)}</a>`;
  return { head: site ? all.map((each) => `${alternate(each)}\n`).join("") : "", footer: others.map(link).join("") };
}

type Build = (language: Language) => Promise<Rolldown.RolldownOutput>;

/** Builds the pages of each language beside the English ones; `emitted` gets the names of their scripts and styles. */
export function otherLanguages(languages: Language[], build: Build, emitted: Map<string, Set<string>>): Plugin {
  return {
    name: "ginnel-languages",
    generateBundle: {
      order: "post",
      async handler(_, bundle) {
        for (const language of languages) {
          const { output } = await build(language);
          const own = new Set<string>();
          emitted.set(language.code, own);
          for (const file of output) {
            const isPage = file.fileName.endsWith(".html");
            const fileName = isPage ? language.folder.slice(1) + file.fileName : file.fileName;
            if (!isPage) own.add(fileName);
            if (bundle[fileName]) continue;
            this.emitFile({ type: "asset", fileName, source: file.type === "chunk" ? file.code : file.source });
          }
        }
      },
    },
  };
}
