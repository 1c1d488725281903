import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { PlayMeter } from '../events/play_meter';
import { act, type Place } from '../state/acts';
import { beganPlaying, stoppedPlaying } from '../state/playing';

/** Shorter bits are a slip of the finger. */
const shortestS = 0.2;

/** Counts what is really played of the element and notes it when it pauses, ends, or is taken off the page. */
export function useMetered(
  element: RefObject<HTMLMediaElement | null>,
  present: boolean,
  item: string,
  type: 'listen' | 'watch',
  place: Place,
): void {
  const latest = useRef(place);
  latest.current = place;
  useEffect(() => {
    const media = element.current;
    if (!media || !present) return;
    const meter = new PlayMeter();
    // What made them play is what was on the page when they began.
    let cause = latest.current;
    const note = (): void => {
      const seconds = meter.take(media.paused || media.ended ? media.currentTime : undefined);
      stoppedPlaying(item, media);
      if (seconds >= shortestS) {
        act({ item, type, value: seconds, modality: type === 'listen' ? 'audio' : 'video' }, cause);
      }
    };
    const begin = (): void => {
      cause = latest.current;
      meter.start(media.currentTime);
      beganPlaying(item, media);
    };
    const step = (): void => meter.step(media.currentTime, media.playbackRate);
    const jump = (): void => meter.jump(media.currentTime);
    const leave = (): void => {
      step();
      note();
      if (!media.paused) begin();
    };
    const events: [string, () => void][] = [
      ['playing', begin],
      ['timeupdate', step],
      ['seeking', jump],
      ['pause', note],
      ['ended', note],
    ];
    for (const [name, listener] of events) media.addEventListener(name, listener);
    addEventListener('pagehide', leave, { capture: true });
    return () => {
      step();
      media.pause();
      note();
      for (const [name, listener] of events) media.removeEventListener(name, listener);
      removeEventListener('pagehide', leave, { capture: true });
    };
  }, [element, present, item, type]);
}
