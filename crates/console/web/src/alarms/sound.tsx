// How loud this desk is, and whether it can be heard at all.
import { useState } from "preact/hooks";
import { Dialog } from "../look/dialog";
import { words } from "../words/words";
import { allowSound, setVolume, sound, soundBlocked, sounding, URGENT_FLOOR, volume } from "./tones";
import "./sound.css";

/** The button of the bar above; where the browser is silent it says so. */
export function Sound() {
  const [open, setOpen] = useState(false);
  const { alarms } = words();
  return (
    <>
      <button type="button" class="sound" data-blocked={soundBlocked.value} data-sounding={sounding.value} onClick={() => { void allowSound(); setOpen(true); }}>
        {soundBlocked.value ? alarms.allowSound : alarms.sound}
      </button>
      {open ? <Dialog title={alarms.sound} onClose={() => setOpen(false)}><Loudness /></Dialog> : null}
    </>
  );
}

function Loudness() {
  const { alarms } = words();
  const floor = Math.round(URGENT_FLOOR * 100);
  return (
    <>
      <label>
        {alarms.volume(Math.round(volume.value * 100))}
        <input type="range" min="0" max="100" step="5" value={volume.value * 100} onInput={(event) => setVolume(Number(event.currentTarget.value) / 100)} />
      </label>
      <p class="muted">{alarms.volumeFloor(floor)}</p>
      <div class="sound-tests" role="group" aria-label={alarms.soundTest}>
        <span>{alarms.soundTest}</span>
        {(["urgent", "attention", "assignment", "link"] as const).map((tone) => (
          <button type="button" key={tone} data-sounding={sounding.value === tone} onClick={() => { void allowSound().then(() => sound(tone)); }}>
            {alarms.tones[tone]}
          </button>
        ))}
      </div>
      <p role="status">{soundBlocked.value ? alarms.silentBrowser : ""}</p>
    </>
  );
}
