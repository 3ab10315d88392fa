/** Gives the stylesheets the council's colours, and removes repeated fallbacks. */

/** `@use "theme:council"` gives a stylesheet the council's colours and typeface. */
export const themeImporter = (css: string) => ({
  canonicalize: (url: string) => (url === "theme:council" ? new URL(url) : null),
  load: () => ({ contents: css, syntax: "css" as const }),
});

const FALLBACK = /var\((--govuk-[a-z-]+), ?#[0-9a-f]+\)/g;

/** The pattern library repeats each colour wherever it uses it, for browsers without custom properties. */
export const withoutFallbacks = {
  postcssPlugin: "without-fallbacks",
  Declaration(declaration: { value: string }): void {
    declaration.value = declaration.value.replace(FALLBACK, "var($1)");
  },
};
