// Made from the Structs by `python -m server.kit.contract.reference --write`; edits here are lost.
// Moments are UTC text such as 2026-11-23T01:15:07.412Z; dates are hall-local.

// screens: What a hall tells its screens, its voice and its kiosks to be: frozen, without behaviour.

/** One language in which every call is spoken. */
export interface Spoken {
  /** `zh`, `en`, or the language of a voice pack. */
  readonly lang: string;
  /** Name of the voice pack 语音包; empty = the default of the language. */
  readonly pack: string;
}

/** A time of every day at which the voice is softer, or silent with volume 0. */
export interface QuietHours {
  readonly from_at: string;
  /** The first minute that is loud again; earlier than `from_at` = over midnight. */
  readonly to_at: string;
  /** Percent. */
  readonly volume: number;
}

/** How calls are spoken 语音叫号 in a zone. */
export interface ZoneVoice {
  /** Empty = every zone that has no entry of its own. */
  readonly zone: string;
  readonly on: boolean;
  /** Spoken one after the other, in this order, within one announcement. */
  readonly languages: readonly Spoken[];
  /** How often the whole is said; 1 while three or more others wait to be spoken. */
  readonly repeat: number;
  /** Silence between two announcements, and between two repetitions. */
  readonly gap_ms: number;
  readonly chime: boolean;
  /** Percent. */
  readonly volume: number;
  readonly quiet: readonly QuietHours[];
  /** How digits are read: `yao` 幺, `yi` 一, `whole` as one number 一百二十三. */
  readonly digits: string;
  /** A call that could not be spoken within so many seconds is shown only. */
  readonly max_age_s: number;
}

/** How kiosks 取号机 of the hall behave. */
export interface KioskRules {
  /** Without a touch for so long it asks 还在办理吗?. */
  readonly idle_s: number;
  /** The same in 大字 mode. */
  readonly idle_large_s: number;
  /** So long it asks before it goes home. */
  readonly ask_s: number;
  /** A longer estimated wait is said and asked about before the number is given. */
  readonly long_wait_min: number;
  /** The same by people ahead, where nothing honest can be said about minutes. */
  readonly long_ahead: number;
}

/** A notice 公告, shown from a moment to a moment; None = open on that side. */
export interface Post {
  readonly text: string;
  /** Empty = the whole hall. */
  readonly zone: string;
  readonly from_at: string | null;
  readonly to_at: string | null;
}

/** A picture, film or honour card 先进窗口 of the 宣传 region. */
export interface Media {
  /** Unguessable identity of 22 characters. */
  readonly uid: string;
  /** `picture`, `video`, `honour` or `logo`. */
  readonly kind: string;
  readonly title: string;
  /** An honour card's own words; what a picture or film shows, for those who cannot see it. */
  readonly text: string;
  /** SHA-256 of the file in hexadecimal, its name at `/media/{digest}`; empty without a file. */
  readonly digest: string;
  readonly mime: string;
  /** Bytes. */
  readonly size: number;
  /** So long a picture or card stands; a film plays to its end. */
  readonly seconds: number;
  /** Code of the zone 分区. */
  readonly zone: string;
  readonly from_at: string | null;
  readonly to_at: string | null;
}

/** An office-holder on duty 今日坐班领导, as the centre publishes the roster 政务公开. */
export interface DutyLeader {
  /** Hall-local. */
  readonly date: string;
  /** Code. */
  readonly department: string;
  /** `局长`, `副局长`, as on the roster; the centre decides whether the family name stands with it. It is published office, never a citizen. */
  readonly post: string;
  /** Where to find them: `2号窗口`, `二楼会商室`. */
  readonly place: string;
}

/** Opening hours of the hall on a weekday, 0 = Monday. */
export interface ServiceHours {
  readonly weekday: number;
  readonly from_at: string;
  readonly to_at: string;
}

