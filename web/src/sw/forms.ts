/** The forms without a signal: the page that says so keeps what was typed, and sends it again. */

/** The marks of the offline page: what it says of a page, and the form for what was typed. */
const OF_PAGE = '<p id="not-saved"';
const OF_FORM = '<form id="typed" method="post" hidden';
const OF_FILES = '<p id="files" hidden';

/** The answer to a form that was sent; without a signal, the offline page with what was typed. */
export async function sendForm(request: Request, offlinePage: () => Promise<Response>): Promise<Response> {
  const sent = request.clone();
  return fetch(request).catch(async () => withTyped(await offlinePage(), await sent.formData()));
}

async function withTyped(page: Response, typed: FormData): Promise<Response> {
  const fields = [...typed].map(([name, value]) =>
    typeof value === "string" ? `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">` : "",
  );
  const hasFiles = [...typed.values()].some((value) => value instanceof File && value.size);
  const html = (await page.text())
    .replace(OF_PAGE, `${OF_PAGE} hidden`)
    .replace(`${OF_FORM}>`, () => `${OF_FORM.replace(" hidden", "")}>${fields.join("")}`)
    .replace(OF_FILES, hasFiles ? OF_FILES.replace(" hidden", "") : OF_FILES);
  return new Response(html, { headers: page.headers });
}

const escaped = (text: string) => text.replace(/[&"<]/g, (sign) => `&#${sign.charCodeAt(0)};`);
