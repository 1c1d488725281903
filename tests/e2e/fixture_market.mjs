// A small made-up market for developing the page without the server: pictures drawn here, tones synthesised here. Never shipped.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const kinds = {
  goods: {
    categories: ['kitchen', 'garden', 'outdoor'],
    titles: [
      ['Enamel kettle, 1.2 litres', '珐琅水壶 1.2 升'],
      ['Linen apron with deep pockets', '深口袋亚麻围裙'],
      ['Walnut chopping board', '胡桃木砧板'],
      ['Folding camp stove', '折叠露营炉'],
      ['Hand-thrown tea bowl', '手工茶碗'],
      ['Wool picnic blanket', '羊毛野餐毯'],
    ],
    size: [480, 480],
  },
  song: {
    categories: ['ambient', 'jazz', 'folk'],
    titles: [
      ['Slow Tide', '慢潮'],
      ['Paper Lanterns', '纸灯笼'],
      ['Northbound at Dawn', '黎明北行'],
      ['The Orchard Waltz', '果园圆舞曲'],
      ['Copper Rain', '铜雨'],
      ['Letters Never Sent', '未寄的信'],
    ],
    size: [480, 480],
  },
  film: {
    categories: ['comedy', 'thriller', 'documentary'],
    titles: [
      ['The Lighthouse Keeper’s Daughter', '灯塔守护人的女儿'],
      ['Eleven Minutes to Midnight', '午夜前十一分钟'],
      ['A Field Guide to Clouds', '云的野外指南'],
      ['Somebody Feed the Cat', '谁来喂猫'],
      ['Under the Salt Flats', '盐滩之下'],
      ['The Last Ferry', '末班渡轮'],
    ],
    size: [640, 360],
  },
  news: {
    categories: ['science', 'city', 'sport'],
    titles: [
      ['Tram line reopens after two years of works along the harbour', '港口电车线停运两年后恢复通车'],
      ['Researchers map the songs of migrating whales', '研究人员绘制迁徙鲸鱼的歌声图谱'],
      ['Underdogs take the regional cup in the final minute', '黑马球队最后一分钟夺得地区杯'],
      ['A quieter night sky: town switches off half its lamps', '更安静的夜空：小镇关闭一半路灯'],
      ['River clean-up brings otters back to the old mill', '河道治理后水獭重返老磨坊'],
      ['Library extends opening hours into the night', '图书馆延长夜间开放时间'],
    ],
    size: [640, 400],
  },
  post: {
    categories: ['travel', 'cooking', 'pets'],
    titles: [
      ['Three days on the coast path, one pair of dry socks', '海岸小径三日，一双干袜子'],
      ['My sourdough finally rose', '我的酸面包终于发起来了'],
      ['He has learnt to open the fridge', '它学会了开冰箱'],
      ['Found this view by taking the wrong bus', '坐错车遇见的风景'],
      ['Dumplings for thirty people: what I learnt', '三十人份饺子：我学到的事'],
      ['First snow, first zoomies', '初雪，初次撒欢'],
    ],
    size: [480, 540],
  },
};
const categoryZh = {
  kitchen: '厨房',
  garden: '园艺',
  outdoor: '户外',
  ambient: '氛围',
  jazz: '爵士',
  folk: '民谣',
  comedy: '喜剧',
  thriller: '惊悚',
  documentary: '纪录片',
  science: '科学',
  city: '城市',
  sport: '体育',
  travel: '旅行',
  cooking: '烹饪',
  pets: '宠物',
};