/** What one screen shows and how; a county changes it without touching code. */
export interface Layout {
  /** `board` 综合屏, `disclosures` 五公开公示屏, `counter` 窗口屏, `guide` 导览屏 or `leaders` 今日坐班领导. */
  readonly role: string;
  /** Zones it shows; empty = the device's own, or the whole hall. */
  readonly zones: readonly string[];
  /** Code of the counter of a 窗口屏, a call pad or a rater. */
  readonly counter: string;
  /** Beside the calls of a 综合屏, which are always there: `queues`, `disclosures`, `promotion` 宣传, `leaders`, `notices`. */
  readonly regions: readonly string[];
  /** Calls on one page, the newest included; 0 = as many as there is room for. */
  readonly rows: number;
  /** `auto`, `landscape` or `portrait`. */
  readonly orientation: string;
  /** `hall` 深色 or `light` 浅色. */
  readonly theme: string;
  /** Digest of a logo among the media; empty = none. */
  readonly logo: string;
  /** true for a 五公开公示屏 on a touch table. */
  readonly touch: boolean;
  /** Diagonal of the picture. */
  readonly screen_inch: number;
  /** From the screen to the farthest seat; characters are at least distance ÷ 250 high (Chinese signage practice, *assumed*). */
  readonly distance_m: number;
  /** Whether this screen has a loudspeaker that may speak for its zones. */
  readonly voice: boolean;
  /** Codes of the counters whose call pads 呼叫器 hang on this box; their keys alone are obeyed. */
  readonly pads: readonly string[];
}

/** What a device is told to be; it asks `GET /api/v1/devices/me` after `device.assigned`. */
export interface DeviceSetup {
  /** Its uid. */
  readonly device: string;
  /** Raised by each change; send the one that was shown. */
  readonly version: number;
  readonly kind: string;
  /** The device's name 一楼大屏, given by staff. */
  readonly name: string;
  /** Code of the zone 分区. */
  readonly zone: string;
  readonly layout: Layout;
}

// paper: How a hall's slips 小票 look, and how it asks for identity: data that managers edit, frozen.

/** One part of a slip, from top to bottom. What is empty for a ticket is left out by itself. */
export interface SlipBlock {
  /** One of `SLIP_BLOCKS`. */
  readonly what: string;
  /** Times the size of running text, 1 to 8; printed smaller where it does not fit. */
  readonly size: number;
  /** Twice as high as wide. */
  readonly tall: boolean;
  /** At the left edge instead of centred. */
  readonly left: boolean;
  readonly bold: boolean;
  /** A blank line before it; where it is left out, before what comes next. */
  readonly gap: boolean;
  /** Own words, for `text`; the caption under a `qr`. */
  readonly text: string;
}

/** What stands on a slip; empty = the layout that ships with the product. */
export interface SlipLayout {
  readonly blocks: readonly SlipBlock[];
}

/** Taking a number with an identity card 实名取号. The card's number never leaves the kiosk. */
export interface RealName {
  /** Codes of the queues that ask for a card. */
  readonly queues: readonly string[];
  /** true where the hall gives no number without a card; otherwise 不刷身份证也能取号. */
  readonly required: boolean;
  /** Numbers of one queue that a person may take on a day; 0 = any, but one open at a time. */
  readonly a_day: number;
  /** Stands beside the reader, at most 80 characters. */
  readonly notice: string;
}

// devices: What hangs on a box, as the box tells the server: printers, bars, pads, readers. Frozen, staff only.

/** Something wrong with a part. */
export interface PartFault {
  /** As in a device's `faults`: `paper_out`, `silent`, `no_port`, `refused` ... */
  readonly code: string;
  /** UTC. */
  readonly since: string;
}

/** One attached device; sent with every acknowledgement of its box. */
export interface Part {
  /** Unchanging within the box: `printer`, `led:3`, `pad:3`, `reader`. */
  readonly key: string;
  /** `printer`, `led`, `pad`, `rater` or `reader`. */
  readonly role: string;
  /** For staff: `3号窗口条屏`. */
  readonly name: string;
  /** Id of its profile in `firmware_configs`. */
  readonly profile: string;
  readonly profile_name: string;
  /** How far the profile is proved, see `server.kit.serial.profiles.Verified`. */
  readonly verified: string;
  /** Address of its port. */
  readonly port: string;
  /** Code of its counter; empty = none. */
  readonly counter: string;
  /** The one to tell first before the others; `near_end` last. */
  readonly faults: readonly PartFault[];
  /** UTC: when it last proved that it did what it was told; empty = not since the box started. */
  readonly confirmed_at: string;
  /** How long that proof took; of a printer from the first byte to the proof. */
  readonly confirm_ms: number;
  /** Of a printer: what proves a slip, `process_id` … `none`. */
  readonly confirm_kind: string;
  /** Estimate of the paper left on the roll; -1 = no printer, or nobody said that a roll is new. */
  readonly paper_left_mm: number;
  readonly paper_roll_mm: number;
  /** Characters that it could not show lately; `〓` or `?` stood in their place. */
  readonly replaced: readonly string[];
}

/** The identity of a wish, and how far it is. */
export interface Asked {
  readonly ask: string;
  readonly state: string;
}

