// Speaks the API of api/openapi.yaml over the fixture market, to develop the page without the server: `node mock_server.mjs [PORT]`.
// Serves web/dist at the root with the headers of the server. Never shipped; the end-to-end test prefers the real server.
import { createServer } from 'node:http';
import { drawMarket } from './fixture_market.mjs';
import { answerTo, digestOf, streamAnswer } from './mock_answers.mjs';
import { sendBytes, sendPage } from './page_files.mjs';

const market = drawMarket();
const byId = new Map(market.items.map((item) => [item.id, item]));
const events = [];
const job = process.env.MOCK_JOB ? { stage: 'encode image', done: 0, total: 10000 } : null;
let requests = 0;

for (const [u, user] of market.users.entries()) {
  for (let i = 0; i < 6; i++) {
    const item = market.items[(u * 11 + i * 7) % market.items.length];
    events.push({
      id: `seed-${u}-${i}`,
      user: user.id,
      item: item.id,
      type: ['click', 'like', 'listen', 'rating', 'watch', 'favourite'][i],
      value: i === 3 ? 4 : i === 2 ? 3 : 0,
      time: new Date(1700000000000 + i).toISOString(),
    });
  }
}

const say = (value) => ({ status: 200, value });
const fault = (status, code, message) => ({ status, value: { error: { code, message } } });
const titleOf = (item, locale) => item.texts[`title:${locale}`] ?? item.title;

const complete = (item) => ({
  kind: '',
  title: '',
  description: '',
  texts: {},
  categories: [],
  tags: [],
  attributes: {},
  media: [],
  ...item,
});

function matches(item, query) {
  const kind = query.get('kind');
  const category = query.get('category');
  const price = item.attributes.price;
  const low = query.get('min_price');
  const high = query.get('max_price');
  return (
    (!kind || item.kind === kind) &&
    (!category || item.categories.includes(category)) &&
    (!low || (price !== undefined && price >= Number(low))) &&
    (!high || (price !== undefined && price <= Number(high)))
  );
}

function explain(item, past, locale, model) {
  const zh = locale === 'zh';
  const same = past.find((other) => other.categories[0] === item.categories[0]);
  const any = past[past.length - 1];
  const facts = [];
  if (same)
    facts.push({
      kind: 'past_item',
      item_id: same.id,
      item_title: titleOf(same, locale),
      space: '',
      attribute: '',
      value: '',
      count: 3,
      contribution: 0.61,
    });
  if (any)
    facts.push({
      kind: 'similar',
      item_id: any.id,
      item_title: titleOf(any, locale),
      space: ['image', 'audio', 'text'][item.title.length % 3],
      attribute: '',
      value: '',
      count: 1,
      contribution: 0.27,
    });
  if (same)
    facts.push({
      kind: 'attribute',
      item_id: '',
      item_title: '',
      space: '',
      attribute: 'category',
      value: item.categories[0],
      count: 2,
      contribution: 0.18,
    });
  facts.push({
    kind: 'popularity',
    item_id: '',
    item_title: '',
    space: '',
    attribute: '',
    value: '',
    count: 42,
    contribution: 0.08,
  });
  const sentence = same
    ? zh
      ? `因为您喜欢过“${titleOf(same, locale)}”，这一件与它十分接近。`
      : `You spent time with “${titleOf(same, locale)}”, and people who did often choose this next.`
    : any
      ? zh
        ? `它的画面与“${titleOf(any, locale)}”相似。`
        : `It looks and sounds like “${titleOf(any, locale)}”, which you liked.`
      : zh
        ? '很多人最近在看。'
        : 'Many people have been choosing this lately.';
  return { sentence, locale, author: model ? 'model' : 'template', facts };
}

