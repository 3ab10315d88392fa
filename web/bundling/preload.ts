/** Dynamic imports with a third of the code that Vite adds to every page. */
import type { Plugin } from "vite";

const HELPER = "\0vite/preload-helper.js";

/**
 * Loads the scripts and styles that a script needs at the same time as the script, and waits for the styles. `files`
 * are their paths. If a style cannot be loaded, the import fails, and the next one tries again.
 */
const CODE = `
const asked = {};
const add = (path) => {
  const isStyle = path.endsWith(".css");
  const link = document.createElement("link");
  link.rel = isStyle ? "stylesheet" : "modulepreload";
  link.href = "/" + path;
  document.head.append(link);
  return isStyle && new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      delete asked[path];
      link.remove();
      reject(new Error(path));
    };
  });
};
export const __vitePreload = async (load, files = []) => {
  await Promise.all(files.map((path) => (asked[path] ??= add(path))));
  return load();
};`;

export function preload(): Plugin {
  return { name: "preload", enforce: "pre", load: (id) => (id === HELPER ? CODE : null) };
}
