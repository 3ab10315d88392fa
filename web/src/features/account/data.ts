/** A copy of my data: to read here, and as a file. */
import type { Outcome } from "../../shared/api.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { ACCOUNT } from "./model.ts";
import { openPage } from "./page.ts";
import { say } from "../../shared/say.ts";

interface Part {
  records: Record<string, unknown[]>;
  next: string | null;
}

const EXPORT = "/api/account/export";
const LOAD_FAILED = say("We could not load all your data. Check your connection and try again.");

const button = byId<HTMLButtonElement>("export");
const status = byId("export-status");
const link = byId<HTMLAnchorElement>("download");
const readable = byId("export-page");

button.addEventListener("click", () => void showData());
void openPage(ACCOUNT, () => undefined);

async function showData(): Promise<void> {
  button.disabled = true;
  status.textContent = say("One moment…");
  const copy = await loadExport();
  button.disabled = false;
  status.textContent = typeof copy === "string" ? copy : say("Your data");
  if (typeof copy === "string") return;
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([JSON.stringify(copy.file, null, 2)], { type: "application/json" }));
  link.download = "my-data.json";
  show(byId("export-file"));
  readable.replaceChildren(...copy.pages.flatMap(contentOf));
  focusOn(status);
}

/** All parts of the export, or the reason why it could not be loaded. */
async function loadExport(): Promise<{ file: Part; pages: string[] } | string> {
  const file: Part = { records: {}, next: null };
  const pages: string[] = [];
  let next: string | null = null;
  do {
    const query: string = next ? `?${new URLSearchParams({ cursor: next })}` : "";
    const [part, page] = await Promise.all([
      call<Part>("GET", EXPORT + query),
      call<string>("GET", `${EXPORT}/page${query}`),
    ]);
    if (part.kind !== "stored") return failureText(part);
    if (page.kind !== "stored") return failureText(page);
    for (const [store, items] of Object.entries(part.value.records))
      part.value.records[store] = [...(file.records[store] ?? []), ...items];
    Object.assign(file, part.value, { records: { ...file.records, ...part.value.records } });
    pages.push(page.value);
    next = part.value.next;
  } while (next);
  return { file, pages };
}

function failureText(outcome: Outcome<unknown>): string {
  return outcome.kind === "refused" ? errorsOf(outcome)[0]!.message : LOAD_FAILED;
}

/** The content of the exported page, without its h1, and with its headings one level lower. */
function contentOf(html: string): Element[] {
  const main = new DOMParser().parseFromString(html, "text/html").querySelector("main")!;
  main.querySelector("h1")?.remove();
  for (const old of main.querySelectorAll("h2")) {
    const heading = document.createElement("h3");
    heading.append(...old.childNodes);
    old.replaceWith(heading);
  }
  return [...main.children];
}
