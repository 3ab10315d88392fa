/** The step that asks before personal information becomes public. The resident can always continue. */
import { byId, element } from "../../shared/dom.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { type Finding, findingsOf, publicWords } from "./personal-data.ts";
import { sectionOf } from "./steps.ts";

const PLACES = { description: "in the description", title: "in the title", address: "in the address" };

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

function item({ words, kind, field }: Finding): HTMLElement {
  return element("li", {}, element("strong", {}, words), ` ${PLACES[field]} looks like ${kind}`);
}
