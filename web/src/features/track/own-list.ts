/** The list of what was sent from this browser. */
import { loadCouncil, loadServices } from "../../shared/council.ts";
import { dayElement } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn, show, screenReaderText } from "../../shared/dom.ts";
import { forgetOwnReport, type OwnReport, readOwnReports } from "../../shared/own-reports.ts";
import { groupReference } from "../../shared/reference.ts";
import { takeOverFormerList } from "./former-list.ts";
import { say, sayParts } from "../../shared/say.ts";

const section = byId("own-reports");

export async function showOwnReports(): Promise<void> {
  await takeOverFormerList();
  const all = await readOwnReports();
  show(section, all.length > 0);
  if (!all.length) return;
  const council = await loadCouncil().catch(() => null);
  const services = await loadServices().catch(() => []);
  const names = new Map(services.map(({ service_code, service_name }) => [service_code, service_name]));
  const entries = all.map((each) => entry(each, names.get(each.service_code) ?? say("A report"), council?.time_zone));
  byId("own-reports-list").replaceChildren(...entries);
}

function entry({ id, at, url }: OwnReport, name: string, timeZone?: string): HTMLElement {
  const reference = groupReference(id);
  const remove = actionButton(say("Remove from this list"), async () => {
    await forgetOwnReport(id);
    await showOwnReports();
    focusOn(byId("ref"));
  });
  remove.append(screenReaderText(`: ${reference}`));
  const facts = sayParts<HTMLElement>("{reference}, sent on {day}", {
    reference: element("span", { class: "app-reference" }, reference),
    day: dayElement(at, timeZone),
  });
  return element("li", {}, element("p", {}, element("a", { href: url }, name)), element("p", {}, ...facts), remove);
}
