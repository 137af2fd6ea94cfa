// The four tones, made here and not played from files. Each has a visual twin: nobody needs to hear.
import { signal, type ReadonlySignal } from "@preact/signals";

/** `urgent`: somebody's life may hang on it. `attention`: a person must act. `assignment`: a desk is given something. `link`: what is shown is not true any more. */
export type Tone = "urgent" | "attention" | "assignment" | "link";

/** One note: when it begins and how long it lasts in seconds, its pitch in hertz. */
export interface Note {
  readonly at: number;
  readonly lasts: number;
  readonly pitch: number;
}

/** What each tone is made of. They differ in rhythm and in direction, not only in pitch: hearing fades at the top first. */
export const NOTES: Readonly<Record<Tone, readonly Note[]>> = {
  urgent: [{ at: 0, lasts: 0.16, pitch: 660 }, { at: 0.2, lasts: 0.16, pitch: 880 }, { at: 0.4, lasts: 0.28, pitch: 1175 }],
  attention: [{ at: 0, lasts: 0.18, pitch: 880 }, { at: 0.24, lasts: 0.24, pitch: 660 }],
  assignment: [{ at: 0, lasts: 0.09, pitch: 784 }, { at: 0.13, lasts: 0.09, pitch: 784 }, { at: 0.26, lasts: 0.09, pitch: 784 }, { at: 0.42, lasts: 0.32, pitch: 1047 }],
  link: [{ at: 0, lasts: 0.3, pitch: 220 }, { at: 0.45, lasts: 0.3, pitch: 220 }],
};

/** Whoever turns the sound off still hears what is urgent this loud, of 1. */
export const URGENT_FLOOR = 0.35;

/** How long a tone's visual twin is shown, in milliseconds. */
const SHOWN_MS = 1_600;

/** How long a loudspeaker may take to wake, in milliseconds. */
const AWAKE_WITHIN_MS = 700;

/** How loud a tone is, of 1. */
export function loudness(tone: Tone, wanted: number): number {
  return tone === "urgent" ? Math.max(wanted, URGENT_FLOOR) : wanted;
}

const KEPT_AS = "kezek.volume";

/** How loud this desk wants it, 0 to 1. It belongs to the desk, because the loudspeaker does. */
export const volume = signal(keptVolume());

function keptVolume(): number {
  const kept = globalThis.localStorage?.getItem(KEPT_AS);
  const read = kept == null ? Number.NaN : Number(kept);
  return read >= 0 && read <= 1 ? read : 0.7;
}

/** Sets how loud this desk wants it. */
export function setVolume(wanted: number): void {
  volume.value = Math.min(1, Math.max(0, wanted));
  localStorage.setItem(KEPT_AS, String(volume.value));
}

const blocked = signal(false);
const shown = signal<Tone | undefined>(undefined);
const muted = signal(false);

/** True while the browser makes no sound until somebody clicks. */
export const soundBlocked: ReadonlySignal<boolean> = blocked;
/** The tone that sounds now: its visual twin, shown whether or not anything is heard. */
export const sounding: ReadonlySignal<Tone | undefined> = shown;

let speaker: AudioContext | undefined;
let ending: ReturnType<typeof setTimeout> | undefined;

/** A review of the past makes no sound: what sounds is now. */
export function muteTones(silent: boolean): void {
  muted.value = silent;
  if (silent) shown.value = undefined;
}

/** Sounds a tone once, and shows its twin. */
export function sound(tone: Tone): void {
  if (muted.value) return;
  shown.value = tone;
  clearTimeout(ending);
  ending = setTimeout(() => { shown.value = undefined; }, SHOWN_MS);
  const context = awake();
  if (context === undefined) blocked.value = true;
  else if (context.state === "running") play(context, tone);
  else playOnceAwake(context, tone);
}

/** A loudspeaker that was just asked for needs a moment; one that is refused stays silent until somebody clicks, and then says nothing of what is past. */
function playOnceAwake(context: AudioContext, tone: Tone): void {
  const asked = performance.now();
  void context.resume().then(() => { if (performance.now() - asked < AWAKE_WITHIN_MS) play(context, tone); });
  setTimeout(() => { blocked.value = context.state !== "running"; }, AWAKE_WITHIN_MS);
}

/** Asks the browser for its loudspeaker; to be called while a person clicks or types. */
export async function allowSound(): Promise<void> {
  const context = awake();
  await context?.resume();
  blocked.value = context?.state !== "running";
}

function awake(): AudioContext | undefined {
  if (speaker !== undefined || globalThis.AudioContext === undefined) return speaker;
  speaker = new AudioContext();
  const context = speaker;
  context.onstatechange = () => { blocked.value = context.state !== "running"; };
  // a browser lets a page sound once its person did anything on it
  for (const done of ["pointerdown", "keydown"]) addEventListener(done, () => { if (blocked.value) void allowSound(); }, { passive: true });
  return speaker;
}

function play(context: AudioContext, tone: Tone): void {
  const loud = loudness(tone, volume.value);
  if (loud === 0) return;
  for (const { at, lasts, pitch } of NOTES[tone]) {
    const [starts, ends] = [context.currentTime + at, context.currentTime + at + lasts];
    const [source, gain] = [context.createOscillator(), context.createGain()];
    source.type = tone === "link" ? "triangle" : "sine";
    source.frequency.value = pitch;
    // an edge without a ramp is heard as a click
    gain.gain.setValueAtTime(0, starts);
    gain.gain.linearRampToValueAtTime(loud, starts + 0.015);
    gain.gain.setValueAtTime(loud, ends - 0.03);
    gain.gain.linearRampToValueAtTime(0, ends);
    source.connect(gain).connect(context.destination);
    source.start(starts);
    source.stop(ends);
  }
}
