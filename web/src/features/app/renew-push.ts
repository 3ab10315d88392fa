/** On each visit with permission for notifications, sees to it that they still reach this browser. */
import { loadCouncil } from "../../shared/council.ts";
import { renewAddress } from "../../shared/push-renewal.ts";

export async function renewPush(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration("/sw.js");
  if (registration?.pushManager)
    await renewAddress(registration.pushManager, async () => (await loadCouncil()).push_key ?? null);
}
