// The colours of the look, as the drawing of a map needs them.

/** Colours by what they are for. */
export interface Palette {
  readonly ground: string;
  readonly panel: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly focus: string;
  /** Fill, text and edge by priority, 1 to 5. */
  readonly priorities: readonly { readonly fill: string; readonly text: string; readonly edge: string }[];
}

/** The colours in force for an element. */
export function palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const resolved = (name: string): string => {
    const found = colour(name);
    return found.startsWith("var(") ? colour(found.slice(6, -1)) : found;
  };
  return {
    ground: colour("ground"), panel: colour("panel"), text: colour("text"), muted: colour("muted"), line: colour("line"), focus: colour("focus"),
    priorities: [1, 1, 2, 3, 4, 5].map((of) => ({ fill: resolved(`p${of}`), text: resolved(`p${of}-text`), edge: resolved(`p${of}-edge`) })),
  };
}
