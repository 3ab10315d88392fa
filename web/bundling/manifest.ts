/** The manifest of the installed app: one for each language, whose app begins with the pages of that language. */
import type { CouncilFacts } from "./facts.ts";
import { type Language, lookUp } from "./languages.ts";

const SOURCE = "web/src/layout/manifest.webmanifest";
const FACT = /\{\{ council\.(\w+) \}\}/g;

interface Names {
  name: string;
  short_name: string;
}

interface Manifest extends Names {
  lang: string;
  start_url: string;
  shortcuts: (Names & { url: string })[];
  share_target: { action: string };
}

/** The name of the file, without the first slash. */
export const manifestFile = ({ folder }: Pick<Language, "folder">) => `${folder.slice(1)}manifest.webmanifest`;

/** The manifest of that source. Throws if a name is not translated. */
export function manifestIn(language: Language, source: string, facts: CouncilFacts): string {
  const council = { ...facts, ...language.council };
  const fillFacts = (text: string) =>
    text.replace(FACT, (_, name: keyof CouncilFacts) => JSON.stringify(council[name]).slice(1, -1));
  if (!language.messages) return JSON.stringify({ ...JSON.parse(fillFacts(source)), screenshots: council.screenshots });

  function translate(text: string): string {
    const message = text.replace(FACT, "{council.$1}");
    const found = message.startsWith("{") ? message : lookUp(language, [message], SOURCE)?.[0];
    if (!found) throw new Error(`${SOURCE}: not translated: ${message}`);
    return found.replace(/\{council\.(\w+)\}/g, "{{ council.$1 }}");
  }

  const translateNames = ({ name, short_name }: Names) => ({
    name: translate(name),
    short_name: translate(short_name),
  });
  const address = (english: string) => language.folder + english.slice(1);
  const english = JSON.parse(source) as Manifest;
  // The screenshots show English pages.
  const own: Manifest = {
    ...english,
    ...translateNames(english),
    lang: language.tag,
    start_url: address(english.start_url),
    shortcuts: english.shortcuts.map((each) => ({
      ...translateNames(each),
      url: each.url in language.pages ? address(each.url) : each.url,
    })),
    share_target: { ...english.share_target, action: address(english.share_target.action) },
  };
  return fillFacts(JSON.stringify(own));
}
