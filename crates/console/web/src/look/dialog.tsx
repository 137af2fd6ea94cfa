// A small window over the screen that a person asked for. It has the keyboard while it is open and gives it back where it was.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../words/words";

/** Shown for as long as it is rendered; Escape and its button ask to close it. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // closing, and not only taking it away, is what makes the browser put the focus back
    return () => shown?.close();
  }, []);
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby={heading} onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <header>
        <h2 id={heading}>{title}</h2>
        <button type="button" onClick={onClose}>{words().common.close}</button>
      </header>
      <div class="content">{children}</div>
    </dialog>
  );
}
