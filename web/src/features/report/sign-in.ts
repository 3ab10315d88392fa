/** The stop for services that need the reporter to sign in: why, and where to sign in. */
import { byId, show } from "../../shared/dom.ts";
import type { Service } from "../../shared/council.ts";
import { signInAddress, whoIsSignedIn } from "../../shared/session.ts";
import { hasAssurance } from "./assurance.ts";
import { currentService } from "./current-service.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { applyAccount } from "./sender.ts";

export async function enter(): Promise<void> {
  const service = await currentService();
  const who = await whoIsSignedIn();
  show(byId("sign-in-not-enough"), who.kind === "stored");
  byId("sign-in-reason").textContent = service?.why_sign_in ?? "";
  byId<HTMLAnchorElement>("sign-in-link").href = signInAddress(service?.assurance === "proven" ? "proven" : undefined);
}

/**
 * Whether the signed-in account has the assurance that the service needs. If so, the report belongs to that account and
 * is not anonymous. Staff check the identity of a resident they report for.
 */
export async function hasEnoughAssurance(service: Service): Promise<boolean> {
  const who = await whoIsSignedIn();
  if (who.kind !== "stored") return false;
  if (!hasAssurance(who.value, service, currentDraft().channel)) return false;
  if (currentDraft().anonymous) changeDraft({ anonymous: false });
  await applyAccount(() => undefined);
  return true;
}
