// Giving the keyboard to what somebody just asked for; once, so that nothing takes it away while they work.

const given = new WeakSet<HTMLElement>();

/** For a `ref`: the element has the keyboard when it comes, and never again because of this. */
export function focusOnce(element: HTMLElement | null): void {
  if (element === null || given.has(element)) return;
  given.add(element);
  element.focus();
}
