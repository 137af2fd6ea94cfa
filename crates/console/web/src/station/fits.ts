// Everything that a desk is asked, on whatever screen it has: it is written smaller, the place first, until all of it is seen, and what is not seen even
// then is told of.
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** How often it may be made smaller; `station.css` has the sizes. */
const STEPS = 4;

function overflows(read: HTMLElement): boolean {
  return read.scrollHeight > read.clientHeight + 1;
}

/** Marks what does not fit: `data-step` is how much smaller it is written, `data-below` that something lies below what is seen. */
function fit(read: HTMLElement): void {
  const { dataset } = read;
  dataset["below"] = "false";
  dataset["step"] = "0";
  for (let step = 1; step <= STEPS && overflows(read); step += 1) dataset["step"] = String(step);
  tellBelow(read);
}

function tellBelow(read: HTMLElement): void {
  read.dataset["below"] = String(read.scrollTop + read.clientHeight + 1 < read.scrollHeight);
}

/** Keeps what is read fitted, whatever changes in it or around it. */
export function useFits(read: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => { if (read.current !== null) fit(read.current); });
  useLayoutEffect(() => {
    const { current } = read;
    if (current === null) return;
    const sized = new ResizeObserver(() => fit(current));
    const scrolled = (): void => tellBelow(current);
    sized.observe(current);
    current.addEventListener("scroll", scrolled);
    return () => {
      sized.disconnect();
      current.removeEventListener("scroll", scrolled);
    };
  }, []);
}
