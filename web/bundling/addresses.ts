/** Leads the addresses of residents' pages in scripts to the pages in the language, as `infra/languages.py` does for links in HTML. */
import type { Plugin } from "vite";
import type { Language } from "./languages.ts";
import { descendants, IS_SOURCE, parse } from "./say.ts";

/** The code with the language's folder before each address. */
export function localAddresses(
  code: string,
  { folder, pages, served }: Pick<Language, "folder" | "pages" | "served">,
): string {
  const isPage = (address: string) =>
    address.split(/[?#]/)[0]! in pages || served.some((each) => address.startsWith(each));
  const found: number[] = [];
  for (const [node, [parent]] of descendants(parse(code))) {
    const text =
      node.type === "Literal" ? node.value : node.type === "TemplateLiteral" ? node.quasis[0]!.value.cooked : null;
    if (typeof text !== "string" || !isPage(text) || (text === "/" && splitsText(parent))) continue;
    found.push(node.start + 1);
  }
  return found.sort((one, other) => other - one).reduce(insertFolder, code);

  function insertFolder(made: string, at: number): string {
    return made.slice(0, at) + folder.slice(0, -1) + made.slice(at);
  }
}

/** Whether a slash takes a text apart, and is not the address of the home page. */
function splitsText(parent: ReturnType<typeof parse> | undefined): boolean {
  if (parent?.type !== "CallExpression" || parent.callee.type !== "MemberExpression") return false;
  const { property } = parent.callee;
  return property.type === "Identifier" && property.name === "split";
}

export function addresses(language: Language): Plugin {
  return {
    name: "ginnel-addresses",
    enforce: "pre",
    transform(code, id) {
      if (!language.messages || !IS_SOURCE.test(id) || id.includes("/node_modules/")) return null;
      return { code: localAddresses(code, language), map: null };
    },
  };
}
