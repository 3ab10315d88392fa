/** Views of the queue: the standard views, and those that the officer saved. */
import { byId, element, focusOn, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { faultOf } from "../../shared/fault.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { nameOf, type Names } from "./names.ts";
import { queryOf } from "./queue-filters.ts";

interface View {
  view_id: string;
  name: string;
  query: string;
}

const VIEWS = "/api/desk/views";
const form = byId<HTMLFormElement>("save-view");
const name = byId<HTMLInputElement>("view-name");
const list = byId("own-views");
const status = byId("view-status");
let key = crypto.randomUUID();

export async function startViews(): Promise<void> {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
  const found = await call<{ items: View[] }>("GET", VIEWS);
  if (found.kind === "stored") list.replaceChildren(...found.value.items.map(viewEntry));
  markView();
}

/** Marks the current view. */
export function markView(): void {
  const shown = queryOf(location.search).toString();
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".desk-views a")) {
    if (queryOf(new URL(link.href).search).toString() === shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Suggests a name for a view. */
export function suggestName(query: URLSearchParams, { services, teams }: Names): string {
  const words = [
    query.get("target") === "late" ? "Late" : "",
    nameOf(query.get("service_code") ?? "", services),
    nameOf(query.get("team") ?? "", teams),
    query.get("q") ?? "",
  ];
  return words.filter(Boolean).join(", ");
}

function viewEntry(view: View): HTMLElement {
  const remove = element(
    "button",
    { class: "app-link-button desk-views__remove", type: "button" },
    "Remove",
    screenReaderText(` the view ${view.name}`),
  );
  const entry = element("li", {}, element("a", { href: `/desk/?${view.query}` }, view.name), " ", remove);
  remove.addEventListener("click", () => void removeView(view, entry));
  return entry;
}

async function save(): Promise<void> {
  clearErrors(form);
  status.textContent = "";
  if (!name.value.trim()) return showErrors(form, [{ field: "view-name", message: "Enter a name for the view" }]);
  const draft = { name: name.value.trim(), query: queryOf(location.search).toString() };
  const outcome = await whileBusy(form, () => call<View>("POST", VIEWS, draft, { "Idempotency-Key": key }));
  if (outcome.kind !== "stored")
    return showRefusedFields(
      form,
      errorsOf(outcome).map(({ message }) => ({ field: "view-name", message })),
    );
  key = crypto.randomUUID();
  list.append(viewEntry(outcome.value));
  name.value = "";
  markView();
  status.textContent = `“${outcome.value.name}” saved to your views.`;
}

async function removeView(view: View, entry: HTMLElement): Promise<void> {
  const outcome = await whileBusy(entry, () => call("DELETE", `${VIEWS}/${view.view_id}`));
  if (outcome.kind === "stored") entry.remove();
  status.textContent = outcome.kind === "stored" ? `“${view.name}” removed.` : faultOf(outcome);
  focusOn(name);
}
