// The centre's clock as this machine knows it: told with every frame, and running on in between.
//
// A frame that was long on its way tells an older time than it is. The one that was quickest is nearest to the truth, so the largest
// difference of the last minute counts.

/** How long a difference counts: after that even a quick frame says nothing about clocks that drift or were set. */
const COUNTS_FOR_MS = 60_000;
/** How many stretches of that time keep their best each. */
const STRETCHES = 6;
/** A clock that is further ahead than this is put right at once; less is made up for by running slower, so that no countdown jumps. */
const PUT_RIGHT_MS = 60_000;

/** An estimate of the centre's clock. Every `local` is on the machine's own clock. */
export class CentreClock {
  #best: { readonly since: number; ahead: number }[] = [];
  #ahead: number;
  #shown = { at: -Infinity, local: 0 };

  /** Until anything was heard it is what the machine believes. */
  constructor(believed: number, local: number) {
    this.#ahead = believed - local;
  }

  /** The centre's clock was `said` when something was heard of it. */
  heard(said: number, local: number): void {
    const ahead = said - local;
    this.#best = this.#best.filter(({ since }) => local - since < COUNTS_FOR_MS);
    const last = this.#best.at(-1);
    if (last !== undefined && local - last.since < COUNTS_FOR_MS / STRETCHES) last.ahead = Math.max(last.ahead, ahead);
    else this.#best.push({ since: local, ahead });
    this.#ahead = Math.max(...this.#best.map((best) => best.ahead));
  }

  /** What was heard counts no more once something new is: another node speaks, or the machine slept. */
  forget(): void {
    this.#best = [];
  }

  /** The centre's clock as well as it is known, for ages: it may go back when it is known better. */
  estimate(local: number): number {
    return local + this.#ahead;
  }

  /** The centre's clock for people: it never goes back, but by a minute or more. */
  now(local: number): number {
    const estimate = this.estimate(local);
    const { at, local: before } = this.#shown;
    const shown = at - estimate > PUT_RIGHT_MS ? estimate : Math.max(estimate, at + Math.max(0, local - before) / 2);
    this.#shown = { at: shown, local };
    return shown;
  }
}
