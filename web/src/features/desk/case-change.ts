/** The form that changes a case and replies, with a preview of the reply. */
import { startCharacterCount } from "../../shared/character-count.ts";
import { byId, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { call } from "../../shared/session.ts";
import { type State, stateNames } from "../../shared/states.ts";
import { timelineEntry } from "../../shared/timeline.ts";
import { changeCase, casePage, may } from "./current-case.ts";
import { fillSelect, nameOf } from "./names.ts";
import { readNewDate } from "./new-date.ts";
import { ALL_VISIBILITIES, PRIORITIES, VISIBILITIES } from "./words.ts";

const LONGEST = 2000;
const FIELDS = ["state", "team", "priority", "service_code", "visibility", "review_on"] as const;
const form = byId<HTMLFormElement>("change-form");
const text = byId<HTMLTextAreaElement>("text");
const template = byId<HTMLSelectElement>("template");
const state = byId<HTMLSelectElement>("state");
const count = startCharacterCount(text, LONGEST);
/** The text of the chosen template. Another template replaces it only if it was not edited. */
let templateText = "";

export function startChange(): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void saveChange();
  });
  template.addEventListener("change", () => void useTemplate());
  for (const each of [text, state]) each.addEventListener("input", showPreview);
}

/** Fills the choices and keeps what was chosen. */
export function drawChange(): void {
  const { shown, names, templates } = casePage;
  for (const each of [form, byId("to-change")]) show(each, may("change"));
  const states = stateNames();
  const offered = Object.entries(VISIBILITIES)
    .filter(([code]) => code !== "waiting")
    .map(([code, name]) => ({ code, name }));
  const choose = (id: string, now: string, known: { code: string; name: string }[]) => {
    const select = byId<HTMLSelectElement>(id);
    fillSelect(select, `No change: ${now}`, known, select.value);
  };
  choose(
    "state",
    nameOf(shown.state, states),
    states.filter(({ code }) => code !== "duplicate"),
  );
  choose("team", nameOf(shown.team, names.teams), names.teams);
  choose(
    "priority",
    PRIORITIES[shown.priority],
    Object.entries(PRIORITIES).map(([code, name]) => ({ code, name })),
  );
  choose("service_code", shown.service_name, names.services);
  choose("visibility", ALL_VISIBILITIES[shown.visibility], offered);
  show(byId("review"), shown.review_on !== null);
  const fitting = templates.filter(
    ({ service_codes }) => !service_codes.length || service_codes.includes(shown.service_code),
  );
  fillSelect(
    template,
    "None",
    fitting.map(({ template_id, name }) => ({ code: template_id, name })),
    fitting.some(({ template_id }) => template_id === template.value) ? template.value : "",
  );
  showPreview();
}

async function useTemplate(): Promise<void> {
  const chosen = casePage.templates.find(({ template_id }) => template_id === template.value);
  const isOwn = text.value.trim() !== "" && text.value !== templateText;
  if (isOwn) return;
  templateText = "";
  if (chosen) {
    const found = await call<{ text: string }>("POST", `/api/desk/templates/${chosen.template_id}/preview`, {
      service_request_id: casePage.shown.service_request_id,
    });
    if (found.kind !== "stored")
      return showErrors(form, [{ field: "template", message: "We could not fill in the template. Try again" }]);
    templateText = found.value.text;
    if (chosen.state && !state.value) state.value = chosen.state;
  }
  text.value = templateText;
  count();
  showPreview();
}

function showPreview(): void {
  count();
  const said = text.value.trim();
  show(byId("preview"), said !== "");
  const entry = {
    update_id: "",
    state: (state.value || casePage.shown.state) as State,
    text: said,
    datetime: new Date().toISOString(),
    by: "council" as const,
  };
  byId("preview-entry").replaceChildren(timelineEntry(entry, casePage.zone));
}

async function saveChange(): Promise<void> {
  clearErrors(form);
  const chosen = FIELDS.map((field) => [field, byId<HTMLSelectElement>(field).value]).filter(([, value]) => value);
  const said = text.value.trim();
  const new_date = readNewDate();
  if (new_date && "field" in new_date) return showErrors(form, [new_date]);
  if (!chosen.length && !said && !new_date)
    return showErrors(form, [{ field: "state", message: "Change something, or write a reply" }]);
  if (said.length > LONGEST)
    return showErrors(form, [
      { field: "text", message: `The reply must be ${LONGEST.toLocaleString("en-GB")} characters or fewer` },
    ]);
  const changes = {
    ...Object.fromEntries(chosen),
    ...(said ? { text: said } : {}),
    ...(new_date ? { new_date } : {}),
  };
  if (!(await changeCase(form, changes, said ? "Changes saved and reply added." : "Changes saved.", "state"))) return;
  form.reset();
  byId<HTMLDetailsElement>("put-off").open = false;
  templateText = "";
  showPreview();
}
