import { expect, test, vi } from "vitest";

/** The form of the queue, with these fields and what they say. */
async function filters(said: Record<string, string>) {
  vi.resetModules();
  const form = { elements: [{ name: "" }, ...Object.keys(said).map((name) => ({ name }))] };
  vi.stubGlobal("document", { getElementById: () => form });
  vi.stubGlobal(
    "FormData",
    class {
      [Symbol.iterator] = () => Object.entries(said)[Symbol.iterator]();
    },
  );
  return import("../../src/features/desk/queue-filters.ts");
}

test.each([
  ["?team=roads&q=hole", "team=roads&q=hole"],
  ["?team=roads&q=", "team=roads"],
  ["?team=roads&after=7K3M&=x", "team=roads"],
  ["", ""],
])("of the address %s, the filters that the form knows are asked for", async (address, query) => {
  const { queryOf } = await filters({ team: "", q: "" });
  expect(queryOf(address).toString()).toBe(query);
});

test("of the form, the fields that are filled in are asked for", async () => {
  const { queryOfForm } = await filters({ team: "roads", state: "", q: "  deep hole " });
  expect(queryOfForm().toString()).toBe("team=roads&q=deep+hole");
});
