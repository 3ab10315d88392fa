/** Registers a service worker, and finds out when a new version of it waits to take over. */
import { TAKE_OVER } from "./worker-messages.ts";

/** `onReady` runs when a new version can take over, with the function that reloads the page with it. */
export async function startWorker(
  address: string,
  options: RegistrationOptions,
  onReady: (reload: () => void) => void,
): Promise<void> {
  const { serviceWorker } = navigator;
  const registration = await serviceWorker?.register(address, options).catch(() => undefined);
  if (!registration) return;
  /** The first version takes over without a question: the page is the same. */
  const isUpdate = serviceWorker.controller !== null;
  const reload = () => {
    // Another tab may already have let it take over.
    if (!registration.waiting) return location.reload();
    serviceWorker.addEventListener("controllerchange", () => location.reload());
    registration.waiting.postMessage(TAKE_OVER);
  };
  const checkWaiting = () => {
    if (registration.waiting && serviceWorker.controller) onReady(reload);
  };
  registration.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", checkWaiting),
  );
  if (isUpdate) serviceWorker.addEventListener("controllerchange", () => onReady(reload));
  checkWaiting();
}
