/** Loudest sample of each of `bars` equal parts, 0 to 1, the loudest part being 1. All 0 for silence. */
export function peaksOf(samples: Float32Array, bars: number): number[] {
  const part = samples.length / bars;
  const peaks = Array.from({ length: bars }, (_, bar) => {
    let peak = 0;
    for (let i = Math.floor(bar * part); i < Math.floor((bar + 1) * part); i++)
      peak = Math.max(peak, Math.abs(samples[i] ?? 0));
    return peak;
  });
  const loudest = Math.max(...peaks);
  return loudest > 0 ? peaks.map((peak) => peak / loudest) : peaks;
}

/** Longer or larger sounds are drawn as an even line rather than decoded whole for their looks. */
const longestDrawnS = 60;
const largestDrawnBytes = 4_000_000;

export interface Shape {
  peaks: number[];
  seconds: number;
}

const known = new Map<string, Promise<Shape | null>>();

/** What a sound looks like, or null where it is too long or cannot be decoded. `durationS` 0: not known. */
export function loadShape(address: string, durationS: number, bars: number): Promise<Shape | null> {
  if (durationS > longestDrawnS) return Promise.resolve(null);
  let found = known.get(address);
  if (!found) {
    found = decode(address, bars).catch(() => null);
    known.set(address, found);
  }
  return found;
}

async function decode(address: string, bars: number): Promise<Shape> {
  const stop = new AbortController();
  const response = await fetch(address, { signal: stop.signal });
  const bytes = Number(response.headers.get('Content-Length') ?? 0);
  if (!response.ok || bytes > largestDrawnBytes) {
    stop.abort();
    throw new Error(`HTTP ${response.status}, ${bytes} bytes`);
  }
  const sound = await new OfflineAudioContext(1, 1, 22_050).decodeAudioData(await response.arrayBuffer());
  return { peaks: peaksOf(sound.getChannelData(0), bars), seconds: sound.duration };
}
