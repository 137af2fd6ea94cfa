// The four tones. Each has a visual twin: nobody needs to hear.

export type Tone = "urgent" | "attention" | "assignment" | "link";

/** Sounds a tone once. */
export function sound(_tone: Tone): void {}
