import { expect, test, vi } from "vitest";

import { signOut, whoIsSignedIn } from "../../src/shared/session.ts";

test("signs out only after the reply to the request for a token", async () => {
  const methods: string[] = [];
  let reply = (_: Response): void => undefined;
  vi.stubGlobal("fetch", (_: string, { method }: RequestInit) => {
    methods.push(method!);
    return method === "POST" ? new Promise((answer) => (reply = answer)) : Promise.resolve(Response.json({}));
  });
  const asked = whoIsSignedIn();
  const left = signOut();
  await vi.waitFor(() => expect(methods).toEqual(["POST"]));
  reply(Response.json({ access_token: "a", account: {} }));
  await Promise.all([asked, left]);
  expect(methods).toEqual(["POST", "DELETE"]);
});
