import { expect, test, vi } from "vitest";
import { sendForm } from "../../src/sw/forms.ts";

const OFFLINE = `<p id="not-saved">Not saved</p><form id="typed" method="post" hidden><p id="files" hidden>Photos</p></form>`;

async function sent(typed: Record<string, string | File>): Promise<string> {
  const body = new FormData();
  for (const [name, value] of Object.entries(typed)) body.append(name, value);
  const request = new Request("https://council.example/forms/services/pothole", { method: "POST", body });
  const offline = async () => new Response(OFFLINE, { headers: { "Content-Type": "text/html" } });
  return (await sendForm(request, offline)).text();
}

test("the answer to a form is that of the server when there is a signal", async () => {
  vi.stubGlobal("fetch", async () => new Response("Thank you"));
  expect(await sent({ description: "Deep" })).toBe("Thank you");
});

test("what was typed stays on the page that says there is no signal, whatever signs it has", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const html = await sent({ description: `"><b>$& 'deep' & wide` });
  const value = "&#34;>&#60;b>$&#38; 'deep' &#38; wide";
  expect(html).toContain(`<form id="typed" method="post"><input type="hidden" name="description" value="${value}">`);
  expect(html).toContain('<p id="not-saved" hidden>');
  expect(html).toContain('<p id="files" hidden>');
});

test("the page says that photos have to be chosen again", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const html = await sent({ photo: new File(["x"], "a.jpg") });
  expect(html).toContain('<p id="files">');
  expect(html).not.toContain("a.jpg");
});
