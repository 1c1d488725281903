// The steps of shop_window.mjs that ask questions, and look at what was made of an item's texts and pictures.
import { strict as assert } from 'node:assert';

const policyQuestion = 'How long do I have to return something?';
const nonsense = 'Who directed “No such thing at all”?';

/** `tools`: the page, and what the other steps use to look at it. */
export function askSteps({ page, accessible, picture, settle, sent, patience, fixture }) {
  const api = (path, options) =>
    page.evaluate(async ([to, how]) => (await fetch(`/api/v1${to}`, how)).json(), [path, options]);
  const put = (body) => ({
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const field = page.locator('.composer textarea');
  const turns = page.locator('.turn');
  const last = page.locator('.turn:last-child');
  const author = last.locator('.author');
  const asked = [];
  page.on('request', (request) => request.url().endsWith('/api/v1/ask') && asked.push(request.postDataJSON()));

  const type = async (question) => {
    await field.fill(question);
    await page.keyboard.press('Enter');
    await last.locator('.question', { hasText: question }).waitFor();
  };
  const ask = async (question) => {
    await type(question);
    await author.waitFor();
    return (await last.locator('.answer-text').textContent()).trim();
  };
  const focusInField = () =>
    page.waitForFunction(() => document.activeElement === document.querySelector('.composer textarea'));
  // The page clips what is too wide, so that no scroll bar tells.
  const noOverflow = async (what) => {
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('main :not(.hidden, .hidden *)')]
        .filter((element) => {
          const { left, right } = element.getBoundingClientRect();
          return left < -1 || right > document.documentElement.clientWidth + 1;
        })
        .map((element) => element.className || element.tagName),
    );
    assert.deepEqual(wide, [], `${what}: wider than the window`);
  };
  const openAddress = (hash) =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  let film;

  return {
    async 'what was made of an item’s texts and pictures stands in its drawer'() {
      const { items } = await api('/items?limit=60');
      let found;
      for (const item of items) {
        const digest = await api(`/items/${item.id}/digest`);
        if (digest.tags.some(({ source }) => source === 'image')) found ??= { item, digest };
      }
      if (!found) return 'nothing was seen in any picture: medley enrich was not run';
      await openAddress(`#/item/${found.item.id}`);
      const section = page.locator('.drawer .digest');
      await section.waitFor();
      const said = await section.locator('.tags').first().locator('li').allTextContents();
      const own = [...(found.item.categories ?? []), ...(found.item.tags ?? [])];
      assert.deepEqual(
        said,
        found.digest.keywords.filter((word) => !own.includes(word)),
      );
      const { tag, model, probability } = found.digest.tags.find(({ source }) => source === 'image');
      const seen = section.locator('.seen-tag', { hasText: tag });
      assert.equal(await section.locator('.seen-by').first().isVisible(), false);
      await seen.focus();
      const by = section.locator('.seen-by').first();
      await by.waitFor();
      const words = await by.textContent();
      assert.ok(words.includes(model) && words.includes(`${Math.round(probability * 100)}%`), words);
      // The fixture's summary is shorter than the description; the demo's is the description again.
      if (fixture) assert.ok((await section.locator('.digest-summary').textContent()).endsWith('.'));
      await section.scrollIntoViewIfNeeded();
      await settle();
      await accessible('digest');
      await picture('8b-digest');
      await page.keyboard.press('Escape');
      await page.locator('.drawer[open]').waitFor({ state: 'detached' });
    },
    async 'a drawer does not wait for it, and shows nothing where there is nothing'() {
      const { items } = await api('/items?limit=1');
      const answers = [];
      await page.route('**/digest', (route) => answers.push(route));
      await openAddress(`#/item/${items[0].id}`);
      await page.locator('.drawer .similar-item').first().waitFor();
      await page.waitForFunction(() => document.querySelector('.drawer h2')?.textContent.length > 0);
      assert.equal(answers.length, 1, 'the digest is asked for once');
      const empty = { keywords: [], summary: '', tags: [] };
      await answers[0].fulfill({ json: empty });
      await settle();
      assert.equal(await page.locator('.drawer .digest').count(), 0);
      await page.unroute('**/digest');
      await page.keyboard.press('Escape');
      await page.locator('.drawer[open]').waitFor({ state: 'detached' });
    },
    async 'the way to ask stands beside the search, has an address, and offers questions that fit'() {
      await openAddress('#/');
      await page.locator('.grid .card').first().waitFor();
      await page.locator('.ask-button').click();
      await page.locator('.example').first().waitFor();
      await focusInField();
      assert.equal(await page.evaluate(() => location.hash), '#/ask');
      const { items } = await api('/items?limit=60');
      for (const question of await page.locator('.example').allTextContents())
        assert.ok(
          items.some(({ title }) => question.includes(title)),
          `${question}: of nothing in the catalogue`,
        );
      await settle();
      await accessible('ask');
      await picture('12-ask');
      await page.goBack();
      await page.locator('.grid .card').first().waitFor();
      await page.goForward();
      await page.locator('.example').first().waitFor();
    },
    async 'an example is asked by keyboard; its answer opens items and shows what it rests on'() {
      const first = page.locator('.example').first();
      const question = await first.textContent();
      const { items } = await api('/items?limit=60&kind=film');
      film = items.find(({ title }) => question.includes(title));
      assert.ok(film?.attributes?.director, `${question}: no film with a director`);
      await first.focus();
      await page.keyboard.press('Enter');
      await author.waitFor();
      await focusInField();
      assert.equal(await last.locator('.question').textContent(), question);
      assert.ok((await last.locator('.answer-text').textContent()).includes(film.attributes.director));
      assert.equal(await last.locator('.statement').first().isVisible(), false, 'folded away');
      await last.locator('.statements summary').focus();
      await page.keyboard.press('Enter');
      const statement = await last.locator('.statement').first().textContent();
      for (const part of [film.title, 'Director', film.attributes.director, 'the catalogue'])
        assert.ok(statement.includes(part), `${statement}: without ${part}`);
      await settle();
      await accessible('answer');
      await picture('13-answer');
      await last.locator('.cited-item').first().click();
      await page.locator('.drawer h2', { hasText: film.title }).waitFor();
      for (let waited = 0; (await sent('click')).item !== film.id; waited += 100) {
        assert.ok(waited < patience, 'the click is noted');
        await page.waitForTimeout(100);
      }
      await page.keyboard.press('Escape');
      await page.locator('.drawer[open]').waitFor({ state: 'detached' });
      assert.equal(await turns.count(), 1, 'the conversation is still there');
    },
    async 'a follow-up knows what was spoken of'() {
      const answer = await ask('and from which year is it?');
      assert.ok(answer.includes(String(film.attributes.year)), answer);
      const [before, now] = asked.slice(-2);
      assert.ok(now.session && now.session === before.session);
      assert.equal(now.user, (await page.locator('.user-button .user-name').textContent()).trim());
    },
    async 'an answer comes part by part, and is read out once'() {
      await page.evaluate(() => {
        window.heard = [];
        const told = new MutationObserver((changes) => {
          const busy = document.querySelector('.turn:last-child .answer')?.getAttribute('aria-busy') === 'true';
          for (const change of changes) {
            if (change.type === 'characterData') window.heard.push({ text: 'changed', busy });
            for (const node of change.addedNodes) window.heard.push({ text: node.textContent, busy });
          }
        });
        const region = document.querySelector('.announcer[aria-live=polite]');
        told.observe(region, { childList: true, subtree: true, characterData: true });
      });
      const answer = await ask(policyQuestion);
      const heard = (await page.evaluate(() => window.heard)).filter(({ text }) => answer.includes(text.trim()));
      if (await last.locator('.answer-unknown').count()) return 'no documents were imported';
      assert.equal(heard.map(({ text }) => text).join(''), answer);
      assert.ok(heard.length >= 2, 'in parts');
      if (fixture) assert.ok(heard[0].busy, 'the first before the last is there');
      const quotation = last.locator('.quotation');
      assert.ok((await quotation.locator('.quotation-where').textContent()).includes('returns.md'));
      if (!(await quotation.locator('blockquote').isVisible())) await quotation.locator('summary').click();
      assert.ok((await quotation.locator('blockquote').textContent()).includes('30 days'));
      await settle();
      await accessible('documents');
      await picture('14-documents');
    },
    async 'several things of one name are told apart'() {
      const twin = {
        kind: 'film',
        title: film.title,
        language: 'en',
        attributes: { director: 'Ada Quay', year: 1931 },
      };
      await api('/items/probe-twin', put(twin));
      const question = { question: `Who directed “${film.title}”?` };
      const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(question) };
      for (let waited = 0; (await api('/ask', post)).results.length < 2; waited += 500) {
        assert.ok(waited < patience, 'the server does not know of the second one');
        await page.waitForTimeout(500);
      }
      await ask(question.question);
      const rows = await last.locator('.namesakes li').allTextContents();
      assert.ok(
        rows.some((row) => row.includes('Ada Quay')) && rows.some((row) => row.includes(film.attributes.director)),
      );
      await settle();
      await picture('15-namesakes');
    },
    async 'what nobody knows is refused, with the reason'() {
      const answer = await ask(nonsense);
      assert.ok(answer.startsWith("I don't know"), answer);
      const reason = await last.locator('.answer-unknown .answer-reason').textContent();
      assert.equal(reason, 'Nothing here goes by that name.');
      await settle();
      await accessible('refusal');
      await picture('16-refusal');
    },
    async 'a question can be stopped, and gives way to the next one'() {
      let held = 0;
      await page.route('**/api/v1/ask', (route) => {
        held += 1;
        if (held > 2) void route.continue();
      });
      await type('Will this ever be answered?');
      await page.locator('.composer-stop').click();
      await last.locator('.answer-again').waitFor();
      await focusInField();
      const left = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/ask'));
      await type('And this?');
      await ask(nonsense);
      await left;
      await page.unroute('**/api/v1/ask');
      assert.equal(await page.locator('.answer-again').count(), 2, 'both say that they were stopped');
      assert.equal(await page.locator('.composer-stop').count(), 0);
    },
    async 'an answer that breaks off, an error and a server that is away are told, with a way to try again'() {
      const said = 'event: text\ndata: {"text":"Half of it."}\n\n';
      const wrong = 'event: error\ndata: {"error":{"code":"internal","message":"The graph has a knot."}}\n\n';
      const stream = (body) => (route) => route.fulfill({ contentType: 'text/event-stream', body });
      const ways = [
        [stream(said), 'The answer broke off before its end.'],
        [stream(said + wrong), 'The graph has a knot.'],
        [(route) => route.abort(), 'The server does not answer. Is it still running?'],
      ];
      for (const [way, words] of ways) {
        await page.route('**/api/v1/ask', way);
        await type(nonsense);
        await last.locator('[role=alert]', { hasText: words }).waitFor();
        await page.unroute('**/api/v1/ask');
      }
      await settle();
      await picture('17-away');
      const before = await turns.count();
      await last.locator('[role=alert] .button').click();
      await author.waitFor();
      await focusInField();
      assert.equal(await turns.count(), before, 'in the place of the one that failed');
    },
    async 'the conversation fits a narrow window, in the dark'() {
      await page.setViewportSize({ width: 375, height: 740 });
      await page.emulateMedia({ colorScheme: 'dark' });
      await ask(policyQuestion);
      await settle();
      await noOverflow('a conversation');
      await accessible('ask, narrow and dark');
      await picture('18-ask-narrow-dark');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.locator('.ask-head .back').nth(1).click();
      await page.locator('.example').first().waitFor();
      await settle();
      await noOverflow('the examples');
      await picture('19-ask-narrow');
      await page.setViewportSize({ width: 1366, height: 900 });
    },
    async 'it is asked and answered in Chinese, in a conversation of its own'() {
      const before = asked.at(-1).session;
      await page.locator('.language').click();
      await page.locator('h1', { hasText: '提问' }).waitFor();
      await page.locator('.example', { hasText: '导演' }).click();
      await author.waitFor();
      assert.equal(await last.locator('.answer-text:lang(zh)').count(), 1);
      assert.equal(await last.locator('.answer-unknown').count(), 0);
      assert.notEqual(asked.at(-1).session, before);
      await last.locator('.statements summary').click();
      assert.ok((await last.locator('.relation').first().textContent()).includes('导演'));
      await settle();
      await picture('20-ask-chinese');
      await page.locator('.language').click();
      await page.locator('h1', { hasText: 'Ask' }).waitFor();
      assert.equal(await last.locator('.answer-text:lang(zh)').count(), 1, 'in an English page, too');
    },
    async 'somebody else starts a conversation of their own'() {
      assert.equal(await turns.count(), 1);
      const names = page.locator('.panel-users .person-name');
      await page.locator('.user-button').click();
      await names.nth(1).click();
      await page.locator('.example').first().waitFor();
      assert.equal(await turns.count(), 0);
      await page.locator('.user-button').click();
      await names.first().click();
    },
    async 'words in the search bar become a question'() {
      await page.getByRole('searchbox').fill(`  ${nonsense}`);
      await page.locator('.ask-button').click();
      await author.waitFor();
      assert.equal(await last.locator('.question').textContent(), nonsense);
      assert.equal(await page.getByRole('searchbox').inputValue(), '');
      await page.locator('.ask-head .back').first().click();
      await page.locator('.grid .card').first().waitFor();
    },
  };
}
