/** How surely a service has to know who reports. */
import type { Service } from "../../shared/council.ts";
import type { Account } from "../../shared/session.ts";

/** From the least to the most sure. */
const SURENESS = ["anonymous", "contact", "proven", "staff"];

export const isStaff = ({ roles }: Pick<Account, "roles">) => roles.some((role) => role !== "resident");

/** Staff who report for a resident see for themselves who that is; for their own reports they are asked like everybody. */
export function isKnownWell(account: Pick<Account, "roles" | "assurance">, { assurance = "anonymous" }: Pick<Service, "assurance">, channel: string): boolean {
  const forOthers = isStaff(account) && channel !== "online";
  return forOthers || SURENESS.indexOf(account.assurance) >= SURENESS.indexOf(assurance);
}