function generator(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function colour(hue, saturation, lightness) {
  const channel = (offset) => {
    const k = (offset + hue / 30) % 12;
    return lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [channel(0) * 255, channel(8) * 255, channel(4) * 255];
}

function png(width, height, pixel) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = pixel(x, y);
      rows.set([r, g, b], y * (width * 3 + 1) + 1 + x * 3);
    }
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32 ? crc32(body) : crcOf(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crcOf(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Hills under a sun, or discs: the hue says the category. */
export function drawPicture(width, height, hue, seed) {
  const random = generator(seed);
  const sun = { x: random() * width, y: height * (0.2 + random() * 0.25), r: height * (0.08 + random() * 0.12) };
  const hills = [0.55, 0.68, 0.82].map((level, i) => ({
    level: level * height,
    amplitude: height * (0.04 + random() * 0.08),
    wave: width / (1 + random() * 2),
    phase: random() * 6,
    tint: colour((hue + 20 * i) % 360, 0.5, 0.5 - 0.13 * i),
  }));
  const top = colour((hue + 330) % 360, 0.55, 0.86);
  const bottom = colour((hue + 30) % 360, 0.75, 0.72);
  const glow = colour((hue + 40) % 360, 0.95, 0.92);
  return png(width, height, (x, y) => {
    for (let i = hills.length - 1; i >= 0; i--) {
      const hill = hills[i];
      if (y > hill.level + Math.sin((x / hill.wave) * 6.283 + hill.phase) * hill.amplitude) return hill.tint;
    }
    if ((x - sun.x) ** 2 + (y - sun.y) ** 2 < sun.r ** 2) return glow;
    const t = y / height;
    return top.map((channel, i) => channel * (1 - t) + bottom[i] * t);
  });
}

function tone(seed, seconds = 3, rate = 16000) {
  const random = generator(seed);
  const base = 160 + random() * 240;
  const samples = Math.round(seconds * rate);
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(samples * 2, 40);
  const notes = Array.from({ length: 9 }, () => base * [1, 1.125, 1.25, 1.5, 1.667][Math.floor(random() * 5)]);
  const loudness = notes.map(() => 0.3 + random() * 0.7);
  for (let i = 0; i < samples; i++) {
    const t = i / rate;
    const note = Math.min(8, Math.floor(t * 3));
    const fade = Math.exp(-3 * (t * 3 - note)) * loudness[note];
    data.writeInt16LE(Math.round(12000 * fade * Math.sin(2 * Math.PI * notes[note] * t)), 44 + i * 2);
  }
  return data;
}

function clips(count) {
  const folder = mkdtempSync(join(tmpdir(), 'medley-clip-'));
  const made = [];
  try {
    for (let i = 0; i < count; i++) {
      const path = join(folder, `${i}.mp4`);
      const picture = `gradients=s=640x360:r=24:d=4:seed=${i + 7}:speed=0.04:c0=0x${(0x3366aa + i * 4321).toString(16)}:c1=0xee8844`;
      const sound = `sine=frequency=${220 + i * 60}:duration=4`;
      execFileSync('ffmpeg', [
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        picture,
        '-f',
        'lavfi',
        '-i',
        sound,
        '-shortest',
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-pix_fmt',
        'yuv420p',
        '-c:a',
        'aac',
        '-movflags',
        '+faststart',
        path,
      ]);
      made.push(readFileSync(path));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return made;
}

/** `{items, users, media}`: media by hash, as the server keeps them. */
export function drawMarket({ items: itemCount = 60, users: userCount = 20 } = {}) {
  const media = new Map();
  const keep = (modality, mime, bytes, more) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    media.set(hash, { bytes, mime });
    return { modality, hash, mime, ...more };
  };
  const films = clips(3);
  const items = [];
  const names = Object.keys(kinds);
  for (let i = 0; i < itemCount; i++) {
    const kind = names[i % names.length];
    const { categories, titles, size } = kinds[kind];
    const n = Math.floor(i / names.length);
    const category = categories[n % categories.length];
    const [title, titleZh] = titles[n % titles.length];
    const part = n >= titles.length ? ` No. ${Math.floor(n / titles.length) + 1}` : '';
    const hue = (names.indexOf(kind) * 72 + (n % 3) * 110) % 360;
    const [width, height] = size;
    const list = [keep('image', 'image/png', drawPicture(width, height, hue, i + 1), { width, height, duration_s: 0 })];
    list.push(keep('audio', 'audio/wav', tone(i + 1), { width: 0, height: 0, duration_s: 3 }));
    if (kind === 'film')
      list.push(keep('video', 'video/mp4', films[n % films.length], { width: 640, height: 360, duration_s: 4 }));
    const attributes =
      kind === 'goods'
        ? { price: 12 + ((i * 37) % 90) + 0.5, colour: 'teal', material: 'wood' }
        : kind === 'song'
          ? { artist: 'Ida & the Harbour', mood: 'calm', year: 1990 + (i % 34) }
          : kind === 'film'
            ? { director: 'M. Okafor', year: 1980 + (i % 44) }
            : kind === 'news'
              ? { source: 'The Harbour Post' }
              : { author: '@willow' };
    items.push({
      id: `${kind}-${String(i).padStart(5, '0')}`,
      kind,
      title: title + part,
      description: `${title} — a simulated ${kind} in ${category}. Made up by code so that the page has something to show, with a picture and a short sound.`,
      texts: {
        'title:zh': titleZh + part.replace(' No. ', ' 之'),
        'description:zh': `${titleZh}——模拟的${categoryZh[category]}内容，由程序生成。`,
      },
      language: 'en',
      categories: [category],
      tags: [category, i % 2 ? 'calm' : 'lively', 'simulated'],
      attributes,
      created: 1700000000000 + i * 3600000,
      hidden: false,
      media: list,
    });
  }
  items[2].title = '<img src=x onerror=alert(1)>';
  items[2].texts = {};
  const users = Array.from({ length: userCount }, (_, i) => ({
    id: `u${String(i + 1).padStart(4, '0')}`,
    locale: i % 3 ? 'en' : 'zh',
    created: 1700000000000,
    consent: true,
    labels: { age: 18 + ((i * 7) % 50), mood: i % 2 ? 'calm' : 'curious' },
  }));
  return { items, users, media };
}
