// What the fixture's server answers to questions, in the shapes and in the stream of api/openapi.yaml. Never shipped.
const sessions = new Map();
const chinese = (text) => /\p{Script=Han}/u.test(text.replaceAll(/[“《][^”》]*[”》]/g, ''));
const nodeOf = (item) => ({ name: item.title, type: item.kind, item: item.id });
const baseOf = (title) => title.replace(/ No\. \d+$/, '');

const relations = {
  director: { en: /direct/i, zh: /导演/, words: ['director', '导演'] },
  artist: { en: /artist/i, zh: /歌手/, words: ['artist', '歌手'] },
  author: { en: /author/i, zh: /作者/, words: ['author', '作者'] },
  year: { en: /year/i, zh: /哪一?年/, words: ['release year', '上映年份'] },
};
const policy = {
  document: 'returns.md',
  title: 'Returns and refunds',
  heading: 'Returns > How long you have',
  source: 'returns.md',
  quote: 'You can send anything back within 30 days. The refund comes within a week of the day it reached us.',
};

const triple = (item, relation, value) => ({
  head: nodeOf(item),
  relation,
  tail: { name: String(value), type: relation === 'year' ? 'year' : 'person' },
  sources:
    relation === 'year'
      ? [{ source: 'text:rules', confidence: 0.85, span: { item: item.id, field: 'description', begin: 0, end: 4 } }]
      : [{ source: 'catalogue' }],
});

/** Several items where the question does not say which of one name. */
function namedIn(question, items) {
  const named = items.filter(({ title }) => question.includes(baseOf(title)));
  const longest = Math.max(...named.map(({ title }) => (question.includes(title) ? title : baseOf(title)).length));
  return named.filter(({ title }) => (question.includes(title) ? title.length : baseOf(title).length) === longest);
}

const unknown = (zh, reason, why) => ({
  status: 'unknown',
  text: zh ? `我不知道：${why[1]}` : `I don't know: ${why[0]}`,
  author: 'template',
  reason,
});

function factsOf(item) {
  return Object.entries(item.attributes).filter(([name]) => Object.hasOwn(relations, name));
}

function valueAnswer(zh, relation, items) {
  const known = items.filter((item) => item.attributes[relation] !== undefined);
  const [word, wordZh] = relations[relation].words;
  if (known.length === 0)
    return unknown(zh, 'no_answer', [
      `no ${word} of “${items[0].title}” is recorded.`,
      `没有关于《${items[0].title}》的${wordZh}的记录。`,
    ]);
  return {
    status: 'answered',
    text: known
      .map((item) =>
        zh
          ? `《${item.title}》的${wordZh}是${item.attributes[relation]}。`
          : `The ${word} of “${item.title}”: ${item.attributes[relation]}.`,
      )
      .join(zh ? '' : ' '),
    author: 'template',
    intent: 'value',
    relation,
    results: known.map((item) => ({
      about: nodeOf(item),
      values: [triple(item, relation, item.attributes[relation]).tail],
    })),
    items: known.map(nodeOf),
    triples: known.map((item) => triple(item, relation, item.attributes[relation])),
  };
}

function aboutAnswer(zh, items) {
  const say = (item) =>
    factsOf(item).map(([name, value]) => `${relations[name].words[zh ? 1 : 0]}${zh ? '：' : ': '}${value}`);
  return {
    status: 'answered',
    text: items
      .map((item) =>
        zh ? `《${item.title}》：${say(item).join('；')}。` : `“${item.title}”: ${say(item).join('; ')}.`,
      )
      .join(zh ? '' : ' '),
    author: 'template',
    intent: 'about',
    results: items.map((item) => ({
      about: nodeOf(item),
      values: factsOf(item).map(([name, value]) => triple(item, name, value).tail),
    })),
    items: items.map(nodeOf),
    triples: items.flatMap((item) => factsOf(item).map(([name, value]) => triple(item, name, value))),
  };
}