/** Something a device has yet to do, or has begun and not finished. */
export interface OpenAsk {
  readonly ask: string;
  /** `test_page`, `restart`, `new_roll`, `show_test` or `identify`. */
  readonly what: string;
  /** Key of the part that is meant; empty = the device itself. */
  readonly part: string;
  /** `asked` or `begun`. */
  readonly state: string;
  /** UTC. */
  readonly asked_at: string;
}

/** What staff asked of a device and is still open, oldest first. */
export interface OpenAsks {
  readonly asks: readonly OpenAsk[];
}

/** Something that needs a person now; staff only. */
export interface AlarmView {
  /** Device, part and fault. */
  readonly key: string;
  /** Uid of the device. */
  readonly device: string;
  /** The device's, or that of what hangs on it. */
  readonly name: string;
  readonly place: string;
  /** `缺纸`, `综合屏离线`, in words for staff. */
  readonly what: string;
  readonly to_do: string;
  /** UTC; empty when nobody knows. */
  readonly since: string;
  /** The same in hall time, with its date when it is not today. */
  readonly since_words: string;
  /** Whether the device goes on doing its work. */
  readonly mild: boolean;
  /** Work number of who has seen it; empty = nobody. */
  readonly known_by: string;
  readonly known_at: string;
}

/** What needs a person now: the greatest harm to citizens first, what is known already last. */
export interface Alarms {
  /** UTC. */
  readonly at: string;
  readonly alarms: readonly AlarmView[];
}

// views: Answers to questions: what kiosk, display and staff pages show. Frozen, without behaviour.

/** A promised or statutory limit 承诺时限 / 法定时限: a number and its unit, never one alone. */
export interface Limit {
  readonly n: number;
  /** `spot` 当场, `workday` 工作日, `day` 自然日, `month` 月, `none` 无时限. */
  readonly unit: string;
  readonly note: string;
  /** true when the value is a sample 示例, not the promise of a real centre. */
  readonly example: boolean;
}

/** What an item costs 收费标准. */
export interface Fee {
  readonly charged: boolean;
  readonly text: string;
  readonly basis: string;
  readonly example: boolean;
}

/** One paper the applicant brings 申报材料. */
export interface Material {
  readonly name: string;
  /** 原件, 复印件, 照片, 现场签署 ... or empty when the source does not say. */
  readonly form: string;
  readonly example: boolean;
}

/** The five disclosures 五公开 of one item in one revision. */
export interface DisclosureView {
  /** Code of the item 事项. */
  readonly item: string;
  /** Revision of the five disclosures, from 1. */
  readonly revision: number;
  readonly content: string;
  readonly steps: readonly string[];
  readonly materials: readonly Material[];
  readonly promised: Limit;
  readonly statutory: Limit;
  readonly fee: Fee;
  readonly legal_basis: readonly string[];
  readonly not_needed: readonly string[];
  readonly result: string;
  readonly validity: string;
  readonly published_at: string;
}

/** An item 事项 as a kiosk offers it. */
export interface CatalogueItem {
  readonly code: string;
  readonly name: string;
  readonly short_name: string;
  readonly department: string;
  /** Code of the queue. */
  readonly queue: string;
  /** `instant` 即办, `promised` 承诺, `joint` 联办. */
  readonly mode: string;
  readonly keywords: readonly string[];
  readonly common: boolean;
  readonly consult_only: boolean;
  readonly disclosure: DisclosureView | null;
  /** Empty = shown in Chinese. */
  readonly name_en: string;
}

/** A department 进驻单位 with its short name for buttons. */
export interface CatalogueDepartment {
  readonly code: string;
  readonly name: string;
  readonly short_name: string;
  readonly name_en: string;
}

/** A line of people: prefix, name and the counters that serve it. */
export interface CatalogueQueue {
  readonly code: string;
  readonly name: string;
  readonly prefix: string;
  readonly department: string;
  /** Code of the zone 分区. */
  readonly zone: string;
  readonly counters: readonly string[];
  readonly consult_only: boolean;
  readonly name_en: string;
}

/** A counter 窗口 as the public knows it. */
export interface CatalogueCounter {
  readonly code: string;
  readonly name: string;
  readonly department: string;
  /** Code of the zone 分区. */
  readonly zone: string;
  readonly name_en: string;
}

/** A part of the hall. */
export interface CatalogueZone {
  readonly code: string;
  readonly name: string;
  readonly floor: string;
  readonly name_en: string;
}

