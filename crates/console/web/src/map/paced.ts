// Work that is asked for more often than it is worth doing.

/** Work done with the next picture of the screen, and not more often than once in so many milliseconds. */
export interface Paced {
  /** Asks for it once more. */
  ask(): void;
  end(): void;
}

/** `everyMs` 0: with every picture of the screen. A page that nobody sees does nothing. */
export function paced(work: () => void, everyMs: number): Paced {
  let [frame, timer, last] = [0, 0, -Infinity];
  const next = (): void => {
    timer = 0;
    frame = requestAnimationFrame(() => {
      frame = 0;
      last = performance.now();
      work();
    });
  };
  return {
    ask: () => {
      if (frame !== 0 || timer !== 0) return;
      const rest = last + everyMs - performance.now();
      if (rest > 0) timer = window.setTimeout(next, rest);
      else next();
    },
    end: () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      [frame, timer] = [0, 0];
    },
  };
}
