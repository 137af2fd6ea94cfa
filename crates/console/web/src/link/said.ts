// What is read aloud of the link: the sentence that is true now, not more often than people can listen.
import { useEffect, useRef, useState } from "preact/hooks";

/** Not more than one sentence in this time. */
const THROTTLED_MS = 3_000;

/** The sentence to say. A change within the time waits for its end, and only the last one is said. */
export function useThrottled(sentence: string): string {
  const [said, setSaid] = useState(sentence);
  const last = useRef(-Infinity);
  useEffect(() => {
    if (sentence === said) return;
    const timer = setTimeout(() => {
      last.current = performance.now();
      setSaid(sentence);
    }, Math.max(0, last.current + THROTTLED_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [sentence, said]);
  return said;
}