/** Everything a kiosk or display needs to know of the hall that changes seldom. ETag = digest. */
export interface Catalogue {
  /** Code of the hall. */
  readonly hall: string;
  readonly hall_name: string;
  /** Time zone of the hall: `Asia/Shanghai`. */
  readonly tz: string;
  /** Digest of the catalogue in force. */
  readonly digest: string;
  readonly zones: readonly CatalogueZone[];
  readonly departments: readonly CatalogueDepartment[];
  readonly queues: readonly CatalogueQueue[];
  readonly counters: readonly CatalogueCounter[];
  readonly items: readonly CatalogueItem[];
  /** Notices 公告 that stand always and everywhere, plain text; `posts` are all of them. */
  readonly notices: readonly string[];
  /** The hall's 过号 rule in one line, as printed on the slip. */
  readonly no_show_rule: string;
  /** Address that phones reach, without trailing slash; item pages are `{public_url}/g/{item}`. */
  readonly public_url: string;
  readonly hall_name_en: string;
  /** Whether the hall gives appointments 预约. */
  readonly appointments: boolean;
  readonly hours: readonly ServiceHours[];
  readonly posts: readonly Post[];
  readonly media: readonly Media[];
  readonly leaders: readonly DutyLeader[];
  readonly voice: readonly ZoneVoice[];
  readonly kiosk: KioskRules;
  /** Codes of the items taken most in the last weeks, most taken first; empty until enough were taken, and then the items' own `common` is what managers marked. */
  readonly common_items: readonly string[];
  readonly slip: SlipLayout;
  readonly real_name: RealName;
  /** The hall's telephone for complaints 投诉电话, as it is printed; empty = none is named. */
  readonly complaint_phone: string;
}

/** Everything that is printed on a slip 小票 and shown on the number page. */
export interface TicketSlip {
  /** Unguessable identity of 22 characters. */
  readonly uid: string;
  /** Number 票号 as printed: `A012`. */
  readonly number: string;
  /** Code of the queue. */
  readonly queue: string;
  /** Name of the queue. */
  readonly queue_name: string;
  /** Department's short name. */
  readonly department: string;
  /** Code of the item, empty when a queue was chosen without one. */
  readonly item: string;
  /** Name of the item. */
  readonly item_name: string;
  readonly hall_name: string;
  /** Waiting tickets 前面等候人数 in the same queue at issue. */
  readonly ahead: number;
  /** Lower end of the estimated wait in minutes; null when there is nothing honest to say. */
  readonly low_min: number | null;
  readonly high_min: number | null;
  /** Names of the counters that serve the queue, e.g. `3号窗口`. */
  readonly counters: readonly string[];
  /** UTC. */
  readonly issued_at: string;
  /** Hall time for paper: `2026-11-23 09:41`. */
  readonly issued_local: string;
  readonly no_show_rule: string;
  /** Address in the QR code: the ticket's own page, unguessable. */
  readonly url: string;
  /** One line: `承诺5个工作日·不收费`. */
  readonly promise: string;
  readonly consult_only: boolean;
  /** Name of the priority class 优先类别, empty for ordinary people. */
  readonly priority: string;
  /** true when the range is not yet learnt from the hall's own days: printed as 粗略. */
  readonly rough: boolean;
  /** 0 for the first slip, n for 补打 n. */
  readonly reprint: number;
}

/** A reprint 补打 that staff asked a kiosk for; fetched by the kiosk, answered by print-results. */
export interface SlipJob {
  readonly job: number;
  readonly slip: TicketSlip;
}

/** Whether a call reached people: how many screens should show it and how many said they did. */
export interface Heard {
  readonly call: string;
  /** 1 for the call, 2 and more for its recalls 重呼. */
  readonly times: number;
  /** Connected displays on which this call is to be seen: boards of the zone, the counter's own. */
  readonly screens: number;
  /** Displays that acknowledged this very call and repetition. */
  readonly shown: number;
  /** true when a display has spoken it, once to its end. */
  readonly spoken: boolean;
  /** true when five seconds have passed and no screen has acknowledged. */
  readonly late: boolean;
}

