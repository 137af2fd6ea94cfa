// The outlines of marks, within a circle of radius 1: incidents have theirs by priority, as everywhere in the console; units by kind.
import type { Point } from "./view";

/** A closed outline; `round`: a full circle of that radius instead. */
export type Shape = { readonly corners: readonly Point[] } | { readonly round: number };

function polygon(count: number, turned: number): Shape {
  const corners = Array.from({ length: count }, (_, index) => {
    const angle = turned + (2 * Math.PI * index) / count;
    return { x: Math.sin(angle), y: -Math.cos(angle) };
  });
  return { corners };
}

function corners(...pairs: readonly (readonly [number, number])[]): Shape {
  return { corners: pairs.map(([x, y]) => ({ x, y })) };
}

/** By priority: ▲ ◆ ● ○ ·. The triangle hangs a little lower, so that its digit stands in its middle. */
const BY_PRIORITY: readonly Shape[] = [
  { round: 0.8 },
  corners([0, -1.15], [1.1, 0.8], [-1.1, 0.8]),
  corners([0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]),
  { round: 0.9 },
  { round: 0.9 },
  { round: 0.7 },
];

/** By kind of unit, in the order of the directory. None is a shape of a priority. */
const BY_KIND: readonly Shape[] = [
  corners([-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]),
  corners([-1.2, -0.6], [1.2, -0.6], [1.2, 0.6], [-1.2, 0.6]),
  polygon(6, Math.PI / 6),
  corners([0, -1.1], [0.9, -0.3], [0.9, 0.9], [-0.9, 0.9], [-0.9, -0.3]),
  corners([-1.05, -0.85], [1.05, -0.85], [0, 1.05]),
  corners([-0.9, -0.9], [0.9, -0.9], [0.9, 0.2], [0, 1.15], [-0.9, 0.2]),
  corners([-0.55, -0.9], [0.55, -0.9], [1.15, 0.9], [-1.15, 0.9]),
  corners([-0.95, -0.95], [0.95, -0.95], [0.3, 0], [0.95, 0.95], [-0.95, 0.95], [-0.3, 0]),
];

/** The shape of a priority, 1 to 5. */
export function ofPriority(priority: number): Shape {
  return BY_PRIORITY[priority] ?? { round: 0.8 };
}

/** The shape of the kind that stands at this place of the directory; where a centre has more kinds than there are shapes, they repeat, and
 *  the callsign beside the mark tells them apart. */
export function ofKind(index: number): Shape {
  return BY_KIND[index % BY_KIND.length] ?? { round: 0.8 };
}

/** A shape as the path of an SVG, around a point. */
export function path(shape: Shape, radius: number, { x, y }: Point = { x: 0, y: 0 }): string {
  if ("round" in shape) {
    const r = shape.round * radius;
    return `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`;
  }
  return `M${shape.corners.map((corner) => `${x + corner.x * radius},${y + corner.y * radius}`).join("L")}Z`;
}
