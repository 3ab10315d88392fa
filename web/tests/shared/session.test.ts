import { expect, test, vi } from "vitest";

import { faultOf, signOut, whoIsSignedIn } from "../../src/shared/session.ts";

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

const refused = (errors?: { field: string; message: string }[]) =>
  ({ kind: "refused", problem: { status: 400, title: "Bad Request", detail: "This day is over.", errors } }) as const;

test("one line about a refused call names the field at fault", () => {
  expect(faultOf(refused([{ field: "slots.free_units", message: "must be at least 0" }]))).toBe(
    "Free units: must be at least 0",
  );
});

test("one line about a refused call says the reason when no field is at fault", () => {
  expect(faultOf(refused())).toBe("This day is over.");
});
