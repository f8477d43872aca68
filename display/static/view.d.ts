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

export interface Cue {
  id: string;
  call: string;
  times: number;
}

export interface BoardView {
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
}
