// The machine's own clock, running on while the machine sleeps.
//
// The monotonic clock of a browser may stand still while the lid is closed; the clock on the wall does not, but somebody may set it. What the
// wall ran ahead of the monotonic clock is counted as sleep: at worst a picture is called old that is not, until the next word of the centre.

/** How far the two may differ before it is called sleep: clocks are trimmed by milliseconds all the time. */
const TRIMMED_MS = 1_500;

/** Milliseconds that never stand still and never go back. */
export class LocalClock {
  #monotonicAt: number;
  #wallAt: number;
  #slept = 0;
  #sleeps = 0;

  constructor(
    private readonly monotonic: () => number = () => performance.now(),
    private readonly wall: () => number = () => Date.now(),
  ) {
    this.#monotonicAt = monotonic();
    this.#wallAt = wall();
  }

  now(): number {
    const [monotonic, wall] = [this.monotonic(), this.wall()];
    const ahead = wall - this.#wallAt - (monotonic - this.#monotonicAt);
    if (ahead > TRIMMED_MS) {
      this.#slept += ahead;
      this.#sleeps += 1;
    }
    // what the wall was trimmed by within this stretch is forgotten, so that trims do not add up to a sleep
    this.#monotonicAt = monotonic;
    this.#wallAt = wall;
    return monotonic + this.#slept;
  }

  /** How often the machine slept. */
  get sleeps(): number {
    this.now();
    return this.#sleeps;
  }
}
