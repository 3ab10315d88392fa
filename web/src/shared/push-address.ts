/** A browser's push address, in the API's format. */

/** Tells the service worker that notifications to this browser end. */
export const FORGET_PUSH = "forget-push";

export interface PushAddress {
  endpoint: string;
  /** base64url. */
  p256dh: string;
  /** base64url. */
  auth: string;
}

export function addressOf(subscription: PushSubscription): PushAddress {
  const { endpoint, keys } = subscription.toJSON() as { endpoint: string; keys: { p256dh: string; auth: string } };
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
}
