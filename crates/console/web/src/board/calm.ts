// A slower beat for figures: the picture may move with every frame, and a board that is read by eye looks again four times a second.
import { signal, type ReadonlySignal } from "@preact/signals";

/** How seldom the board looks again while the picture moves without a pause. */
const EVERY_MS = 250;

/** Follows a signal at most four times a second. The last of its moves is never lost. */
export function calmed(fast: ReadonlySignal<number>, everyMs = EVERY_MS): { readonly moved: ReadonlySignal<number>; stop(): void } {
  const moved = signal(0);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const look = (): void => {
    waiting = setTimeout(() => {
      waiting = undefined;
      if (!again) return;
      again = false;
      moved.value += 1;
      look();
    }, everyMs);
  };
  let first = true;
  const stop = fast.subscribe(() => {
    // a subscription begins with the present value, which whoever asks reads anyway
    if (first) return void (first = false);
    if (waiting !== undefined) return void (again = true);
    moved.value += 1;
    look();
  });
  return { moved, stop: () => { stop(); clearTimeout(waiting); } };
}
