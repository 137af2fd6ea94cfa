// A part of the screen that is not needed for its first picture: it comes while nobody waits for it and is kept from then on, so that it is there
// when it is wanted and also when the link is not.
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { signal } from "@preact/signals";

/** How long after a failure it is asked for again. */
const AGAIN_MS = 2_000;
/** When it comes though nobody shows it: a page that is being opened is idle as well while it waits for what it shows first. */
const UNASKED_MS = 2_000;

/** The part; nothing is shown in its place until it came. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const came = signal<ComponentType<Props> | undefined>(undefined);
  let under = false;
  const bring = (): void => {
    if (under || came.value !== undefined) return;
    under = true;
    load().then((part) => { came.value = part; }, () => setTimeout(bring, AGAIN_MS)).finally(() => (under = false));
  };
  setTimeout(bring, UNASKED_MS);
  return function Later(props: Props) {
    useEffect(bring, []);
    const Part = came.value;
    return Part === undefined ? null : <Part {...props} />;
  };
}
