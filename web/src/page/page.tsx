import { AskView } from '../ask/ask_view';
import { FeedView } from '../feed/feed_view';
import { ItemDrawer } from '../item/item_drawer';
import { formatCount, wordFor } from '../language/format';
import { locale, words } from '../language/language';
import { DropZone } from '../search/drop_zone';
import { SearchResults } from '../search/search_results';
import { currentUser, userSettled } from '../state/people';
import { searching } from '../state/query_file';
import { route } from '../state/route';
import { serverState } from '../state/server';
import { Welcome } from '../users/welcome';
import { Header } from './header';
import { Notes } from './notes';

export function Page() {
  return (
    <>
      <button type="button" class="skip-link" onClick={toContent}>
        {words.value.skipToContent}
      </button>
      <Header />
      <View />
      <Footer />
      <ItemDrawer />
      <DropZone />
      {/* An opened item covers the rest: it shows the notes itself. */}
      {route.value.item === null && <Notes />}
    </>
  );
}

function toContent(): void {
  const content = document.getElementById('content');
  content?.setAttribute('tabindex', '-1');
  content?.focus();
}

function View() {
  if (route.value.asking) return <AskView />;
  if (searching.value) return <SearchResults />;
  if (currentUser.value) return <FeedView />;
  return userSettled.value ? <Welcome /> : <main class="content" id="content" />;
}

function Footer() {
  const state = serverState.value;
  if (!state) return null;
  const figures = (table: Record<string, string | number>, say: (value: string | number) => string): string =>
    Object.entries(table)
      .map(([name, value]) => `${wordFor(words.value.modality, name)} ${say(value)}`)
      .join(' · ');
  return (
    <footer class="footer">
      <p>
        <b>Medley</b> {words.value.tagline}
        {state.simulated && <> · {words.value.simulated}</>}
      </p>
      <p>{words.value.catalogueFigures(state.items, state.users, state.events)}</p>
      {Object.keys(state.vectors).length > 0 && (
        <p>
          {words.value.vectors}: {figures(state.vectors, (value) => formatCount(Number(value), locale.value))}
        </p>
      )}
      {Object.keys(state.models).length > 0 && (
        <p>
          {words.value.models}: {Object.keys(state.models).join(' · ')}
        </p>
      )}
      <p>
        <a href="/licences.txt">{words.value.licences}</a>
      </p>
    </footer>
  );
}
