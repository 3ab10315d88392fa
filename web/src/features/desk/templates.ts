/** The reply templates that all officers share, with a form and a preview. */
import { choiceItems, checkedValues } from "../../shared/choices.ts";
import { loadServices } from "../../shared/council.ts";
import { dayText } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn, show, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { showStatus, showFailure } from "../../shared/staff-page.ts";
import { stateNames } from "../../shared/states.ts";
import { openDesk } from "./desk.ts";
import type { CodeName, Template } from "./model.ts";
import { fillSelect, nameOf } from "./names.ts";
import { showMessage } from "./undo.ts";

type Draft = Pick<Template, "name" | "text" | "service_codes" | "state">;

const TEMPLATES = "/api/desk/templates";
const DAY_MS = 24 * 60 * 60 * 1000;
const form = byId<HTMLFormElement>("template-form");
const name = byId<HTMLInputElement>("name");
const text = byId<HTMLTextAreaElement>("text");
const state = byId<HTMLSelectElement>("state");
const services = byId("services");
const list = byId("template-list");
/** The template being changed; null while a new one is written. */
let edited: Template | null = null;
let key = crypto.randomUUID();
let serviceNames: CodeName[] = [];

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void save();
});
text.addEventListener("input", preview);
state.addEventListener("change", preview);
byId("cancel").addEventListener("click", () => {
  fillForm(null);
  focusOn(byId("templates-heading"));
});
openDesk(async () => {
  serviceNames = (await loadServices().catch(() => [])).map(({ service_code, service_name }) => ({
    code: service_code,
    name: service_name,
  }));
  fillForm(null);
  return load();
}, load);

async function load(): Promise<boolean> {
  const found = await call<{ items: Template[] }>("GET", TEMPLATES);
  if (found.kind !== "stored") {
    showFailure(found);
    return false;
  }
  const none = element("li", { class: "app-muted" }, "There are no templates yet.");
  list.replaceChildren(...(found.value.items.length ? found.value.items.map(templateEntry) : [none]));
  return true;
}

function templateEntry(template: Template): HTMLElement {
  const facts = [
    template.state ? `changes the state to “${nameOf(template.state, stateNames())}”` : "",
    template.service_codes.length
      ? `for ${template.service_codes.map((code) => nameOf(code, serviceNames)).join(", ")}`
      : "for all services",
  ];
  const buttons = [
    actionButton("Change", () => fillForm(template)),
    actionButton("Remove", () => void remove(template, entry)),
  ];
  for (const each of buttons) each.append(screenReaderText(` ${template.name}`));
  const entry = element(
    "li",
    { id: `template-${template.template_id}` },
    element("h3", {}, template.name),
    element("p", { class: "app-prose", dir: "auto" }, template.text),
    element("p", { class: "app-muted" }, facts.filter(Boolean).join(", ")),
    element("div", { class: "app-buttons" }, ...buttons),
  );
  return entry;
}

function fillForm(template: Template | null): void {
  clearErrors(form);
  edited = template;
  key = crypto.randomUUID();
  byId("form-heading").textContent = template ? `Change: ${template.name}` : "Add a template";
  byId("save").textContent = template ? "Save changes" : "Add template";
  show(byId("cancel"), template !== null);
  fillFields(template ?? { name: "", text: "", service_codes: [], state: null });
  if (template) focusOn(byId("form-heading"));
}

function fillFields(draft: Draft): void {
  name.value = draft.name;
  text.value = draft.text;
  fillSelect(
    state,
    "No change",
    stateNames().filter(({ code }) => code !== "duplicate"),
    draft.state ?? "",
  );
  services.replaceChildren(
    ...choiceItems(
      "checkbox",
      "service_codes",
      serviceNames.map(({ code, name: called }) => [code, called]),
      draft.service_codes,
    ),
  );
  preview();
}

