// Doing what nobody waits for when the browser has nothing else to do.

/** How long a browser that has no idle time may put it off. */
const AT_LAST_MS = 2_000;

/** Does it when the browser is idle, or at last. */
export function whenIdle(act: () => void): void {
  // not every browser says when it is idle
  if (globalThis.requestIdleCallback === undefined) setTimeout(act, AT_LAST_MS);
  else requestIdleCallback(act, { timeout: AT_LAST_MS });
}
