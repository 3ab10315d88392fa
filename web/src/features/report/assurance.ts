/** The assurance that a service needs of the reporter's account. */
import type { Service } from "../../shared/council.ts";
import type { Account } from "../../shared/session.ts";

/** Levels of assurance, lowest first. */
const ASSURANCE_LEVELS = ["anonymous", "contact", "proven", "staff"];

export const isStaff = ({ roles }: Pick<Account, "roles">) => roles.some((role) => role !== "resident");

/** Staff check the identity of a resident they report for. Their own reports need the same assurance as anyone's. */
export function hasAssurance(
  account: Pick<Account, "roles" | "assurance">,
  { assurance = "anonymous" }: Pick<Service, "assurance">,
  channel: string,
): boolean {
  const forOthers = isStaff(account) && channel !== "online";
  return forOthers || ASSURANCE_LEVELS.indexOf(account.assurance) >= ASSURANCE_LEVELS.indexOf(assurance);
}
