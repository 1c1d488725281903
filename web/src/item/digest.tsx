import { useEffect, useId, useState } from 'preact/hooks';
import { getDigest } from '../api/answers';
import type { Digest, DigestTag, Item } from '../api/types';
import { formatShare } from '../language/format';
import { locale, words } from '../language/language';
import { Icon } from '../page/icon';
import { digestParts, isEmpty } from './digest_parts';

/** What was made of the item's texts and pictures, as soon as it is there; nothing where there is nothing. */
export function DigestSection({ item }: { item: Item }) {
  const [digest, setDigest] = useState<Digest | null>(null);
  useEffect(() => {
    const left = new AbortController();
    setDigest(null);
    getDigest(item.id, left.signal).then(setDigest, () => {
      // It is an extra: the item stands without it.
    });
    return () => left.abort();
  }, [item.id]);
  if (!digest) return null;
  const parts = digestParts(digest, item, locale.value);
  if (isEmpty(parts)) return null;
  return (
    <section class="digest">
      <h3>{words.value.digest}</h3>
      {parts.summary && (
        <>
          <h4>{words.value.inShort}</h4>
          <p class="digest-summary">{parts.summary}</p>
        </>
      )}
      {parts.keywords.length > 0 && (
        <>
          <h4>{words.value.keywords}</h4>
          <ul class="tags">
            {parts.keywords.map((keyword) => (
              <li key={keyword}>{keyword}</li>
            ))}
          </ul>
        </>
      )}
      {parts.pictured.length > 0 && (
        <>
          <h4>{words.value.seenInPicture}</h4>
          <ul class="tags seen">
            {parts.pictured.map((tag) => (
              <SeenTag key={`${tag.tag} ${tag.model}`} tag={tag} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function SeenTag({ tag }: { tag: DigestTag }) {
  const id = useId();
  return (
    <li>
      <button type="button" class="seen-tag" aria-describedby={id}>
        <Icon name="eye" />
        {tag.tag}
      </button>
      <span class="seen-by" role="tooltip" id={id}>
        {words.value.seenBy(tag.model, formatShare(tag.probability, locale.value))}
      </span>
    </li>
  );
}
