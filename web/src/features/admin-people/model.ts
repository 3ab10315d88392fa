/** Staff in the API, and their permissions in words. */

export type Role = "crew" | "officer" | "admin";

export interface Grant {
  role: Role;
  teams: string[];
  wards: string[];
}

export interface Person {
  account_id: string;
  name: string | null;
  address: string | null;
  subject: string | null;
  is_pending: boolean;
  grants: Grant[];
  created_at: string;
  disabled_at: string | null;
  version: number;
}

/** A code and its name. */
export interface CodeName {
  code: string;
  name: string;
}

/** The teams and wards that a role can be limited to. */
export interface Limits {
  teams: CodeName[];
  wards: CodeName[];
}

export const ROLES: [role: Role, name: string, says: string][] = [
  ["crew", "Crew", "Can record work on reports for the council"],
  ["officer", "Officer", "Can see all of a report, and change, hide and merge reports"],
  ["admin", "Administrator", "Can do everything for all teams and wards, and manage staff"],
];

export function nameOf({ name, address, subject, account_id }: Person): string {
  return name ?? address ?? subject ?? account_id;
}

/** Officer: Highways, Parks. Only in Micklegate. */
export function grantText({ role, teams, wards }: Grant, limits: Limits): string {
  const [, name] = ROLES.find(([known]) => known === role)!;
  const where = teams.length ? `: ${namesOf(teams, limits.teams)}` : "";
  return `${name}${where}${wards.length ? `, only in ${namesOf(wards, limits.wards)}` : ""}`;
}

function namesOf(codes: string[], known: CodeName[]): string {
  return codes.map((code) => known.find((each) => each.code === code)?.name ?? code).join(", ");
}
