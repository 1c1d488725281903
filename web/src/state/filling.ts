import { effect } from '@preact/signals';
import { sampleCatalogue } from './items';
import { currentUser, loadPeople, people, restoreUser } from './people';
import { serverState } from './server';

/** Loads the people and a look at the catalogue, and again as a new server fills with them. */
export function followFilling(): void {
  let items = -1;
  void restoreUser();
  void loadPeople();
  effect(() => {
    const state = serverState.value;
    if (!state) return;
    const loaded = people.peek();
    const stale = loaded.status === 'error' || (loaded.status === 'ready' && loaded.value.total !== state.users);
    if (stale) void loadPeople();
    if (loaded.status === 'error' && !currentUser.peek()) void restoreUser();
    if (state.items === items) return;
    items = state.items;
    sampleCatalogue().catch(() => {
      // The filters then grow with what is shown.
    });
  });
}
