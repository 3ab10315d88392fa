/** What logic needs of a browser: storage, a database, and a network whose answers the test gives. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

/** A document, a whole answer, or what becomes of a request; null is a lost connection. */
export type Answer = object | null | ((asked: Asked) => object | null | Promise<object | null>);

export class Network {
  readonly asked: Asked[] = [];

  constructor(private readonly answers: Record<string, Answer>) {}

  answer(path: string, answer: Answer): void {
    this.answers[path] = answer;
  }

  /** What was asked of that path, in its order. */
  of(path: string): Asked[] {
    return this.asked.filter((each) => each.path === path);
  }

  async fetch(wanted: string | Request, { method = "GET", headers = {}, body }: RequestInit = {}): Promise<Response> {
    const url = new URL(typeof wanted === "string" ? wanted : wanted.url, "https://council.example");
    const read = typeof body === "string" ? JSON.parse(body) : body;
    const asked: Asked = {
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: new Headers(headers),
      body: read,
    };
    this.asked.push(asked);
    const known = this.answers[url.pathname];
    if (known === undefined) return problem(404, "Not found");
    const answer = typeof known === "function" ? await known(asked) : known;
    if (answer === null) throw new TypeError("Failed to fetch");
    return answer instanceof Response ? answer : Response.json(answer);
  }
}

export function problem(status: number, title: string, headers: Record<string, string> = {}): Response {
  return Response.json({ title, status }, { status, headers });
}

/** One that never answers. */
export const silence = () => new Promise<null>(() => undefined);

/** A browser that nobody used before, with modules as a page loads them. */
export function newBrowser(answers: Record<string, Answer> = {}, address = "/"): Network {
  vi.resetModules();
  const network = new Network(answers);
  vi.stubGlobal("fetch", network.fetch.bind(network));
  vi.stubGlobal("dispatchEvent", () => true);
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("localStorage", storage());
  vi.stubGlobal("sessionStorage", storage());
  vi.stubGlobal("location", new URL(address, "https://council.example"));
  return network;
}

/** Another page of the same browser, in the same tab or in another one. */
export function nextPage({ isSameTab }: { isSameTab: boolean }): void {
  vi.resetModules();
  if (!isSameTab) vi.stubGlobal("sessionStorage", storage());
}

export function storage(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
