import { useEffect, useRef, useState } from 'preact/hooks';
import { mediaAddress } from '../api/client';
import type { Media } from '../api/types';
import { formatDuration } from '../language/format';
import { words } from '../language/language';
import { Icon } from '../page/icon';
import type { Place } from '../state/acts';
import { tell } from '../state/notes';
import { useMetered } from './metered';
import { Picture } from './picture';

interface Props {
  item: string;
  title: string;
  film: Media;
  poster: Media | null;
  place: Place;
  eager?: boolean;
}

/** The poster with a button; the film is not asked for before somebody wants it. */
export function FilmPlayer({ item, title, film, poster, place, eager = false }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [wanted, setWanted] = useState(false);
  useMetered(video, wanted, item, 'watch', place);

  useEffect(() => {
    const element = video.current;
    if (!wanted || !element) return;
    element.focus();
    element.play().catch((error: Error) => error.name === 'NotSupportedError' && tell(words.peek().filmFailed));
  }, [wanted]);

  const label = words.value.playFilm(title);
  if (wanted) {
    return (
      <div class="film">
        <video
          ref={video}
          src={mediaAddress(film.hash)}
          {...(poster ? { poster: mediaAddress(poster.hash) } : {})}
          controls
          playsInline
          preload="auto"
          aria-label={title}
        />
      </div>
    );
  }
  return (
    <div class="film">
      {poster ? (
        <>
          {/* Posters are often upright: the whole of it stands before its own colours. */}
          <div class="glow" aria-hidden="true">
            <Picture media={poster} eager={eager} />
          </div>
          <Picture media={poster} eager={eager} />
        </>
      ) : (
        <div class="picture-none" />
      )}
      <button
        type="button"
        class="film-button"
        onClick={() => setWanted(true)}
        aria-label={film.duration_s > 0 ? `${label}, ${formatDuration(film.duration_s)}` : label}
      >
        <span class="film-disc">
          <Icon name="play" />
        </span>
        {film.duration_s > 0 && <span class="film-time">{formatDuration(film.duration_s)}</span>}
      </button>
    </div>
  );
}
