/** The stop where the council has to know who reports: why, and where to sign in. */
import { byId, show } from "../../shared/dom.ts";
import type { Service } from "../../shared/council.ts";
import { signInAddress, whoIsSignedIn } from "../../shared/session.ts";
import { isKnownWell } from "./assurance.ts";
import { currentService } from "./current-service.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { meet } from "./sender.ts";

export async function enter(): Promise<void> {
  const service = await currentService();
  const who = await whoIsSignedIn();
  show(byId("sign-in-not-enough"), who.kind === "stored");
  byId("sign-in-why").textContent = service?.why_sign_in ?? "";
  byId<HTMLAnchorElement>("sign-in-link").href = signInAddress(service?.assurance === "proven" ? "proven" : undefined);
}

/**
 * Whether who is signed in is known as surely as the service asks: then the report is hers, and not anonymous. Whoever
 * rings or comes by shows to the staff who she is.
 */
export async function isSureEnough(service: Service): Promise<boolean> {
  const who = await whoIsSignedIn();
  if (who.kind !== "stored") return false;
  if (!isKnownWell(who.value, service, currentDraft().channel)) return false;
  if (currentDraft().anonymous) changeDraft({ anonymous: false });
  await meet(() => undefined);
  return true;
}
