// Where the keyboard goes back to.

/** What had the keyboard, if it is still there to take it. */
export function stillThere(element: Element | null): HTMLElement | undefined {
  return element instanceof HTMLElement && element.isConnected ? element : undefined;
}
