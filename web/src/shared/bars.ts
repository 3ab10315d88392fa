/** Notices at the lower edge of the window, where they move nothing that is being read or typed. */
import { element } from "./dom.ts";

const ID = "app-bars";

/** Shows a notice, in place of one with the same `name`. Without content, the notice disappears. */
export function showBar(name: string, ...content: (Node | string)[]): void {
  document.getElementById(`bar-${name}`)?.remove();
  if (!content.length) return;
  let bars = document.getElementById(ID);
  if (!bars) {
    bars = element("div", { class: "app-bars", id: ID, role: "status" });
    document.body.append(bars);
  }
  bars.append(element("p", { class: "app-bar", id: `bar-${name}` }, ...content));
}
