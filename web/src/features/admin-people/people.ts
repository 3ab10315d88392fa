/** Staff and their permissions, for administrators. */
import { getJson } from "../../shared/api.ts";
import { loadCouncil } from "../../shared/council.ts";
import { actionButton, byId, element, show, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { isSignedOut } from "../../shared/outcome.ts";
import { faultOf } from "../../shared/fault.ts";
import { type Account, call, errorsOf, signInAddress, whoIsSignedIn } from "../../shared/session.ts";
import type { Limits, CodeName, Person } from "./model.ts";
import { personEntry } from "./person.ts";
import { readGrants, roleFields } from "./roles.ts";

interface PersonList {
  items: Person[];
  next: string | null;
  teams: { team: string; name: string }[];
}

const PEOPLE = "/api/admin/people";
const form = byId<HTMLFormElement>("invite-form");
const list = byId("people-list");
const more = byId("people-more");

void start();

async function start(): Promise<void> {
  setStatus("Loading…");
  const who = await whoIsSignedIn();
  if (isSignedOut(who)) return showSignIn();
  if (who.kind !== "stored") return setStatus("We could not load this page. Check your connection and try again.");
  if (!who.value.roles.includes("admin")) return setStatus("This page is for the council's administrators.");
  const first = await call<PersonList>("GET", PEOPLE);
  if (first.kind !== "stored") return setStatus(faultOf(first));
  await openPage(who.value, first.value);
}

async function openPage(who: Account, first: PersonList): Promise<void> {
  const teams = first.teams.map(({ team, name }) => ({ code: team, name }));
  const limits = { teams, wards: await loadWards() };
  byId("invite-roles").replaceChildren(roleFields("", [], limits));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void invitePerson(who, limits);
  });
  addPage(first, who, limits);
  setStatus("");
  show(byId("people-page"));
}

function addPage(page: PersonList, who: Account, limits: Limits): void {
  list.append(...page.items.map((person) => personEntry(person, who.account_id, limits)));
  const onward = actionButton("Show more", () => void loadMore(page.next!, who, limits));
  more.replaceChildren(...(page.next ? [onward] : []));
}

async function loadMore(next: string, who: Account, limits: Limits): Promise<void> {
  const page = await call<PersonList>("GET", `${PEOPLE}?${new URLSearchParams({ cursor: next })}`);
  if (page.kind === "stored") addPage(page.value, who, limits);
  else setStatus(faultOf(page));
}

async function invitePerson(who: Account, limits: Limits): Promise<void> {
  clearErrors(form);
  setStatus("", "invite-status");
  const address = byId<HTMLInputElement>("address");
  const grants = readGrants(form, "");
  const missing = [
    ...(address.value.trim() ? [] : [{ field: "address", message: "Enter an email address" }]),
    ...(grants.length ? [] : [{ field: "grants", message: "Choose what they can do" }]),
  ];
  if (missing.length) return showErrors(form, missing);
  const outcome = await whileBusy(form, () => call<Person>("POST", PEOPLE, { address: address.value.trim(), grants }));
  if (outcome.kind !== "stored") {
    return showRefusedFields(
      form,
      errorsOf(outcome).map(({ field, message }) => ({ field: field || "address", message })),
    );
  }
  list.prepend(personEntry(outcome.value, who.account_id, limits));
  form.reset();
  byId("invite-roles").replaceChildren(roleFields("", [], limits));
  setStatus(`You have invited ${outcome.value.address}. Tell them to sign in with this address.`, "invite-status");
}

/** Empty if no wards are published or they cannot be loaded: roles can then be limited only to teams. */
async function loadWards(): Promise<CodeName[]> {
  try {
    const { wards: address } = await loadCouncil();
    const found = address ? await getJson<{ items: CodeName[] }>(address) : null;
    return found?.items ?? [];
  } catch {
    return [];
  }
}

function showSignIn(): void {
  byId("people-status").replaceChildren(
    element("a", { href: signInAddress() }, "Sign in"),
    " to see this page. It is for the council's administrators.",
  );
}

function setStatus(text: string, where = "people-status"): void {
  byId(where).textContent = text;
}
