/** One HTML file for each page. Files that published report pages link to have fixed names; every other chunk has a hash. */
import { resolve } from "node:path";
import { build, defineConfig, type InlineConfig, type Rolldown } from "vite";
import { addresses } from "./bundling/addresses.ts";
import { readLook } from "./bundling/council.ts";
import { kinds } from "./bundling/kinds.ts";
import { defineOf, ENGLISH, type Language, otherLanguages } from "./bundling/languages.ts";
import { layout, lookFiles } from "./bundling/layout.ts";
import { orders } from "./bundling/orders.ts";
import { preload } from "./bundling/preload.ts";
import { privacy } from "./bundling/privacy.ts";
import { say } from "./bundling/say.ts";
import { serviceWorker } from "./bundling/service-worker.ts";
import { themeImporter, withoutFallbacks } from "./bundling/styles.ts";
import { tiles } from "./bundling/tiles.ts";

const root = import.meta.dirname;
const look = readLook(process.env.COUNCIL ?? "demo");
const all = [ENGLISH, ...look.languages];
/** The scripts and styles of pages in other languages, by their folders. */
const translated = new Map<string, Set<string>>();

/** The chunks that pages have loaded before they import others, or that are too small to be loaded ahead. */
const LOADED = /\/(shared|preload-helper|rolldown-runtime)-/;

