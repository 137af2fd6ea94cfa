// The bar above every screen: where this is, what time it is, how true it all is, who is signed in, language and light.
import type { ComponentChildren } from "preact";

/** `children` stand between the title and the clock. */
export function TopBar({ title, children }: { title: string; children?: ComponentChildren }) {
  return <header class="top-bar"><h1>{title}</h1>{children}</header>;
}
