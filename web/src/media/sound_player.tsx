import { useEffect, useRef, useState } from 'preact/hooks';
import { mediaAddress } from '../api/client';
import type { Media } from '../api/types';
import { formatDuration } from '../language/format';
import { words } from '../language/language';
import { Icon } from '../page/icon';
import type { Place } from '../state/acts';
import { tell } from '../state/notes';
import { useMetered } from './metered';
import { loadShape } from './waveform';

interface Props {
  item: string;
  title: string;
  media: Media;
  place: Place;
  /** wave: a row with the sound's shape to seek in; pill: a small button over a picture. */
  look: 'wave' | 'pill';
}

const bars = 48;

/** Whether the element has come near the window yet: then its sound's shape is worth loading. */
function useSeen(element: { current: Element | null }): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current || seen) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, seen]);
  return seen;
}

export function SoundPlayer({ item, title, media, place, look }: Props) {
  const audio = useRef<HTMLAudioElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [plays, setPlays] = useState(false);
  const [position, setPosition] = useState(0);
  const [length, setLength] = useState(media.duration_s);
  const [peaks, setPeaks] = useState<number[] | null>(null);
  const seen = useSeen(frame);
  const address = mediaAddress(media.hash);
  useMetered(audio, true, item, 'listen', place);

  useEffect(() => {
    if (look !== 'wave' || !seen) return;
    let wanted = true;
    void loadShape(address, media.duration_s, bars).then((shape) => {
      if (!wanted || !shape) return;
      setPeaks(shape.peaks);
      setLength((known) => known || shape.seconds);
    });
    return () => {
      wanted = false;
    };
  }, [look, seen, address, media.duration_s]);

  // Smooth while it plays: the element itself reports only four times a second.
  useEffect(() => {
    if (!plays) return;
    let request = 0;
    const step = (): void => {
      if (audio.current) setPosition(audio.current.currentTime);
      request = requestAnimationFrame(step);
    };
    request = requestAnimationFrame(step);
    return () => cancelAnimationFrame(request);
  }, [plays]);

  const toggle = (): void => {
    const element = audio.current;
    if (!element) return;
    if (!element.paused) element.pause();
    else element.play().catch((error: Error) => error.name !== 'AbortError' && tell(words.peek().soundFailed));
  };
  const seek = (seconds: number): void => {
    const element = audio.current;
    if (!element) return;
    element.currentTime = Math.min(Math.max(0, seconds), length || 0);
    setPosition(element.currentTime);
  };
  const share = length > 0 ? Math.min(1, position / length) : 0;
  const label = plays ? words.value.pauseSound(title) : words.value.playSound(title);

  return (
    <div class={`sound sound-${look}`} ref={frame}>
      <audio
        ref={audio}
        src={address}
        preload="none"
        onPlaying={() => setPlays(true)}
        onPause={() => setPlays(false)}
        onEnded={() => {
          setPlays(false);
          setPosition(0);
        }}
        onDurationChange={(event) => {
          const { duration } = event.currentTarget;
          if (Number.isFinite(duration)) setLength(duration);
        }}
      />
      <button
        type="button"
        class="sound-button"
        onClick={toggle}
        aria-label={look === 'pill' && length > 0 ? `${label}, ${formatDuration(length)}` : label}
        title={label}
      >
        <Icon name={plays ? 'pause' : 'play'} />
        {look === 'pill' &&
          (length > 0 ? <span class="sound-time">{formatDuration(length)}</span> : <Icon name="sound" />)}
      </button>
      {look === 'wave' && <Wave peaks={peaks} share={share} position={position} length={length} seek={seek} />}
    </div>
  );
}

interface WaveProps {
  peaks: number[] | null;
  share: number;
  position: number;
  length: number;
  seek: (seconds: number) => void;
}

function Wave({ peaks, share, position, length, seek }: WaveProps) {
  const onKey = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
    const step = steps[event.key];
    if (step !== undefined) seek(position + step * Math.max(0.5, length / 20));
    else if (event.key === 'Home') seek(0);
    else if (event.key === 'End') seek(length);
    else return;
    event.preventDefault();
  };
  const onPointer = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * length);
  };
  return (
    <>
      <div
        class="wave"
        role="slider"
        tabIndex={0}
        aria-label={words.value.position}
        aria-valuemin={0}
        aria-valuemax={Math.round(length)}
        aria-valuenow={Math.round(position)}
        aria-valuetext={`${formatDuration(position)} / ${formatDuration(length)}`}
        onKeyDown={onKey}
        onPointerDown={onPointer}
      >
        <svg viewBox={`0 0 ${bars * 4} 32`} preserveAspectRatio="none" aria-hidden="true">
          {Array.from({ length: bars }, (_, bar) => {
            const height = Math.max(2, (peaks?.[bar] ?? 0.08) * 30);
            const heard = (bar + 0.5) / bars <= share;
            return (
              <rect
                key={bar}
                class={heard ? 'bar heard' : 'bar'}
                x={bar * 4 + 0.7}
                y={16 - height / 2}
                width="2.6"
                height={height}
                rx="1.3"
              />
            );
          })}
        </svg>
      </div>
      {length > 0 && <span class="sound-time">{formatDuration(position > 0 ? position : length)}</span>}
    </>
  );
}
