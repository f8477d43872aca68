/* The bare broadcaster: what one core can send at all, and so what the load generator can receive.
 *
 * It accepts WebSocket clients, says just enough Engine.IO 4 and Socket.IO 5 that the load generator
 * believes it, and on `42["go",{"n":7,"t":123}]` from any client sends one event of the asked size
 * to every client, from one buffer. It checks nothing and is of no other use.
 *
 *     broadcast PORT [BYTES]     listens on 127.0.0.1, prints "listening" when ready
 */
#define _GNU_SOURCE
#include "net.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/epoll.h>

#define MAX_CLIENTS 4096

struct client {
    int fd;
    bool upgraded, joined, waits;
    struct bytes in, out;
};

static struct client clients[MAX_CLIENTS];
static int loop, count, event_bytes = 300;

static void watch(struct client *c, bool writable) {
    struct epoll_event e = {.events = EPOLLIN | (writable ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(loop, EPOLL_CTL_MOD, c->fd, &e);
    c->waits = writable;
}

static void leave(struct client *c) {
    close(c->fd);
    free(c->in.at), free(c->out.at);
    *c = (struct client){.fd = -1};
}

/* Returns a free place; a place whose client has left is used again. */
static struct client *place(void) {
    for (int i = 0; i < count; i++)
        if (clients[i].fd < 0) return &clients[i];
    return count < MAX_CLIENTS ? &clients[count++] : NULL;
}

static void flush_out(struct client *c) {
    while (bytes_len(&c->out)) {
        ssize_t n = send(c->fd, c->out.at + c->out.from, bytes_len(&c->out), MSG_NOSIGNAL);
        if (n < 0) {
            if (errno != EAGAIN) return leave(c);
            if (!c->waits) watch(c, true);
            return;
        }
        c->out.from += (size_t)n;
    }
    if (c->waits) watch(c, false);
}

/* Sends at once what the socket takes; only the rest is copied. */
static void put(struct client *c, const char *data, size_t n) {
    ssize_t done = 0;
    if (!bytes_len(&c->out)) {
        done = send(c->fd, data, n, MSG_NOSIGNAL);
        if (done == (ssize_t)n) return;
        if (done < 0) {
            if (errno != EAGAIN) return leave(c);
            done = 0;
        }
    }
    bytes_add(&c->out, data + done, n - (size_t)done);
    if (!c->waits) watch(c, true);
}

static void put_text(struct client *c, const char *text) {
    char frame[1024];
    size_t n = strlen(text), head = ws_head((unsigned char *)frame, 1, n, false);
    memcpy(frame + head, text, n);
    put(c, frame, head + n);
}

static void broadcast(const char *go, size_t len) {
    static char text[70000], frame[70010];
    long long n = 0, t = 0;
    const char *at = memmem(go, len, "\"n\":", 4);
    if (at) n = atoll(at + 4);
    if ((at = memmem(go, len, "\"t\":", 4))) t = atoll(at + 4);
    int used = snprintf(text, sizeof text, "42[\"event\",[{\"n\":%lld,\"t\":%lld,\"pad\":\"", n, t);
    while (used < event_bytes - 4) text[used++] = 'x';
    memcpy(text + used, "\"}]]", 4), used += 4;
    size_t head = ws_head((unsigned char *)frame, 1, (size_t)used, false);
    memcpy(frame + head, text, (size_t)used);
    for (int i = 0; i < count; i++)
        if (clients[i].joined) put(&clients[i], frame, head + (size_t)used);
}

static void hear(struct client *c, struct frame *f) {
    if (f->opcode != 1 || f->len < 1) return;
    if (f->len >= 2 && !memcmp(f->text, "40", 2)) {
        put_text(c, "40{\"sid\":\"s\"}");
        c->joined = true;
    } else if (f->len > 7 && !memcmp(f->text, "42[\"go\"", 7)) {
        broadcast(f->text, f->len);
    }
}

static void read_from(struct client *c) {
    char chunk[65536];
    ssize_t n = recv(c->fd, chunk, sizeof chunk, 0);
    if (n <= 0) {
        if (n == 0 || errno != EAGAIN) leave(c);
        return;
    }
    bytes_add(&c->in, chunk, (size_t)n);
    if (!c->upgraded) {
        char *end = memmem(c->in.at + c->in.from, bytes_len(&c->in), "\r\n\r\n", 4);
        if (!end) return;
        c->in.from = (size_t)(end + 4 - c->in.at);
        c->upgraded = true;
        const char *yes = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Accept: " WS_ACCEPT "\r\n\r\n";
        put(c, yes, strlen(yes));
        put_text(c, "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":600000,"
                    "\"pingTimeout\":600000,\"maxPayload\":1000000}");
    }
    struct frame f;
    while (c->fd >= 0 && ws_read(c->in.at + c->in.from, bytes_len(&c->in), &f)) {
        hear(c, &f);
        c->in.from += f.whole;
    }
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: broadcast PORT [BYTES]\n");
        return 2;
    }
    if (argc > 2) event_bytes = atoi(argv[2]);
    if (event_bytes < 100 || event_bytes > 60000) event_bytes = 300;
    signal(SIGPIPE, SIG_IGN);
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(door, (struct sockaddr *)&here, sizeof here) || listen(door, 1024)) die("bind");
    loop = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}, ready[256];
    epoll_ctl(loop, EPOLL_CTL_ADD, door, &e);
    puts("listening");
    fflush(stdout);
    for (;;) {
        int n = epoll_wait(loop, ready, 256, -1);
        for (int i = 0; i < n; i++) {
            struct client *c = ready[i].data.ptr;
            if (!c) {
                int fd = accept(door, NULL, NULL);
                if (fd < 0) continue;
                if (!(c = place())) {
                    close(fd);
                    continue;
                }
                no_delay(fd);
                *c = (struct client){.fd = fd};
                e = (struct epoll_event){.events = EPOLLIN, .data.ptr = c};
                epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e);
                continue;
            }
            if (c->fd >= 0 && ready[i].events & EPOLLOUT) flush_out(c);
            if (c->fd >= 0 && ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_from(c);
        }
    }
}
