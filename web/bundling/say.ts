/** Puts texts in place of the calls of `say` and its siblings (web/src/shared/say.ts), in one language. */
import { relative, resolve } from "node:path";
import { type ESTree, type Plugin, parseAst } from "vite";
import { type Language, lookUp } from "./languages.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
export const IS_SOURCE = /\/src\/.*\.ts$/;
/** How many texts each function takes, and where they begin. */
const FUNCTIONS: Record<string, { texts: number; first: number }> = {
  say: { texts: 1, first: 0 },
  sayMany: { texts: 2, first: 1 },
  sayParts: { texts: 1, first: 0 },
};

/** A call in the code. A text with a plural has two forms. */
export interface Call {
  name: string;
  texts: string[];
  start: number;
  end: number;
  /** The source of the number. */
  count: Span | null;
  values: Map<string, Span>;
}

interface Span {
  start: number;
  end: number;
}

type Tree = ESTree.Node & Span;

const isNode = (value: unknown): value is Tree => typeof (value as Tree | null)?.type === "string";

/** All nodes below this one, each with its parents, the nearest first. */
export function* descendants(node: Tree, parents: Tree[] = []): Generator<[Tree, Tree[]]> {
  yield [node, parents];
  for (const each of Object.values(node).flat()) if (isNode(each)) yield* descendants(each, [node, ...parents]);
}

/** The calls in the code, in their order. Throws if one cannot be replaced. */
export function callsIn(tree: Tree, file: string): Call[] {
  const imported = importedNames(tree);
  if (!imported.size) return [];
  return [...descendants(tree)].flatMap(([node]) => {
    if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return [];
    const { name } = node.callee;
    return imported.has(name) ? [callOf(node, name, FUNCTIONS[name]!, file)] : [];
  });
}

/** The names that the code imports from `say.ts`; other functions may have the same names. */
function importedNames(tree: Tree): Set<string> {
  const imports = tree.type === "Program" ? tree.body.filter((each) => each.type === "ImportDeclaration") : [];
  const ours = imports.filter(({ source }) => source.value.endsWith("/say.ts"));
  return new Set(ours.flatMap(({ specifiers }) => specifiers.map(({ local }) => local.name)));
}

function callOf(
  node: ESTree.CallExpression & Span,
  name: string,
  { texts, first }: { texts: number; first: number },
  file: string,
): Call {
  const fault = (what: string) => new Error(`${file}: ${name}(…) ${what}`);
  const literals = node.arguments.slice(first, first + texts).map((each) => {
    if (each.type !== "Literal" || typeof each.value !== "string") throw fault("takes its text as a literal");
    return each.value;
  });
  const values = new Map<string, Span>();
  const given = node.arguments[first + texts];
  if (given && given.type !== "ObjectExpression") throw fault("takes its values as { name: value }");
  for (const each of given?.properties ?? []) {
    if (each.type !== "Property" || each.key.type !== "Identifier") throw fault("takes its values as { name: value }");
    values.set(each.key.name, each.value as Span);
  }
  const names = new Set(literals.flatMap(namesIn));
  if (first) names.delete("count");
  const wrong = [...names, ...values.keys()].find((each) => !names.has(each) || !values.has(each));
  if (wrong) throw fault(`has the value ${wrong} in its text or after it, but not both: ${literals[0]}`);
  return {
    name,
    texts: literals,
    start: node.start,
    end: node.end,
    count: first ? (node.arguments[0] as Span) : null,
    values,
  };
}

const PLACEHOLDER = /\{(\w+)\}/;
const namesIn = (text: string) => Array.from(text.matchAll(new RegExp(PLACEHOLDER, "g")), ([, name]) => name!);

/** The code with each text in the language; `missing` gets those that the language does not have. */
export function translateCode(code: string, file: string, language: Language, missing: (text: string) => void): string {
  const calls = callsIn(parse(code), file);

  function between(start: number, end: number): string {
    let made = "";
    let at = start;
    for (const call of calls) {
      if (call.start < at || call.end > end) continue;
      made += code.slice(at, call.start) + replacement(call);
      at = call.end;
    }
    return made + code.slice(at, end);
  }

  function replacement({ name, texts, count, values }: Call): string {
    const forms = lookUp(language, texts, file);
    if (!forms) missing(texts[0]!);
    const source = ({ start, end }: Span) => between(start, end);
    const sources = new Map([...values].map(([key, span]) => [key, source(span)]));
    const parts = (text: string) => text.split(new RegExp(PLACEHOLDER, "g"));
    if (name === "sayParts") return listOf(parts((forms ?? texts)[0]!), sources);
    if (count) sources.set("count", "n");
    const made = (forms ?? texts).map((text) => templateOf(parts(text), sources));
    return count ? `((n) => ${formFor(language.plural, made)})(${source(count)})` : made[0]!;
  }

  return calls.length ? between(0, code.length) : code;
}

/** The form for the number n. */
function formFor(plural: string, forms: string[]): string {
  return forms.length === 2 ? `${plural} ? ${forms[1]} : ${forms[0]}` : `[${forms.join(", ")}][+(${plural})]`;
}

export const parse = (code: string) => parseAst(code, { lang: "ts" }) as Tree;

/** Texts and names in turn, as a template literal. */
function templateOf(parts: string[], sources: Map<string, string>): string {
  if (parts.length === 1) return JSON.stringify(parts[0]);
  const escaped = (text: string) => text.replace(/[`\\]|\$\{/g, "\\$&");
  return `\`${parts.map((part, n) => (n % 2 ? `\${${sources.get(part)}}` : escaped(part))).join("")}\``;
}

function listOf(parts: string[], sources: Map<string, string>): string {
  const items = parts.map((part, n) => (n % 2 ? sources.get(part)! : part && JSON.stringify(part)));
  return `[${items.filter(Boolean).join(", ")}]`;
}

export function say(language: Language): Plugin {
  const untranslated = new Set<string>();
  return {
    name: "ginnel-say",
    enforce: "pre",
    transform(code, id) {
      if (!IS_SOURCE.test(id) || id.includes("/node_modules/")) return null;
      const file = relative(PROJECT, id);
      return { code: translateCode(code, file, language, (text) => untranslated.add(`${file}: ${text}`)), map: null };
    },
    buildEnd() {
      if (untranslated.size)
        this.error(`${language.code}.po does not translate:\n${[...untranslated].sort().join("\n")}`);
    },
  };
}