/** A preview with made-up values, because no report is open here. */
function preview(): void {
  const sample: Record<string, string> = {
    reference: "7K3M-2QXV-9HTD",
    service: serviceNames[0]?.name ?? "Pothole",
    target: dayText(new Date(Date.now() + 5 * DAY_MS).toISOString()),
    place: "12 Mill Lane",
  };
  const filled = text.value.replace(/\{([^{}]*)\}/g, (whole, field: string) => sample[field] ?? whole);
  show(byId("preview"), filled.trim() !== "");
  byId("preview-text").textContent = filled;
}

async function save(): Promise<void> {
  clearErrors(form);
  const draft: Draft = {
    name: name.value.trim(),
    text: text.value.trim(),
    service_codes: checkedValues(services),
    state: (state.value || null) as Draft["state"],
  };
  const missing = [
    ...(draft.name ? [] : [{ field: "name", message: "Enter a name for the template" }]),
    ...(draft.text ? [] : [{ field: "text", message: "Enter the reply" }]),
  ];
  if (missing.length) return showErrors(form, missing);
  const before = edited;
  const outcome = await whileBusy(form, () =>
    before ? change(before, draft) : call<Template>("POST", TEMPLATES, draft, { "Idempotency-Key": key }),
  );
  if (outcome.kind !== "stored") return showRefusal(outcome, before);
  fillForm(null);
  await load();
  showStatus(`“${outcome.value.name}” ${before ? "changed" : "added"}.`);
  focusOn(byId("staff-status"));
}

function change({ template_id, version }: Template, { state: after, service_codes, ...rest }: Draft) {
  const clear = [...(after ? [] : ["state"]), ...(service_codes.length ? [] : ["service_codes"])];
  const changes = {
    ...rest,
    ...(after ? { state: after } : {}),
    ...(service_codes.length ? { service_codes } : {}),
    ...(clear.length ? { clear } : {}),
  };
  return call<Template>("PATCH", `${TEMPLATES}/${template_id}`, changes, { "If-Match": `"${version}"` });
}

/** After a version conflict, keeps the typed text and shows the other officer's. */
async function showRefusal(outcome: Parameters<typeof errorsOf>[0], before: Template | null): Promise<void> {
  if (before && outcome.kind === "refused" && outcome.problem.status === 409) {
    const found = await call<{ items: Template[] }>("GET", TEMPLATES);
    const now =
      found.kind === "stored"
        ? found.value.items.find(({ template_id }) => template_id === before.template_id)
        : undefined;
    if (now) {
      edited = now;
      await load();
      return showErrors(form, [
        {
          field: "text",
          message: `Somebody else has changed this template. It is now: “${now.text}”. What you typed is still here. Save again to replace their text`,
        },
      ]);
    }
  }
  showRefusedFields(
    form,
    errorsOf(outcome).map(({ field, message }) => ({
      field: document.getElementById(field) ? field : "name",
      message,
    })),
  );
}

/** Removes a template. To undo this, the same template is added again. */
async function remove(template: Template, entry: HTMLElement): Promise<void> {
  const outcome = await whileBusy(entry, () =>
    call("DELETE", `${TEMPLATES}/${template.template_id}`, undefined, { "If-Match": `"${template.version}"` }),
  );
  if (outcome.kind !== "stored") {
    await load();
    return showFailure(outcome);
  }
  if (edited?.template_id === template.template_id) fillForm(null);
  showMessage(`“${template.name}” removed.`);
  const again = crypto.randomUUID();
  const back = actionButton("Undo removal", () => void restoreTemplate(template, again));
  byId("undo-message").append(" ", back);
  await load();
  focusOn(back);
}

async function restoreTemplate(
  { name: called, text: says, service_codes, state: becomes }: Template,
  again: string,
): Promise<void> {
  const draft: Draft = { name: called, text: says, service_codes, state: becomes };
  const outcome = await whileBusy(byId("undo"), () =>
    call<Template>("POST", TEMPLATES, draft, { "Idempotency-Key": again }),
  );
  if (outcome.kind !== "stored") return showFailure(outcome);
  showMessage(`“${called}” added again.`);
  await load();
  focusOn(byId("undo-message"));
}
