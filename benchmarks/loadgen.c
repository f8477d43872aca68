/* The load generator: displays, kiosks, a clerk and an idle bystander in one epoll loop.
 *
 * One process on one core plays any mixture of
 *   listeners  --listeners N   Socket.IO clients over WebSocket that count and time `event`s
 *   broadcast  --window W      the first listener asks for broadcasts with `go`, W under way at once
 *   posters    --posters C     keep-alive HTTP connections that POST, each time with a new key;
 *                              as fast as they are answered, or --rate R of them per second
 *   caller     --calls FILE    one clerk who plays the steps of FILE again and again; from sending
 *                              the first step to each listener's event is one delivery
 *   echo       --echo HZ       one more Socket.IO client whose acknowledgement round trip is timed
 * and prints {"ready": true} when everybody is connected, then one line of JSON with the result.
 * Latencies are in milliseconds. With --rate a request's latency begins when it was due, not when a
 * connection became free, so a server that stalls cannot hide it.
 *
 * FILE of --calls: one step a line, `PATH<tab>BODY`; {ticket} and {version} stand for those in the
 * answer before. FILE of --bodies: one JSON body a line, taken in turn.
 * FILE of --auths: one Socket.IO auth payload a line, given to the listeners in turn.
 * FILE of --headers and --call-headers: HTTP header lines added to each request.
 */
#define _GNU_SOURCE
#include "net.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <signal.h>
#include <sys/epoll.h>

#define SECOND 1000000000LL
#define MAX_LINES 4096
#define MAX_SAMPLES (8u << 20)
#define NUMBERS (1u << 16)        /* broadcasts and echoes that can be told apart at one time */
#define CONNECTING_AT_ONCE 32     /* a thousand at once would only measure the accept queue */

enum kind { LISTENER, ECHO, POSTER, CALLER };
enum stage { UPGRADING, OPENING, JOINING, LIVE, GONE };

struct conn {
    int fd;
    enum kind kind;
    enum stage stage;
    bool busy, waits;
    int64_t sent_at;
    uint32_t seen; /* the last call that this listener was counted for */
    const char *auth;
    struct bytes in, out;
};

struct samples {
    float *ms;
    uint32_t n;
    uint64_t total;
};

static const char *namespace_ = "/", *path = "/", *event = "event", *match, *echo_event = "echo",
                  *echo_body = "{}", *headers = "", *call_headers = "";
static int port, listeners, window, posters, warmup_ms = 500, gap_ms = 20;
static double rate, echo_hz, seconds = 3;
static char *auths[MAX_LINES], *bodies[MAX_LINES], *steps[MAX_LINES];
static int n_auths, n_bodies, n_steps;

static struct conn *conns;
static int n_conns, live, loop;
static bool measuring;
static int64_t began, ends;
static char event_start[128], event_prefix[128];
static size_t event_start_len;
static struct samples deliveries, posts, echoes, answers;
static uint64_t ok, refused, failed, sent_posts, lost_calls, calls_done, broadcasts;
static uint64_t refused_steps, gone;
static uint32_t next_broadcast, next_echo;
static uint32_t arrived[NUMBERS];
static int64_t echo_sent[NUMBERS];
static int64_t first_post, next_call;

static struct {
    struct conn *c;
    int step, got;
    bool under_way, answered;
    uint32_t number;
    int64_t sent_at;
    char uid[64], version[24];
} call;

