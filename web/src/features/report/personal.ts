/** The step that asks before personal information becomes public. The resident can always continue. */
import { byId, element } from "../../shared/dom.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { type Finding, findingsOf, publicWords } from "./personal-data.ts";
import { sectionOf } from "./steps.ts";
import { say, sayParts } from "../../shared/say.ts";

/** By `kind` of the patterns. */
const KINDS: Record<string, string> = {
  "an email address": say("an email address"),
  "a phone number": say("a phone number"),
  "a number plate": say("a number plate"),
  "a name": say("a name"),
};

export function start(onward: () => Promise<void>): void {
  sectionOf("personal")
    .querySelector("form")!
    .addEventListener("submit", () => {
      changeDraft({ kept_words: publicWords(currentDraft()) });
      void onward();
    });
}

export function enter(): void {
  const found = findingsOf(currentDraft());
  byId("personal-found").replaceChildren(...found.map(item));
  const inAddressOnly = found.every(({ field }) => field === "address");
  byId<HTMLAnchorElement>("personal-change").href = inAddressOnly ? "#where" : "#details";
}

function item({ words: found, kind: code, field }: Finding): HTMLElement {
  const [words, kind] = [element("strong", {}, found), KINDS[code]!];
  return element("li", {}, ...PARTS[field](words, kind));
}

const PARTS: Record<Finding["field"], (words: Node, kind: string) => (Node | string)[]> = {
  description: (words, kind) =>
    sayParts<Node | string>("{words} in the description looks like {kind}", { words, kind }),
  title: (words, kind) => sayParts<Node | string>("{words} in the title looks like {kind}", { words, kind }),
  address: (words, kind) => sayParts<Node | string>("{words} in the address looks like {kind}", { words, kind }),
};
