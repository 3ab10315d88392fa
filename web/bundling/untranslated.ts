/** Finds the texts in code that people could read and that do not go through `say`. */
import { descendants } from "./say.ts";

type Tree = Parameters<typeof descendants>[0];

/** A capital and small letters, or two words of which one is no name of a class. */
const READABLE = /^\P{L}*\p{Lu}\p{Ll}+(?![\p{L}-])|(^|\s)\p{L}[\p{Ll}’']+[,.:;]? \p{L}/u;
/** Functions whose text arguments are selectors, event names, or errors that nobody reads. */
const TAKES_NAMES = /^(Error|addEventListener|closest|matches|querySelector(All)?|RegExp|join)$/;
/** Nodes whose texts are names to compare with, or paths of files. */
const NAMES = new Set([
  "BinaryExpression",
  "TSLiteralType",
  "ImportDeclaration",
  "ImportExpression",
  "ExportNamedDeclaration",
]);
const SAYS = /^say(Many|Parts)?$/;
const IS_TYPEFACE = /\bsans-serif$/;

/** The texts, without their values. */
export function untranslatedTexts(tree: Tree): string[] {
  return [...descendants(tree)].flatMap(([node, parents]) => {
    const text = textOf(node);
    return text !== null && READABLE.test(text) && !IS_TYPEFACE.test(text) && !isName(node, parents) ? [text] : [];
  });
}

function textOf(node: Tree): string | null {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : null;
  if (node.type === "TemplateLiteral") return node.quasis.map(({ value }) => value.cooked).join("{}");
  return null;
}

function isName(node: Tree, parents: Tree[]): boolean {
  const [parent, grandparent] = parents;
  if (parent?.type === "Property") {
    const { key } = parent as unknown as { key: { name?: string; value?: unknown } };
    if (key === (node as unknown) || key.name === "class" || key.name === "Authorization") return true;
  }
  if (parent && NAMES.has(parent.type)) return true;
  if (parent?.type === "ArrayExpression" && grandparent?.type === "MemberExpression") return true;
  return parents.some((each) => {
    if (each.type !== "CallExpression" && each.type !== "NewExpression") return false;
    const { callee } = each;
    const name = callee.type === "Identifier" ? callee.name : "";
    const member =
      callee.type === "MemberExpression" && callee.property.type === "Identifier" ? callee.property.name : "";
    return SAYS.test(name) || TAKES_NAMES.test(name || member);
  });
}