function recommend(user, query) {
  const mine = events.filter((event) => event.user === user.id && event.item);
  const seen = new Set(mine.map((event) => event.item));
  const skipped = new Set((query.get('exclude') ?? '').split(',').filter(Boolean));
  const taste = {};
  for (const event of mine) {
    const item = byId.get(event.item);
    const weight = event.type === 'skip' ? -1.5 : event.type === 'rating' ? event.value - 3 : 1;
    if (item) taste[item.categories[0]] = (taste[item.categories[0]] ?? 0) + weight;
  }
  const locale = query.get('locale') || user.locale;
  const past = mine
    .filter((event) => event.type !== 'skip')
    .map((event) => byId.get(event.item))
    .filter(Boolean);
  const list = market.items
    .filter((item) => !seen.has(item.id) && !skipped.has(item.id) && matches(item, query))
    .map((item, i) => ({
      item,
      score: 0.4 * (taste[item.categories[0]] ?? 0) + ((i * 7919) % 97) / 97,
      propensity: 0.3,
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, Number(query.get('n') ?? 10))
    .map((entry, i) => ({ ...entry, explanation: explain(entry.item, past, locale, i % 3 === 1) }));
  const probe = byId.get(market.items[2].id);
  if (
    !seen.has(probe.id) &&
    matches(probe, query) &&
    !skipped.has(probe.id) &&
    !list.some((entry) => entry.item === probe) &&
    list.length >= 6
  ) {
    list.splice(5, 1, { item: probe, score: 0.5, propensity: 0.1, explanation: explain(probe, past, locale, false) });
  }
  return say({
    request: `r${++requests}`,
    user: user.id,
    personal: mine.length > 0,
    versions: { hybrid: 'v1' },
    items: list,
  });
}

function search(query, picture) {
  const words = (query.get('q') ?? '').trim().toLowerCase();
  if (!words && !picture) return fault(400, 'invalid_input', 'q: give some words to search for');
  const hits = market.items
    .filter((item) => matches(item, query))
    .map((item, i) => {
      const by = [];
      const text = `${item.title} ${item.texts['title:zh'] ?? ''}`.toLowerCase();
      if (words && [item.title, item.texts['title:zh']].some((title) => title?.toLowerCase() === words))
        by.push('title');
      if (words && (text + item.description.toLowerCase()).includes(words)) by.push('words');
      if (words && i % 9 === words.length % 9) by.push('text');
      if (picture && i % 4 === 0) by.push(picture);
      return { item, score: by.length + (by[0] === 'title' ? 9 : 0) + 1 / (i + 2), matched_by: by };
    })
    .filter((hit) => hit.matched_by.length)
    .sort((a, b) => b.score - a.score)
    .slice(0, Number(query.get('n') ?? 20));
  return say({ hits });
}

function addEvents(body) {
  let added = 0;
  const rejected = [];
  for (const [index, event] of body.events.entries()) {
    if (!market.users.some((user) => user.id === event.user))
      rejected.push({ index, field: 'user', message: 'no such user' });
    else if (!event.id || !events.some((other) => other.id === event.id)) {
      events.push({ time: new Date().toISOString(), ...event });
      added++;
    }
  }
  return say({ added, unchanged: body.events.length - added - rejected.length, rejected });
}

function ask(question) {
  const { user } = question;
  const strange = Object.keys(question).find((name) => !['question', 'user', 'session'].includes(name));
  if (strange) return fault(400, 'invalid_input', `question: ${strange}: no such field`);
  if (!question.question?.trim()) return fault(400, 'invalid_input', 'the question is empty');
  if (user && !market.users.some(({ id }) => id === user)) return fault(404, 'not_found', `no user '${user}'`);
  return say(answerTo(question, market.items));
}

// What each operation knows, as in api/openapi.yaml: other parameters are errors there too.
const parameters = {
  recommendations: ['n', 'locale', 'kind', 'category', 'recommender', 'exclude', 'explain'],
  similar: ['n', 'locale'],
  search: ['q', 'n', 'kind', 'category', 'language', 'min_price', 'max_price'],
  items: ['offset', 'limit', 'kind', 'category', 'hidden'],
  users: ['offset', 'limit'],
  events: ['limit'],
};

function strange(path, query) {
  const known = parameters[path.split('/').filter(Boolean).at(-1)] ?? [];
  return [...query.keys()].find((name) => !known.includes(name));
}

const keptLists = [
  ...['items', 'users', 'hits', 'events', 'rejected', 'facts'],
  ...['results', 'values', 'triples', 'documents', 'keywords', 'tags'],
];

// The server leaves out fields without a value.
function lean(value) {
  if (Array.isArray(value)) return value.map(lean);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).map(([name, inner]) => [
    name,
    name === 'job' || name === 'items' ? inner && lean(inner) : lean(inner),
  ]);
  const hollow = (inner) =>
    inner === '' || inner === false || (inner !== null && typeof inner === 'object' && Object.keys(inner).length === 0);
  return Object.fromEntries(
    kept.filter(
      ([name, inner]) =>
        name === 'personal' || (Array.isArray(value[name]) && keptLists.includes(name)) || !hollow(inner),
    ),
  );
}

function answer(method, path, query, body, type) {
  const [first, id, third] = path.split('/').filter(Boolean);
  if (first === 'state') {
    if (job) job.done = Math.min(job.total, job.done + 170);
    const running = job && job.done < job.total ? job : null;
    return say({
      simulated: true,
      users: market.users.length,
      items: market.items.length,
      events: events.length,
      vectors: { text: 60, image: 60, audio: 60 },
      models: { hybrid: 'v1' },
      job: running,
    });
  }
  const page = (list) =>
    list.slice(Number(query.get('offset') ?? 0), Number(query.get('offset') ?? 0) + Number(query.get('limit') ?? 50));
  if (first === 'users' && !id) return say({ users: page(market.users), total: market.users.length });
  if (first === 'users') {
    const user = market.users.find((other) => other.id === decodeURIComponent(id));
    if (method === 'PUT' && !user) {
      market.users.push({ ...JSON.parse(body), id: decodeURIComponent(id) });
      return { status: 201, value: market.users.at(-1) };
    }
    if (!user) return fault(404, 'not_found', `no user ${id}`);
    if (!third) return say(user);
    if (third === 'events')
      return say({
        events: events
          .filter((event) => event.user === user.id)
          .reverse()
          .slice(0, Number(query.get('limit') ?? 50)),
      });
    return recommend(user, query);
  }
  if (first === 'items' && !id) {
    const list = market.items.filter((item) => matches(item, query));
    return say({ items: page(list), total: list.length });
  }
  if (first === 'items') {
    const item = byId.get(decodeURIComponent(id));
    if (method === 'PUT' && !item) {
      const made = complete({ ...JSON.parse(body), id: decodeURIComponent(id) });
      market.items.push(made);
      byId.set(made.id, made);
      return { status: 201, value: made };
    }
    if (!item) return fault(404, 'not_found', `no item ${id}`);
    if (!third) return say(item);
    if (third === 'digest') return say(digestOf(item));
    const near = market.items
      .filter((other) => other !== item && (other.categories[0] === item.categories[0] || other.kind === item.kind))
      .slice(0, Number(query.get('n') ?? 8));
    return say({
      items: near.map((other) => ({
        item: other,
        score: 0.8,
        explanation: explain(other, [item], query.get('locale'), false),
      })),
    });
  }
  if (first === 'events' && method === 'POST') return addEvents(JSON.parse(body));
  if (first === 'ask') return ask(JSON.parse(body));
  if (first === 'search') return search(query, method === 'POST' ? (type.startsWith('audio') ? 'audio' : 'image') : '');
  return fault(404, 'not_found', `no ${path}`);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://mock');
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (url.pathname.startsWith('/api/v1/media/')) {
      const found = market.media.get(url.pathname.slice(14));
      if (found) return sendBytes(request, response, found.bytes, found.mime, 'public, max-age=31536000, immutable');
    }
    if (url.pathname.startsWith('/api/v1/')) {
      const wrong = strange(url.pathname.slice(7), url.searchParams);
      const result = wrong
        ? fault(400, 'invalid_input', `${wrong}: no such parameter`)
        : answer(
            request.method,
            url.pathname.slice(7),
            url.searchParams,
            Buffer.concat(chunks),
            request.headers['content-type'] ?? '',
          );
      if (url.pathname === '/api/v1/ask' && result.status === 200 && request.headers.accept === 'text/event-stream')
        return streamAnswer(response, result.value);
      return setTimeout(
        () =>
          response
            .writeHead(result.status, { 'Content-Type': 'application/json' })
            .end(JSON.stringify(lean(result.value))),
        Number(process.env.MOCK_DELAY ?? 60),
      );
    }
    return sendPage(request, response, url.pathname);
  });
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () =>
  console.log(`Medley listens on http://127.0.0.1:${server.address().port}`),
);
