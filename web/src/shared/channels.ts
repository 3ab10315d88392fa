/** The channels of alerts: how they are offered, and what each needs. */
import { loadCouncil } from "./council.ts";
import type { NoPush, PushAddress } from "./push.ts";
import { say } from "./say.ts";

export type Channel = "email" | "push" | "sms";
/** A channel with an address that a person types. */
export type TypedChannel = Exclude<Channel, "push">;
/** A value, its label and a hint. */
export type Choice = [value: string, words: string, hint?: string];

export const PUSH_PROBLEMS: Record<NoPush, string> = {
  unsupported: say("This browser cannot show notifications. You can choose email instead."),
  "needs-install": say(
    "On an iPhone or iPad, first add this site to your home screen. Select 'Share', then 'Add to Home Screen', and set up alerts from there. You can choose email instead.",
  ),
  denied: say(
    "Notifications are turned off for this site. You can turn them on in your browser settings. You can choose email instead.",
  ),
  dismissed: say(
    "You didn't answer the permission request. Try again, then choose 'Allow'. You can choose email instead.",
  ),
  "timed-out": say("Your browser could not set up notifications. Try again later. You can choose email instead."),
};

export const ADDRESSES: Record<TypedChannel, { label: string; hint: string; missing: string; autocomplete: AutoFill }> =
  {
    email: {
      label: say("Email address"),
      hint: say("We'll email you a link to confirm."),
      missing: say("Enter an email address, like name@example.com"),
      autocomplete: "email",
    },
    sms: {
      label: say("Mobile number"),
      hint: say("We'll text you a code to confirm."),
      missing: say("Enter a mobile number, like 07700 900123"),
      autocomplete: "tel",
    },
  };

/** The channels that the council offers, as choices; email alone if that is not known. */
export async function channelChoices(): Promise<Choice[]> {
  const council = await loadCouncil().catch(() => null);
  const push: Choice = [
    "push",
    say("Notifications on this phone or computer"),
    say("No email or phone number needed."),
  ];
  return [
    ["email", say("Email")],
    ...(council?.push_key ? [push] : []),
    ...(council?.sends_texts ? [["sms", say("Text message")] as Choice] : []),
  ];
}

/** Asks the browser for its push address. Call it from a click handler. */
export async function askPushAddress(): Promise<PushAddress | NoPush> {
  const { push_key } = await loadCouncil().catch(() => ({ push_key: undefined }));
  const push = await import("./push.ts").catch(() => null);
  const found = push && push_key ? await push.subscribe(push_key) : { kind: "timed-out" as const };
  return found.kind === "ok" ? found.push : found.kind;
}
