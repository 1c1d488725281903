/** The shapes of api/openapi.yaml that the page reads. The server leaves out fields without a value; client.ts fills them in. */

export type Modality = 'text' | 'image' | 'audio' | 'video';
export type Locale = 'en' | 'zh';

export interface Media {
  modality: Modality;
  hash: string;
  mime: string;
  width: number;
  height: number;
  /** Seconds; 0: not known. */
  duration_s: number;
}

export type Attribute = number | string | boolean | string[];

export interface Item {
  id: string;
  kind: string;
  title: string;
  description: string;
  texts: Record<string, string>;
  language: string;
  categories: string[];
  tags: string[];
  attributes: Record<string, Attribute>;
  media: Media[];
}

export interface User {
  id: string;
  labels: Record<string, unknown>;
  locale: string;
}

export type FactKind = 'past_item' | 'similar' | 'attribute' | 'popularity' | 'new';

export interface Fact {
  kind: FactKind;
  item_id: string;
  item_title: string;
  /** What the user did with the past item, as events call it; empty: not said. */
  action: string;
  space: string;
  attribute: string;
  value: string;
  count: number;
  contribution: number;
}

export interface Explanation {
  sentence: string;
  locale: string;
  author: 'template' | 'model';
  facts: Fact[];
}

export interface RecommendedItem {
  item: Item;
  score: number;
  propensity: number;
  explanation: Explanation | null;
}

export interface Recommendations {
  request: string;
  user: string;
  personal: boolean;
  versions: Record<string, string>;
  items: RecommendedItem[];
}

export interface SearchHit {
  item: Item;
  score: number;
  matched_by: string[];
}

export interface Job {
  stage: string;
  done: number;
  /** 0: not known. */
  total: number;
}

export interface ServerState {
  simulated: boolean;
  users: number;
  items: number;
  events: number;
  vectors: Record<string, number>;
  models: Record<string, string>;
  job: Job | null;
}

export type EventType =
  | 'click'
  | 'browse'
  | 'favourite'
  | 'rating'
  | 'search'
  | 'comment'
  | 'image_view'
  | 'watch'
  | 'listen'
  | 'like'
  | 'share'
  | 'skip'
  | 'purchase';

export interface UserEvent {
  /** Makes sending it twice harmless. */
  id: string;
  user: string;
  item?: string;
  type: EventType;
  value?: number;
  text?: string;
  modality?: Modality;
  session?: string;
  request?: string;
  time?: string;
  context?: Record<string, string | number>;
}

export interface EventReport {
  added: number;
  unchanged: number;
  rejected: { index: number; field: string; message: string }[];
}

/** A thing of the knowledge graph. */
export interface GraphNode {
  name: string;
  /** An item's kind, or person, genre, year... */
  type: string;
  /** The item's id; empty: it is none. */
  item: string;
}

export interface TripleSource {
  /** "catalogue", or the file or model that it comes from. */
  source: string;
  /** null: not said. */
  confidence: number | null;
}

/** A statement of the knowledge graph, and who says so. */
export interface Triple {
  head: GraphNode;
  relation: string;
  tail: GraphNode;
  sources: TripleSource[];
}

export interface CitedDocument {
  document: string;
  title: string;
  heading: string;
  source: string;
  quote: string;
}

export interface AnswerResult {
  /** null: the result is a list of items. */
  about: GraphNode | null;
  values: GraphNode[];
  /** null: the question was not whether something is so. */
  holds: boolean | null;
}

export interface Answer {
  status: 'answered' | 'unknown';
  text: string;
  locale: string;
  author: 'template' | 'document' | 'model' | 'mixed';
  /** Why a language model did not say it, or not all of it; empty: it did, or was not asked. */
  quoted_because: string;
  /** Why there is no answer. */
  reason: string;
  results: AnswerResult[];
  items: GraphNode[];
  triples: Triple[];
  documents: CitedDocument[];
}

export interface DigestTag {
  tag: string;
  source: 'text' | 'image';
  model: string;
  probability: number;
}

/** What was made of an item's texts and pictures. */
export interface Digest {
  keywords: string[];
  summary: string;
  tags: DigestTag[];
}
