import type { Signal } from '@preact/signals';
import type { SearchHit } from '../api/types';
import { Card } from '../feed/card';
import { Cell, GhostGrid, Grid } from '../feed/grid';
import { wordFor } from '../language/format';
import { words } from '../language/language';
import { Filters } from '../page/filters';
import { Icon, type IconName } from '../page/icon';
import { Fault, Notice } from '../page/notice';
import { skipped } from '../state/feed';
import { kindsSeen } from '../state/items';
import { queryFile } from '../state/query_file';
import { route } from '../state/route';
import { closeSearch, hits, maxPrice, minPrice, runSearch } from '../state/search';

const matchIcons: Record<string, IconName> = {
  title: 'tag',
  words: 'text',
  text: 'spark',
  image: 'picture',
  audio: 'sound',
  video: 'film',
};

export function SearchResults() {
  const strings = words.value;
  const found = hits.value;
  const file = queryFile.value;
  const text = route.value.words;
  return (
    <main class="content" id="content">
      <button type="button" class="back link" onClick={closeSearch}>
        <Icon name="arrowLeft" />
        {strings.backToFeed}
      </button>
      <div class="intro">
        {file?.modality === 'image' && <img class="intro-picture" src={file.address} alt={file.file.name} />}
        <div>
          <h1>{file && !text ? strings.searchAlike[file.modality] : strings.searchFor(text ?? '')}</h1>
          <p class="intro-text" role="status">
            {found?.status === 'ready' ? strings.searchCount(found.value.length) : strings.searching}
          </p>
        </div>
      </div>
      <div class="toolbar">
        <Filters />
        {(kindsSeen.value.size === 0 || kindsSeen.value.has('goods')) && <PriceRange />}
      </div>
      {found?.status === 'error' && (
        <Fault title={strings.searchError} error={found.error} retry={() => void runSearch()} />
      )}
      {found?.status === 'loading' && <GhostGrid />}
      {found?.status === 'ready' && found.value.length === 0 && (
        <Notice icon="search" title={strings.searchNone} text={strings.searchNoneMore} />
      )}
      {found?.status === 'ready' && found.value.length > 0 && <Hits hits={found.value} />}
    </main>
  );
}

function Hits({ hits: all }: { hits: SearchHit[] }) {
  const found = all.filter((hit) => !skipped.value.has(hit.item.id));
  return (
    <Grid label={words.value.search} version={found.length}>
      {found.map((hit, index) => (
        <Cell key={hit.item.id} id={hit.item.id}>
          <Card item={hit.item} place={{ surface: 'search', request: '', position: index + 1 }} eager={index < 4}>
            <p class="matches">
              <span class="hidden">{words.value.matchedBy}: </span>
              {hit.matched_by.map((name) => (
                <span key={name} class={`match match-${Object.hasOwn(matchIcons, name) ? name : 'other'}`}>
                  <Icon name={matchIcons[name] ?? 'spark'} />
                  {wordFor(words.value.matched, name)}
                </span>
              ))}
            </p>
          </Card>
        </Cell>
      ))}
    </Grid>
  );
}

function PriceRange() {
  return (
    <div class="prices">
      <Price label={words.value.minPrice} price={minPrice} />
      <Price label={words.value.maxPrice} price={maxPrice} />
    </div>
  );
}

function Price({ label, price }: { label: string; price: Signal<string> }) {
  return (
    <label>
      {label}
      <input
        type="number"
        min="0"
        step="any"
        inputMode="decimal"
        value={price.value}
        onChange={(event) => (price.value = event.currentTarget.value)}
      />
    </label>
  );
}