/** A ticket as its clerk sees it. */
export interface DeskTicket {
  /** Unguessable identity of 22 characters. */
  readonly uid: string;
  /** Number 票号 as printed: `A012`. */
  readonly number: string;
  /** Raised by each change; send the one that was shown. */
  readonly version: number;
  readonly state: string;
  /** Code of the queue. */
  readonly queue: string;
  /** Name of the queue. */
  readonly queue_name: string;
  /** Code of the item 事项. */
  readonly item: string;
  /** Name of the item. */
  readonly item_name: string;
  /** The item's handling mode `instant`, `promised`, `joint`; empty without an item. */
  readonly mode: string;
  /** Revision of the five disclosures that the citizen was shown; 0 without an item. */
  readonly revision: number;
  /** One line: `承诺5个工作日（示例）`; empty without an item. */
  readonly promise: string;
  /** One line: `不收费`; empty without an item. */
  readonly fee: string;
  readonly materials: readonly Material[];
  /** Name of the priority class; empty for ordinary people. */
  readonly priority: string;
  readonly priority_reason: string;
  readonly queued_at: string;
  readonly called_at: string | null;
  readonly serving_at: string | null;
  readonly left_at: string | null;
  readonly calls: number;
  readonly note: string;
  readonly transfers: number;
  readonly print_state: string;
  readonly print_fault: string;
}

/** A queue as a target of transfer and as a line of the counter. */
export interface DeskQueue {
  readonly code: string;
  readonly name: string;
  readonly department: string;
  /** Waiting tickets of the queue after this event. */
  readonly waiting: number;
  readonly open_counters: number;
  /** true when this counter serves it. */
  readonly here: boolean;
}

/** The counter of the page. */
export interface DeskCounter {
  readonly code: string;
  readonly name: string;
  readonly department: string;
  /** Code of the zone 分区. */
  readonly zone: string;
  readonly state: string;
  readonly reason: string;
  readonly until: string | null;
  /** Raised by each change; send the one that was shown. */
  readonly version: number;
  readonly clerk_label: string;
  readonly opened_at: string | null;
}

/** A kiosk that can print, for 补打. */
export interface DeskDevice {
  /** Unguessable identity of 22 characters. */
  readonly uid: string;
  readonly name: string;
  readonly online: boolean;
  /** Codes of the faults it reports, empty when well. */
  readonly faults: readonly string[];
}

/** A citizen at a kiosk is waiting for a person 找工作人员. */
export interface DeskHelp {
  /** Uid of the device. */
  readonly device: string;
  readonly name: string;
  readonly at: string;
}

/** All that the clerk's page 窗口终端 shows, in one answer. */
export interface DeskView {
  /** Code of the hall. */
  readonly hall: string;
  readonly hall_name: string;
  /** Time zone of the hall: `Asia/Shanghai`. */
  readonly tz: string;
  readonly seq: number;
  readonly now: string;
  /** Business day 营业日, hall-local. */
  readonly date: string;
  readonly day_state: string;
  readonly emergency: string | null;
  readonly clerk_label: string;
  /** Code of the counter 窗口. */
  readonly counter: DeskCounter;
  readonly current: DeskTicket | null;
  /** About the current ticket's last call; null when nothing is called. */
  readonly heard: Heard | null;
  /** Tickets finished at this counter today. */
  readonly done_today: number;
  /** Waiting in all queues that this counter serves. */
  readonly waiting_count: number;
  /** `queued_at` of the one who has waited longest. */
  readonly longest_since: string | null;
  /** The first 30 in the order in which they will be called here. */
  readonly waiting: readonly DeskTicket[];
  readonly held: readonly DeskTicket[];
  /** Those that may still be reinstated, newest first. */
  readonly no_shows: readonly DeskTicket[];
  /** All active queues of the hall. */
  readonly queues: readonly DeskQueue[];
  readonly counters: readonly CatalogueCounter[];
  readonly kiosks: readonly DeskDevice[];
  readonly help: readonly DeskHelp[];
  readonly min_calls: number;
  readonly recall_min_s: number;
  readonly pause_reasons: readonly string[];
  readonly hold_reasons: readonly string[];
}

/** The answer to a command of staff: what is true now of the ticket and the counter it met. */
export interface Done {
  /** uid; empty when no ticket was met. */
  readonly ticket: string;
  /** Number 票号 as printed: `A012`. */
  readonly number: string;
  readonly state: string;
  /** Raised by each change; send the one that was shown. */
  readonly version: number;
  /** Code of the counter 窗口. */
  readonly counter: string;
  readonly counter_version: number;
}

// board: The board: the public truth of a hall, and how each event changes it.

/** A queue as screens show it. */
export interface QueueLine {
  readonly code: string;
  /** Waiting tickets of the queue after this event. */
  readonly waiting: number;
  readonly issuing: boolean;
  readonly reason: string;
  readonly resumes_at: string | null;
  /** Typical service time in seconds. */
  readonly service_s: number;
  /** Estimated wait of a new number, as `queue.forecast` says it. */
  readonly low_min: number | null;
  readonly high_min: number | null;
  readonly rough: boolean;
}

