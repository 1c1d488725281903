import { render } from 'preact';
import { Page } from './page/page';
import { sendOnLeave } from './state/acts';
import { followActs } from './state/feed';
import { sampleCatalogue } from './state/items';
import { loadPeople, restoreUser } from './state/people';
import { followSearch } from './state/search';
import { watchServer } from './state/server';
import './state/theme';

watchServer();
sendOnLeave();
followActs();
followSearch();
void restoreUser();
void loadPeople();
sampleCatalogue().catch(() => {
  // The filters then grow with what is shown.
});

const page = document.getElementById('page');
if (page) render(<Page />, page);
