/** The view model of the board page; the same shape as display/view.py, compared by a test. */

export interface CallRow {
  call: string;
  ticket: string;
  counter: string;
  about: string;
  state: string;
  words: string;
  times: number;
}

export interface QueueRow {
  code: string;
  letter: string;
  name: string;
  detail: string;
  counters: string;
  state: string;
  main: string;
  sub: string;
  tag: string;
}

export interface Fact {
  kind: string;
  label: string;
  text: string;
  note: string;
  parts: string[];
  example: boolean;
  large: boolean;
}

export interface Slide {
  key: string;
  item: string;
  name: string;
  department: string;
  facts: Fact[];
  kinds: string[];
  revision: string;
  qr: string;
}

export interface Promo {
  key: string;
  kind: string;
  title: string;
  text: string;
  src: string;
  seconds: number;
}

export interface LeaderRow {
  key: string;
  department: string;
  post: string;
  place: string;
}

export interface WallItem {
  code: string;
  name: string;
  department: string;
  department_name: string;
  revision: string;
  facts: Fact[];
  more: Fact[];
  qr: string;
  find: string;
}

export interface WallDepartment {
  code: string;
  name: string;
  count: number;
}

export interface Wall {
  key: string;
  touch: boolean;
  departments: WallDepartment[];
  items: WallItem[];
}

export interface OwnCounter {
  number: string;
  name: string;
  department: string;
  queues: string;
  clerk: string;
  state: string;
  ticket: string;
  call: string;
  times: number;
  words: string;
  more: string;
}

export interface GuideRow {
  code: string;
  counter: string;
  department: string;
  about: string;
  state: string;
  main: string;
  sub: string;
}

export interface GuideZone {
  code: string;
  name: string;
  floor: string;
  waiting: number;
  rows: GuideRow[];
}

export interface Guide {
  zones: GuideZone[];
  qr: string;
}

export interface Cue {
  id: string;
  call: string;
  times: number;
}

export interface BoardView {
  role: string;
  theme: string;
  regions: string[];
  logo: string;
  screen_inch: number;
  distance_m: number;
  state: string;
  problem: string;
  hall: string;
  zone: string;
  date: string;
  weekday: string;
  time: string;
  seconds: string;
  now_ms: number;
  utc_offset_s: number;
  truth_ms: number | null;
  truth_time: string;
  seq: number;
  day: string;
  day_words: string;
  welcome: string[];
  calls: CallRow[];
  queues: QueueRow[];
  waiting: number;
  slide: Slide | null;
  notice: string;
  notice_place: string;
  emergency: string;
  cues: Cue[];
  rows: number;
  orientation: string;
  speaking: string;
  test: string;
  test_name: string;
  promotion: Promo[];
  leaders: LeaderRow[];
  wall: Wall | null;
  own: OwnCounter | null;
  guide: Guide | null;
}
