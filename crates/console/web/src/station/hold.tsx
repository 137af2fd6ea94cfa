// A button that must be held: an answer to the centre is never one stray key. The fill shows how far it is; letting go before it is full does
// nothing. A press that assistive technology makes without a key or a finger counts at once: it cannot be held, and is not made by accident.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** How long it must be held. */
export const HOLD_MS = 600;

/** For so long after the question changed no hold begins: it was meant for the question before. */
export const SETTLE_MS = 1_000;

/** What a hold button asks. */
export interface HoldProps {
  /** Names the question; when it changes, a hold that has begun ends without an answer. */
  readonly question: string;
  /** Names what is answered; when it changes, a hold that has begun ends as well, and the next one may begin at once. */
  readonly means?: string;
  readonly onHeld: () => void;
  readonly disabled?: boolean;
  /** Also held by Enter anywhere on the page where Enter has no other meaning. */
  readonly byEnter?: boolean;
  readonly children: ComponentChildren;
}

/** True where Enter belongs to what has the focus, or to an open dialog. */
function takesEnter(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]") !== null) return true;
  return target instanceof Element && target.closest("button, a, input, textarea, select, summary, [contenteditable], [tabindex='0']:not(.read)") !== null;
}

export function Hold({ question, means = "", onHeld, disabled = false, byEnter = false, children }: HoldProps) {
  const [held, setHeld] = useState(false);
  const [settled, setSettled] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef({ question, at: performance.now() });
  const answer = useRef(onHeld);
  answer.current = onHeld;
  if (asked.current.question !== question) asked.current = { question, at: performance.now() };

  const release = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setHeld(false);
  };
  const press = (): void => {
    if (disabled || timer.current !== undefined || performance.now() - asked.current.at < SETTLE_MS) return;
    setHeld(true);
    timer.current = setTimeout(() => {
      release();
      answer.current();
    }, HOLD_MS);
  };
  useEffect(() => release, [question, means, disabled]);
  // while no hold begins it looks so
  useEffect(() => {
    setSettled(false);
    const settling = setTimeout(() => setSettled(true), SETTLE_MS);
    return () => clearTimeout(settling);
  }, [question]);
  useEffect(() => {
    if (!byEnter || disabled) return;
    const down = (event: KeyboardEvent): void => {
      if ((event.code !== "Enter" && event.code !== "NumpadEnter") || event.repeat || event.altKey || event.ctrlKey || event.metaKey || takesEnter(event.target)) return;
      event.preventDefault();
      press();
    };
    const up = (event: KeyboardEvent): void => { if (event.code === "Enter" || event.code === "NumpadEnter") release(); };
    addEventListener("keydown", down);
    addEventListener("keyup", up);
    addEventListener("blur", release);
    document.addEventListener("visibilitychange", release);
    return () => {
      removeEventListener("keydown", down);
      removeEventListener("keyup", up);
      removeEventListener("blur", release);
      document.removeEventListener("visibilitychange", release);
    };
  }, [byEnter, disabled, question]);

  return (
    <button
      type="button" class="hold" data-held={held} data-settled={settled} aria-disabled={disabled}
      onPointerDown={(event) => { if (event.button === 0) press(); }} onPointerUp={release} onPointerLeave={release} onPointerCancel={release}
      onKeyDown={(event) => {
        if (!["Enter", "NumpadEnter", "Space"].includes(event.code)) return;
        event.preventDefault();
        if (!event.repeat) press();
      }}
      onKeyUp={(event) => { event.preventDefault(); release(); }} onBlur={release} onContextMenu={(event) => event.preventDefault()}
      onClick={(event) => { if (event.detail === 0 && !disabled) onHeld(); }}
    >
      <span class="fill" aria-hidden="true" />
      <span class="said">{children}</span>
    </button>
  );
}
