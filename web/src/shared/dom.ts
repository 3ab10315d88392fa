/** Small helpers over the DOM. */

type Child = Node | string;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Text for screen readers only, such as the subject of a link. */
export function screenReaderText(text: string): HTMLElement {
  return element("span", { class: "govuk-visually-hidden" }, text);
}

/** A secondary button that does not submit a form. */
export function actionButton(text: string, act: () => void): HTMLButtonElement {
  const made = element("button", { class: "govuk-button govuk-button--secondary", type: "button" }, text);
  made.addEventListener("click", act);
  return made;
}

export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found as Kind;
}

export function show(target: HTMLElement, visible = true): void {
  target.hidden = !visible;
}

/** Runs the request while the buttons in `place` are disabled. */
export async function whileBusy<T>(place: HTMLElement, request: () => Promise<T>): Promise<T> {
  const buttons = [...place.querySelectorAll("button")];
  for (const each of buttons) each.disabled = true;
  const outcome = await request();
  for (const each of buttons) each.disabled = false;
  return outcome;
}

export function focusOn(target: HTMLElement): void {
  if (!target.matches("input, textarea, select, a, button")) target.tabIndex = -1;
  target.focus();
}
