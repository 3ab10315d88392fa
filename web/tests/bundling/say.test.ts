import { describe, expect, test } from "vitest";
import { ENGLISH, type Language, languageLinks, lookUp } from "../../bundling/languages.ts";
import { parse, translateCode } from "../../bundling/say.ts";
import { untranslatedTexts } from "../../bundling/untranslated.ts";

const FILE = "web/src/a.ts";
const WELSH: Language = {
  ...ENGLISH,
  code: "cy",
  name: "Cymraeg",
  folder: "/cy/",
  plural: "(n==1 ? 1 : n==2 ? 2 : 0)",
  messages: {
    Close: ["Cau"],
    "By {name} on {day}": ["Ar {day} gan {name}"],
    "1 minute": ["{count} munud", "1 munud", "{count} funud"],
    Open: ["Ar agor"],
    [`${FILE}\u0004Open`]: ["Agor"],
  },
};

function translate(code: string, language = WELSH): { code: string; missing: string[] } {
  const missing: string[] = [];
  const source = `import { say, sayMany, sayParts } from "./say.ts";\n${code}`;
  const made = translateCode(source, FILE, language, (text) => missing.push(text));
  return { code: made.slice(made.indexOf("\n") + 1), missing };
}

/** What the code, an expression, is worth. */
const worth = (code: string, language = WELSH) => new Function(`return ${translate(code, language).code}`)() as unknown;

describe("the texts of scripts", () => {
  test("English stays as it is written", () => {
    expect(translate('say("Close")', ENGLISH).code).toBe('"Close"');
    expect(translate('say("By {name} on {day}", { name: a.b, day: c() })', ENGLISH).code).toBe("`By ${a.b} on ${c()}`");
  });

  test("values follow the order of the language", () => {
    expect(worth('say("By {name} on {day}", { name: "Ann", day: 3 })')).toBe("Ar 3 gan Ann");
    expect(worth('sayParts("By {name} on {day}", { name: [1], day: [2] })')).toEqual(["Ar ", [2], " gan ", [1]]);
  });

  test.each([
    [0, "0 munud", "0 minutes"],
    [1, "1 munud", "1 minute"],
    [2, "2 funud", "2 minutes"],
    [3, "3 munud", "3 minutes"],
  ])("%i has its own form", (count, welsh, english) => {
    const code = `sayMany(${count}, "1 minute", "{count} minutes")`;
    expect(worth(code)).toBe(welsh);
    expect(worth(code, ENGLISH)).toBe(english);
  });

  test("a text in the values of another is translated too", () => {
    expect(worth('say("By {name} on {day}", { name: say("Close"), day: "`${x}\\\\" })')).toBe("Ar `${x}\\ gan Cau");
  });

  test("a file can have its own translation", () => {
    expect(worth('say("Open")')).toBe("Agor");
    expect(lookUp(WELSH, ["Open"], "web/src/b.ts")).toEqual(["Ar agor"]);
  });

  test("a text without a translation is named", () => {
    expect(translate('say("Close") + say("Reload")').missing).toEqual(["Reload"]);
  });

  test.each([
    ["say(text)", "takes its text as a literal"],
    ["say(`By ${name}`)", "takes its text as a literal"],
    ['say("By {name}", values)', "takes its values as { name: value }"],
    ['say("By {name}", { ...values })', "takes its values as { name: value }"],
    ['say("By {name}")', "has the value name in its text or after it, but not both"],
    ['say("Close", { name: 1 })', "has the value name in its text or after it, but not both"],
  ])("%s stops the build", (code, says) => {
    expect(() => translate(code)).toThrow(says);
  });

  test("functions of the same name stay as they are", () => {
    const code = 'import { say } from "./notices.ts";\nsay(text);';
    expect(translateCode(code, FILE, WELSH, () => undefined)).toBe(code);
  });
});

describe("texts past say", () => {
  test.each([
    'show("Close")',
    "show(`Sent at ${time}`)",
    'show("check your connection")',
    'element("p", { title: "Your report" })',
  ])("%s is found", (code) => {
    expect(untranslatedTexts(parse(code))).toHaveLength(1);
  });

  test.each([
    'say("Close")',
    'throw new Error("This is no index")',
    'element("p", { class: "app-bar Close" }, "3")',
    'find.querySelector("main input")',
    'headers["Content-Type"]',
    'key === "Enter"',
    '["Enter", "Escape"].includes(key)',
    "font = 'Arial, \"Segoe UI\", sans-serif'",
    'import { a } from "./Close";',
  ])("%s is no text", (code) => {
    expect(untranslatedTexts(parse(code))).toEqual([]);
  });
});

describe("links to other languages", () => {
  test("lead to the same page, and name all for search engines", () => {
    const { head, footer } = languageLinks("/cookies/", WELSH, [ENGLISH, WELSH], "https://x.example");
    expect(footer).toBe(' <a class="app-footer__link" href="/cookies/" hreflang="en" lang="en">English</a>');
    expect(head.match(/hreflang="\w+" href="[^"]+"/g)).toEqual([
      'hreflang="en" href="https://x.example/cookies/"',
      'hreflang="cy" href="https://x.example/cy/cookies/"',
    ]);
    expect(languageLinks("/cookies/", WELSH, [ENGLISH, WELSH], "").head).toBe("");
  });
});
