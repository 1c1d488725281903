import { useState } from 'preact/hooks';
import { mediaAddress } from '../api/client';
import type { Item, Media, Modality } from '../api/types';
import { hueOf } from '../language/format';
import { Icon, kindIcon } from '../page/icon';

export const firstOf = (item: Item, modality: Modality): Media | null =>
  item.media.find((media) => media.modality === modality && media.hash !== '') ?? null;

/** A picture beside its title, which says what it is: hence without words of its own. */
export function Picture({ media, eager = false }: { media: Media; eager?: boolean }) {
  const [state, setState] = useState<'waits' | 'shown' | 'broken'>('waits');
  if (state === 'broken') return <div class="picture-none" />;
  const size = media.width > 0 && media.height > 0 ? { width: media.width, height: media.height } : {};
  return (
    <img
      class={state === 'shown' ? 'picture picture-shown' : 'picture'}
      src={mediaAddress(media.hash)}
      alt=""
      loading={eager ? 'eager' : 'lazy'}
      decoding="async"
      draggable={false}
      onLoad={() => setState('shown')}
      onError={() => setState('broken')}
      {...size}
    />
  );
}

/** Stands for an item in little: its picture, or the sign of its kind on a colour of its own. */
export function Thumbnail({ item, id }: { item: Item | null; id: string }) {
  const picture = item && firstOf(item, 'image');
  return (
    <span class="thumbnail" style={{ '--hue': String(hueOf(id)) }}>
      {picture ? <Picture media={picture} /> : <Icon name={kindIcon(item?.kind ?? '')} />}
    </span>
  );
}
