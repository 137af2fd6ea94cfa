// Waiting for something to become true. A test never sleeps: it says what it waits for, and fails with those words.

/** How often a condition is looked at. */
const LOOK_EVERY_MS = 25;

/** Waits until `look` gives something that is not false or undefined, and gives that. */
export async function until<Found>(
  what: string, look: () => Found | Promise<Found>, within_ms = 20_000,
): Promise<Exclude<Found, false | undefined>> {
  const end = performance.now() + within_ms;
  let thrown: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== false && found !== undefined) return found as Exclude<Found, false | undefined>;
      thrown = undefined;
    } catch (error) {
      thrown = error;
    }
    if (performance.now() > end) throw new Error(`waited ${within_ms} ms for this and it never was so: ${what}`, { cause: thrown });
    await new Promise((next) => setTimeout(next, LOOK_EVERY_MS));
  }
}
