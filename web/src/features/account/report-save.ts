/** Saves the reporter's changes. */
import type { Outcome } from "../../shared/api.ts";
import { call } from "../../shared/session.ts";
import type { Changes, OwnReport } from "./own-report.ts";
import { say } from "../../shared/say.ts";

const COMPARED_FIELDS = ["title", "description", "address", "state", "visibility"] as const;

export const pathOf = ({ service_request_id }: OwnReport) => `/api/account/reports/${service_request_id}`;

/**
 * On a version conflict, updates `known` to the present report and asks to save again. If only something else changed,
 * such as the number of followers, saves again at once.
 */
export async function saveReport(known: OwnReport, changes: Changes): Promise<Outcome<OwnReport>> {
  const outcome = await patchReport(known, changes);
  if (outcome.kind !== "refused" || outcome.problem.status !== 409) return outcome;
  const read = await call<OwnReport>("GET", `/api/reports/${known.service_request_id}`);
  if (read.kind !== "stored" || read.value.version === known.version) return outcome;
  const isSame = COMPARED_FIELDS.every((field) => read.value[field] === known[field]);
  const { title, description, address, state, visibility, version } = read.value;
  Object.assign(known, { title, description, address, state, visibility, version });
  if (isSame) return patchReport(known, changes);
  return {
    kind: "refused",
    problem: {
      ...outcome.problem,
      detail: say("This report has changed since you opened it. Select 'Save' again to save what is on this page"),
    },
  };
}

function patchReport(known: OwnReport, changes: Changes): Promise<Outcome<OwnReport>> {
  return call<OwnReport>("PATCH", pathOf(known), changes, { "If-Match": `"${known.version}"` });
}
