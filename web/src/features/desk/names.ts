/** The names of teams, services, wards and crews. */
import { getJson } from "../../shared/api.ts";
import { loadCouncil, loadServices } from "../../shared/council.ts";
import { element } from "../../shared/dom.ts";
import { call } from "../../shared/session.ts";
import type { Crew } from "../crew/model.ts";
import type { CodeName } from "./model.ts";

export interface Names {
  teams: CodeName[];
  services: CodeName[];
  wards: CodeName[];
}

/** Lists that cannot be loaded are empty; codes are shown instead of names. */
export async function loadNames(): Promise<Names> {
  const [teams, services, wards] = await Promise.all([loadTeams(), loadServices().catch(() => []), loadWards()]);
  return {
    teams,
    wards,
    services: services.map(({ service_code, service_name }) => ({ code: service_code, name: service_name })),
  };
}

export async function loadTeams(): Promise<CodeName[]> {
  const found = await call<{ items: { team: string; name: string }[] }>("GET", "/api/teams");
  return found.kind === "stored" ? found.value.items.map(({ team, name }) => ({ code: team, name })) : [];
}

export async function loadCrews(): Promise<Crew[]> {
  const found = await call<{ items: Crew[] }>("GET", "/api/crews");
  return found.kind === "stored" ? found.value.items : [];
}

export const nameOf = (code: string, known: CodeName[]) => known.find((each) => each.code === code)?.name ?? code;

/** Fills a select, with an empty choice first. */
export function fillSelect(select: HTMLSelectElement, none: string, known: readonly CodeName[], chosen = ""): void {
  const unknown = chosen && !known.some(({ code }) => code === chosen) ? [{ code: chosen, name: chosen }] : [];
  const options = [...known, ...unknown].map(({ code, name }) => element("option", { value: code }, name));
  select.replaceChildren(element("option", { value: "" }, none), ...options);
  select.value = chosen;
}

export const toCodeNames = (words: Record<string, string>): CodeName[] =>
  Object.entries(words).map(([code, name]) => ({ code, name }));

async function loadWards(): Promise<CodeName[]> {
  try {
    const { wards } = await loadCouncil();
    const found = wards ? await getJson<{ items: CodeName[] }>(wards) : null;
    return (found?.items ?? []).map(({ code, name }) => ({ code, name }));
  } catch {
    return [];
  }
}
