// How true the screen is, said where nobody can miss it.

/** A dot and words while live; a frame, a banner or an overlay when not. */
export function LinkBanner() {
  return <div role="status" />;
}
