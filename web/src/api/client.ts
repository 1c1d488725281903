import type {
  EventReport,
  Explanation,
  Fact,
  Item,
  Locale,
  Media,
  Recommendations,
  RecommendedItem,
  SearchHit,
  ServerState,
  User,
  UserEvent,
} from './types';

/** What went wrong with a request. `status` 0: the server was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Whether the same request may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

const base = '/api/v1';
export const patienceMs = 30_000;

type Query = Record<string, string | number | boolean | undefined>;

export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const tail = parameters.toString();
  return `${base}${path}${tail ? `?${tail}` : ''}`;
}

export async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    throw new ApiError(response.status || 500, 'unreadable', 'The answer could not be read.');
  }
  if (response.ok) return body;
  const error = (body as { error?: { code?: string; message?: string } } | null)?.error;
  throw new ApiError(response.status, error?.code ?? 'unknown', error?.message ?? `HTTP ${response.status}`);
}

export async function ask(path: string, options: RequestInit = {}, signal?: AbortSignal): Promise<unknown> {
  const patience = AbortSignal.timeout(patienceMs);
  const signals = signal ? AbortSignal.any([signal, patience]) : patience;
  let response: Response;
  try {
    response = await fetch(path, {
      ...options,
      signal: signals,
      headers: { Accept: 'application/json', ...options.headers },
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', error instanceof Error ? error.message : String(error));
  }
  return answerOf(response);
}

export function json(method: string, body: unknown): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}

export const list = <T>(value: T[] | undefined): T[] => (Array.isArray(value) ? value : []);

export function completeMedia(media: Partial<Media>): Media {
  return { modality: 'image', hash: '', mime: '', width: 0, height: 0, duration_s: 0, ...media };
}

export function completeItem(item: Partial<Item>): Item {
  return {
    id: item.id ?? '',
    kind: item.kind ?? '',
    title: item.title ?? '',
    description: item.description ?? '',
    texts: item.texts ?? {},
    language: item.language ?? '',
    categories: list(item.categories),
    tags: list(item.tags),
    attributes: item.attributes ?? {},
    media: list(item.media).map(completeMedia),
  };
}

function completeFact(fact: Partial<Fact>): Fact {
  const empty = {
    item_id: '',
    item_title: '',
    action: '',
    space: '',
    attribute: '',
    value: '',
    count: 0,
    contribution: 0,
  };
  return { kind: 'popularity', ...empty, ...fact };
}

function completeExplanation(explanation: Partial<Explanation> | undefined): Explanation | null {
  if (!explanation?.sentence && !explanation?.facts?.length) return null;
  return {
    sentence: explanation.sentence ?? '',
    locale: explanation.locale ?? '',
    author: explanation.author ?? 'template',
    facts: list(explanation.facts).map(completeFact),
  };
}

function completeRecommended(entry: Partial<RecommendedItem>): RecommendedItem {
  return {
    item: completeItem(entry.item ?? {}),
    score: entry.score ?? 0,
    propensity: entry.propensity ?? 0,
    explanation: completeExplanation(entry.explanation ?? undefined),
  };
}

function completeUser(user: Partial<User>): User {
  return { id: user.id ?? '', labels: user.labels ?? {}, locale: user.locale ?? '' };
}

export const mediaAddress = (hash: string): string => `${base}/media/${encodeURIComponent(hash)}`;

export async function getState(): Promise<ServerState> {
  const state = (await ask(address('/state'))) as Partial<ServerState>;
  const counts = { users: 0, items: 0, events: 0 };
  return { simulated: false, vectors: {}, models: {}, job: null, ...counts, ...state };
}

export async function listUsers(offset: number, limit: number): Promise<{ users: User[]; total: number }> {
  const page = (await ask(address('/users', { offset, limit }))) as { users?: Partial<User>[]; total?: number };
  return { users: list(page.users).map(completeUser), total: page.total ?? 0 };
}

export async function getUser(id: string): Promise<User> {
  return completeUser((await ask(address(`/users/${encodeURIComponent(id)}`))) as Partial<User>);
}

export async function putUser(user: { id: string; locale: string }): Promise<User> {
  const body = { locale: user.locale, labels: {} };
  return completeUser(
    (await ask(address(`/users/${encodeURIComponent(user.id)}`), json('PUT', body))) as Partial<User>,
  );
}

export async function listUserEvents(id: string, limit: number): Promise<UserEvent[]> {
  const path = address(`/users/${encodeURIComponent(id)}/events`, { limit });
  return list(((await ask(path)) as { events?: UserEvent[] }).events);
}

export interface RecommendationQuery {
  n: number;
  locale: Locale;
  kind?: string;
  category?: string;
  exclude?: string[];
}

export async function recommend(
  user: string,
  query: RecommendationQuery,
  signal?: AbortSignal,
): Promise<Recommendations> {
  const exclude = query.exclude?.map((id) => id.replaceAll(',', '%2C')).join(',');
  const path = address(`/users/${encodeURIComponent(user)}/recommendations`, { ...query, exclude, explain: true });
  const answer = (await ask(path, {}, signal)) as Partial<Recommendations>;
  return {
    request: answer.request ?? '',
    user: answer.user ?? user,
    personal: answer.personal ?? false,
    versions: answer.versions ?? {},
    items: list(answer.items).map(completeRecommended),
  };
}

export async function listItems(query: {
  offset?: number;
  limit: number;
  kind?: string;
  category?: string;
}): Promise<{ items: Item[]; total: number }> {
  const page = (await ask(address('/items', query))) as { items?: Partial<Item>[]; total?: number };
  return { items: list(page.items).map(completeItem), total: page.total ?? 0 };
}

export async function getItem(id: string): Promise<Item> {
  return completeItem((await ask(address(`/items/${encodeURIComponent(id)}`))) as Partial<Item>);
}

export async function similarItems(id: string, n: number, locale: Locale): Promise<RecommendedItem[]> {
  const path = address(`/items/${encodeURIComponent(id)}/similar`, { n, locale });
  return list(((await ask(path)) as { items?: Partial<RecommendedItem>[] }).items).map(completeRecommended);
}

export interface SearchFilter {
  n: number;
  kind?: string;
  category?: string;
  min_price?: number;
  max_price?: number;
}

/** By words, or by a picture or sound with words added to it where `words` is not empty. */
export async function search(
  words: string,
  file: File | null,
  filter: SearchFilter,
  signal?: AbortSignal,
): Promise<SearchHit[]> {
  const path = address('/search', { q: words, ...filter });
  const options: RequestInit = file ? { method: 'POST', body: file, headers: { 'Content-Type': file.type } } : {};
  const answer = (await ask(path, options, signal)) as { hits?: Partial<SearchHit>[] };
  return list(answer.hits).map((hit) => ({
    item: completeItem(hit.item ?? {}),
    score: hit.score ?? 0,
    matched_by: list(hit.matched_by),
  }));
}

export async function postEvents(events: UserEvent[]): Promise<EventReport> {
  const report = (await ask(address('/events'), {
    ...json('POST', { events }),
    keepalive: events.length <= 50,
  })) as Partial<EventReport>;
  return { added: report.added ?? 0, unchanged: report.unchanged ?? 0, rejected: list(report.rejected) };
}

/** For a page that is being left: true where the browser took the events. */
export function beaconEvents(events: UserEvent[]): boolean {
  return navigator.sendBeacon(address('/events'), new Blob([JSON.stringify({ events })], { type: 'application/json' }));
}
