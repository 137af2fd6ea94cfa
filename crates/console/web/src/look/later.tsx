// Parts of a screen that come after its first picture: what a person looks at first is there sooner.
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

/** How long after the first of them the parts are brought that nobody has wanted yet, in milliseconds. */
const UNWANTED_AFTER_MS = 3_000;

/** Brings each part that has not come. */
const asleep = new Set<() => void>();
let waking = false;

/** Brings the rest as well, though nobody wants it yet: a centre that is renewed meanwhile serves other files than this page asks for. */
function wakeTheRest(): void {
  if (waking) return;
  waking = true;
  setTimeout(() => {
    waking = false;
    for (const wake of [...asleep]) wake();
  }, UNWANTED_AFTER_MS);
}

/** Makes a part that is brought once the page has shown what it has. Until then its place is empty; if it cannot be brought, `Missing` stands there. */
export function later<Props extends object>(bring: () => Promise<ComponentType<Props>>, Missing?: ComponentType): ComponentType<Props> {
  let brought: ComponentType<Props> | undefined;
  let coming: Promise<ComponentType<Props>> | undefined;
  const come = (): Promise<ComponentType<Props>> => (coming ??= bring().then(
    (found) => {
      asleep.delete(wake);
      return (brought = found);
    },
    (reason: unknown) => {
      // the next to want it tries again
      coming = undefined;
      throw reason;
    },
  ));
  const wake = (): void => void come().catch(() => undefined);
  asleep.add(wake);
  return function Part(props: Props) {
    const part = useSignal<{ readonly Found: ComponentType<Props> } | "missing" | undefined>(brought === undefined ? undefined : { Found: brought });
    useEffect(() => {
      wakeTheRest();
      if (part.peek() !== undefined) return undefined;
      let [gone, timer] = [false, 0];
      // the picture that is being made comes first, the part after it
      const frame = requestAnimationFrame(() => {
        timer = window.setTimeout(() => {
          come().then((Found) => { if (!gone) part.value = { Found }; }, () => { if (!gone) part.value = "missing"; });
        });
      });
      return () => {
        gone = true;
        cancelAnimationFrame(frame);
        clearTimeout(timer);
      };
    }, []);
    if (part.value === undefined) return null;
    if (part.value === "missing") return Missing === undefined ? null : <Missing />;
    return <part.value.Found {...props} />;
  };
}