static void sample(struct samples *s, int64_t from, int64_t to) {
    if (!measuring) return;
    if (!s->ms && !(s->ms = malloc(MAX_SAMPLES * sizeof(float)))) die("malloc");
    s->total++;
    if (s->n < MAX_SAMPLES) s->ms[s->n++] = (float)((double)(to - from) / 1e6);
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void print_samples(const char *name, struct samples *s, double took) {
    if (s->n) qsort(s->ms, s->n, sizeof(float), by_size);
    printf("\"%s\":{\"count\":%llu,\"rate\":%.1f", name, (unsigned long long)s->total,
           (double)s->total / took);
    if (s->n)
        printf(",\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f", s->ms[s->n / 2],
               s->ms[(uint64_t)s->n * 99 / 100], s->ms[s->n - 1]);
    printf("},");
}

/* ---- sending ---- */

static void watch(struct conn *c, bool writable) {
    struct epoll_event e = {.events = EPOLLIN | (writable ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(loop, EPOLL_CTL_MOD, c->fd, &e);
    c->waits = writable;
}

static void leave(struct conn *c, const char *why) {
    if (c->stage == GONE) return;
    if (gone++ < 3) fprintf(stderr, "connection of kind %d ended: %s\n", (int)c->kind, why);
    if (c->stage == LIVE) live--;
    c->stage = GONE;
    close(c->fd);
}

static void flush_out(struct conn *c) {
    while (bytes_len(&c->out)) {
        ssize_t n = send(c->fd, c->out.at + c->out.from, bytes_len(&c->out), MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            if (!c->waits) watch(c, true);
            return;
        }
        if (n < 0) return leave(c, strerror(errno));
        c->out.from += (size_t)n;
    }
    if (c->waits) watch(c, false);
}

static void put_text(struct conn *c, int opcode, const char *text, size_t n) {
    unsigned char head[14];
    bytes_add(&c->out, head, ws_head(head, opcode, n, true));
    bytes_add(&c->out, text, n);
    flush_out(c);
}

static uint64_t rnd(void) {
    static uint64_t x;
    if (!x) x = ((uint64_t)now_ns() * 0x9e3779b97f4a7c15u ^ (uint64_t)getpid() << 32) | 1;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return x * 0x2545f4914f6cdd1du;
}

static void post(struct conn *c, const char *to, const char *body, const char *more, int64_t due) {
    char head[8192];
    uint64_t a = rnd(), b = rnd();
    int n = snprintf(head, sizeof head,
                     "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                     "Idempotency-Key: %08x-%04x-4%03x-%04x-%012llx\r\n%sContent-Length: %zu\r\n\r\n",
                     to, port, (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
                     (unsigned)(a & 0xfff), (unsigned)(0x8000 | (b >> 48 & 0x3fff)),
                     (unsigned long long)(b & 0xffffffffffff), more, strlen(body));
    c->busy = true, c->sent_at = due;
    bytes_add(&c->out, head, (size_t)n);
    bytes_add(&c->out, body, strlen(body));
    flush_out(c);
}

static void post_next(struct conn *c, int64_t due) {
    post(c, path, n_bodies ? bodies[sent_posts % (uint64_t)n_bodies] : "{}", headers, due);
    sent_posts++;
}

static void ask_broadcast(void) {
    char text[160];
    struct conn *c = &conns[0];
    arrived[next_broadcast % NUMBERS] = 0;
    int n = snprintf(text, sizeof text, "42%s[\"go\",{\"n\":%u,\"t\":%lld}]", event_prefix,
                     next_broadcast, (long long)now_ns());
    next_broadcast++;
    put_text(c, 1, text, (size_t)n);
}

/* Puts {ticket} and {version} of the answer before into a step. */
static void fill(char *out, size_t room, const char *in) {
    size_t n = 0;
    while (*in && n + 70 < room) {
        if (!strncmp(in, "{ticket}", 8)) n += (size_t)sprintf(out + n, "%s", call.uid), in += 8;
        else if (!strncmp(in, "{version}", 9))
            n += (size_t)sprintf(out + n, "%s", call.version), in += 9;
        else out[n++] = *in++;
    }
    out[n] = 0;
}

static void send_step(void) {
    char line[2048];
    fill(line, sizeof line, steps[call.step]);
    char *body = strchr(line, '\t');
    if (body) *body++ = 0;
    call.answered = false;
    int64_t now = now_ns();
    if (call.step == 0) call.number++, call.got = 0, call.sent_at = now, call.under_way = true;
    post(call.c, line, body ? body : "{}", call_headers, now);
}

/* Goes on when the step is answered and, after the first step, when every listener has heard. */
static void step_on(int64_t now) {
    bool heard = call.step > 0 || call.got >= live;
    if (!call.under_way || !call.answered || !heard) return;
    if (++call.step < n_steps) return send_step();
    call.step = 0, call.under_way = false, calls_done += measuring;
    next_call = now + (int64_t)gap_ms * 1000000;
}

/* ---- hearing ---- */

static void hear_event(struct conn *c, struct frame *f, int64_t now) {
    if (match) {
        if (!call.under_way || c->seen == call.number || call.step) return;
        if (!memmem(f->text, f->len, match, strlen(match))) return;
        c->seen = call.number;
        sample(&deliveries, call.sent_at, now);
        call.got++;
        step_on(now);
        return;
    }
    if (!window) {
        sample(&deliveries, now, now);
        return;
    }
    const char *n = memmem(f->text, f->len, "\"n\":", 4), *t = memmem(f->text, f->len, "\"t\":", 4);
    if (!n || !t) return;
    sample(&deliveries, atoll(t + 4), now);
    if (++arrived[(uint32_t)atoll(n + 4) % NUMBERS] == (uint32_t)live) {
        broadcasts += measuring;
        ask_broadcast();
    }
}

static void become_live(struct conn *c) {
    c->stage = LIVE;
    if (c->kind == LISTENER) live++;
}

static void hear_frame(struct conn *c, struct frame *f, int64_t now) {
    char text[4200];
    if (f->opcode == 8) return leave(c, "closed by the server");
    if (f->opcode == 9) return put_text(c, 10, f->text, f->len);
    if (f->opcode != 1 || f->len < 1) return;
    switch (f->text[0]) {
    case '0': { /* Engine.IO open: ask for the namespace */
        int n = snprintf(text, sizeof text, "40%s%s", event_prefix, c->auth ? c->auth : "");
        c->stage = JOINING;
        return put_text(c, 1, text, (size_t)n);
    }
    case '2': return put_text(c, 1, "3", 1);
    case '1': return leave(c, "engine closed by the server");
    case '4': break;
    default: return;
    }
    if (f->len < 2) return;
    switch (f->text[1]) {
    case '0': return become_live(c);
    case '4':
        fprintf(stderr, "refused: %.*s\n", (int)(f->len > 300 ? 300 : f->len), f->text);
        return leave(c, "refused by the server");
    case '1': return leave(c, "namespace left by the server");
    case '3':
        if (c->kind == ECHO) {
            uint32_t id = (uint32_t)atoll(f->text + 2 + strlen(event_prefix));
            if (echo_sent[id % NUMBERS]) sample(&echoes, echo_sent[id % NUMBERS], now);
            echo_sent[id % NUMBERS] = 0;
        }
        return;
    case '2':
        if (c->kind == LISTENER && f->len > event_start_len
            && !memcmp(f->text, event_start, event_start_len))
            hear_event(c, f, now);
    }
}

static void take(char *out, size_t room, const char *in, const char *key) {
    const char *at = strstr(in, key);
    size_t n = 0;
    if (at)
        for (at += strlen(key); *at && *at != '"' && *at != ',' && *at != '}' && n + 1 < room;)
            out[n++] = *at++;
    out[n] = 0;
}

static void hear_answer(struct conn *c, int status, const char *body, int64_t now) {
    static int complaints;
    c->busy = false;
    if (status >= 400 && complaints++ < 3) fprintf(stderr, "%d: %.300s\n", status, body);
    if (c->kind == CALLER) {
        if (status >= 300) {
            /* A refused call is given up: the clerk begins anew after the pause. */
            refused_steps++, call.step = 0, call.under_way = false;
            next_call = now + (int64_t)gap_ms * 1000000;
            return;
        }
        if (call.step == 0) sample(&answers, call.sent_at, now);
        take(call.uid, sizeof call.uid, body, "\"ticket\":\"");
        take(call.version, sizeof call.version, body, "\"version\":");
        call.answered = true;
        return step_on(now);
    }
    sample(&posts, c->sent_at, now);
    if (measuring) *(status < 300 ? &ok : status < 500 ? &refused : &failed) += 1;
    if (!rate && now < ends) post_next(c, now);
}

static void hear_http(struct conn *c, int64_t now) {
    while (bytes_len(&c->in)) {
        char *at = c->in.at + c->in.from, *end = memmem(at, bytes_len(&c->in), "\r\n\r\n", 4);
        if (!end) return;
        size_t body = 0, head = (size_t)(end + 4 - at);
        *end = 0;
        char *len = strcasestr(at, "\r\ncontent-length:");
        if (len) body = (size_t)atoll(len + 17);
        if (strcasestr(at, "\r\ntransfer-encoding:")) return leave(c, "chunked answer");
        *end = '\r';
        if (bytes_len(&c->in) < head + body) return;
        int status = atoi(at + 9);
        char kept = at[head + body];
        at[head + body] = 0;
        c->in.from += head + body;
        hear_answer(c, status, at + head, now);
        at[head + body] = kept;
    }
}

static void read_from(struct conn *c) {
    static char chunk[1 << 18];
    ssize_t got = recv(c->fd, chunk, sizeof chunk - 1, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) leave(c, got ? strerror(errno) : "end of stream");
        return;
    }
    int64_t now = now_ns();
    char *at = chunk;
    size_t n = (size_t)got;
    if (c->kind == POSTER || c->kind == CALLER) {
        bytes_add(&c->in, at, n);
        return hear_http(c, now);
    }
    bool kept = bytes_len(&c->in) || c->stage == UPGRADING;
    if (kept) {
        bytes_add(&c->in, at, n);
        at = c->in.at + c->in.from, n = bytes_len(&c->in);
    }
    size_t used = 0;
    if (c->stage == UPGRADING) {
        char *end = memmem(at, n, "\r\n\r\n", 4);
        if (!end) return;
        if (strncmp(at, "HTTP/1.1 101", 12)) {
            fprintf(stderr, "%.300s\n", at);
            return leave(c, "no upgrade");
        }
        used = (size_t)(end + 4 - at);
        c->stage = OPENING;
    }
    struct frame f;
    while (c->stage != GONE && ws_read(at + used, n - used, &f)) {
        used += f.whole;
        hear_frame(c, &f, now);
    }
    if (kept) c->in.from += used;
    else if (used < n) bytes_add(&c->in, at + used, n - used);
}

/* ---- the loop ---- */

static void connect_one(struct conn *c) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to)) die("connect");
    no_delay(c->fd);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(loop, EPOLL_CTL_ADD, c->fd, &e);
    if (c->kind == POSTER || c->kind == CALLER) {
        c->stage = LIVE;
        return;
    }
    char ask[512];
    int n = snprintf(ask, sizeof ask,
                     "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                     "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: " WS_KEY "\r\n\r\n", port);
    bytes_add(&c->out, ask, (size_t)n);
    flush_out(c);
}

static void turn(int64_t until) {
    struct epoll_event ready[256];
    int64_t left = until - now_ns();
    if (left < 0) left = 0;
    struct timespec t = {left / SECOND, left % SECOND};
    int n = epoll_pwait2(loop, ready, 256, &t, NULL);
    for (int i = 0; i < n; i++) {
        struct conn *c = ready[i].data.ptr;
        if (c->stage != GONE && ready[i].events & EPOLLOUT) flush_out(c);
        if (c->stage != GONE && ready[i].events & ~(uint32_t)EPOLLOUT) read_from(c);
    }
}

static void connect_all(void) {
    int64_t deadline = now_ns() + 90 * SECOND;
    int begun = 0;
    for (;;) {
        int waiting = 0, joined = 0;
        for (int i = 0; i < begun; i++) {
            if (conns[i].stage == LIVE) joined++;
            else if (conns[i].stage == GONE) exit(1);
            else waiting++;
        }
        if (joined == n_conns) return;
        for (; begun < n_conns && waiting < CONNECTING_AT_ONCE; waiting++)
            connect_one(&conns[begun++]);
        if (now_ns() > deadline) {
            fprintf(stderr, "only %d of %d connected\n", joined, n_conns);
            exit(1);
        }
        turn(now_ns() + SECOND / 100);
    }
}

/* Does what is due and returns when something will be due next. */
static int64_t do_due(int64_t now) {
    static int64_t echoes_begun;
    int64_t next = ends;
    if (rate > 0) {
        if (!first_post) first_post = now;
        int64_t due;
        while ((due = first_post + (int64_t)((double)sent_posts * 1e9 / rate)) <= now) {
            struct conn *idle = NULL;
            for (int i = 0; i < n_conns && !idle; i++)
                if (conns[i].kind == POSTER && conns[i].stage == LIVE && !conns[i].busy)
                    idle = &conns[i];
            if (!idle) break; /* an answer will wake the loop */
            post_next(idle, due);
        }
        if (due > now && due < next) next = due;
    }
    if (echo_hz > 0) {
        if (!echoes_begun) echoes_begun = now;
        int64_t due;
        while ((due = echoes_begun + (int64_t)(next_echo * 1e9 / echo_hz)) <= now) {
            for (int i = 0; i < n_conns; i++) {
                if (conns[i].kind != ECHO || conns[i].stage != LIVE) continue;
                char text[600];
                int n = snprintf(text, sizeof text, "42%s%u[\"%s\",%s]", event_prefix, next_echo,
                                 echo_event, echo_body);
                echo_sent[next_echo % NUMBERS] = now_ns();
                put_text(&conns[i], 1, text, (size_t)n);
            }
            next_echo++;
        }
        if (due < next) next = due;
    }
    if (n_steps) {
        if (call.under_way && call.step == 0 && now > call.sent_at + 2 * SECOND) {
            lost_calls++; /* some listener never heard: counted, and the clerk goes on */
            call.got = live;
            step_on(now);
        }
        if (!call.under_way && !call.c->busy && now >= next_call) send_step();
        int64_t wake = call.under_way ? call.sent_at + 2 * SECOND : next_call;
        if (wake > now && wake < next) next = wake;
    }
    return next;
}

static int lines_of(const char *file, char **lines) {
    FILE *f = fopen(file, "r");
    if (!f) die(file);
    char *line = NULL;
    size_t cap = 0;
    int n = 0;
    for (ssize_t len; n < MAX_LINES && (len = getline(&line, &cap, f)) > 0;) {
        if (line[len - 1] == '\n') line[len - 1] = 0;
        if (*line) lines[n++] = strdup(line);
    }
    free(line);
    fclose(f);
    return n;
}

static char *header_text(const char *file) {
    char *lines[MAX_LINES], *all = calloc(1, 8192);
    int n = lines_of(file, lines);
    for (int i = 0; i < n; i++)
        if (strlen(all) + strlen(lines[i]) < 8000) strcat(strcat(all, lines[i]), "\r\n");
    return all;
}

static void read_options(int argc, char **argv) {
    static const struct option known[] = {
        {"port", 1, 0, 'p'},       {"listeners", 1, 0, 'l'}, {"namespace", 1, 0, 'n'},
        {"auths", 1, 0, 'a'},      {"event", 1, 0, 'e'},     {"match", 1, 0, 'm'},
        {"window", 1, 0, 'w'},     {"posters", 1, 0, 'c'},   {"path", 1, 0, 'u'},
        {"bodies", 1, 0, 'b'},     {"headers", 1, 0, 'h'},   {"rate", 1, 0, 'r'},
        {"calls", 1, 0, 'k'},      {"call-headers", 1, 0, 'K'}, {"gap-ms", 1, 0, 'g'},
        {"echo", 1, 0, 'E'},       {"echo-event", 1, 0, 'v'}, {"echo-body", 1, 0, 'y'},
        {"seconds", 1, 0, 's'},    {"warmup-ms", 1, 0, 'W'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", known, NULL)) != -1;) switch (o) {
        case 'p': port = atoi(optarg); break;
        case 'l': listeners = atoi(optarg); break;
        case 'n': namespace_ = optarg; break;
        case 'a': n_auths = lines_of(optarg, auths); break;
        case 'e': event = optarg; break;
        case 'm': match = optarg; break;
        case 'w': window = atoi(optarg); break;
        case 'c': posters = atoi(optarg); break;
        case 'u': path = optarg; break;
        case 'b': n_bodies = lines_of(optarg, bodies); break;
        case 'h': headers = header_text(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 'k': n_steps = lines_of(optarg, steps); break;
        case 'K': call_headers = header_text(optarg); break;
        case 'g': gap_ms = atoi(optarg); break;
        case 'E': echo_hz = atof(optarg); break;
        case 'v': echo_event = optarg; break;
        case 'y': echo_body = optarg; break;
        case 's': seconds = atof(optarg); break;
        case 'W': warmup_ms = atoi(optarg); break;
        default: exit(2);
        }
    if (!port || seconds <= 0 || seconds > 900 || listeners + posters > 4000
        || (window && !listeners)) {
        fprintf(stderr, "see the head of loadgen.c for the options\n");
        exit(2);
    }
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    snprintf(event_prefix, sizeof event_prefix, "%s%s", strcmp(namespace_, "/") ? namespace_ : "",
             strcmp(namespace_, "/") ? "," : "");
    event_start_len = (size_t)snprintf(event_start, sizeof event_start, "42%s[\"%s\",",
                                       event_prefix, event);
    loop = epoll_create1(0);
    n_conns = listeners + posters + (echo_hz > 0) + (n_steps > 0);
    conns = calloc((size_t)n_conns + 1, sizeof *conns);
    if (!conns) die("calloc");
    for (int i = 0; i < n_conns; i++) {
        conns[i].kind = i < listeners ? LISTENER : i < listeners + posters ? POSTER
                        : (echo_hz > 0 && i == listeners + posters) ? ECHO : CALLER;
        if (n_auths) conns[i].auth = auths[i % n_auths];
        if (conns[i].kind == CALLER) call.c = &conns[i];
    }
    connect_all();
    puts("{\"ready\":true}");
    fflush(stdout);

    began = now_ns();
    int64_t warm = began + (int64_t)warmup_ms * 1000000;
    ends = warm + (int64_t)(seconds * 1e9);
    for (int i = 0; i < window; i++) ask_broadcast();
    if (!rate)
        for (int i = 0; i < n_conns; i++)
            if (conns[i].kind == POSTER) post_next(&conns[i], now_ns());
    uint64_t sent_before = 0;
    for (int64_t now; (now = now_ns()) < ends;) {
        if (!measuring && now >= warm) measuring = true, began = now, sent_before = sent_posts;
        int64_t next = do_due(now);
        turn(!measuring && warm < next ? warm : next);
    }
    double took = (double)(now_ns() - began) / 1e9;
    measuring = false;
    /* The clerk finishes what is at the counter: the next round finds it free. */
    for (int64_t end = now_ns() + 5 * SECOND; call.under_way && now_ns() < end;)
        turn(now_ns() + SECOND / 10);
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);

    printf("{\"seconds\":%.3f,", took);
    if (listeners) print_samples("deliveries", &deliveries, took);
    if (window) printf("\"broadcasts\":%llu,", (unsigned long long)broadcasts);
    if (posters) {
        print_samples("posts", &posts, took);
        printf("\"sent\":%llu,\"ok\":%llu,\"refused\":%llu,\"failed\":%llu,",
               (unsigned long long)(sent_posts - sent_before), (unsigned long long)ok,
               (unsigned long long)refused, (unsigned long long)failed);
    }
    if (rate > 0) printf("\"offered\":%llu,", (unsigned long long)(rate * took));
    if (n_steps) {
        print_samples("answers", &answers, took);
        printf("\"calls\":%llu,\"lost_calls\":%llu,\"refused_steps\":%llu,",
               (unsigned long long)calls_done, (unsigned long long)lost_calls,
               (unsigned long long)refused_steps);
    }
    if (echo_hz > 0) print_samples("echoes", &echoes, took);
    printf("\"gone\":%llu,\"cpu_s\":%.3f}\n", (unsigned long long)gone,
           (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9);
    return 0;
}
