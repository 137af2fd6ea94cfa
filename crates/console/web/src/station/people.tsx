// Who speaks here: the person at the desk, or for whom an operator enters what came by telephone or radio.
import { useState } from "preact/hooks";
import { allowSound, sound } from "../alarms/tones";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import { Dialog } from "../look/dialog";
import { keyLabel } from "../look/keys";
import { words } from "../words/words";
import type { Speaker } from "./desk";

/** Asks who is at the desk. `onNamed` says whether the name can be kept. */
export function PersonDialog({ name: before, onNamed, onClose }: { name: string; onNamed: (name: string) => boolean; onClose: () => void }) {
  const { person } = words().station;
  const { common } = words();
  const [name, setName] = useState(before);
  const [wrong, setWrong] = useState(false);
  return (
    <Dialog title={person.title} onClose={onClose}>
      <form
        class="saying"
        onSubmit={(event) => {
          event.preventDefault();
          // the shift's first key is also what lets the browser sound
          void allowSound();
          if (onNamed(name)) onClose();
          else setWrong(true);
        }}
      >
        <p>{person.why}</p>
        <label>{person.label}<input autofocus required autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <div role="alert">{wrong ? <p class="missing">{name.trim() === "" ? person.label : person.tooLong}</p> : null}</div>
        <p class="choices">
          <button data-tone="main">{common.ok}</button>
          <button type="button" onClick={() => { void allowSound().then(() => sound("assignment")); }}>{person.test}</button>
        </p>
      </form>
    </Dialog>
  );
}

/** The button in the bar above that says who is at the desk. */
export function PersonButton({ name, onChange }: { name: string | undefined; onChange: () => void }) {
  const { person } = words().station;
  return (
    <button
      type="button" class="person" data-nobody={name === undefined} title={person.change}
      // the dialog gives the focus back where it was, and there the Enter for the desk would only open it again
      onClick={(event) => { event.currentTarget.blur(); onChange(); }}
    >
      <kbd>{keyLabel("KeyW")}</kbd> {name === undefined ? person.none : person.at(name)}
    </button>
  );
}

/** Lets an operator or supervisor enter what the desk says by voice; without it the screen is only read. */
export function VoiceBar({ speaker, onSpeak }: { speaker: Speaker | undefined; onSpeak: (speaker: Speaker | undefined) => void }) {
  const { station: { voice, form }, common } = words();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [channel, setChannel] = useState<Channel>(Channel.PHONE);
  const channels = [[Channel.PHONE, common.channels.phone], [Channel.RADIO, common.channels.radio]] as const;
  const called = channels.find(([one]) => one === speaker?.channel)?.[1] ?? "";
  return (
    <div class="voice" data-on={speaker !== undefined}>
      {/* two buttons and not one: the focus must not stay on the one that ends it, where the Enter for the desk would press it */}
      <p role="status">{speaker === undefined ? voice.reading : voice.on(speaker.name, called)}</p>
      {speaker === undefined ? <button type="button" key="enter" onClick={() => setOpen(true)}>{voice.enter}</button> : <button type="button" key="stop" onClick={() => onSpeak(undefined)}>{voice.stop}</button>}
      {open ? (
        <Dialog title={voice.title} onClose={() => setOpen(false)}>
          <form class="saying" onSubmit={(event) => { event.preventDefault(); if (name.trim() === "") return; onSpeak({ name: name.trim(), channel }); setOpen(false); }}>
            <label>{voice.name}<input autofocus required maxLength={400} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
            <label>{form.channel}
              <select value={channel} onChange={(event) => setChannel(Number(event.currentTarget.value))}>{channels.map(([one, title]) => <option key={one} value={one}>{title}</option>)}</select>
            </label>
            <button data-tone="main">{voice.start}</button>
          </form>
        </Dialog>
      ) : null}
    </div>
  );
}
