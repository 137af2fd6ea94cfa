// What keeps a duty officer's attention without being looked at: the tone for an assignment, and a screen that does not go dark.
import { useEffect, useState } from "preact/hooks";
import { sound } from "../alarms/tones";

/** How often the tone comes again until somebody has said that they have it. */
export const AGAIN_EVERY_MS = 30_000;

/** Which questions are new since the last time: those sound at once, all others when their time has come. */
export function fresh(before: ReadonlySet<string>, asked: readonly string[]): readonly string[] {
  return asked.filter((key) => !before.has(key));
}

/** Sounds for what waits for an answer: at once for each that is new, and again every 30 s while any is left. `asked` names the questions. */
export function useRinging(asked: readonly string[], on: boolean): void {
  const [known] = useState(() => ({ keys: new Set<string>() }));
  const waits = on && asked.length > 0;
  const named = asked.join(" ");
  useEffect(() => {
    if (!on) return;
    if (fresh(known.keys, asked).length > 0) sound("assignment");
    known.keys = new Set(asked);
  }, [named, on]);
  useEffect(() => {
    if (!waits) return;
    const again = setInterval(() => sound("assignment"), AGAIN_EVERY_MS);
    return () => clearInterval(again);
  }, [waits]);
}

/** Keeps the screen lit while the page is seen; false where the browser does not let it. */
export function useLitScreen(): boolean {
  const [lit, setLit] = useState(true);
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let gone = false;
    const ask = (): void => {
      if (document.visibilityState !== "visible") return;
      if (!("wakeLock" in navigator)) return setLit(false);
      navigator.wakeLock.request("screen").then(
        (held) => {
          if (gone) void held.release();
          lock = held;
          setLit(true);
        },
        () => setLit(false),
      );
    };
    ask();
    // a browser lets go of it whenever the page is hidden
    document.addEventListener("visibilitychange", ask);
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, []);
  return lit;
}