/** What the builds of all languages share. `pages` are its inputs by name, `entries` is how it names their scripts. */
const configOf = (language: Language, pages: Record<string, string>, entries: string) =>
  ({
    root,
    define: defineOf(language, all),
    plugins: [
      layout(look, language, all),
      preload(),
      privacy(look.council, language),
      tiles({ ...look.council, ...language.council }),
      orders({ ...look.council, ...language.council }),
      kinds({ ...look.council, ...language.council }),
      say(language),
      addresses(language),
    ],
    css: {
      preprocessorOptions: { scss: { importers: [themeImporter(look.css)] } },
      postcss: { plugins: [withoutFallbacks] },
    },
    build: {
      assetsInlineLimit: 0,
      modulePreload: {
        polyfill: false,
        // Every page would carry the list of files of what few need, and none in a hurry.
        resolveDependencies: (file, needed, { hostType }) =>
          file.includes("outbox-notices") ? [] : needed.filter((each) => hostType === "html" || !LOADED.test(each)),
      },
      target: "es2022",
      rolldownOptions: {
        checks: { bundlerTimings: false },
        input: pages,
        output: {
          codeSplitting: {
            groups: [
              {
                name: "shared",
                test: /src\/shared\/(?!addresses|error-sentences|queue|months|bars|worker|character-count|timeline|basemap|reference|follow|channels|browser-alerts|own-reports|stored-draft|pending|promise|chart|push|session|fault\.|staff-page|choices|disruptions|street-names|static-map|house-numbers|money|data-table|collections\/(?!saved-address)|geo|places\/|post|send|request\.|device|outcome|upload)/,
              },
              // Chunks without texts of ours, which all languages share.
              { name: "basemap-leaflet", test: /node_modules\/leaflet\// },
              { name: "basemap-protomaps", test: /node_modules\/.+\.js$/ },
              { name: "preload-helper", test: /preload-helper/ },
              // They contain nothing of ours, so that all languages have the same file.
              { name: "basemap-leaflet", test: /node_modules\/leaflet\/.*\.js/ },
              { name: "basemap-drawing", test: /node_modules\/(?!leaflet\/|vite\/).*\.js/ },
              // The crew's page needs it, too, and must not run the next group.
              { name: "worker", test: /src\/shared\/worker-\w+\.ts/ },
              // The pages of accounts and staff do without it.
              { name: "app", test: /src\/(features\/app\/(app|has-outbox)|shared\/bars)\.ts/ },
              // Many need it alone, which the next group would take in.
              { name: "polygon", test: /src\/shared\/geo\/polygon\.ts/ },
              // The report and map pages need these alone, and one chunk is smaller than two.
              { name: "place-box", test: /src\/shared\/places\/(place-box|position)\.ts/ },
              // Pages that need one of these mostly need the others, and one chunk is smaller than several.
              { name: "facilities", test: /src\/shared\/(geo\/nearest|places\/facilities)\.ts/ },
              // A group takes in what its modules import: sending, which other pages need without the rest.
              { name: "bin-days", test: /src\/shared\/collections\/(?!remembered|premises-rounds|ask-premises)/ },
              { name: "areas", test: /src\/shared\/places\/(wards|my-area)\.ts/ },
            ],
          },
          entryFileNames: entries,
          chunkFileNames: "assets/chunks/[name]-[hash].js",
          assetFileNames: ({ names }) =>
            names.includes("ginnel.css") ? "assets/ginnel.css" : "assets/chunks/[name]-[hash][extname]",
        },
      },
    },
  }) satisfies InlineConfig;

const PAGES = {
  ginnel: resolve(root, "src/styles/ginnel.scss"),
  home: resolve(root, "index.html"),
  bins: resolve(root, "bins/index.html"),
  book: resolve(root, "book/index.html"),
  pay: resolve(root, "pay/index.html"),
  report: resolve(root, "report/index.html"),
  map: resolve(root, "map/index.html"),
  track: resolve(root, "track/index.html"),
  nearest: resolve(root, "nearest/index.html"),
  facility: resolve(root, "facility/index.html"),
  "my-area": resolve(root, "my-area/index.html"),
  alerts: resolve(root, "alerts/index.html"),
  "open-data": resolve(root, "open-data/index.html"),
  performance: resolve(root, "performance/index.html"),
  "desk-performance": resolve(root, "desk/performance/index.html"),
  desk: resolve(root, "desk/index.html"),
  "desk-new": resolve(root, "desk/new/index.html"),
  "desk-case": resolve(root, "desk/case/index.html"),
  "desk-bulk": resolve(root, "desk/bulk/index.html"),
  "desk-merge": resolve(root, "desk/merge/index.html"),
  "desk-templates": resolve(root, "desk/templates/index.html"),
  "desk-days": resolve(root, "desk/days/index.html"),
  "desk-rounds": resolve(root, "desk/rounds/index.html"),
  "desk-ledger": resolve(root, "desk/ledger/index.html"),
  "desk-calendars": resolve(root, "desk/calendars/index.html"),
  "getting-through": resolve(root, "getting-through/index.html"),
  accessibility: resolve(root, "accessibility/index.html"),
  cookies: resolve(root, "cookies/index.html"),
  privacy: resolve(root, "privacy/index.html"),
  offline: resolve(root, "offline/index.html"),
  account: resolve(root, "account/index.html"),
  "account-details": resolve(root, "account/details/index.html"),
  "account-alerts": resolve(root, "account/alerts/index.html"),
  "account-payments": resolve(root, "account/payments/index.html"),
  "account-places": resolve(root, "account/places/index.html"),
  "account-devices": resolve(root, "account/devices/index.html"),
  "account-data": resolve(root, "account/data/index.html"),
  "account-forget": resolve(root, "account/forget/index.html"),
  "admin-alerts": resolve(root, "admin/alerts/index.html"),
  "admin-disruptions": resolve(root, "admin/disruptions/index.html"),
  "admin-people": resolve(root, "admin/people/index.html"),
  crew: resolve(root, "crew/index.html"),
  "report-page": resolve(root, "src/features/report-page/report-page.ts"),
  "sent-form": resolve(root, "src/features/forms/sent-form.ts"),
};

/** The pages that this language has, in memory. */
async function buildLanguage(language: Language): Promise<Rolldown.RolldownOutput> {
  const files = Object.keys(language.pages).map((page) => resolve(root, `.${page}index.html`));
  const isIn = (file: string) => files.includes(file) || file === PAGES["report-page"];
  const pages = Object.fromEntries(Object.entries(PAGES).filter(([, file]) => isIn(file)));
  const config = configOf(language, pages, `assets/${language.code}/[name].js`);
  const output = await build({
    ...config,
    configFile: false,
    logLevel: "warn",
    build: { ...config.build, write: false },
  });
  return output as Rolldown.RolldownOutput;
}

const english = configOf(ENGLISH, PAGES, "assets/[name].js");

export default defineConfig({
  ...english,
  plugins: [
    ...english.plugins,
    lookFiles(look, all),
    otherLanguages(look.languages, buildLanguage, translated),
    serviceWorker(translated),
  ],
  build: { ...english.build, outDir: resolve(root, process.env.OUT_DIR ?? "dist"), emptyOutDir: true },
});
