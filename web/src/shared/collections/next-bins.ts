/** The next collection of the remembered address, in one line for other pages. */
import { element } from "../dom.ts";
import { type BinDay, binDays } from "./bin-days.ts";
import { loadCollections } from "./documents.ts";
import { rememberedPremises } from "./saved-address.ts";
import { viewFrom } from "./view.ts";

/** Replaces the text of the element, unless no day is known. Throws if the days cannot be loaded. */
export async function showNextBins(line: HTMLElement): Promise<void> {
  const premises = rememberedPremises.read()!;
  const published = await loadCollections(premises);
  const next = published ? nextDay(binDays(published, viewFrom(line, premises.street))) : [];
  const [first] = next;
  if (!first) return;
  const day = element("strong", {}, element("time", { datetime: first.date! }, first.headline));
  line.replaceChildren(day, ` – ${next.map(({ name }) => name).join(", ")}`);
}

/** The bins that are collected first; none if no day is known. */
export function nextDay(days: BinDay[]): BinDay[] {
  const toCome = days.filter(({ isCollection }) => isCollection);
  return toCome.filter(({ date }) => date === toCome[0]!.date);
}