function wishAnswer(zh, item, items) {
  const near = items.filter((other) => other !== item && other.kind === item.kind).slice(0, 8);
  const list = near.map(({ title }) => (zh ? `《${title}》` : `“${title}”`)).join(zh ? '、' : ', ');
  return {
    status: 'answered',
    text: zh ? `可以试试：${list}。` : `You could try ${list}.`,
    author: 'template',
    intent: 'wish',
    results: [{ values: near.map(nodeOf) }],
    items: near.map(nodeOf),
    triples: [],
  };
}

const documentAnswer = {
  status: 'answered',
  text: 'You have 30 days to send it back. The refund comes within a week of the day it reached us.',
  author: 'mixed',
  quoted_because: 'late',
  intent: 'document',
  documents: [policy],
  confidence: 0.9,
};

function find({ question, session }, items) {
  const zh = chinese(question);
  if (/return|send .* back/i.test(question)) return documentAnswer;
  if (/order \d+/i.test(question))
    return { ...unknown(zh, 'sign_in', []), text: 'Please sign in: I tell of orders only to whom they belong.' };
  const named = namedIn(question, items);
  const spoken = named.length > 0 ? named : (sessions.get(session) ?? []);
  if (named.length === 0 && /[“《]/.test(question))
    return unknown(zh, 'no_subject', ['nothing here is called so.', '这里没有叫这个名字的内容。']);
  const relation = Object.keys(relations).find(
    (name) => relations[name].en.test(question) || relations[name].zh.test(question),
  );
  const about = /about|介绍/i.test(question);
  const wish = /like|类似/i.test(question);
  if (!relation && !about && !wish)
    return unknown(zh, 'not_understood', [
      'I did not understand the question; please put it in other words.',
      '没有理解这个问题，请换一种说法。',
    ]);
  if (spoken.length === 0)
    return unknown(zh, 'no_context', ['please name the one you mean.', '请说出您指的是哪一个。']);
  if (session) sessions.set(session, spoken);
  if (relation) return valueAnswer(zh, relation, spoken);
  return about ? aboutAnswer(zh, spoken) : wishAnswer(zh, spoken[0], items);
}

/** The Answer to a Question. */
export function answerTo(question, items) {
  const empty = { results: [], items: [], triples: [], documents: [] };
  return { ...empty, ...find(question, items), locale: chinese(question.question) ? 'zh' : 'en' };
}

const restMs = 250;

/** Sentence by sentence, then everything, in pieces that end where it happens: within a line, within a character. */
export async function streamAnswer(response, answer) {
  let gone = false;
  response.on('close', () => {
    gone = true;
  });
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const send = async (text) => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length && !gone; at += 997) {
      response.write(bytes.subarray(at, at + 997));
      await new Promise((done) => setTimeout(done, 5));
    }
  };
  const event = (name, data) => send(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  await send(': the fixture thinks\n\n');
  for (const text of answer.text.split(/(?<=[.!?])(?= )|(?<=。)(?=.)/)) {
    await new Promise((done) => setTimeout(done, restMs));
    await event('text', { text });
  }
  await new Promise((done) => setTimeout(done, restMs));
  await event('answer', answer);
  response.end();
}

/** What `medley enrich` would have made of an item. */
export function digestOf(item) {
  const words = item.title.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
  const tags = words.map((tag) => ({ tag, source: 'text' }));
  const picture = item.media.find(({ modality }) => modality === 'image');
  if (picture && Number(item.id.slice(-1)) % 2 === 0)
    tags.push({ tag: 'landscape', source: 'image', model: 'fixture-net', probability: 0.64, picture: picture.hash });
  const summary = [item.description, item.texts['description:zh'] ?? ''].map((text) => text.split(/(?<=[.，])/)[0]);
  return { keywords: words, summary: summary.filter(Boolean).join('\n'), tags };
}
