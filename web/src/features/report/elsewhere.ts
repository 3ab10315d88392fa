/** The stop for problems that another organisation deals with: advice and contact details. */
import { byId, element } from "../../shared/dom.ts";
import { currentElsewhere } from "./flow.ts";
import { say } from "../../shared/say.ts";

export async function enter(): Promise<void> {
  const found = await currentElsewhere();
  if (!found) return;
  const { name, advice, phone, url } = found;
  const parts: HTMLElement[] = [
    element(
      "p",
      { class: "app-lead" },
      advice ?? say("Another organisation is responsible for {place}.", { place: name }),
    ),
  ];
  const facts = element("dl", { class: "app-facts" }, element("dt", {}, say("Location")), element("dd", {}, name));
  if (phone) facts.append(element("dt", {}, say("Phone")), element("dd", {}, telephone(phone)));
  if (url)
    facts.append(
      element("dt", {}, say("Website")),
      element("dd", {}, element("a", { href: url, rel: "noopener" }, url)),
    );
  byId("elsewhere-advice").replaceChildren(...parts, facts);
}

function telephone(phone: string): HTMLElement {
  return element("a", { href: `tel:${phone.replaceAll(" ", "")}` }, phone);
}
