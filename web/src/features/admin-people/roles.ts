/** Checkboxes for roles, and for the teams and wards that each role is limited to. */
import { checkedValues } from "../../shared/choices.ts";
import { element, show } from "../../shared/dom.ts";
import { type Grant, type Limits, type CodeName, ROLES, type Role } from "./model.ts";

/** `key` makes ids unique if a page has several forms. The first box has the id <key>grants, for the error summary. */
export function roleFields(key: string, grants: Grant[], limits: Limits): HTMLElement {
  const legend = element("legend", { class: "govuk-fieldset__legend" }, "What can they do?");
  const items = ROLES.flatMap(([role, name, says], index) => {
    const id = index === 0 ? `${key}grants` : `${key}${role}`;
    const own = grants.find((grant) => grant.role === role);
    const box = checkbox(id, `${key}role`, { code: role, name }, own !== undefined, says);
    return role === "admin" ? [box] : [box, limitFields(`${key}${role}`, box, own, limits)];
  });
  const list = element("div", { class: "govuk-checkboxes", "data-error-before": "" }, ...items);
  return element("div", { class: "govuk-form-group" }, element("fieldset", { class: "govuk-fieldset" }, legend, list));
}

export function readGrants(form: HTMLElement, key: string): Grant[] {
  return (checkedValues(form, `${key}role`) as Role[]).map((role) => ({
    role,
    teams: checkedValues(form, `${key}${role}-team`),
    wards: checkedValues(form, `${key}${role}-ward`),
  }));
}

/** The limits of a role, shown while the role is checked. */
function limitFields(key: string, box: HTMLElement, own: Grant | undefined, limits: Limits): HTMLElement {
  const fields = element(
    "div",
    { class: "govuk-checkboxes__conditional" },
    limitField(`${key}-team`, "Teams", "Leave blank for all", limits.teams, own?.teams ?? []),
    ...(limits.wards.length
      ? [limitField(`${key}-ward`, "Wards", "Leave blank for all", limits.wards, own?.wards ?? [])]
      : []),
  );
  const input = box.querySelector("input")!;
  const update = () => show(fields, input.checked);
  input.addEventListener("change", update);
  update();
  return fields;
}

function limitField(name: string, title: string, hint: string, known: CodeName[], ticked: string[]): HTMLElement {
  const legend = element("legend", { class: "govuk-fieldset__legend" }, title);
  const note = element("p", { class: "govuk-hint", id: `${name}-hint` }, hint);
  const boxes = known.map((each) => checkbox(`${name}-${each.code}`, name, each, ticked.includes(each.code)));
  const list = element("div", { class: "govuk-checkboxes govuk-checkboxes--small" }, ...boxes);
  const fieldset = element("fieldset", { class: "govuk-fieldset", "aria-describedby": note.id }, legend, note, list);
  return element("div", { class: "govuk-form-group" }, fieldset);
}

function checkbox(id: string, name: string, { code, name: text }: CodeName, checked: boolean, says = ""): HTMLElement {
  const described: Record<string, string> = says ? { "aria-describedby": `${id}-says` } : {};
  const input = element("input", {
    class: "govuk-checkboxes__input",
    id,
    name,
    type: "checkbox",
    value: code,
    ...described,
  });
  input.checked = checked;
  const label = element("label", { class: "govuk-label govuk-checkboxes__label", for: id }, text);
  const hint = says ? [element("p", { class: "govuk-hint govuk-checkboxes__hint", id: `${id}-says` }, says)] : [];
  return element("div", { class: "govuk-checkboxes__item" }, input, label, ...hint);
}