/** A counter as screens show it. */
export interface CounterLine {
  readonly code: string;
  readonly name: string;
  /** Code of the zone 分区. */
  readonly zone: string;
  readonly state: string;
  readonly reason: string;
  readonly until: string | null;
  readonly clerk_label: string;
  /** Number 票号 as printed: `A012`. */
  readonly ticket: string | null;
}

/** A ticket that is at a counter now, called or being served. */
export interface CallLine {
  readonly call: string;
  /** Number 票号 as printed: `A012`. */
  readonly ticket: string;
  /** Code of the queue. */
  readonly queue: string;
  /** Code of the counter 窗口. */
  readonly counter: string;
  /** Name of the counter: `3号窗口`. */
  readonly counter_name: string;
  /** Code of the zone 分区. */
  readonly zone: string;
  /** 1 for the call, 2 and more for its recalls 重呼. */
  readonly times: number;
  /** `called` or `serving`. */
  readonly state: string;
  /** UTC time of the last call. */
  readonly called_at: string;
  readonly serving_at: string | null;
}

/** The public truth of a hall at event `seq`. */
export interface Board {
  /** Code of the hall. */
  readonly hall: string;
  readonly seq: number;
  /** Business day, hall-local. */
  readonly date: string;
  readonly day_state: string;
  /** Digest of the catalogue in force. */
  readonly digest: string;
  readonly emergency: string | null;
  /** By code. */
  readonly queues: readonly QueueLine[];
  /** By code. */
  readonly counters: readonly CounterLine[];
  /** Newest call first. */
  readonly calls: readonly CallLine[];
}

// messages: Every event that leaves the server, one frozen Struct each.

/** A number 票号 was given and waits. */
export interface TicketIssued {
  /** Number 票号 as printed: `A012`. */
  readonly ticket: string;
  /** Code of the queue. */
  readonly queue: string;
  /** Waiting tickets of the queue after this event. */
  readonly waiting: number;
}

/** A ticket is summoned to a counter; `times` > 1 is a recall 重呼 under the same `call`. */
export interface TicketCalled {
  /** Identity of the call, the same for its recalls. */
  readonly call: string;
  /** Number 票号 as printed: `A012`. */
  readonly ticket: string;
  /** Code of the queue. */
  readonly queue: string;
  /** Code of the counter 窗口. */
  readonly counter: string;
  /** Name of the counter: `3号窗口`. */
  readonly counter_name: string;
  /** Code of the zone 分区. */
  readonly zone: string;
  /** 1 for the call, 2 and more for its recalls 重呼. */
  readonly times: number;
  /** true when a voice should say it. */
  readonly speak: boolean;
  /** Waiting tickets of the queue after this event. */
  readonly waiting: number;
  /** true when the ticket comes back from hold 挂起 and did not leave the line. */
  readonly resumed: boolean;
}

/** The person is at the counter 办理中. */
export interface TicketServing {
  /** Number 票号 as printed: `A012`. */
  readonly ticket: string;
  /** Code of the counter 窗口. */
  readonly counter: string;
}

/** A ticket left the line or its counter. */
export interface TicketLeft {
  /** Number 票号 as printed: `A012`. */
  readonly ticket: string;
  /** Code of the queue. */
  readonly queue: string;
  /** Code of the counter 窗口. */
  readonly counter: string | null;
  /** `done`, `no_show`, `cancelled`, `expired` or `held`. */
  readonly reason: string;
  /** Waiting tickets of the queue after this event. */
  readonly waiting: number;
  /** The queue's typical service time in seconds after this event; null when unchanged. */
  readonly service_s: number | null;
}

/** A ticket waits again, keeping its number. */
export interface TicketRequeued {
  /** Number 票号 as printed: `A012`. */
  readonly ticket: string;
  /** Code of the queue. */
  readonly queue: string;
  /** The counter it left, null when it came back from 过号. */
  readonly counter: string | null;
  /** `transferred`, `reinstated` or `sent_back`. */
  readonly reason: string;
  /** Waiting tickets of the queue after this event. */
  readonly waiting: number;
  /** The queue whose counter it left. */
  readonly from_queue: string;
  /** Typical service time of `from_queue` in seconds after this event; null when unchanged. */
  readonly service_s: number | null;
}

