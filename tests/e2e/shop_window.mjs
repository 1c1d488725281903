// Drives the page in a real browser: `node shop_window.mjs BASE_URL [FOLDER_FOR_SCREENSHOTS]`. Exit code 0: every step held.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { askSteps } from './ask_steps.mjs';
import { drawPicture } from './fixture_market.mjs';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const base = process.argv[2];
const folder = process.argv[3];
const patience = Number(process.env.E2E_PATIENCE_MS ?? 20_000);
const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --mute-audio';

const browser = await chromium.launch({
  executablePath: process.env.E2E_CHROMIUM ?? '/usr/bin/chromium',
  args: flags.split(' '),
});
const context = await browser.newContext({ viewport: { width: 1366, height: 900 }, locale: 'en-GB' });
await context.grantPermissions(['clipboard-read', 'clipboard-write']);
const page = await context.newPage();
page.setDefaultTimeout(patience);

const faults = [];
const posted = [];
let request = '';
// Asking whether a name is still free is answered by "not found", which browsers log.
// So is a server that one step takes away.
const expected = (message) => /\/api\/v1\/(users\/new-|ask$)/.test(message.location().url);
page.on(
  'console',
  (message) =>
    message.type() === 'error' && !expected(message) && faults.push(`${message.text()} ${message.location().url}`),
);
page.on('pageerror', (error) => faults.push(error.message));
page.on('dialog', (dialog) => {
  faults.push(`dialog: ${dialog.message()}`);
  void dialog.dismiss();
});
page.on('request', (sent) => {
  if (sent.method() === 'POST' && sent.url().endsWith('/api/v1/events'))
    posted.push(...(sent.postDataJSON()?.events ?? []));
});
page.on('response', async (answer) => {
  if (answer.url().includes('/recommendations') && answer.ok())
    request = (await answer.json().catch(() => ({}))).request ?? request;
});

const cards = page.locator('.grid .card');
const shown = () => page.locator('.grid [data-item]').evaluateAll((cells) => cells.map((cell) => cell.dataset.item));
const sent = async (type, count = 1) => {
  const found = () => posted.filter((event) => event.type === type);
  for (let waited = 0; found().length < count && waited < patience; waited += 50) await page.waitForTimeout(50);
  assert.ok(found().length >= count, `no event ${type} was sent; sent: ${posted.map((event) => event.type)}`);
  return found().at(-1);
};
const changedFrom = (before) =>
  page.waitForFunction((old) => {
    const now = [...document.querySelectorAll('.grid [data-item]')].map((cell) => cell.dataset.item);
    return now.length > 0 && now.join() !== old;
  }, before.join());
const picture = async (name) => folder && (await page.screenshot({ path: join(folder, `${name}.png`) }));
const settle = () => page.waitForTimeout(700);

