// One tick for everything on the page that shows an age: once a second, on the centre's clock.
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Link } from "./state";

/** The centre's clock in milliseconds since 1970, moved once a second. */
export function ticking(link: Link): { readonly now: ReadonlySignal<number>; stop(): void } {
  const now = signal(link.now());
  const ticks = setInterval(() => (now.value = link.now()), 1_000);
  return { now, stop: () => clearInterval(ticks) };
}
