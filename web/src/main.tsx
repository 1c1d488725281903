import { render } from 'preact';
import { Page } from './page/page';
import { sendOnLeave } from './state/acts';
import { followPerson } from './state/asking';
import { followActs } from './state/feed';
import { followFilling } from './state/filling';
import { followSearch } from './state/search';
import { watchServer } from './state/server';
import './state/theme';

watchServer();
sendOnLeave();
followActs();
followSearch();
followFilling();
followPerson();

const page = document.getElementById('page');
if (page) render(<Page />, page);
