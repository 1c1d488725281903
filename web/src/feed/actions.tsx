import { useState } from 'preact/hooks';
import type { Item } from '../api/types';
import { formatPrice, titleOf } from '../language/format';
import { locale, words } from '../language/language';
import { Icon, type IconName } from '../page/icon';
import { Popover } from '../page/popover';
import { act, type Place } from '../state/acts';
import { tell } from '../state/notes';
import { deeds } from '../state/people';
import { closeItem, goTo, itemAddress } from '../state/route';

interface ActionProps {
  icon: IconName;
  label: string;
  done?: boolean;
  name: string;
  onClick: () => void;
}

function Action({ icon, label, done, name, onClick }: ActionProps) {
  return (
    <button
      type="button"
      class={`icon-button action-${name}`}
      aria-label={label}
      title={label}
      {...(done === undefined ? {} : { 'aria-pressed': done })}
      onClick={onClick}
    >
      <Icon name={icon} filled={done ?? false} />
    </button>
  );
}

async function shareItem(item: Item, place: Place): Promise<void> {
  const data = { title: titleOf(item, locale.peek()).text, url: itemAddress(item.id) };
  try {
    if (navigator.share && matchMedia('(pointer: coarse)').matches) await navigator.share(data);
    else {
      await navigator.clipboard.writeText(data.url);
      tell(words.peek().copied);
    }
    act({ item: item.id, type: 'share' }, place);
  } catch (error) {
    // Changing one's mind in the system's share sheet is no failure.
    if ((error as Error).name !== 'AbortError') tell(words.peek().shareFailed);
  }
}

/** Five stars; the ones up to the pointer or the focus light up. */
export function Stars({ item, place, done }: { item: Item; place: Place; done?: () => void }) {
  const given = deeds.value.stars.get(item.id) ?? 0;
  const [over, setOver] = useState(0);
  return (
    <div class="stars" role="group" aria-label={words.value.rate} onPointerLeave={() => setOver(0)}>
      {[1, 2, 3, 4, 5].map((stars) => (
        <button
          key={stars}
          type="button"
          class={stars <= (over || given) ? 'star lit' : 'star'}
          aria-label={words.value.stars(stars)}
          aria-pressed={stars === given}
          onPointerEnter={() => setOver(stars)}
          onFocus={() => setOver(stars)}
          onBlur={() => setOver(0)}
          onClick={() => {
            if (stars !== given) act({ item: item.id, type: 'rating', value: stars }, place);
            done?.();
          }}
        >
          <Icon name="star" filled={stars <= (over || given)} />
        </button>
      ))}
    </div>
  );
}

export function Actions({ item, place, full = false }: { item: Item; place: Place; full?: boolean }) {
  const strings = words.value;
  const { liked, favourite, bought, stars } = deeds.value;
  const given = stars.get(item.id) ?? 0;
  const once = (already: boolean, type: 'like' | 'favourite') => () => {
    if (!already) act({ item: item.id, type }, place);
  };
  const isLiked = liked.has(item.id);
  const isKept = favourite.has(item.id);
  return (
    <div class="actions">
      <Action
        name="like"
        icon="heart"
        label={isLiked ? strings.liked : strings.like}
        done={isLiked}
        onClick={once(isLiked, 'like')}
      />
      <Action
        name="favourite"
        icon="bookmark"
        label={isKept ? strings.favourited : strings.favourite}
        done={isKept}
        onClick={once(isKept, 'favourite')}
      />
      {!full && (
        <Popover
          title={strings.rate}
          label={given > 0 ? strings.rated(given) : strings.rate}
          buttonClass={given > 0 ? 'icon-button action-rate given' : 'icon-button action-rate'}
          panelClass="panel-stars"
          face={<Icon name="star" filled={given > 0} />}
        >
          {(close) => <Stars item={item} place={place} done={close} />}
        </Popover>
      )}
      {!full && <Action name="comment" icon="bubble" label={strings.comment} onClick={() => goTo({ item: item.id })} />}
      <Action name="share" icon="share" label={strings.share} onClick={() => void shareItem(item, place)} />
      <span class="actions-gap" />
      {full && typeof item.attributes.price === 'number' && (
        <button
          type="button"
          class="button button-strong"
          onClick={() => {
            if (act({ item: item.id, type: 'purchase', value: 1 }, place)) tell(strings.boughtNote);
          }}
        >
          <Icon name="bag" />
          {bought.has(item.id) ? strings.bought : strings.buy} ·{' '}
          {formatPrice(item.attributes.price, item.attributes.currency, locale.value)}
        </button>
      )}
      <Action
        name="skip"
        icon="skip"
        label={strings.skip}
        onClick={() => {
          if (act({ item: item.id, type: 'skip' }, place) && full) closeItem();
        }}
      />
    </div>
  );
}
