/** The stop for problems that another organisation deals with: its name and contact details. */
import { byId, element } from "../../shared/dom.ts";
import { currentElsewhere } from "./flow.ts";

export async function enter(): Promise<void> {
  const found = await currentElsewhere();
  if (!found) return;
  const { name, advice, phone, url } = found;
  const parts: HTMLElement[] = [element("p", { class: "app-lead" }, advice ?? `${name} is responsible for this location.`)];
  const facts = element("dl", { class: "app-facts" }, element("dt", {}, "Organisation"), element("dd", {}, name));
  if (phone) facts.append(element("dt", {}, "Phone"), element("dd", {}, telephone(phone)));
  if (url) facts.append(element("dt", {}, "Website"), element("dd", {}, element("a", { href: url, rel: "noopener" }, url)));
  byId("elsewhere-advice").replaceChildren(...parts, facts);
}

function telephone(phone: string): HTMLElement {
  return element("a", { href: `tel:${phone.replaceAll(" ", "")}` }, phone);
}