const accessible = async (what) => {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => (await axe.run({ resultTypes: ['violations'] })).violations);
  const said = found.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`);
  assert.deepEqual(said, [], what);
};

const steps = {
  async 'the page loads without errors, and asks whose taste to serve'() {
    await page.goto(base);
    await page.getByRole('combobox').waitFor();
    await page.waitForLoadState('networkidle');
    assert.deepEqual(faults, []);
    await accessible('welcome');
    await picture('1-welcome');
  },
  async 'a person is found by typing and chosen by keyboard'() {
    const first = await page.locator('.person-name').first().textContent();
    await page.getByRole('combobox').fill(first);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.grid .card').length === 10);
    assert.ok((await page.locator('h1').textContent()).includes(first));
  },
  async 'ten cards show a reason and a picture that loaded'() {
    assert.equal(await cards.count(), 10);
    for (let i = 0; i < 10; i++) {
      await cards.nth(i).scrollIntoViewIfNeeded();
      assert.ok(
        (await cards.nth(i).locator('.reason-text').textContent()).trim().length > 10,
        `card ${i} has no reason`,
      );
    }
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.card-media .picture')].every((image) => image.complete && image.naturalWidth > 0),
    );
    assert.ok((await page.locator('.card-media .picture').count()) >= 8, 'most cards have pictures');
    assert.equal(await page.locator('.card-media .picture-none').count(), 0, 'no picture is broken');
    await page.evaluate(() => scrollTo(0, 0));
    await settle();
    await accessible('feed');
    await picture('2-feed');
  },
  async 'the evidence opens, names facts, and gives the focus back'() {
    await page.locator('.reason').nth(1).click();
    const panel = page.locator('.evidence:popover-open');
    await panel.locator('.fact').first().waitFor();
    assert.equal(await panel.locator('.author').count(), 1);
    await settle();
    await accessible('evidence');
    await picture('3-evidence');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    assert.ok(await page.evaluate(() => document.activeElement.classList.contains('reason')));
  },
  async 'liking sends an event with the request, and the next list differs'() {
    const before = await shown();
    const asked = request;
    await cards.first().locator('.action-like').focus();
    await page.keyboard.press('Enter');
    const event = await sent('like');
    assert.equal(event.item, before[0]);
    assert.ok(asked !== '' && event.request === asked, `request ${event.request} is not ${asked}`);
    await changedFrom(before);
    await page.waitForFunction(() => document.querySelector('.status-text').textContent.length > 0);
    assert.ok(await page.evaluate(() => document.activeElement.closest('.card')), 'the keyboard keeps its place');
    await settle();
    await picture('4-after-like');
  },
  async 'skipping takes the card away'() {
    const before = await shown();
    await page.locator(`[data-item="${before[2]}"] .action-skip`).click();
    await page.locator(`[data-item="${before[2]}"]`).waitFor({ state: 'detached', timeout: 2000 });
    assert.equal((await sent('skip')).item, before[2]);
    await page.waitForFunction(() => document.querySelectorAll('.grid .card').length === 10);
  },
  async 'stars are given by keyboard'() {
    await settle();
    await cards.nth(1).locator('.action-rate').focus();
    await page.keyboard.press('Enter');
    await page.locator('.panel-stars:popover-open .star:focus').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal((await sent('rating')).value, 4);
  },
  async 'listening counts the seconds really played'() {
    await page.waitForTimeout(1800);
    const player = page.locator('.grid .sound').first();
    await player.scrollIntoViewIfNeeded();
    await player.locator('.sound-button').click();
    const audio = player.locator('audio');
    await audio.evaluate(
      (element) =>
        new Promise((done) => {
          element.ontimeupdate = () => element.currentTime > 0.9 && done();
        }),
    );
    await player.locator('.sound-button').click();
    const event = await sent('listen');
    assert.ok(event.value >= 0.8 && event.value <= 3.5, `${event.value} s`);
    assert.equal(event.modality, 'audio');
  },
  async 'a kind is filtered by'() {
    const chip = page.locator('.chip').nth(1);
    await page.evaluate(() => scrollTo(0, 0));
    const before = await shown();
    await chip.click();
    await changedFrom(before);
    const kinds = await page.locator('.card').evaluateAll((all) => [...new Set(all.map((card) => card.dataset.kind))]);
    assert.equal(kinds.length, 1);
    await page.locator('.chip').first().click();
    await page.waitForFunction(
      () => new Set([...document.querySelectorAll('.card')].map((card) => card.dataset.kind)).size > 1,
    );
  },
  async 'a film plays and its seconds are counted'() {
    const film = page.locator('.grid .film').first();
    if ((await film.count()) === 0) return 'no film in this list';
    await film.scrollIntoViewIfNeeded();
    await film.locator('.film-button').click();
    const video = film.locator('video');
    await video.evaluate(
      (element) =>
        new Promise((done) => {
          element.ontimeupdate = () => element.currentTime > 0.9 && done();
        }),
    );
    await video.evaluate((element) => element.pause());
    assert.ok((await sent('watch')).value >= 0.5);
  },
  async 'words are searched for, and hits say how they matched'() {
    const title = (await page.locator('.card-title').first().textContent()).trim();
    await page.evaluate(() => scrollTo(0, 0));
    await page.getByRole('searchbox').fill(title);
    await page.keyboard.press('Enter');
    await page.locator('.match').first().waitFor();
    assert.equal(
      (await cards.first().locator('.card-title').textContent()).trim(),
      title,
      'the exact title comes first',
    );
    assert.equal((await sent('search')).text, title);
    await settle();
    await accessible('search');
    await picture('5-search');
  },
  async 'a dropped picture finds what looks like it'() {
    const bytes = [...drawPicture(160, 160, 210, 5)];
    const files = await page.evaluateHandle((raw) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(raw)], 'picture.png', { type: 'image/png' }));
      return transfer;
    }, bytes);
    await page.dispatchEvent('body', 'dragenter', { dataTransfer: files });
    await page.locator('.drop').waitFor();
    await picture('6-drop');
    await page.dispatchEvent('body', 'drop', { dataTransfer: files });
    await page.locator('.match-image').first().waitFor();
    assert.ok((await cards.count()) > 0);
    await settle();
    await picture('7-by-picture');
    await page.locator('.back').click();
    await page.locator('.intro .avatar').waitFor();
  },
  async 'an item opens with similar items, and closes by Escape'() {
    await settle();
    await page.locator('.card-title button').first().click();
    await page.locator('.similar-item').first().waitFor();
    assert.ok((await sent('click')).item);
    await page.getByRole('textbox').fill('Good <b>indeed</b>');
    await page.locator('.comments .button').click();
    assert.equal((await sent('comment')).text, 'Good <b>indeed</b>');
    await page.waitForTimeout(1100);
    await accessible('item');
    await picture('8-item');
    await page.keyboard.press('Escape');
    await page.locator('.drawer[open]').waitFor({ state: 'detached' });
    assert.ok((await sent('image_view')).value >= 1);
  },
  ...askSteps({ page, accessible, picture, settle, sent, patience, fixture: process.env.E2E_FIXTURE === '1' }),
  async 'text from the catalogue is never markup'() {
    const hostile = '<img src=x onerror=alert(1)>';
    const status = await page.evaluate(async (text) => {
      const item = {
        kind: text,
        title: text,
        description: `<script>alert(2)</script>${text}`,
        categories: [text],
        tags: [text],
        attributes: { [text]: text },
      };
      const answer = await fetch('/api/v1/items/probe', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(item),
      });
      return answer.status;
    }, hostile);
    assert.ok(status === 200 || status === 201, `the item was not taken: ${status}`);
    await page.evaluate(() => {
      location.hash = '#/item/probe';
    });
    await page.locator('.drawer h2', { hasText: hostile }).waitFor();
    assert.equal(await page.locator('img[src="x"], script:not([src])').count(), 0);
    await page.keyboard.press('Escape');
    await page.locator('.drawer[open]').waitFor({ state: 'detached' });
  },
  async 'the page speaks Chinese, and remembers it'() {
    await page.locator('.language').click();
    await page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
    await page.waitForFunction(() => document.querySelectorAll('.card-title:lang(zh)').length >= 5);
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll('.grid .card').length === 10);
    assert.match(await page.locator('h1').textContent(), /[\u4e00-\u9fff]/);
    await settle();
    await picture('9-chinese');
  },
  async 'a narrow window needs no sideways scrolling'() {
    for (const width of [360, 768]) {
      await page.setViewportSize({ width, height: 780 });
      await settle();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(overflow <= 0, `${overflow} px too wide at ${width}`);
      const sticking = await page.evaluate(() =>
        [...document.querySelectorAll('.card, .intro, .toolbar > *, .header-row > *')]
          .filter((element) => element.getBoundingClientRect().right > innerWidth + 24 && !element.matches('.chips'))
          .map((element) => element.className),
      );
      assert.deepEqual(sticking, []);
    }
    await page.setViewportSize({ width: 360, height: 780 });
    await settle();
    await picture('10-phone');
    await page.setViewportSize({ width: 1366, height: 900 });
  },
  async 'somebody new starts with what many like'() {
    await page.locator('.language').click();
    await page.locator('.user-button').click();
    await page.locator('.chooser-new').click();
    const name = `new-${Date.now()}`;
    await page.locator('.new-user input').fill(name);
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: name }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.grid .card').length > 0);
  },
  async 'nothing went wrong on the way'() {
    assert.deepEqual(faults, []);
  },
  async 'a server that is away is said so, with a way to try again'() {
    await page.route('**/api/v1/users/*/recommendations*', (route) => route.abort());
    await page.reload();
    await page.locator('[role=alert] .button').waitFor();
    await picture('11-away');
    await page.unroute('**/api/v1/users/*/recommendations*');
    await page.locator('[role=alert] .button').click();
    await page.waitForFunction(() => document.querySelectorAll('.grid .card').length > 0);
  },
};

let failed = 0;
const only = process.env.E2E_ONLY;
for (const [name, step] of Object.entries(steps)) {
  if (only && !name.includes(only)) continue;
  try {
    const note = await step();
    console.log(`ok      ${name}${note ? ` (${note})` : ''}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error.message.split('\n').slice(0, 6).join('\n        ')}`);
    await picture(`failed-${failed}`);
    // What a step took away, the next ones need.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    // The first steps carry the others.
    if (failed === 1 && (await page.locator('.grid .card, .ask').count()) === 0) break;
  }
}
if (failed > 0) console.log(`errors of the page: ${JSON.stringify(faults)}`);
await browser.close();
process.exit(failed === 0 ? 0 : 1);