/** What became of the paper. Staff only: it names the ticket's uid. */
export interface TicketPrinted {
  /** Unguessable identity of 22 characters. */
  readonly uid: string;
  /** Number 票号 as printed: `A012`. */
  readonly ticket: string;
  /** Uid of the device. */
  readonly device: string;
  /** `printed`, `failed` or `unknown`. */
  readonly state: string;
  /** Empty, or `paper_out`, `cover_open`, `cutter`, `jam`, `offline`, `silent`, `no_port`. */
  readonly fault: string;
}

/** A counter opened, paused or closed. */
export interface CounterChanged {
  /** Code of the counter 窗口. */
  readonly counter: string;
  /** `closed`, `open` or `paused`. */
  readonly state: string;
  /** Why it pauses, in the hall's words; empty when open or closed. */
  readonly reason: string;
  /** UTC time of the expected return. */
  readonly until: string | null;
  /** Work number 工号 shown to the public; never a name. */
  readonly clerk_label: string;
}

/** A queue began or stopped giving numbers. */
export interface QueueChanged {
  /** Code of the queue. */
  readonly queue: string;
  readonly issuing: boolean;
  /** Code of the refusal a citizen would get now; empty while issuing. */
  readonly reason: string;
  /** UTC time when numbers are given again, today or on a later day, if known. */
  readonly resumes_at: string | null;
  /** Waiting tickets of the queue after this event. */
  readonly waiting: number;
}

/** Items, queues or counters changed: fetch the catalogue of this digest. */
export interface CatalogueChanged {
  /** Digest of the catalogue in force. */
  readonly digest: string;
}

/** A revision of an item's five disclosures is in force. The event carries no text. */
export interface DisclosurePublished {
  /** Code of the item 事项. */
  readonly item: string;
  /** Revision of the five disclosures, from 1. */
  readonly revision: number;
  /** Digest of the catalogue in force. */
  readonly digest: string;
}

/** Notices 公告 changed: fetch the catalogue of this digest. */
export interface NoticeChanged {
  /** Digest of the catalogue in force. */
  readonly digest: string;
}

/** The estimated wait of whoever takes a number of the queue now. */
export interface QueueForecast {
  /** Code of the queue. */
  readonly queue: string;
  /** Minutes; null with `high_min` null when nothing honest can be said. */
  readonly low_min: number | null;
  /** Minutes; null while `low_min` is given = that long or longer. */
  readonly high_min: number | null;
  /** true while it is not yet learnt from the hall's own days: shown as 粗略. */
  readonly rough: boolean;
}

/** A device was told to be something else: it fetches its setup when the uid is its own. */
export interface DeviceAssigned {
  /** Uid of the device. */
  readonly device: string;
  /** Raised by each change; send the one that was shown. */
  readonly version: number;
}

/** A setting 设置 of the hall was changed; what it is stands in the history of settings. */
export interface SettingChanged {
  readonly key: string;
  /** Raised by each change; send the one that was shown. */
  readonly version: number;
}

/** A citizen searched at a kiosk in vain. What was typed is not in the event. */
export interface SearchMissed {
  /** Uid of the device. */
  readonly device: string;
}

/** The business day 营业日 opened, is closing or closed. On `open` the board starts empty. */
export interface HallDay {
  /** Business day 营业日, hall-local. */
  readonly date: string;
  /** `open`, `closing` or `closed`. */
  readonly state: string;
}

/** Emergency 紧急 on or off: every screen shows the text and nothing else. */
export interface HallEmergency {
  readonly on: boolean;
  readonly text: string;
}

/** A device came, went or reported a fault. */
export interface DeviceChanged {
  /** Uid of the device. */
  readonly device: string;
  readonly kind: string;
  readonly name: string;
  readonly online: boolean;
  /** Codes of the faults it reports, empty when well. */
  readonly faults: readonly string[];
}

/** Staff asked something of a device from afar; it fetches what it has yet to do. */
export interface DeviceAsked {
  /** Uid of the device. */
  readonly device: string;
  /** Identity of this wish. */
  readonly ask: string;
  /** `test_page`, `restart`, `new_roll`, `show_test` or `identify`. */
  readonly what: string;
  /** Key of the part that is meant, as in `Part.key`; empty = the device itself. */
  readonly part: string;
}

/** A device began what staff asked of it, or says what came of it. */
export interface DeviceAnswered {
  /** Uid of the device. */
  readonly device: string;
  readonly ask: string;
  /** `begun`, `done` or `failed`. */
  readonly state: string;
  /** Code of what came of it, such as a fault of the printer; empty = as expected. */
  readonly detail: string;
}

