/* Bytes, clocks and WebSocket frames shared by the load generator and the bare broadcaster.
 *
 * Frames follow RFC 6455 section 5.2; what Engine.IO 4 and Socket.IO 5 put inside them is described
 * in the socket.io-protocol and engine.io-protocol repositories. Only text frames that arrive whole
 * are understood: neither Flask-SocketIO nor the product ever fragments.
 */
#ifndef HALL_NET_H
#define HALL_NET_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* The sample key of RFC 6455 section 1.3 and its answer: every client may use the same one. */
#define WS_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define WS_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static inline void die(const char *what) {
    perror(what);
    exit(1);
}

/* Nanoseconds of CLOCK_MONOTONIC, the clock of every process of this machine. */
static inline int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A byte string that grows at its end and is consumed at its front. */
struct bytes {
    char *at;
    size_t from, to, cap;
};

static inline size_t bytes_len(const struct bytes *b) { return b->to - b->from; }

static inline void bytes_add(struct bytes *b, const void *data, size_t n) {
    if (b->from == b->to) b->from = b->to = 0;
    if (b->to + n + 1 > b->cap) {
        b->cap = (b->to + n + 1) * 2;
        b->at = realloc(b->at, b->cap);
        if (!b->at) die("realloc");
    }
    memcpy(b->at + b->to, data, n);
    b->to += n;
    b->at[b->to] = 0; /* so that string functions may look at it */
}

/* Head of a frame: FIN + opcode 1 | mask bit + length 1, 3 or 9 | mask 4 when masked.
 * Clients must mask; the key 0 is a legal key and leaves the text as it is. Returns its length. */
static inline size_t ws_head(unsigned char *head, int opcode, size_t n, bool masked) {
    size_t len = 2;
    head[0] = (unsigned char)(0x80 | opcode);
    if (n < 126) {
        head[1] = (unsigned char)n;
    } else if (n < 65536) {
        head[1] = 126, head[2] = (unsigned char)(n >> 8), head[3] = (unsigned char)n, len = 4;
    } else {
        head[1] = 127;
        for (int i = 0; i < 8; i++) head[2 + i] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
        len = 10;
    }
    if (masked) {
        head[1] |= 0x80;
        memset(head + len, 0, 4);
        len += 4;
    }
    return len;
}

struct frame {
    int opcode;
    char *text;
    size_t len;
    size_t whole; /* bytes of the frame with its head */
};

/* Reads the frame at the start of [at, at + n). Returns false while it is not there entirely.
 * A fragmented frame ends the program: it would be counted wrongly. */
static inline bool ws_read(char *at, size_t n, struct frame *f) {
    unsigned char *p = (unsigned char *)at;
    if (n < 2) return false;
    size_t len = p[1] & 0x7f, head = 2;
    bool masked = p[1] & 0x80;
    if (len == 126) {
        if (n < 4) return false;
        len = (size_t)p[2] << 8 | p[3], head = 4;
    } else if (len == 127) {
        if (n < 10) return false;
        len = 0, head = 10;
        for (int i = 2; i < 10; i++) len = len << 8 | p[i];
    }
    if (masked) head += 4;
    if (n < head + len) return false;
    if (!(p[0] & 0x80)) {
        fprintf(stderr, "fragmented frame\n");
        exit(1);
    }
    if (masked)
        for (size_t i = 0; i < len; i++) p[head + i] ^= p[head - 4 + i % 4];
    *f = (struct frame){p[0] & 15, at + head, len, head + len};
    return true;
}

static inline void no_delay(int fd) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

#endif
