import { describe, expect, test, vi } from "vitest";
import { findObstacle, subscribe } from "../../src/shared/push.ts";

const ADDRESS = { endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } };

interface Browser {
  permission?: NotificationPermission;
  says?: NotificationPermission;
  subscribes?: () => Promise<unknown>;
  lacks?: string[];
  standalone?: boolean;
}

/** A browser that can show notifications, but for what it lacks. */
function browser({
  permission = "default",
  says = "granted",
  subscribes = () => new Promise(() => undefined),
  lacks = [],
  standalone,
}: Browser): ReturnType<typeof vi.fn> {
  const ask = vi.fn(subscribes);
  const pushManager = { subscribe: ask, getSubscription: async () => ({ unsubscribe: async () => true }) };
  const serviceWorker = { register: async () => undefined, ready: Promise.resolve({ pushManager }) };
  const known = { PushManager: class {}, Notification: { permission, requestPermission: async () => says } };
  const had = Object.fromEntries(Object.entries(known).filter(([name]) => !lacks.includes(name)));
  vi.stubGlobal("window", had);
  vi.stubGlobal("Notification", known.Notification);
  vi.stubGlobal("navigator", {
    ...(lacks.includes("serviceWorker") ? {} : { serviceWorker }),
    ...(standalone === undefined ? {} : { standalone }),
  });
  return ask;
}

test.each<[Browser, ReturnType<typeof findObstacle>]>([
  [{ lacks: ["PushManager"] }, "unsupported"],
  [{ lacks: ["PushManager"], standalone: false }, "needs-install"],
  [{ lacks: ["Notification"] }, "unsupported"],
  [{ lacks: ["serviceWorker"] }, "unsupported"],
  [{ permission: "denied" }, "denied"],
  [{ permission: "default" }, null],
  [{ permission: "granted", standalone: false }, null],
])("what stands against notifications is known beforehand: %o", (has, against) => {
  browser(has);
  expect(findObstacle()).toBe(against);
});

describe("asking for notifications", () => {
  test.each<[NotificationPermission, string]>([
    ["denied", "denied"],
    ["default", "dismissed"],
    ["granted", "timed-out"],
  ])("says what came of it: %s", async (says, kind) => {
    browser({ says });
    expect(await subscribe("key", 10)).toEqual({ kind });
  });

  test("does not ask where something stands against it", async () => {
    const ask = browser({ permission: "denied", says: "granted" });
    expect(await subscribe("key", 10)).toEqual({ kind: "denied" });
    expect(ask).not.toHaveBeenCalled();
  });

  test("lets go of a subscription with another key", async () => {
    const subscription = { toJSON: () => ADDRESS, options: {}, ...ADDRESS };
    const ask = browser({
      subscribes: () =>
        ask.mock.calls.length === 1
          ? Promise.reject(new DOMException("", "InvalidStateError"))
          : Promise.resolve(subscription),
    });
    expect(await subscribe("key", 1000)).toMatchObject({ kind: "ok" });
    expect(ask).toHaveBeenCalledTimes(2);
  });
});