/** A citizen at a kiosk asks for a person 找工作人员. */
export interface HelpRequested {
  /** Uid of the device. */
  readonly device: string;
  readonly name: string;
  /** Code of the zone 分区. */
  readonly zone: string;
}

/** Somebody goes to the kiosk that asked. */
export interface HelpAnswered {
  /** Uid of the device. */
  readonly device: string;
}

/** Staff asked a kiosk to print a ticket again 补打; the kiosk fetches its jobs. */
export interface SlipRequested {
  /** Uid of the device. */
  readonly device: string;
  /** Number 票号 as printed: `A012`. */
  readonly ticket: string;
}

/** Stands in a public client's stream for an event that is for staff only, so no number lacks. */
export interface EventWithheld {
}

/** The data of each event by its type. */
export interface MessageByType {
  readonly "ticket.issued": TicketIssued;
  readonly "ticket.called": TicketCalled;
  readonly "ticket.serving": TicketServing;
  readonly "ticket.left": TicketLeft;
  readonly "ticket.requeued": TicketRequeued;
  readonly "ticket.printed": TicketPrinted;
  readonly "counter.changed": CounterChanged;
  readonly "queue.changed": QueueChanged;
  readonly "queue.forecast": QueueForecast;
  readonly "device.assigned": DeviceAssigned;
  readonly "setting.changed": SettingChanged;
  readonly "search.missed": SearchMissed;
  readonly "catalogue.changed": CatalogueChanged;
  readonly "disclosure.published": DisclosurePublished;
  readonly "notice.changed": NoticeChanged;
  readonly "hall.day": HallDay;
  readonly "hall.emergency": HallEmergency;
  readonly "device.changed": DeviceChanged;
  readonly "device.asked": DeviceAsked;
  readonly "device.answered": DeviceAnswered;
  readonly "help.requested": HelpRequested;
  readonly "help.answered": HelpAnswered;
  readonly "slip.requested": SlipRequested;
  readonly "event.withheld": EventWithheld;
}

/** An event with its place in the hall's gapless sequence. */
export type Envelope = {
  [K in keyof MessageByType]: {
    readonly v: 1;
    readonly hall: string;
    readonly seq: number;
    readonly at: string;
    readonly type: K;
    readonly data: MessageByType[K];
  };
}[keyof MessageByType];

/** The server's answer to a connection and to `sync`. */
export type Welcome = {
  readonly contract: number;
  readonly hall: string;
  readonly now: string;
} & (
  | { readonly mode: "replay"; readonly events: readonly Envelope[] }
  | { readonly mode: "snapshot"; readonly board: Board }
);

/** Sent to everybody every 2 s; freshness is counted from it. */
export interface Beat {
  readonly seq: number;
  readonly now: string;
}

/** The server ends the connection and says why. */
export interface Bye {
  readonly reason: "revoked" | "upgrade_needed" | "shutting_down";
}

/** Why a request was refused; the list is closed. */
export type ReasonCode =
  | "malformed"
  | "key_required"
  | "key_reused"
  | "method_not_allowed"
  | "not_found"
  | "too_many_requests"
  | "too_large"
  | "sign_in_required"
  | "wrong_credentials"
  | "locked_out"
  | "password_change_required"
  | "weak_password"
  | "csrf"
  | "forbidden"
  | "device_unknown"
  | "enrolment_invalid"
  | "hall_closed"
  | "lunch_break"
  | "stopped"
  | "queue_closed"
  | "quota_reached"
  | "numbers_used_up"
  | "day_closed"
  | "emergency"
  | "priority_reason_needed"
  | "identity_needed"
  | "identity_stale"
  | "number_open"
  | "day_limit"
  | "stale"
  | "wrong_state"
  | "nobody_waiting"
  | "counter_closed"
  | "counter_paused"
  | "counter_busy"
  | "no_ticket"
  | "counter_taken"
  | "clerk_elsewhere"
  | "not_your_counter"
  | "not_your_ticket"
  | "not_served_here"
  | "recall_too_soon"
  | "calls_too_few"
  | "reason_needed"
  | "target_unknown"
  | "same_queue"
  | "reinstate_too_late"
  | "reinstate_used_up"
  | "people_waiting"
  | "day_wrong_state"
  | "incomplete"
  | "already_exists"
  | "contract_too_old"
  | "busy"
  | "storage_full"
  | "unreachable"
  | "internal";

/** A refusal as HTTP answers it, `application/problem+json`. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: ReasonCode;
  /** What happened and what to do, in Chinese. */
  readonly detail: string;
  readonly detail_en: string;
  readonly context: Readonly<Record<string, unknown>>;
}
